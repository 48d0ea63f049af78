//! Pure rules of a roster that comes in as a table: which column means what, and what is wrong with each row.
//! Source: training.md, *In and out*.

use std::collections::HashMap;

use crate::accounts::rules::mobile_number;
use crate::firms::rules::CreditCode;
use crate::imports::{self, plain};

crate::words! {
    /// What a column can mean.
    pub enum Field {
        Name = "name",
        Phone = "phone",
        County = "county",
        Firm = "firm",
        CreditCode = "credit_code",
        Position = "position",
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
        matches!(self, Self::Name | Self::Phone)
    }

    fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["姓名", "学员姓名", "名字", "参训人员", "name", "fullname"],
            Self::Phone => &[
                "手机号",
                "手机",
                "手机号码",
                "电话",
                "联系电话",
                "联系方式",
                "phone",
                "mobile",
                "phonenumber",
            ],
            Self::County => &["县区", "县（区）", "县(区)", "区县", "所属县区", "所在县区", "county", "region"],
            Self::Firm => &[
                "企业",
                "单位",
                "企业名称",
                "单位名称",
                "工作单位",
                "公司",
                "公司名称",
                "firm",
                "company",
                "organisation",
                "organization",
            ],
            Self::CreditCode => &["统一社会信用代码", "信用代码", "社会信用代码", "creditcode", "unifiedsocialcreditcode"],
            Self::Position => &["职务", "职位", "岗位", "position", "jobtitle", "title"],
        }
    }
}

/// Which column of a roster holds which field.
pub type Columns = imports::Columns<Field>;

/// One fault of one cell.
pub type Fault = imports::Fault<Field, Reason>;

/// A row as typed, before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The row's number in the file.
    pub number: usize,
    pub name: String,
    pub phone: String,
    pub county: String,
    pub firm: String,
    pub credit_code: String,
    pub position: String,
}

/// A row that is fit to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub number: usize,
    pub name: String,
    pub phone: String,
    /// The region's key; none where the file says nothing and the importer's own county counts.
    pub county: Option<String>,
    pub firm: Option<String>,
    pub credit_code: Option<CreditCode>,
    pub position: Option<String>,
}

/// Why a cell is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    Missing,
    TooLong,
    /// No mainland mobile number.
    NoPhone,
    /// The same phone number stands in an earlier row.
    Repeated {
        earlier: usize,
    },
    NoCounty,
    NoCreditCode,
    /// A credit code needs the firm's name beside it.
    FirmMissing,
    /// The phone belongs to somebody with another name (shown with one character only).
    OtherName {
        known: String,
    },
    /// The firm with this code is known by another name.
    OtherFirm {
        known: String,
    },
    /// Nobody is known by this phone and the row's county is not the importer's to add people in.
    OtherCounty,
}

impl Reason {
    /// The text key of the reason.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Missing => "import-reason-missing",
            Self::TooLong => "import-reason-too-long",
            Self::NoPhone => "import-reason-no-phone",
            Self::Repeated { .. } => "import-reason-repeated",
            Self::NoCounty => "import-reason-no-county",
            Self::NoCreditCode => "import-reason-no-credit-code",
            Self::FirmMissing => "import-reason-firm-missing",
            Self::OtherName { .. } => "import-reason-other-name",
            Self::OtherFirm { .. } => "import-reason-other-firm",
            Self::OtherCounty => "import-reason-other-county",
        }
    }
}

/// The longest name of a person, a firm and a position.
const LONGEST_NAME: usize = 40;
const LONGEST_FIRM: usize = 100;
const LONGEST_POSITION: usize = 40;

/// Every fault of every row, and the rows without any. `counties` gives the key for a name or code as people write it.
pub fn judge(rows: &[Typed], counties: &HashMap<String, String>) -> (Vec<Fit>, Vec<Fault>) {
    let mut fit = Vec::new();
    let mut faults = Vec::new();
    let mut phones: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let before = faults.len();
        let judged = judge_row(row, counties, &mut phones, &mut faults);
        if faults.len() == before {
            fit.extend(judged);
        }
    }
    (fit, faults)
}

