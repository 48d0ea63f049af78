//! People: those with a sign-in, whom the contract names, and those known only by name.

use chrono::{DateTime, TimeDelta, Utc};

use super::firms::{COUNTIES, Firm, county_by_lot};
use super::maker::Maker;
use super::names::Names;
use super::tables::row;
use crate::accounts::rules::initials;
use crate::ids::{FirmId, GrantId, PersonId, Region};

/// A person of the demo city.
#[derive(Clone)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub region: &'static str,
    pub firm: Option<FirmId>,
}

/// Everybody, by what they are there for.
pub struct People {
    pub city: Person,
    /// One coordinator for each county, in the order of [`COUNTIES`].
    pub coordinators: Vec<Person>,
    pub teacher: Person,
    /// One class teacher for each other open school, without a sign-in.
    pub class_teachers: Vec<Person>,
    /// 核定专家.
    pub expert: Person,
    /// 企业联络员 of the pilot firms, `firm01` first.
    pub contacts: Vec<Person>,
    /// `student001` first.
    pub students: Vec<Person>,
    /// Entrepreneurs without a password.
    pub others: Vec<Person>,
    /// Names given so far, for teachers who are nobody's account.
    pub names: Names,
}

impl People {
    /// Who looks after the classes of a region's school.
    pub fn class_teacher(&self, region: &str) -> &Person {
        self.class_teachers.iter().find(|person| person.region == region).unwrap_or(&self.teacher)
    }

    /// Who coordinates the school of a region.
    pub fn coordinator(&self, region: &str) -> &Person {
        COUNTIES
            .iter()
            .position(|county| *county == region)
            .map_or(&self.city, |place| &self.coordinators[place])
    }
}

/// User names of the county coordinators, in the order of [`COUNTIES`].
const COORDINATORS: [(&str, &str); 9] = [
    ("yanshi", "刘彦青"),
    ("mengjin", "赵守义"),
    ("xinan", "周文渊"),
    ("luanchuan", "常秀云"),
    ("songxian", "姬建业"),
    ("ruyang", "杜海波"),
    ("yiyang", "康宁"),
    ("luoning", "雷少峰"),
    ("yichuan", "程颢然"),
];

/// 班主任 of the open schools other than 新安's.
const CLASS_TEACHERS: [(&str, &str); 5] = [
    ("孟庆兰", Region::CITY),
    ("许文强", "410381"),
    ("何晓曼", "410322"),
    ("程立雪", "410329"),
    ("高山青", "410324"),
];

const STUDENTS: usize = 200;
const OTHERS: usize = 400;
/// How many of the students, from the first on, are of 新安.
const STUDENTS_OF_XINAN: usize = 110;

const POSITIONS: &[&str] = &[
    "董事长",
    "总经理",
    "总经理",
    "法定代表人",
    "创始人",
    "副总经理",
    "副总经理",
    "执行董事",
    "财务总监",
    "运营总监",
    "厂长",
    "合伙人",
    "行政总监",
    "销售总监",
    "技术总监",
    "人力资源总监",
];

struct NewPerson<'a> {
    name: String,
    user_name: Option<String>,
    region: &'static str,
    firm: Option<FirmId>,
    position: &'a str,
}

/// Everybody in the city.
pub fn invent(maker: &mut Maker, firms: &[Firm]) -> People {
    let mut names = Names::default();
    let mut register = Register { maker, count: 0 };
    let city = register.staff("city", names.take("郑怀仁"), Region::CITY, "市工商联培训科科长");
    register.grant(&city, "city", None, None);
    let mut coordinators = Vec::new();
    for ((user_name, name), region) in COORDINATORS.iter().zip(COUNTIES) {
        let person = register.staff(user_name, names.take(name), region, "县区工商联副主席");
        register.grant(&person, "county", Some(region), None);
        coordinators.push(person);
    }
    let teacher = register.staff("teacher", names.take("陈静怡"), "410323", "班主任");
    register.grant(&teacher, "teacher", None, None);
    let mut class_teachers = Vec::new();
    for (name, region) in CLASS_TEACHERS {
        let person = register.add(NewPerson {
            name: names.take(name),
            user_name: None,
            region,
            firm: None,
            position: "班主任",
        });
        register.grant(&person, "teacher", None, None);
        class_teachers.push(person);
    }
    let expert = register.staff("expert", names.take("沈明理"), Region::CITY, "管理咨询师");
    register.grant(&expert, "verifier", None, None);
    let mut contacts = Vec::new();
    for (number, firm) in firms.iter().take(30).enumerate() {
        let person = register.add(NewPerson {
            name: names.draw(register.maker),
            user_name: Some(format!("firm{:02}", number + 1)),
            region: firm.region,
            firm: Some(firm.id),
            position: "办公室主任",
        });
        register.grant(&person, "firm", None, Some(firm.id));
        contacts.push(person);
    }
    let students = entrepreneurs(&mut register, &mut names, firms, STUDENTS, true);
    let others = entrepreneurs(&mut register, &mut names, firms, OTHERS, false);
    People {
        city,
        coordinators,
        teacher,
        class_teachers,
        contacts,
        expert,
        students,
        others,
        names,
    }
}

fn entrepreneurs(register: &mut Register<'_>, names: &mut Names, firms: &[Firm], count: usize, sign_in: bool) -> Vec<Person> {
    (0..count)
        .map(|number| {
            let at_home = sign_in && number < STUDENTS_OF_XINAN;
            let region = if at_home { "410323" } else { county_by_lot(register.maker) };
            let own: Vec<FirmId> = firms.iter().filter(|firm| firm.region == region).map(|firm| firm.id).collect();
            let person = NewPerson {
                name: names.draw(register.maker),
                user_name: sign_in.then(|| format!("student{:03}", number + 1)),
                region,
                firm: Some(register.maker.pick(&own)),
                position: register.maker.pick(POSITIONS),
            };
            register.add(person)
        })
        .collect()
}

struct Register<'a> {
    maker: &'a mut Maker,
    count: i64,
}

impl Register<'_> {
    fn staff(&mut self, user_name: &str, name: String, region: &'static str, position: &str) -> Person {
        self.add(NewPerson {
            name,
            user_name: Some(user_name.to_owned()),
            region,
            firm: None,
            position,
        })
    }

    fn add(&mut self, new: NewPerson<'_>) -> Person {
        self.count += 1;
        let created_at: DateTime<Utc> = self.maker.at(-420, 8, 30) + TimeDelta::minutes(self.count * 11);
        let id: PersonId = self.maker.id(created_at);
        // 7,919 shares no divisor with 10,000, so no two numbers meet.
        let phone = format!("1380000{:04}", (self.count * 7_919 + 1_357) % 10_000);
        let hash = new.user_name.is_some().then(|| self.maker.hash.clone());
        let qr_code = self.maker.qr_code();
        self.maker.tables.people.add(row![
            id,
            &new.name,
            initials(&new.name),
            phone,
            new.user_name,
            hash,
            false,
            new.region,
            new.firm,
            new.position,
            None::<String>,
            None::<String>,
            qr_code,
            true,
            created_at,
            None::<uuid::Uuid>,
        ]);
        Person {
            id,
            name: new.name,
            region: new.region,
            firm: new.firm,
        }
    }

    fn grant(&mut self, person: &Person, role: &str, region: Option<&str>, firm: Option<FirmId>) {
        let at = self.maker.at(-400, 9, 0);
        let id: GrantId = self.maker.id(at);
        self.maker
            .tables
            .grants
            .add(row![id, person.id, role, region, firm, at, None::<uuid::Uuid>]);
    }
}
