//! Pure rules of a list of firms that comes in as a table: which column means what, what is wrong with each row, and which
//! firm a row means.

use std::collections::HashMap;

use crate::accounts::rules::{LONGEST_NAME, LONGEST_POSITION, TextFault, contact_number, email_address, line, paragraphs};
use crate::error::Problem;
use crate::firms::rules::{Category, CreditCode, CreditCodeFault, LONGEST_ABOUT, LONGEST_FIRM_NAME, LONGEST_INDUSTRY, Size};
use crate::ids::{FirmId, Region};
use crate::imports::{self, plain};

crate::words! {
    /// What a column can mean.
    pub enum Field {
        Name = "name",
        Code = "code",
        County = "county",
        Category = "category",
        Size = "size",
        Industry = "industry",
        About = "about",
        Contact = "contact",
        Position = "position",
        Phone = "phone",
        Email = "email",
    }
}

impl imports::Field for Field {
    fn all() -> &'static [Self] {
        Self::ALL
    }

    fn word(self) -> &'static str {
        self.as_str()
    }

    fn is_required(self) -> bool {
        self == Self::Name
    }

    fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "企业名称",
                "名称",
                "单位名称",
                "企业",
                "单位",
                "公司名称",
                "公司",
                "nameofthefirm",
                "firm",
                "company",
                "name",
            ],
            Self::Code => &["统一社会信用代码", "信用代码", "社会信用代码", "creditcode", "unifiedsocialcreditcode"],
            Self::County => &["县区", "县（区）", "县(区)", "区县", "所属县区", "所在县区", "county", "region"],
            Self::Category => &["企业类别", "类别", "企业类型", "category"],
            Self::Size => &["企业规模", "规模", "size"],
            Self::Industry => &["所属行业", "行业", "lineofbusiness", "industry"],
            Self::About => &["企业简介", "简介", "aboutthefirm", "about"],
            Self::Contact => &["联系人", "联系人姓名", "企业联系人", "contact", "contactperson"],
            Self::Position => &["联系人职务", "职务", "职位", "positionofthecontact", "position"],
            Self::Phone => &["联系电话", "电话", "联系人电话", "手机", "手机号", "phone", "mobile"],
            Self::Email => &["电子邮箱", "邮箱", "电子邮件", "e-mail", "email"],
        }
    }
}

/// Which column of a list holds which field.
pub type Columns = imports::Columns<Field>;

/// One fault of one cell.
pub type Fault = imports::Fault<Field, Reason>;

/// The words that a list may use for what is chosen from a list, plain (see [`plain`]).
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Every way to write a county, to its key.
    pub counties: HashMap<String, String>,
    pub categories: HashMap<String, Category>,
    pub sizes: HashMap<String, Size>,
}

/// A row that is fit to be written. What is none or empty in it leaves a known firm as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub number: usize,
    pub name: String,
    pub code: Option<CreditCode>,
    pub county: Option<Region>,
    pub category: Option<Category>,
    pub size: Option<Size>,
    pub industry: Option<String>,
    pub about: Option<String>,
    pub contact: Option<FitContact>,
}

/// The contact of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitContact {
    pub name: String,
    pub position: String,
    pub phone: String,
    pub email: Option<String>,
}

/// Why a cell is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    Missing,
    TooLong {
        most: usize,
    },
    Unprintable,
    Code(CreditCodeFault),
    NoCounty,
    /// A new firm needs a county, and the importer has none of their own.
    CountyMissing,
    /// Not the importer's to enter or change firms in.
    OtherCounty,
    /// The firm is known in another county than the row says.
    KnownElsewhere,
    NoCategory,
    NoSize,
    NoPhone,
    NoEmail,
    /// A contact without a phone number.
    PhoneMissing,
    /// A phone number or position without the contact's name.
    ContactMissing,
    /// An earlier row is about the same firm.
    Repeated {
        earlier: usize,
    },
    /// The firm with this code is known by another name.
    OtherName {
        known: String,
    },
    /// The firm of this name has another code.
    OtherCode {
        known: String,
    },
}

