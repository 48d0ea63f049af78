//! What is taught: topics by theme, and the classes of the demo city with the crowd that came to each.

use crate::ids::Region;

/// Topics of each theme, in the order of the plan.
pub const TOPICS: [&[&str]; 6] = [
    &[
        "优化营商环境条例逐条解读",
        "民营经济促进法与企业权益保护",
        "惠企政策“免申即享”怎么用",
        "招投标与政府采购实务",
        "安全生产主体责任落实",
        "环保合规与绿色工厂创建",
        "劳动用工风险防范",
        "涉企行政执法与申诉渠道",
        "专精特新企业申报要点",
        "知识产权保护与维权",
    ],
    &[
        "现代企业治理结构",
        "股权设计与股权激励",
        "董事会如何真正运转",
        "从老板到管理团队：授权与流程",
        "绩效管理与薪酬体系",
        "企业合同管理与法律风险",
        "内部控制与廉洁风险",
        "战略解码与年度经营计划",
        "现场观摩：制度上墙之后",
        "中小企业上市辅导第一课",
    ],
    &[
        "中小企业数字化转型路线图",
        "一条产线的数字化改造",
        "工业互联网平台选型",
        "用数据管库存：从台账到系统",
        "人工智能助手在办公室的十个用法",
        "设备联网与预测性维护",
        "数据安全与个人信息保护",
        "现场观摩：智能工厂",
        "低成本上云实操",
        "数字化项目的投入产出账",
    ],
    &[
        "小微企业税收优惠政策解读",
        "研发费用加计扣除实务",
        "看懂三张财务报表",
        "银企对接：银行怎么看一家企业",
        "应收账款管理与供应链融资",
        "发票合规与数电发票",
        "成本核算与定价",
        "股权融资与基金对接",
        "现金流预算沙盘",
        "出口退税操作要点",
    ],
    &[
        "品牌定位：一句话说清你是谁",
        "短视频脚本与拍摄",
        "直播间的人、货、场",
        "跨境电商平台规则与选品",
        "渠道建设与经销商管理",
        "区域公用品牌怎么共建",
        "大客户销售流程",
        "展会参展全流程",
        "客户投诉与口碑管理",
        "门店动线与服务设计",
    ],
    &[
        "河洛文化与商道精神",
        "企业家的心力与健康",
        "家族企业传承的三道关",
        "二代接班人对话",
        "企业文化落地的七个抓手",
        "老字号的守与变",
        "社会责任与乡村振兴",
        "企业家时间管理",
        "党建引领非公企业发展",
        "学员企业互访与复盘",
    ],
];

/// Topics of the large class that is running: one of each theme and more.
pub const LEADERSHIP: &[&str] = &[
    "开班第一课：从洛阳制造看民营经济",
    "现代企业治理结构",
    "中小企业数字化转型路线图",
    "银企对接：银行怎么看一家企业",
    "品牌定位：一句话说清你是谁",
    "小微企业税收优惠政策解读",
    "家族企业传承的三道关",
    "结业汇报与学员互评",
];

/// The theme of each of them.
pub const LEADERSHIP_THEMES: &[usize] = &[0, 1, 2, 3, 4, 3, 5, 5];

/// Where a class is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Life {
    Draft,
    Published,
    Enrolling,
    Running,
    Closed,
    Archived,
    Cancelled,
}

impl Life {
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Enrolling => "enrolling",
            Self::Running => "running",
            Self::Closed => "closed",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
        }
    }
}

/// When the lessons are.
#[derive(Clone, Copy)]
pub enum When {
    /// So many days from today at an hour; day 0 is the lesson of right now.
    Days(&'static [i64], u32),
    /// Last year from a month and day on, by days from then.
    LastYear(u32, u32, &'static [i64]),
    /// The day on which the city's school opened.
    OpeningDay,
}

/// Which lesson is today's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Today {
    /// Begins in a quarter of an hour, and people are arriving.
    Soon,
    /// Began three quarters of an hour ago.
    UnderWay,
}

/// Who came to a class, by what became of their application.
#[derive(Clone, Copy)]
pub struct Crowd {
    pub approved: usize,
    /// How many of the approved are of each county, where the quotas make it matter.
    pub by_county: &'static [(&'static str, usize)],
    pub submitted: usize,
    pub waitlisted: usize,
    /// The counties that the waitlisted are of; anywhere near when empty.
    pub waiting_from: &'static [&'static str],
    pub rejected: usize,
    pub withdrawn: usize,
    pub lapsed: usize,
    /// How many of the first holding firm's seats have an attendee; one of them was replaced by another.
    pub held: usize,
    /// Students by number with the state that their application has.
    pub guests: &'static [(usize, &'static str)],
}

