//! Firms: thirty pilots written by hand, the others made of parts.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::maker::Maker;
use super::tables::row;
use crate::accounts::rules::initials;
use crate::firms::rules::CreditCode;
use crate::ids::FirmId;

/// A firm of the demo city.
pub struct Firm {
    pub id: FirmId,
    pub region: &'static str,
    pub category: &'static str,
}

/// 县区: the nine counties, in the order of the city's list.
pub const COUNTIES: [&str; 9] = ["410381", "410322", "410323", "410324", "410325", "410326", "410327", "410328", "410329"];

/// The five categories of pilot firms: 制造业骨干企业, 服务业重点企业, 农业产业化龙头企业, 高新技术企业, 科技型中小企业.
const MANUFACTURING: &str = "manufacturing";
const SERVICES: &str = "services";
const FARMING: &str = "agriculture";
const HIGH_TECH: &str = "high_tech";
const SMALL_TECH: &str = "tech_sme";

type Pilot = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Name, county, category, size, industry.
const PILOTS: [Pilot; 30] = [
    ("洛阳恒钧轴承制造有限公司", "410323", MANUFACTURING, "large", "通用设备制造"),
    ("河南磐硕矿山机械股份有限公司", "410323", MANUFACTURING, "large", "专用设备制造"),
    ("洛阳青要山文旅发展有限公司", "410323", SERVICES, "medium", "旅游"),
    ("新安县樱桃沟果业有限公司", "410323", FARMING, "medium", "果品种植与加工"),
    ("洛阳函谷新材料科技有限公司", "410323", HIGH_TECH, "medium", "先进金属材料"),
    ("洛阳芯启智能装备有限公司", "410323", SMALL_TECH, "small", "智能检测装备"),
    ("偃师鼎盛鞋业有限公司", "410381", MANUFACTURING, "large", "制鞋"),
    ("洛阳二里头文创产业有限公司", "410381", SERVICES, "small", "文化创意"),
    ("洛阳顾县三轮摩托车制造有限公司", "410381", MANUFACTURING, "medium", "摩托车制造"),
    ("偃师邙岭葡萄酒业有限公司", "410381", FARMING, "medium", "酿酒"),
    ("洛阳云枢工业软件有限公司", "410381", SMALL_TECH, "small", "工业软件"),
    ("洛阳孟津黄河鲤鱼养殖有限公司", "410322", FARMING, "medium", "水产养殖"),
    ("洛阳朝阳唐三彩工艺有限公司", "410322", SERVICES, "small", "工艺美术"),
    ("洛阳澄源环保设备有限公司", "410322", HIGH_TECH, "medium", "环保设备"),
    ("洛阳会盟港物流有限公司", "410322", SERVICES, "medium", "现代物流"),
    ("栾川伏牛山钼业深加工有限公司", "410324", MANUFACTURING, "large", "有色金属加工"),
    ("栾川老君山民宿运营有限公司", "410324", SERVICES, "small", "住宿餐饮"),
    ("栾川印象食品有限公司", "410324", FARMING, "medium", "食品加工"),
    ("嵩县白云山中药材有限公司", "410325", FARMING, "medium", "中药材种植与加工"),
    ("洛阳陆浑生物科技有限公司", "410325", HIGH_TECH, "medium", "生物制品"),
    ("汝阳杜康酒文化发展有限公司", "410326", SERVICES, "medium", "文化旅游"),
    ("汝阳龙泽特种陶瓷有限公司", "410326", HIGH_TECH, "medium", "特种陶瓷"),
    ("宜阳香鹿山装备制造有限公司", "410327", MANUFACTURING, "large", "专用设备制造"),
    ("洛阳兴宜智慧农业有限公司", "410327", SMALL_TECH, "small", "农业物联网"),
    ("洛阳锦屏数控机床有限公司", "410327", HIGH_TECH, "medium", "数控机床"),
    ("洛宁金果苹果产业有限公司", "410328", FARMING, "medium", "果品种植与加工"),
    ("洛宁永硕矿业装备有限公司", "410328", SMALL_TECH, "small", "矿用传感器"),
    ("伊川龙门铝精密加工有限公司", "410329", MANUFACTURING, "large", "铝精深加工"),
    ("洛阳伊滨膜材料科技有限公司", "410329", HIGH_TECH, "medium", "高分子膜材料"),
    ("伊川炫测仪器有限公司", "410329", SMALL_TECH, "small", "仪器仪表"),
];