impl Reason {
    /// The sentence beside the cell.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Missing => Problem::new("import-reason-missing"),
            Self::TooLong { most } => Problem::new("accounts-text-long").with("max", most),
            Self::Unprintable => Problem::new("accounts-text-unprintable"),
            Self::Code(fault) => fault.problem("code").problem,
            Self::NoCounty => Problem::new("import-reason-no-county"),
            Self::CountyMissing => Problem::new("firms-reason-county-missing"),
            Self::OtherCounty => Problem::new("firms-reason-other-county"),
            Self::KnownElsewhere => Problem::new("firms-reason-known-elsewhere"),
            Self::NoCategory => Problem::new("firms-reason-no-category"),
            Self::NoSize => Problem::new("firms-reason-no-size"),
            Self::NoPhone => Problem::new("firms-contact-phone-wrong"),
            Self::NoEmail => Problem::new("firms-contact-email-wrong"),
            Self::PhoneMissing => Problem::new("firms-reason-phone-missing"),
            Self::ContactMissing => Problem::new("firms-reason-contact-missing"),
            Self::Repeated { earlier } => Problem::new("firms-reason-repeated").with("row", earlier),
            Self::OtherName { known } => Problem::new("firms-reason-other-name").with("known", known),
            Self::OtherCode { known } => Problem::new("firms-reason-other-code").with("known", known),
        }
    }
}

/// One stored row seen through the columns chosen.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    pub number: usize,
    cells: &'a [String],
    columns: &'a Columns,
}

impl<'a> Typed<'a> {
    pub fn new(number: usize, cells: &'a [String], columns: &'a Columns) -> Self {
        Self { number, cells, columns }
    }

    pub fn of(&self, field: Field) -> &'a str {
        self.columns.cell(self.cells, field).trim()
    }
}

/// Every fault of every row, and the rows without any.
pub fn judge<'a>(rows: impl IntoIterator<Item = Typed<'a>>, vocabulary: &Vocabulary) -> (Vec<Fit>, Vec<Fault>) {
    let mut fit = Vec::new();
    let mut faults = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let mut reader = Reader {
            row,
            faults: &mut faults,
            is_clean: true,
        };
        let judged = reader.read(vocabulary);
        if !reader.is_clean {
            continue;
        }
        let keys = keys(&judged);
        match keys.iter().find_map(|key| seen.get(key)) {
            Some(earlier) => {
                let earlier = *earlier;
                reader.fault(Field::Name, Reason::Repeated { earlier });
            }
            None => fit.push(judged),
        }
        for key in keys {
            seen.entry(key).or_insert(row.number);
        }
    }
    (fit, faults)
}

/// What two rows about the same firm have in common: the code, or name and county.
fn keys(row: &Fit) -> Vec<String> {
    let county = row.county.as_ref().map(Region::as_str).unwrap_or_default();
    let by_name = format!("{county} {}", row.name);
    row.code
        .as_ref()
        .map(|code| code.as_str().to_owned())
        .into_iter()
        .chain([by_name])
        .collect()
}

struct Reader<'a, 'f> {
    row: Typed<'a>,
    faults: &'f mut Vec<Fault>,
    is_clean: bool,
}

impl Reader<'_, '_> {
    fn fault(&mut self, field: Field, reason: Reason) {
        self.is_clean = false;
        self.faults.push(Fault {
            row: self.row.number,
            field,
            typed: self.row.of(field).to_owned(),
            reason,
        });
    }