const NOBODY: Crowd = Crowd {
    approved: 0,
    by_county: &[],
    submitted: 0,
    waitlisted: 0,
    waiting_from: &[],
    rejected: 0,
    withdrawn: 0,
    lapsed: 0,
    held: 0,
    guests: &[],
};

/// A class of the demo city.
pub struct Spec {
    pub school: &'static str,
    pub theme: usize,
    pub title: &'static str,
    pub summary: &'static str,
    pub capacity: i64,
    pub by_hand: bool,
    pub life: Life,
    pub when: When,
    pub today: Option<Today>,
    pub crowd: Crowd,
    pub quotas: &'static [(&'static str, i64)],
    /// Days from today to the reclaim of unused quota seats.
    pub reclaim: i64,
    /// Seats held by pilot firms, by their number.
    pub holds: &'static [(usize, i64)],
    pub cancel_reason: Option<&'static str>,
}

const PLAIN: Spec = Spec {
    school: Region::CITY,
    theme: 0,
    title: "",
    summary: "",
    capacity: 60,
    by_hand: false,
    life: Life::Draft,
    when: When::Days(&[], 9),
    today: None,
    crowd: NOBODY,
    quotas: &[],
    reclaim: 2,
    holds: &[],
    cancel_reason: None,
};

const fn crowd(approved: usize, rejected: usize, withdrawn: usize, lapsed: usize) -> Crowd {
    Crowd {
        approved,
        rejected,
        withdrawn,
        lapsed,
        ..NOBODY
    }
}

const EACH_COUNTY_8: &[(&str, i64)] = &[
    ("410381", 8),
    ("410322", 8),
    ("410323", 8),
    ("410324", 8),
    ("410325", 8),
    ("410326", 8),
    ("410327", 8),
    ("410328", 8),
    ("410329", 8),
];
const EACH_COUNTY_12: &[(&str, i64)] = &[
    ("410381", 12),
    ("410322", 12),
    ("410323", 12),
    ("410324", 12),
    ("410325", 12),
    ("410326", 12),
    ("410327", 12),
    ("410328", 12),
    ("410329", 12),
];

