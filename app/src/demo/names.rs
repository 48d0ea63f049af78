//! Names of people, drawn from common surnames and given names.

use std::collections::HashSet;

use super::maker::Maker;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐",
    "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "于", "蒋", "蔡", "余", "杜", "叶", "程", "苏", "魏", "吕", "丁", "任",
    "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆", "汪", "范", "金", "石", "廖", "贾", "夏", "韦", "付", "方", "白", "邹", "孟", "熊", "秦", "邱",
    "江", "尹", "薛", "闫", "段", "雷", "侯", "龙", "史", "陶", "黎", "贺", "顾", "毛", "郝", "龚", "邵", "万", "钱", "严", "武", "戴", "莫", "孔",
    "向", "汤", "乔", "牛", "樊", "葛", "裴", "司马", "上官", "欧阳",
];

const GIVEN_TWO: &[&str] = &[
    "建国", "志强", "海涛", "晓东", "文斌", "永红", "国庆", "春生", "新民", "立军", "卫东", "占营", "红伟", "少华", "俊峰", "延超", "鹏飞", "宏伟",
    "振华", "明哲", "世杰", "佳宁", "梦琪", "晓燕", "丽娟", "秀英", "雅静", "慧敏", "婷婷", "雪梅", "玉兰", "巧玲", "淑芳", "爱萍", "艳丽", "素珍",
    "景行", "怀远", "承志", "思齐", "子涵", "浩然", "宇轩", "一鸣", "博文", "天佑", "嘉树", "可心", "若溪", "书瑶", "清扬", "守正", "洛川", "伊川",
    "中原", "玉良", "保国", "进宝", "长海", "胜利", "光明", "向阳", "学武", "会杰", "利民", "耀武", "铁成", "二伟", "彦辉", "培林", "松涛", "民生",
    "晓辉", "国栋", "新宇", "翔宇", "亚楠", "晓宁", "文静", "丹丹", "莉莉", "凤霞", "桂花", "彩霞", "春燕", "金枝", "瑞霞", "小红", "银环", "香云",
];

const GIVEN_ONE: &[&str] = &[
    "伟", "强", "磊", "军", "勇", "杰", "涛", "超", "明", "刚", "平", "辉", "鹏", "华", "飞", "鑫", "波", "斌", "宇", "浩", "凯", "健", "俊", "帆",
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "燕", "玲", "洁", "莹", "颖", "琳", "晶", "倩", "蕾", "璐", "瑶", "雯",
];

/// Gives names that nobody has yet.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Takes a name that is written by hand.
    pub fn take(&mut self, name: &str) -> String {
        self.0.insert(name.to_owned());
        name.to_owned()
    }

    /// A name drawn by lot; two people of the same name are left to real life.
    pub fn draw(&mut self, maker: &Maker) -> String {
        loop {
            let given = if maker.happens(28) {
                maker.pick(GIVEN_ONE)
            } else {
                maker.pick(GIVEN_TWO)
            };
            let name = format!("{}{given}", maker.pick(SURNAMES));
            if self.0.insert(name.clone()) {
                return name;
            }
        }
    }
}
