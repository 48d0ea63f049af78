//! Pure rules about firms: the unified social credit code (统一社会信用代码).

use crate::accounts::rules::half_width;
use crate::error::FieldProblem;

/// The longest name of a firm; the register's longest are below 60 characters.
pub const LONGEST_FIRM_NAME: usize = 80;
/// The longest name of a line of business.
pub const LONGEST_INDUSTRY: usize = 40;
/// The longest description of a firm.
pub const LONGEST_ABOUT: usize = 500;

/// The 31 characters of a credit code in the order of their values; I, O, Z, S and V never occur. Source: GB 32100-2015, 4.3.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// How many characters a code has. Source: GB 32100-2015, 4.1.
pub const CODE_LENGTH: usize = 18;

/// What kind of firm it is, as the programme sorts pilots. Source: benchmarking.md, the five categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// 制造业骨干企业.
    Manufacturing,
    /// 服务业重点企业.
    Services,
    /// 农业产业化龙头企业.
    Agriculture,
    /// 高新技术企业.
    HighTech,
    /// 科技型中小企业.
    TechSme,
}

impl Category {
    pub const ALL: [Self; 5] = [Self::Manufacturing, Self::Services, Self::Agriculture, Self::HighTech, Self::TechSme];

    /// The word in the database, in addresses and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manufacturing => "manufacturing",
            Self::Services => "services",
            Self::Agriculture => "agriculture",
            Self::HighTech => "high_tech",
            Self::TechSme => "tech_sme",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == word)
    }
}

/// How large a firm is. Source: 中小企业划型标准规定 (2011), which names these four for every line of business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    /// 大型.
    Large,
    /// 中型.
    Medium,
    /// 小型.
    Small,
    /// 微型.
    Micro,
}

impl Size {
    pub const ALL: [Self; 4] = [Self::Large, Self::Medium, Self::Small, Self::Micro];

    /// The word in the database, in addresses and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Medium => "medium",
            Self::Small => "small",
            Self::Micro => "micro",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.as_str() == word)
    }
}

/// How complete the profile (企业档案) of a firm is: what the gate of 寻标 asks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub has_code: bool,
    pub category: Option<Category>,
    pub size: Option<Size>,
    pub industry: Option<String>,
    /// Contacts with a phone number.
    pub reachable_contacts: i64,
}

/// What a profile can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Missing {
    Code,
    Category,
    Size,
    Industry,
    Contact,
}

impl Missing {
    pub const ALL: [Self; 5] = [Self::Code, Self::Category, Self::Size, Self::Industry, Self::Contact];

    /// The end of the text key that names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Category => "category",
            Self::Size => "size",
            Self::Industry => "industry",
            Self::Contact => "contact",
        }
    }

    /// Whether a coordinator must fill it in rather than the firm's own contact.
    pub fn is_for_the_desk(self) -> bool {
        matches!(self, Self::Code | Self::Category)
    }
}

/// What a profile lacks, in the order of its form; a complete one lacks nothing.
pub fn missing(profile: &Profile) -> Vec<Missing> {
    let lacks = |part: &Missing| match part {
        Missing::Code => !profile.has_code,
        Missing::Category => profile.category.is_none(),
        Missing::Size => profile.size.is_none(),
        Missing::Industry => profile.industry.as_deref().is_none_or(|industry| industry.trim().is_empty()),
        Missing::Contact => profile.reachable_contacts < 1,
    };
    Missing::ALL.into_iter().filter(lacks).collect()
}

/// A field of a firm whose change the history tells.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// `name`, `code`, `region`, `category`, `size`, `industry`, `about`, `contact`, or `firm` for a merged one.
    pub field: String,
    /// As stored; empty for nothing.
    pub from: String,
    pub to: String,
}

impl Change {
    pub fn new(field: &str, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            from: from.into(),
            to: to.into(),
        }
    }
}

/// The changes among fields with what they were and are.
pub fn changes<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Vec<Change> {
    let differing = fields.into_iter().filter(|(_, from, to)| from != to);
    differing.map(|(field, from, to)| Change::new(field, from, to)).collect()
}

/// A credit code whose check character fits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreditCode(String);

/// Why a text is no credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditCodeFault {
    /// It has so many characters instead of 18.
    Length(usize),
    /// A character that never occurs, and at which place from 1.
    Letter { letter: char, place: usize },
    /// The check character does not fit: some character is mistyped.
    Mistyped,
}

impl CreditCode {
    /// Reads a code as people type it: lower case, full-width characters, spaces and hyphens are forgiven.
    pub fn parse(typed: &str) -> Result<Self, CreditCodeFault> {
        let code = tidy(typed);
        let length = code.chars().count();
        if length != CODE_LENGTH {
            return Err(CreditCodeFault::Length(length));
        }
        if let Some((index, letter)) = code.chars().enumerate().find(|(_, c)| value(*c).is_none()) {
            return Err(CreditCodeFault::Letter { letter, place: index + 1 });
        }
        let (body, last) = code.split_at(CODE_LENGTH - 1);
        if check_character(body).map(String::from).as_deref() != Some(last) {
            return Err(CreditCodeFault::Mistyped);
        }
        Ok(Self(code))
    }

