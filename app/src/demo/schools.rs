//! The ten schools with their venues and teachers: the city's and five academies open, four planned.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::maker::Maker;
use super::people::People;
use super::tables::row;
use crate::ids::{PersonId, Region, SchoolId, TeacherId, VenueId};

/// A school with what a lesson needs.
pub struct School {
    pub id: SchoolId,
    pub region: &'static str,
    pub venues: Vec<Venue>,
    pub teachers: Vec<Teacher>,
}

pub struct Venue {
    pub id: VenueId,
    pub seats: i64,
}

pub struct Teacher {
    pub id: TeacherId,
    /// The themes that the teacher speaks on, by their place in the plan.
    pub themes: &'static [usize],
}

/// Open since when: the city's school on 3 November, an academy on a day of its own; or not yet.
enum Opened {
    City,
    On(i32, u32, u32),
    Planned,
}

struct Draft {
    region: &'static str,
    zh: &'static str,
    en: &'static str,
    address: &'static str,
    phone: &'static str,
    opened: Opened,
    venues: &'static [(&'static str, &'static str, i64)],
    teachers: &'static [(&'static str, &'static [usize])],
}

const DRAFTS: [Draft; 10] = [
    Draft {
        region: Region::CITY,
        zh: "洛阳市民营企业家学校",
        en: "Luoyang School for Private Entrepreneurs",
        address: "洛阳市洛龙区开元大道 288 号商会大厦",
        phone: "0379-60000101",
        opened: Opened::City,
        venues: &[
            ("大报告厅", "商会大厦 2 层", 320),
            ("201 阶梯教室", "商会大厦 2 层", 160),
            ("305 研讨室", "商会大厦 3 层", 60),
            ("数字化实训室", "商会大厦 5 层", 90),
        ],
        teachers: &[
            ("工商管理学院教授、博士生导师", &[1, 5]),
            ("律师事务所高级合伙人", &[0, 1]),
            ("市税务局税政科科长", &[3]),
            ("智能制造研究所所长", &[2]),
            ("上市公司原财务总监", &[3]),
            ("品牌战略顾问", &[4]),
            ("市发展改革委营商环境科科长", &[0]),
            ("制造企业创始人", &[5, 2, 4]),
        ],
    },
    Draft {
        region: "410323",
        zh: "新安县民营企业家学院",
        en: "Xin'an Academy for Private Entrepreneurs",
        address: "洛阳市新安县城关镇涧河大道 66 号",
        phone: "0379-60000323",
        opened: Opened::On(2021, 6, 18),
        venues: &[
            ("学术报告厅", "学院主楼 1 层", 260),
            ("二楼多功能厅", "学院主楼 2 层", 120),
            ("产业集聚区路演厅", "新安县产业集聚区服务中心", 80),
            ("201 教室", "学院主楼 2 层", 60),
        ],
        teachers: &[
            ("班主任、企业家教练", &[5, 1]),
            ("商学院副教授", &[1, 5]),
            ("律师事务所主任", &[0, 1]),
            ("县税务局副局长", &[3]),
            ("数字化转型顾问", &[2]),
            ("县市场监管局党组成员", &[0, 4]),
            ("电商公司创始人", &[4, 2]),
            ("银行普惠金融部总经理", &[3]),
        ],
    },
    Draft {
        region: "410381",
        zh: "偃师区民营企业家学院",
        en: "Yanshi Academy for Private Entrepreneurs",
        address: "洛阳市偃师区华夏路 19 号",
        phone: "0379-60000307",
        opened: Opened::On(2022, 4, 12),
        venues: &[
            ("报告厅", "华夏路 19 号 1 层", 180),
            ("鞋业设计中心", "偃师先进制造业开发区", 70),
            ("302 教室", "华夏路 19 号 3 层", 60),
        ],
        teachers: &[
            ("经济管理学院教授", &[1, 5]),
            ("知识产权律师", &[0, 4]),
            ("跨境电商培训师", &[4, 2]),
            ("区税务局政策法规股股长", &[3]),
            ("制鞋企业总经理", &[4, 5]),
        ],
    },
    Draft {
        region: "410322",
        zh: "孟津区民营企业家学院",
        en: "Mengjin Academy for Private Entrepreneurs",
        address: "洛阳市孟津区桂花大道 102 号",
        phone: "0379-60000308",
        opened: Opened::On(2022, 9, 6),
        venues: &[("会盟厅", "桂花大道 102 号 2 层", 150), ("农业示范园教室", "孟津区现代农业示范园", 60)],
        teachers: &[
            ("农业经济学教授", &[1, 4]),
            ("区农业农村局推广研究员", &[0]),
            ("会计师事务所合伙人", &[3]),
            ("物流企业董事长", &[5, 2]),
            ("区域品牌研究员", &[4]),
        ],
    },
    Draft {
        region: "410329",
        zh: "伊川县民营企业家学院",
        en: "Yichuan Academy for Private Entrepreneurs",
        address: "洛阳市伊川县人民东路 35 号",
        phone: "0379-60000329",
        opened: Opened::On(2023, 5, 23),
        venues: &[
            ("二程讲堂", "人民东路 35 号 1 层", 140),
            ("精益生产实训车间", "伊川县先进制造业开发区", 50),
            ("204 教室", "人民东路 35 号 2 层", 60),
        ],
        teachers: &[
            ("管理科学教授", &[1, 2]),
            ("精益生产顾问", &[2, 1]),
            ("县司法局公职律师", &[0]),
            ("银行支行行长", &[3]),
            ("白酒企业品牌总监", &[4, 5]),
        ],
    },
    Draft {
        region: "410324",
        zh: "栾川县民营企业家学院",
        en: "Luanchuan Academy for Private Entrepreneurs",
        address: "洛阳市栾川县君山路 8 号",
        phone: "0379-60000324",
        opened: Opened::On(2024, 3, 28),
        venues: &[("伊源厅", "君山路 8 号 1 层", 130), ("民宿学院实训楼", "栾川县重渡沟", 60)],
        teachers: &[
            ("旅游管理教授", &[4, 5]),
            ("县文旅局高级经济师", &[0, 4]),
            ("注册会计师", &[3]),
            ("矿业企业总工程师", &[2, 1]),
        ],
    },
    planned(
        "410325",
        "嵩县民营企业家学院",
        "Songxian Academy for Private Entrepreneurs",
        "洛阳市嵩县白云大道 51 号",
        "0379-60000325",
    ),
    planned(
        "410326",
        "汝阳县民营企业家学院",
        "Ruyang Academy for Private Entrepreneurs",
        "洛阳市汝阳县杜康大道 77 号",
        "0379-60000326",
    ),
    planned(
        "410327",
        "宜阳县民营企业家学院",
        "Yiyang Academy for Private Entrepreneurs",
        "洛阳市宜阳县红旗东路 120 号",
        "0379-60000327",
    ),
    planned(
        "410328",
        "洛宁县民营企业家学院",
        "Luoning Academy for Private Entrepreneurs",
        "洛阳市洛宁县永宁大道 23 号",
        "0379-60000328",
    ),
];

