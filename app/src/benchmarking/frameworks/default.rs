//! The framework that every city begins with: 洛阳市民营企业对标提升指标框架 1.0.

use super::document;
use crate::benchmarking::rules::Framework;
use crate::error::AppError;

const YAML: &str = include_str!("heluo-1.0.yaml");

/// The default framework, version 1.0.
///
/// # Errors
/// None with the document as it is; a test reads it.
pub fn framework() -> Result<Framework, AppError> {
    document::parse(YAML).map_err(|faults| AppError::internal(&format!("the default framework: {faults:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::frameworks::rules::untranslated;

    /// An indicator's id, name, weight and five levels, separated by blanks.
    type Fact = (&'static str, &'static str, u32, &'static str);

    /// Dimensions with their indicators, as the programme gave them out.
    const GIVEN: [(&str, &str, u32, &[Fact]); 4] = [
        (
            "A",
            "现代化管理制度",
            30,
            &[
                ("A1", "治理决策", 25, "个人拍板 章程齐备 议事有规有录 权责清单可追溯 制衡有效持续优化"),
                ("A2", "战略目标", 20, "无成文规划 有年度目标 三年规划分解 月度跟踪纠偏 滚动规划对照标杆"),
                ("A3", "财务内控", 25, "账实靠人 账务规范 预算审批执行 业财贯通到产品 预警内审闭环"),
                ("A4", "运营质量", 20, "凭经验作业 关键岗有规程 流程成文受控 数据驱动改进 精益常态同业领先"),
                ("A5", "风险安全环保", 10, "出事再处理 有制度台账 隐患整改闭环 分级量化预警 预防延伸供应链"),
            ],
        ),
        (
            "B",
            "产业转型升级",
            30,
            &[
                ("B1", "研发创新", 25, "模仿跟随 零星改进 有项目有投入 有平台有专利 引领标准"),
                ("B2", "数字化", 25, "纸质单机 单点应用 主业务上线 系统集成用数 智能协同决策"),
                ("B3", "装备工艺与服务升级", 20, "老旧手工 局部改造 主线达标 自动化精细化 行业先进可输出"),
                ("B4", "绿色低碳", 10, "未计量 能耗有账 有目标措施 持续降耗可核 绿色示范"),
                ("B5", "品牌与链条", 20, "低价接单 有固定客户 有品牌有份额 进入龙头供应链 带动上下游"),
            ],
        ),
        (
            "C",
            "人才队伍打造",
            20,
            &[
                ("C1", "规划引进", 25, "缺人才招 岗位有编制 有年度人才计划 关键岗有储备 引才成体系"),
                ("C2", "培训技能", 25, "师傅带徒 有零散培训 年度计划落实 技能评价挂钩 学习型组织"),
                ("C3", "绩效激励", 30, "平均分配 计件计时 考核与薪酬挂钩 中长期激励 共创共享"),
                ("C4", "梯队传承", 20, "无人可替 明确骨干 有后备名单 轮岗培养 平稳接班"),
            ],
        ),
        (
            "D",
            "企业文化",
            20,
            &[
                ("D1", "使命价值观", 25, "未提炼 有口号 成文并宣贯 融入制度 员工客户认同"),
                ("D2", "示范与参与", 30, "单向命令 偶有沟通 定期沟通提案 建议有采纳奖励 人人参与改善"),
                ("D3", "诚信责任", 25, "被动应付 守法纳税 承诺公开 责任有计划 行业表率"),
                ("D4", "党建群团与学习", 20, "未开展 有组织 活动有计划 融入经营 形成品牌可推广"),
            ],
        ),
    ];

    #[test]
    fn it_is_the_programmes_own_word_for_word() {
        let framework = framework().expect("the default framework is sound");
        assert_eq!((framework.id.as_str(), framework.version.as_str()), ("heluo", "1.0"));
        assert_eq!(framework.dimensions.len(), GIVEN.len());
        for (dimension, (id, name, weight, indicators)) in framework.dimensions.iter().zip(GIVEN) {
            assert_eq!((dimension.id.as_str(), dimension.name.as_str(), dimension.weight), (id, name, weight));
            assert_eq!(dimension.indicators.len(), indicators.len());
            for (indicator, (id, name, weight, levels)) in dimension.indicators.iter().zip(indicators) {
                let found = (indicator.id.as_str(), indicator.name.as_str(), indicator.weight);
                assert_eq!(found, (*id, *name, *weight));
                let texts: Vec<&str> = indicator.levels.iter().map(|level| level.zh.as_str()).collect();
                assert_eq!(texts.join(" "), *levels);
            }
        }
        let grades: Vec<(u8, u32, u32)> = framework
            .grades
            .iter()
            .map(|threshold| (threshold.grade, threshold.total_min, threshold.weakest_dimension_min))
            .collect();
        assert_eq!(grades, [(2, 25, 10), (3, 45, 30), (4, 65, 50), (5, 85, 70)]);
    }

    #[test]
    fn it_speaks_both_languages_throughout() {
        let framework = framework().expect("the default framework is sound");
        assert_eq!(framework.indicators().count(), 18);
        assert_eq!(untranslated(&framework), []);
        let levels: Vec<_> = framework.indicators().flat_map(|(_, indicator)| &indicator.levels).collect();
        assert_eq!(levels.len(), 90);
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(levels.iter().all(|level| is_chinese(&level.zh) && !is_chinese(&level.en)));
        let name_of = |id: &str| framework.indicator(id).map(|(_, indicator)| indicator.name_en.as_str());
        assert_eq!(name_of("A5"), Some("Risk, safety and environment"));
        let mut english: Vec<&str> = levels.iter().map(|level| level.en.as_str()).collect();
        english.sort_unstable();
        english.dedup();
        assert_eq!(english.len(), 90, "no description stands for two levels");
    }
}