fn judge_row(row: &Typed, counties: &HashMap<String, String>, phones: &mut HashMap<String, usize>, faults: &mut Vec<Fault>) -> Option<Fit> {
    let mut fault = |field: Field, typed: &str, reason: Reason| {
        faults.push(Fault {
            row: row.number,
            field,
            typed: typed.to_owned(),
            reason,
        });
    };
    let mut measured = |field: Field, typed: &str, longest: usize| {
        if typed.chars().count() > longest {
            fault(field, typed, Reason::TooLong);
        }
    };
    measured(Field::Name, &row.name, LONGEST_NAME);
    measured(Field::Firm, &row.firm, LONGEST_FIRM);
    measured(Field::Position, &row.position, LONGEST_POSITION);
    if row.name.is_empty() {
        fault(Field::Name, "", Reason::Missing);
    }
    let phone = match mobile_number(&row.phone) {
        _ if row.phone.is_empty() => {
            fault(Field::Phone, "", Reason::Missing);
            None
        }
        None => {
            fault(Field::Phone, &row.phone, Reason::NoPhone);
            None
        }
        Some(phone) => {
            if let Some(earlier) = phones.get(&phone) {
                fault(Field::Phone, &row.phone, Reason::Repeated { earlier: *earlier });
            }
            phones.entry(phone.clone()).or_insert(row.number);
            Some(phone)
        }
    };
    let county = counties.get(&plain(&row.county)).cloned();
    if county.is_none() && !row.county.is_empty() {
        fault(Field::County, &row.county, Reason::NoCounty);
    }
    let credit_code = if row.credit_code.is_empty() {
        None
    } else {
        if row.firm.is_empty() {
            fault(Field::Firm, "", Reason::FirmMissing);
        }
        let code = CreditCode::parse(&row.credit_code).ok();
        if code.is_none() {
            fault(Field::CreditCode, &row.credit_code, Reason::NoCreditCode);
        }
        code
    };
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(Fit {
        number: row.number,
        name: row.name.clone(),
        phone: phone?,
        county,
        firm: given(&row.firm),
        credit_code,
        position: given(&row.position),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counties() -> HashMap<String, String> {
        [("新安县", "410323"), ("新安", "410323"), ("410323", "410323")]
            .map(|(name, key)| (name.to_owned(), key.to_owned()))
            .into()
    }

    fn typed(number: usize, name: &str, phone: &str) -> Typed {
        Typed {
            number,
            name: name.into(),
            phone: phone.into(),
            county: String::new(),
            firm: String::new(),
            credit_code: String::new(),
            position: String::new(),
        }
    }

    #[test]
    fn columns_are_matched_by_name_however_they_are_dressed() {
        let headers = ["序号", "学员姓名 *", "联系电话（必填）", " 单 位 ", "县（区）", "备注"].map(ToOwned::to_owned);
        let columns = Columns::guess(&headers);
        let found = Field::ALL.iter().map(|field| columns.of(*field)).collect::<Vec<_>>();
        assert_eq!(found, [Some(1), Some(2), Some(4), Some(3), None, None]);
        assert_eq!(columns.missing(), []);
        assert_eq!(Columns::guess(&["a".to_owned()]).missing(), [Field::Name, Field::Phone]);
    }

    #[test]
    fn a_column_means_one_thing_only() {
        let columns = Columns::chosen(&[(Field::Name, 0), (Field::Phone, 0), (Field::Phone, 2), (Field::Name, 3)]);
        assert_eq!((columns.of(Field::Name), columns.of(Field::Phone)), (Some(0), Some(2)));
    }

    #[test]
    fn every_fault_of_every_row_is_named() {
        let mut bad = typed(3, "", "123");
        bad.county = "火星".into();
        bad.credit_code = "91410300".into();
        let repeated = typed(4, "李强", "138 0000 0001");
        let (fit, faults) = judge(&[typed(2, "王芳", "13800000001"), bad, repeated], &counties());
        assert_eq!(fit.iter().map(|row| row.number).collect::<Vec<_>>(), [2]);
        let named: Vec<_> = faults.iter().map(|fault| (fault.row, fault.field, fault.reason.key())).collect();
        assert_eq!(
            named,
            [
                (3, Field::Name, "import-reason-missing"),
                (3, Field::Phone, "import-reason-no-phone"),
                (3, Field::County, "import-reason-no-county"),
                (3, Field::Firm, "import-reason-firm-missing"),
                (3, Field::CreditCode, "import-reason-no-credit-code"),
                (4, Field::Phone, "import-reason-repeated"),
            ]
        );
        assert_eq!(faults[5].reason, Reason::Repeated { earlier: 2 });
    }

    #[test]
    fn counties_are_known_by_name_and_code() {
        let mut row = typed(2, "王芳", "13800000001");
        for (written, key) in [
            ("新安县", Some("410323")),
            (" 新安 ", Some("410323")),
            ("410323", Some("410323")),
            ("", None),
        ] {
            row.county = written.into();
            let (fit, faults) = judge(&[row.clone()], &counties());
            assert_eq!((fit[0].county.as_deref(), faults.len()), (key, 0), "{written}");
        }
    }

    proptest! {
        #[test]
        fn each_row_is_either_fit_or_at_fault(rows in proptest::collection::vec(("\\PC{0,60}", "\\PC{0,20}|1[3-9][0-9]{9}"), 0..40)) {
            let rows: Vec<Typed> = rows.iter().enumerate().map(|(at, (name, phone))| typed(at + 2, name, phone)).collect();
            let (fit, faults) = judge(&rows, &counties());
            for row in &rows {
                let is_fit = fit.iter().any(|fit| fit.number == row.number);
                let at_fault = faults.iter().any(|fault| fault.row == row.number);
                prop_assert!(is_fit != at_fault);
            }
            let mut phones: Vec<_> = fit.iter().map(|row| &row.phone).collect();
            phones.sort();
            phones.dedup();
            prop_assert_eq!(phones.len(), fit.len());
        }
    }
}