/// Every class. Those of right now come first, so that they get the rooms that they need.
pub const CLASSES: &[Spec] = &[
    Spec {
        school: "410323",
        theme: 1,
        title: "新安县民营企业家综合能力提升班（第三期）",
        summary: "面向全县规模以上和成长型民营企业负责人，八次课讲透政策、治理、数字化、财税金融、品牌与传承。每周一次，学完颁发结业证书。",
        capacity: 210,
        life: Life::Running,
        when: When::Days(&[-35, -28, -21, -14, -7, 0, 7, 14], 9),
        today: Some(Today::Soon),
        crowd: Crowd {
            guests: &[(1, "approved"), (4, "approved"), (5, "approved"), (6, "approved")],
            ..crowd(199, 3, 6, 0)
        },
        ..PLAIN
    },
    Spec {
        school: Region::CITY,
        theme: 5,
        title: "河洛企业家领航班（第二期）",
        summary: "市级主体班次，九个县区分配名额，由工商联推荐、学校审核。每两周集中一次，含两次标杆企业现场教学。",
        capacity: 150,
        by_hand: true,
        life: Life::Running,
        when: When::Days(&[-42, -28, -14, 0, 13, 27], 14),
        today: Some(Today::UnderWay),
        crowd: crowd(150, 9, 4, 6),
        quotas: EACH_COUNTY_12,
        reclaim: -50,
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 1,
        title: "现代企业制度与股权设计实务班",
        summary: "手把手做一份自己企业的治理章程和股权方案。请带上公司章程和最近一期财务报表。",
        capacity: 60,
        life: Life::Enrolling,
        when: When::Days(&[9, 16, 23, 30], 9),
        crowd: Crowd {
            by_county: &[("410323", 30), ("410327", 4), ("410328", 3)],
            held: 2,
            guests: &[(1, "approved")],
            ..crowd(37, 1, 2, 0)
        },
        quotas: &[("410327", 8), ("410328", 6)],
        reclaim: 4,
        holds: &[(1, 3), (2, 2)],
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 4,
        title: "短视频与直播带货实战班",
        summary: "小班实操，人人上手：写脚本、拍样片、进直播间。请自带手机和一款自家产品。",
        capacity: 40,
        life: Life::Enrolling,
        when: When::Days(&[5, 6, 12, 13], 14),
        crowd: Crowd {
            waitlisted: 9,
            guests: &[(2, "waitlisted"), (7, "approved")],
            ..crowd(40, 0, 2, 0)
        },
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 5,
        title: "家族企业传承研修班",
        summary: "面向创一代和接班人，两代人一起上课。由学院逐一审核，优先考虑两代同报的企业。",
        capacity: 50,
        by_hand: true,
        life: Life::Enrolling,
        when: When::Days(&[15, 17, 22, 24], 9),
        crowd: Crowd {
            submitted: 26,
            guests: &[(3, "rejected"), (8, "submitted")],
            ..crowd(18, 4, 1, 0)
        },
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 0,
        title: "安全生产与合规经营专题班",
        summary: "应急、市场监管和司法部门骨干授课，以本县案例讲清企业主要负责人的法定责任。",
        capacity: 80,
        life: Life::Closed,
        when: When::Days(&[-71, -64, -57, -50], 9),
        crowd: Crowd {
            guests: &[(1, "approved"), (2, "approved"), (3, "approved")],
            ..crowd(74, 2, 3, 0)
        },
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 3,
        title: "税收优惠与财务规范专题班",
        summary: "县税务局业务骨干现场答疑，逐条对照自家企业能享受的优惠。",
        capacity: 60,
        life: Life::Archived,
        when: When::Days(&[-163, -156, -149, -142], 9),
        crowd: Crowd {
            guests: &[(1, "approved"), (2, "approved")],
            ..crowd(60, 0, 2, 5)
        },
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 2,
        title: "数字化车间观摩与改造班",
        summary: "两天走访三家数字化车间，回来画自己企业的改造图。",
        capacity: 45,
        life: Life::Draft,
        when: When::Days(&[40, 41], 9),
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 0,
        title: "专精特新企业申报辅导班",
        summary: "对照省级认定标准逐项准备材料，现场一对一诊断。",
        capacity: 70,
        life: Life::Published,
        when: When::Days(&[29, 32, 36, 39], 9),
        quotas: &[("410327", 10), ("410326", 10)],
        reclaim: 20,
        ..PLAIN
    },
    Spec {
        school: Region::CITY,
        theme: 2,
        title: "数字化转型高级研修班",
        summary: "每个县区保留八个名额，两天后未用名额收回统筹。含智能工厂现场教学和转型方案评审。",
        capacity: 100,
        life: Life::Enrolling,
        when: When::Days(&[10, 11, 25, 26, 38], 9),
        crowd: Crowd {
            by_county: &[
                ("410323", 18),
                ("410381", 15),
                ("410322", 13),
                ("410329", 12),
                ("410327", 10),
                ("410324", 8),
                ("410325", 3),
                ("410326", 2),
                ("410328", 4),
            ],
            waitlisted: 7,
            waiting_from: &["410323", "410381", "410329"],
            ..crowd(85, 0, 0, 0)
        },
        quotas: EACH_COUNTY_8,
        reclaim: 2,
        ..PLAIN
    },
    Spec {
        school: Region::CITY,
        theme: 3,
        title: "银企对接与融资实务班",
        summary: "六家银行、两家基金到场，带着融资需求来，带着对接结果走。",
        capacity: 80,
        life: Life::Running,
        when: When::Days(&[-20, -13, -6, 1, 8], 14),
        crowd: crowd(80, 2, 3, 4),
        ..PLAIN
    },
    Spec {
        school: Region::CITY,
        theme: 0,
        title: "企业家法治大讲堂",
        summary: "民营经济促进法专题讲座，邀请法官、检察官和律师同台解读。",
        capacity: 150,
        life: Life::Cancelled,
        when: When::Days(&[3], 9),
        crowd: crowd(46, 0, 1, 0),
        cancel_reason: Some("主讲专家临时有公务，讲座取消；另择时间举办，已报名学员届时优先。"),
        ..PLAIN
    },
    Spec {
        school: Region::CITY,
        theme: 5,
        title: "洛阳市民营企业家学校开学第一课",
        summary: "学校开学典礼暨首场公开课，近两百名民营企业家参加。",
        capacity: 200,
        life: Life::Closed,
        when: When::OpeningDay,
        crowd: Crowd {
            guests: &[(1, "approved"), (4, "approved")],
            ..crowd(196, 0, 3, 0)
        },
        ..PLAIN
    },
    Spec {
        school: Region::CITY,
        theme: 4,
        title: "县域品牌出海公开课",
        summary: "跨境电商综合试验区开放日，半天听懂品牌出海的机会和坑。",
        capacity: 120,
        life: Life::Published,
        when: When::Days(&[34], 14),
        ..PLAIN
    },
    Spec {
        school: "410381",
        theme: 4,
        title: "品牌建设与市场开拓班",
        summary: "以偃师鞋业、酒业为例，讲县域企业怎样做出自己的牌子。",
        capacity: 60,
        life: Life::Running,
        when: When::Days(&[-12, -5, 2, 9], 9),
        crowd: crowd(55, 1, 2, 0),
        ..PLAIN
    },
    Spec {
        school: "410381",
        theme: 2,
        title: "鞋业跨境电商与数字营销班",
        summary: "选品、上架、投放、客服全流程跟练，适合制鞋和服饰企业。",
        capacity: 50,
        life: Life::Enrolling,
        when: When::Days(&[8, 15, 22], 14),
        crowd: Crowd {
            held: 2,
            ..crowd(27, 0, 1, 0)
        },
        holds: &[(7, 4)],
        ..PLAIN
    },
    Spec {
        school: "410381",
        theme: 1,
        title: "企业合同与用工风险班",
        summary: "把常用合同和用工制度带来，律师现场改。",
        capacity: 60,
        life: Life::Closed,
        when: When::Days(&[-96, -89, -82], 9),
        crowd: crowd(52, 0, 2, 0),
        ..PLAIN
    },
    Spec {
        school: "410322",
        theme: 1,
        title: "农业产业化龙头企业经营班",
        summary: "从种养到加工再到品牌，龙头企业带头人一起算账。",
        capacity: 60,
        life: Life::Running,
        when: When::Days(&[-18, -11, -4, 3, 10], 9),
        crowd: crowd(57, 0, 2, 0),
        ..PLAIN
    },
    Spec {
        school: "410322",
        theme: 3,
        title: "中小企业财务规范化班",
        summary: "会计师事务所合伙人讲透账、票、税，适合老板和财务一起听。",
        capacity: 50,
        life: Life::Published,
        when: When::Days(&[27, 34, 41], 9),
        ..PLAIN
    },
    Spec {
        school: "410322",
        theme: 0,
        title: "惠企政策宣讲与申报班",
        summary: "一次讲清当年惠企政策，现场填报、现场受理。",
        capacity: 80,
        life: Life::Archived,
        when: When::LastYear(5, 17, &[0, 7, 14]),
        crowd: crowd(50, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410329",
        theme: 2,
        title: "铝加工企业精益生产班",
        summary: "一半时间在教室，一半时间在车间，围绕换模、节拍和良率做改善。",
        capacity: 50,
        life: Life::Closed,
        when: When::Days(&[-61, -54, -47, -40], 9),
        crowd: crowd(46, 1, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410329",
        theme: 4,
        title: "白酒企业品牌与渠道班",
        summary: "从产品线梳理到经销商大会，做一份自己的渠道计划。",
        capacity: 30,
        life: Life::Enrolling,
        when: When::Days(&[11, 18, 25], 14),
        crowd: Crowd {
            waitlisted: 5,
            ..crowd(30, 0, 1, 0)
        },
        ..PLAIN
    },
    Spec {
        school: "410329",
        theme: 5,
        title: "企业文化与班组建设班",
        summary: "二程故里讲企业文化，学员企业互访三次。",
        capacity: 60,
        life: Life::Archived,
        when: When::LastYear(9, 12, &[0, 7, 14, 21]),
        crowd: crowd(48, 0, 2, 0),
        ..PLAIN
    },
    Spec {
        school: "410324",
        theme: 4,
        title: "文旅企业服务品质提升班",
        summary: "民宿、景区、餐饮同班学习，边住边学，互相当一回客人。",
        capacity: 55,
        life: Life::Running,
        when: When::Days(&[-9, -2, 5, 12], 14),
        crowd: crowd(43, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410324",
        theme: 1,
        title: "钨钼产业链企业治理班",
        summary: "围绕上下游协同，讲合同、账期和联合采购。",
        capacity: 50,
        life: Life::Closed,
        when: When::Days(&[-80, -73, -66], 9),
        crowd: crowd(40, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410324",
        theme: 0,
        title: "生态保护与绿色矿山合规班",
        summary: "筹备中：拟请自然资源、生态环境部门联合授课。",
        capacity: 60,
        life: Life::Draft,
        when: When::Days(&[47, 54], 9),
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 3,
        title: "小微企业融资与信用管理班",
        summary: "从征信报告讲起，教企业把信用变成贷款。",
        capacity: 60,
        life: Life::Archived,
        when: When::Days(&[-318, -311, -304], 9),
        crowd: crowd(54, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410381",
        theme: 1,
        title: "制鞋企业班组长管理班",
        summary: "一线班组长的排产、带人和现场改善。",
        capacity: 50,
        life: Life::Archived,
        when: When::Days(&[-292, -285, -278], 9),
        crowd: crowd(43, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410322",
        theme: 5,
        title: "黄河文化与企业文化班",
        summary: "走进会盟故地，讲企业文化怎样落到制度。",
        capacity: 50,
        life: Life::Archived,
        when: When::Days(&[-268, -261], 14),
        crowd: crowd(41, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410329",
        theme: 3,
        title: "工业企业成本核算班",
        summary: "用自己企业的数据，算清每一道工序的成本。",
        capacity: 50,
        life: Life::Archived,
        when: When::Days(&[-247, -240, -233], 9),
        crowd: crowd(44, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 2,
        title: "办公自动化与人工智能入门班",
        summary: "零基础上手，当堂做出能用的表格和文案。",
        capacity: 80,
        life: Life::Archived,
        when: When::Days(&[-226, -219, -212], 14),
        crowd: crowd(68, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410324",
        theme: 5,
        title: "绿水青山与文旅企业家班",
        summary: "景区、民宿、农产品经营者同堂交流。",
        capacity: 60,
        life: Life::Archived,
        when: When::Days(&[-207, -200, -193], 9),
        crowd: crowd(46, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410381",
        theme: 3,
        title: "出口退税与跨境结算班",
        summary: "税务、银行业务骨干讲流程，现场答疑。",
        capacity: 50,
        life: Life::Archived,
        when: When::Days(&[-186, -179], 9),
        crowd: crowd(38, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410323",
        theme: 4,
        title: "县域品牌与区域公用品牌班",
        summary: "樱桃、连翘、澄泥砚，新安名品怎样一起卖。",
        capacity: 60,
        life: Life::Archived,
        when: When::Days(&[-128, -121, -114], 9),
        crowd: crowd(52, 0, 1, 0),
        ..PLAIN
    },
    Spec {
        school: "410322",
        theme: 2,
        title: "仓储物流数字化班",
        summary: "从台账到系统，三步管好库存和车辆。",
        capacity: 50,
        life: Life::Archived,
        when: When::Days(&[-112, -105], 14),
        crowd: crowd(42, 0, 1, 0),
        ..PLAIN
    },
];