const STYLES: &[&str] = &[
    "瑞丰",
    "恒信",
    "中硕",
    "嘉禾",
    "宏图",
    "博远",
    "锦程",
    "众益",
    "天润",
    "金谷",
    "广源",
    "鸿泰",
    "卓越",
    "凯旋",
    "华阳",
    "福临",
    "盛景",
    "泰和",
    "永昌",
    "新合",
    "晨光",
    "安达",
    "润泽",
    "东都",
    "牡丹",
    "伊洛",
    "九朝",
    "河图",
    "周山",
    "应天",
    "明堂",
    "定鼎",
    "上阳",
    "丽景",
    "邙山",
    "涧河",
    "瀍河",
    "伊水",
    "洛浦",
    "龙池",
    "鹿鸣",
    "凤凰",
    "仁和",
    "诚至",
    "百川",
    "千里",
    "万安",
    "五岳",
    "双桥",
    "四海",
    "正大同",
    "科源",
    "启航",
    "远景",
];

/// Words after the style, their industry and category.
const TRADES: &[(&str, &str, &str)] = &[
    ("机械制造", "通用设备制造", MANUFACTURING),
    ("精密铸造", "金属制品", MANUFACTURING),
    ("耐火材料", "非金属矿物制品", MANUFACTURING),
    ("办公家具", "家具制造", MANUFACTURING),
    ("包装印务", "包装印刷", MANUFACTURING),
    ("服饰", "纺织服装", MANUFACTURING),
    ("商贸", "批发零售", SERVICES),
    ("供应链管理", "现代物流", SERVICES),
    ("餐饮管理", "住宿餐饮", SERVICES),
    ("建筑工程", "建筑业", SERVICES),
    ("人力资源", "商务服务", SERVICES),
    ("电子商务", "电子商务", SERVICES),
    ("教育咨询", "教育培训", SERVICES),
    ("农业开发", "农业种植", FARMING),
    ("食品", "食品加工", FARMING),
    ("畜牧", "畜牧养殖", FARMING),
    ("新材料", "新材料", HIGH_TECH),
    ("电气科技", "电气设备", HIGH_TECH),
    ("医疗器械", "医疗器械", HIGH_TECH),
    ("信息技术", "软件与信息服务", SMALL_TECH),
    ("自动化设备", "智能装备", SMALL_TECH),
    ("检测技术", "检验检测", SMALL_TECH),
];

/// How many firms there are beside the pilots.
const OTHERS: usize = 150;

/// Thirty pilots first, then the others.
pub fn invent(maker: &mut Maker) -> Vec<Firm> {
    let mut firms = Vec::with_capacity(PILOTS.len() + OTHERS);
    for (name, region, category, size, industry) in PILOTS {
        firms.push(add(maker, firms.len(), name, region, category, size, industry));
    }
    let mut used = HashSet::new();
    while firms.len() < PILOTS.len() + OTHERS {
        let region = county_by_lot(maker);
        let (trade, industry, category) = maker.pick(TRADES);
        let name = format!("{}{}{trade}{}", place(maker, region), maker.pick(STYLES), legal_form(maker));
        if used.insert(name.clone()) {
            let size = maker.pick(&["medium", "small", "small", "small", "micro"]);
            firms.push(add(maker, firms.len(), &name, region, category, size, industry));
        }
    }
    firms
}

/// A county by lot; 新安 has more people in this city, since its class is the large one.
pub fn county_by_lot(maker: &Maker) -> &'static str {
    if maker.happens(28) { "410323" } else { maker.pick(&COUNTIES) }
}

fn place(maker: &Maker, region: &str) -> &'static str {
    let own = match region {
        "410381" => "偃师",
        "410322" => "孟津",
        "410323" => "新安县",
        "410324" => "栾川县",
        "410325" => "嵩县",
        "410326" => "汝阳县",
        "410327" => "宜阳县",
        "410328" => "洛宁县",
        _ => "伊川县",
    };
    maker.pick(&[own, own, "洛阳", "洛阳", "河南"])
}

fn legal_form(maker: &Maker) -> &'static str {
    maker.pick(&["有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司"])
}

fn add(maker: &mut Maker, number: usize, name: &str, region: &'static str, category: &'static str, size: &str, industry: &str) -> Firm {
    let created_at: DateTime<Utc> = maker.at(-430, 9, 0) + TimeDelta::minutes(i64::try_from(number).unwrap_or(0) * 7);
    let id: FirmId = maker.id(created_at);
    maker.tables.firms.add(row![
        id,
        name,
        initials(name),
        credit_code(region, number),
        category,
        region,
        size,
        industry,
        created_at,
        None::<uuid::Uuid>,
    ]);
    Firm { id, region, category }
}

/// A credit code whose check characters are right, that of the organisation's nine too (GB 11714-1997).
fn credit_code(region: &str, number: usize) -> Option<String> {
    let body = format!("MA{:06}", (number * 7_919 + 123_457) % 1_000_000);
    let seventeen = format!("91{region}{body}{}", organisation_check(&body));
    CreditCode::complete(&seventeen).map(|code| code.to_string())
}

fn organisation_check(body: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organisation_check_agrees_with_the_standard() {
        assert_eq!(organisation_check("D2143569"), 'X', "the example of GB 11714");
    }
}