    fn read(&mut self, vocabulary: &Vocabulary) -> Fit {
        let name = self.line(Field::Name, LONGEST_FIRM_NAME);
        if name.is_none() && self.row.of(Field::Name).is_empty() {
            self.fault(Field::Name, Reason::Missing);
        }
        Fit {
            number: self.row.number,
            name: name.unwrap_or_default(),
            code: self.code(),
            county: self.one_of(Field::County, &vocabulary.counties, Reason::NoCounty).map(Region),
            category: self.one_of(Field::Category, &vocabulary.categories, Reason::NoCategory),
            size: self.one_of(Field::Size, &vocabulary.sizes, Reason::NoSize),
            industry: self.line(Field::Industry, LONGEST_INDUSTRY),
            about: self.text(Field::About, paragraphs(self.row.of(Field::About), LONGEST_ABOUT), LONGEST_ABOUT),
            contact: self.contact(),
        }
    }

    fn line(&mut self, field: Field, most: usize) -> Option<String> {
        self.text(field, line(self.row.of(field), most), most)
    }

    fn text(&mut self, field: Field, read: Result<String, TextFault>, most: usize) -> Option<String> {
        match read {
            Ok(text) => return Some(text),
            Err(TextFault::Missing) => {}
            Err(TextFault::TooLong) => self.fault(field, Reason::TooLong { most }),
            Err(TextFault::Unprintable) => self.fault(field, Reason::Unprintable),
        }
        None
    }

    fn code(&mut self) -> Option<CreditCode> {
        let typed = self.row.of(Field::Code);
        if typed.is_empty() {
            return None;
        }
        CreditCode::parse(typed)
            .map_err(|fault| self.fault(Field::Code, Reason::Code(fault)))
            .ok()
    }

    fn one_of<T: Clone>(&mut self, field: Field, words: &HashMap<String, T>, otherwise: Reason) -> Option<T> {
        let typed = self.row.of(field);
        let found = words.get(&plain(typed)).cloned();
        if found.is_none() && !typed.is_empty() {
            self.fault(field, otherwise);
        }
        found
    }

    fn contact(&mut self) -> Option<FitContact> {
        let name = self.line(Field::Contact, LONGEST_NAME);
        let position = self.line(Field::Position, LONGEST_POSITION).unwrap_or_default();
        let typed = self.row.of(Field::Phone);
        let phone = contact_number(typed);
        if phone.is_none() && !typed.is_empty() {
            self.fault(Field::Phone, Reason::NoPhone);
        }
        let typed_email = self.row.of(Field::Email);
        let email = email_address(typed_email);
        if email.is_none() && !typed_email.is_empty() {
            self.fault(Field::Email, Reason::NoEmail);
        }
        let is_any = !position.is_empty() || phone.is_some() || email.is_some();
        match (name, phone) {
            (Some(name), Some(phone)) => Some(FitContact {
                name,
                position,
                phone,
                email,
            }),
            (Some(_), None) if typed.is_empty() => {
                self.fault(Field::Phone, Reason::PhoneMissing);
                None
            }
            (None, _) if is_any && self.row.of(Field::Contact).is_empty() => {
                self.fault(Field::Contact, Reason::ContactMissing);
                None
            }
            _ => None,
        }
    }
}

/// A firm that the register knows, as far as it decides which one a row means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFirm {
    pub id: FirmId,
    pub name: String,
    pub code: Option<String>,
    pub region: Region,
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    New(Region),
    Known(FirmId),
}