const fn planned(region: &'static str, zh: &'static str, en: &'static str, address: &'static str, phone: &'static str) -> Draft {
    Draft {
        region,
        zh,
        en,
        address,
        phone,
        opened: Opened::Planned,
        venues: &[("筹建中的报告厅", "主楼 1 层", 120), ("101 教室", "主楼 1 层", 50)],
        teachers: &[
            ("县委党校高级讲师", &[0, 5]),
            ("律师事务所律师", &[0, 1]),
            ("县税务局业务骨干", &[3]),
            ("商会副会长、企业家", &[4, 5]),
        ],
    }
}

/// The city's school first, then the academies.
pub fn invent(maker: &mut Maker, people: &mut People) -> Vec<School> {
    DRAFTS.iter().map(|draft| school(maker, people, draft)).collect()
}

/// The day on which the city's school opened: the last 3 November that leaves it two months of life.
pub fn city_opened_on(maker: &Maker) -> NaiveDate {
    let latest = maker.today - TimeDelta::days(60);
    let this_year = NaiveDate::from_ymd_opt(latest.year(), 11, 3).unwrap_or(latest);
    if this_year <= latest {
        this_year
    } else {
        NaiveDate::from_ymd_opt(latest.year() - 1, 11, 3).unwrap_or(latest)
    }
}

fn school(maker: &mut Maker, people: &mut People, draft: &Draft) -> School {
    let founded = maker.at(-425, 9, 0);
    let id: SchoolId = maker.id(founded);
    let opened_on = match draft.opened {
        Opened::City => Some(city_opened_on(maker)),
        Opened::On(year, month, day) => NaiveDate::from_ymd_opt(year, month, day),
        Opened::Planned => None,
    };
    let state = if opened_on.is_some() { "open" } else { "planned" };
    maker
        .tables
        .schools
        .add(row![id, draft.region, draft.zh, draft.en, draft.address, draft.phone, state, opened_on]);
    let venues = draft.venues.iter().map(|(name, address, seats)| {
        let venue: VenueId = maker.id(founded);
        maker.tables.venues.add(row![venue, id, *name, *address, *seats, 1_i64]);
        Venue { id: venue, seats: *seats }
    });
    let venues = venues.collect();
    let mut teachers = Vec::new();
    for (place, (title, themes)) in draft.teachers.iter().enumerate() {
        let linked = draft.region == people.teacher.region && place == 0;
        let person: Option<PersonId> = linked.then_some(people.teacher.id);
        let name = if linked { people.teacher.name.clone() } else { people.names.draw(maker) };
        let phone = (!linked && maker.happens(60)).then(|| format!("1380001{:04}", maker.below(10_000)));
        let teacher: TeacherId = maker.id(founded);
        maker.tables.teachers.add(row![teacher, id, person, name, *title, phone, 1_i64]);
        teachers.push(Teacher { id: teacher, themes });
    }
    School {
        id,
        region: draft.region,
        venues,
        teachers,
    }
}