    /// Completes 17 characters by their check character; for data that is made up.
    pub fn complete(body: &str) -> Option<Self> {
        let check = check_character(body)?;
        Some(Self(format!("{body}{check}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CreditCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl CreditCodeFault {
    /// The sentence beside the field.
    pub fn problem(self, field: &str) -> FieldProblem {
        match self {
            Self::Length(n) => FieldProblem::new(field, "firms-code-length").with("n", n),
            Self::Letter { letter, place } => match letter {
                'I' | 'O' | 'Z' | 'S' | 'V' => FieldProblem::new(field, "firms-code-letter-like"),
                _ => FieldProblem::new(field, "firms-code-letter"),
            }
            .with("letter", letter)
            .with("place", place)
            .with("like", looks_like(letter)),
            Self::Mistyped => FieldProblem::new(field, "firms-code-mistyped"),
        }
    }
}

/// Whether a text is meant as a credit code rather than a name: long, and of Latin letters and digits only.
pub fn is_meant_as_code(typed: &str) -> bool {
    let code = tidy(typed);
    (15..=21).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()) && code.bytes().filter(u8::is_ascii_digit).count() >= 6
}

/// The allowed character that somebody most likely meant.
fn looks_like(letter: char) -> char {
    match letter {
        'I' => '1',
        'O' => '0',
        'Z' => '2',
        'S' => '5',
        'V' => 'U',
        other => other,
    }
}

fn tidy(typed: &str) -> String {
    typed
        .chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn value(letter: char) -> Option<u32> {
    ALPHABET.find(letter).and_then(|place| u32::try_from(place).ok())
}

/// The check character of the first 17: 31 minus the sum of values times 3^(i−1) mod 31. Source: GB 32100-2015, 5.
fn check_character(body: &str) -> Option<char> {
    if body.chars().count() != CODE_LENGTH - 1 {
        return None;
    }
    let mut weight = 1;
    let mut sum = 0;
    for letter in body.chars() {
        sum = (sum + value(letter)? * weight) % 31;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth(((31 - sum) % 31) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Codes from published registers of large firms.
    const REAL: &[&str] = &["91350100M000100Y43", "914403001922038216", "91110000802100433B"];

    #[test]
    fn codes_of_the_register_are_taken() {
        for code in REAL {
            assert_eq!(CreditCode::parse(code).map(|code| code.to_string()), Ok((*code).to_owned()));
        }
    }

    #[test]
    fn dress_is_forgiven() {
        for typed in [
            "91350100m000100y43",
            " 9135 0100 M000 100Y 43",
            "９１３５０１００Ｍ０００１００Ｙ４３",
            "91350100-M000100Y-43",
        ] {
            assert_eq!(
                CreditCode::parse(typed).map(|code| code.to_string()),
                Ok("91350100M000100Y43".to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn each_way_to_be_wrong_has_its_own_name() {
        assert_eq!(CreditCode::parse("91350100M000100Y4"), Err(CreditCodeFault::Length(17)));
        assert_eq!(CreditCode::parse(""), Err(CreditCodeFault::Length(0)));
        assert_eq!(
            CreditCode::parse("9135O100M000100Y43"),
            Err(CreditCodeFault::Letter { letter: 'O', place: 5 })
        );
        assert_eq!(
            CreditCode::parse("91350100M000100Y4洛"),
            Err(CreditCodeFault::Letter { letter: '洛', place: 18 })
        );
        assert_eq!(CreditCode::parse("91350100M000100Y44"), Err(CreditCodeFault::Mistyped));
    }

    #[test]
    fn a_profile_lacks_what_is_not_there() {
        assert_eq!(missing(&Profile::default()), Missing::ALL);
        let whole = Profile {
            has_code: true,
            category: Some(Category::Services),
            size: Some(Size::Micro),
            industry: Some("餐饮".to_owned()),
            reachable_contacts: 1,
        };
        assert_eq!(missing(&whole), []);
        let blank = Profile {
            industry: Some(" ".to_owned()),
            reachable_contacts: 0,
            ..whole
        };
        assert_eq!(missing(&blank), [Missing::Industry, Missing::Contact]);
        assert!(Missing::Category.is_for_the_desk() && !Missing::Contact.is_for_the_desk());
    }

    #[test]
    fn words_are_read_back() {
        for size in Size::ALL {
            assert_eq!(Size::parse(size.as_str()), Some(size));
        }
        for category in Category::ALL {
            assert_eq!(Category::parse(category.as_str()), Some(category));
        }
        assert_eq!((Size::parse("huge"), Category::parse("")), (None, None));
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let found = changes([("name", "甲", "甲"), ("size", "", "small")]);
        assert_eq!(found, [Change::new("size", "", "small")]);
    }

    #[test]
    fn a_name_is_told_from_a_code() {
        for code in ["91350100M000100Y43", "91350100M000100Y4", "9135O100m000100y43"] {
            assert!(is_meant_as_code(code), "{code}");
        }
        for name in ["洛阳牡丹瓷业有限公司", "Luoyang Bearing Works", "3M", "91350100"] {
            assert!(!is_meant_as_code(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_single_mistyped_character_is_caught(body in "[0-9A-HJ-NP-RTUW-Y]{17}", place in 0_usize..18, other in "[0-9A-HJ-NP-RTUW-Y]") {
            let code = CreditCode::complete(&body).unwrap();
            prop_assert_eq!(CreditCode::parse(code.as_str()), Ok(code.clone()));
            let mut letters: Vec<char> = code.as_str().chars().collect();
            let other = other.chars().next().unwrap();
            prop_assume!(letters[place] != other);
            letters[place] = other;
            let mistyped: String = letters.into_iter().collect();
            prop_assert_eq!(CreditCode::parse(&mistyped), Err(CreditCodeFault::Mistyped));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(typed in "\\PC*") {
            let _ = CreditCode::parse(&typed).map_err(|fault| fault.problem("code"));
            let _ = is_meant_as_code(&typed);
        }
    }
}