/// Which firm a row means among those of its code or name. `default` is the county of a row that names none.
///
/// # Errors
/// The cell that says something else than the register does.
pub fn target(row: &Fit, known: &[&KnownFirm], default: Option<&Region>, covers: impl Fn(&Region) -> bool) -> Result<Target, (Field, Reason)> {
    let code = row.code.as_ref().map(CreditCode::as_str);
    let by_code = code.and_then(|code| known.iter().find(|firm| firm.code.as_deref() == Some(code)));
    if let Some(firm) = by_code {
        if !covers(&firm.region) {
            return Err((Field::County, Reason::OtherCounty));
        }
        if row.county.as_ref().is_some_and(|county| *county != firm.region) {
            return Err((Field::County, Reason::KnownElsewhere));
        }
        if firm.name != row.name {
            let known = firm.name.clone();
            return Err((Field::Name, Reason::OtherName { known }));
        }
        return Ok(Target::Known(firm.id));
    }
    let region = row.county.as_ref().or(default).ok_or((Field::County, Reason::CountyMissing))?;
    if !covers(region) {
        return Err((Field::County, Reason::OtherCounty));
    }
    let namesake = known.iter().find(|firm| firm.name == row.name && firm.region == *region);
    match (namesake, code) {
        (None, _) => Ok(Target::New(region.clone())),
        (Some(firm), Some(_)) if firm.code.is_some() => {
            let known = firm.code.clone().unwrap_or_default();
            Err((Field::Code, Reason::OtherCode { known }))
        }
        (Some(firm), _) => Ok(Target::Known(firm.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const CODE: &str = "91350100M000100Y43";

    fn vocabulary() -> Vocabulary {
        Vocabulary {
            counties: [("新安县", "410323"), ("新安", "410323"), ("宜阳县", "410327")]
                .map(|(name, key)| (name.to_owned(), key.to_owned()))
                .into(),
            categories: [("高新技术企业".to_owned(), Category::HighTech)].into(),
            sizes: [("小型".to_owned(), Size::Small)].into(),
        }
    }

    fn judged(headers: &[&str], rows: &[&[&str]]) -> (Vec<Fit>, Vec<Fault>) {
        let headers: Vec<String> = headers.iter().map(ToString::to_string).collect();
        let columns = Columns::guess(&headers);
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        judge(
            rows.iter().enumerate().map(|(at, cells)| Typed::new(at + 2, cells, &columns)),
            &vocabulary(),
        )
    }

    #[test]
    fn a_whole_row_is_read() {
        let headers = [
            "企业名称*",
            "信用代码",
            "县（区）",
            "类别",
            "规模",
            "行业",
            "简介",
            "联系人",
            "职务",
            "电话",
            "邮箱",
        ];
        let (fit, faults) = judged(
            &headers,
            &[&[
                "牡丹瓷业",
                CODE,
                "新安",
                "高新技术企业",
                "小型",
                "陶瓷",
                "做瓷",
                "张三",
                "经理",
                "0379-65912345",
                "z@a.cn",
            ]],
        );
        assert_eq!(faults, []);
        let row = &fit[0];
        assert_eq!(row.code.as_ref().map(CreditCode::as_str), Some(CODE));
        assert_eq!(row.county, Some(Region::from("410323")));
        assert_eq!((row.category, row.size), (Some(Category::HighTech), Some(Size::Small)));
        assert_eq!(row.contact.as_ref().map(|contact| contact.phone.as_str()), Some("0379-65912345"));
    }

    #[test]
    fn every_fault_of_every_row_is_named() {
        let headers = ["企业名称", "信用代码", "县区", "类别", "规模", "联系人", "职务", "电话", "邮箱"];
        let (fit, faults) = judged(
            &headers,
            &[
                &["", "9135O100M000100Y43", "火星", "大厂", "巨型", "张三", "", "123", "z@a"],
                &["甲", "", "", "", "", "张三", "", "", ""],
                &["乙", "", "", "", "", "", "经理", "", ""],
                &["丙", CODE, "新安县"],
                &["丁", CODE, "新安县"],
                &["丙", "", "新安县"],
                &["丙", "", "宜阳县"],
            ],
        );
        assert_eq!(fit.iter().map(|row| row.number).collect::<Vec<_>>(), [5, 8]);
        let named: Vec<_> = faults.iter().map(|fault| (fault.row, fault.field)).collect();
        assert_eq!(
            named,
            [
                (2, Field::Name),
                (2, Field::Code),
                (2, Field::County),
                (2, Field::Category),
                (2, Field::Size),
                (2, Field::Phone),
                (2, Field::Email),
                (3, Field::Phone),
                (4, Field::Contact),
                (6, Field::Name),
                (7, Field::Name),
            ]
        );
        assert_eq!(faults[1].reason, Reason::Code(CreditCodeFault::Letter { letter: 'O', place: 5 }));
        assert_eq!(faults[9].reason, Reason::Repeated { earlier: 5 });
    }

    fn known(id: u128, name: &str, code: Option<&str>, region: &str) -> KnownFirm {
        KnownFirm {
            id: FirmId(Uuid::from_u128(id)),
            name: name.to_owned(),
            code: code.map(ToOwned::to_owned),
            region: Region::from(region),
        }
    }

    fn row(name: &str, code: Option<&str>, county: Option<&str>) -> Fit {
        Fit {
            number: 2,
            name: name.to_owned(),
            code: code.map(|code| CreditCode::parse(code).expect("a code")),
            county: county.map(Region::from),
            category: None,
            size: None,
            industry: None,
            about: None,
            contact: None,
        }
    }

    #[test]
    fn the_firm_that_a_row_means_is_found() {
        let xinan = Region::from("410323");
        let here = known(1, "甲", Some(CODE), "410323");
        let bare = known(2, "乙", None, "410323");
        let away = known(3, "丙", Some("914403001922038216"), "410327");
        let all = [&here, &bare, &away];
        let find = |row: &Fit| target(row, &all, Some(&xinan), |region| *region == xinan);
        assert_eq!(find(&row("甲", Some(CODE), None)), Ok(Target::Known(here.id)));
        assert_eq!(find(&row("甲", None, None)), Ok(Target::Known(here.id)), "by name in the own county");
        assert_eq!(
            find(&row("乙", Some("91110000802100433B"), None)),
            Ok(Target::Known(bare.id)),
            "the code is added"
        );
        assert_eq!(find(&row("丁", None, None)), Ok(Target::New(xinan.clone())));
        assert_eq!(
            find(&row("丙", None, None)),
            Ok(Target::New(xinan.clone())),
            "a namesake of another county"
        );
        let other_name = Reason::OtherName { known: "甲".to_owned() };
        assert_eq!(find(&row("改名", Some(CODE), None)), Err((Field::Name, other_name)));
        let other_code = Reason::OtherCode { known: CODE.to_owned() };
        assert_eq!(find(&row("甲", Some("91110000802100433B"), None)), Err((Field::Code, other_code)));
        assert_eq!(
            find(&row("丙", Some("914403001922038216"), None)),
            Err((Field::County, Reason::OtherCounty))
        );
        assert_eq!(find(&row("甲", Some(CODE), Some("410327"))), Err((Field::County, Reason::KnownElsewhere)));
        assert_eq!(find(&row("丁", None, Some("410327"))), Err((Field::County, Reason::OtherCounty)));
        let nowhere = target(&row("丁", None, None), &all, None, |_| true);
        assert_eq!(nowhere, Err((Field::County, Reason::CountyMissing)));
    }

    proptest! {
        #[test]
        fn each_row_is_either_fit_or_at_fault(rows in proptest::collection::vec(("\\PC{0,90}", "\\PC{0,20}|[0-9A-HJ-NP-RTUW-Y]{18}", "\\PC{0,12}"), 0..30)) {
            let headers = ["企业名称", "信用代码", "联系人"];
            let rows: Vec<Vec<&str>> = rows.iter().map(|(name, code, contact)| vec![name.as_str(), code.as_str(), contact.as_str()]).collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            let (fit, faults) = judged(&headers, &rows);
            for number in (2..).take(rows.len()) {
                let is_fit = fit.iter().any(|fit| fit.number == number);
                let at_fault = faults.iter().any(|fault| fault.row == number);
                prop_assert!(is_fit != at_fault);
            }
            for fault in &faults {
                prop_assert!(!fault.reason.problem().key.is_empty());
            }
        }
    }
}
