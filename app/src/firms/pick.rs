//! One field for a firm: a name or a credit code is typed; what is plain is taken, what is not is asked back.

use super::forms::{credit_code, region};
use super::rules::{CreditCode, LONGEST_FIRM_NAME, is_meant_as_code};
use super::store::{self, FirmBrief, NewFirm};
use crate::accounts::forms::required_line;
use crate::accounts::rules::{TextFault, line, search_words};
use crate::db::Db;
use crate::error::{AppError, FieldProblem};
use crate::ids::Region;

/// How many firms are offered to choose from.
const OFFERED: i64 = 8;
/// The value of the choice that enters a new firm.
pub const NEW: &str = "new";

/// What the fields of a firm hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct PickInput<'a> {
    /// A name or a credit code.
    pub firm: &'a str,
    /// The text that the choices were offered for; they are void when another stands there now.
    pub asked: &'a str,
    /// The id of a firm on offer, or [`NEW`].
    pub choice: &'a str,
    pub name: &'a str,
    pub code: &'a str,
    pub region: &'a str,
}

/// The firm that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    Nobody,
    Known(FirmBrief),
    New(NewFirm),
}

/// What a typed text says at first sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Glance {
    Nothing,
    Plain(FirmBrief),
    /// To be asked back.
    Unclear,
}

/// Takes a firm whose code or exact name is typed. A text that is meant as a code and is none is a fault of `firm`.
pub async fn glance(db: &Db, faults: &mut Vec<FieldProblem>, typed: &str) -> Result<Glance, AppError> {
    let text = match line(typed, LONGEST_FIRM_NAME) {
        Ok(text) => text,
        Err(TextFault::Missing) => return Ok(Glance::Nothing),
        Err(TextFault::TooLong) => {
            faults.push(FieldProblem::new("firm", "accounts-text-long").with("max", LONGEST_FIRM_NAME));
            return Ok(Glance::Nothing);
        }
        Err(TextFault::Unprintable) => {
            faults.push(FieldProblem::new("firm", "accounts-text-unprintable"));
            return Ok(Glance::Nothing);
        }
    };
    let found = if is_meant_as_code(&text) {
        let Some(code) = credit_code(faults, "firm", &text) else {
            return Ok(Glance::Nothing);
        };
        store::firm_by_code(db, &code).await?
    } else {
        let mut named = store::firms_named(db, &text).await?;
        if named.len() == 1 { named.pop() } else { None }
    };
    Ok(found.map_or(Glance::Unclear, Glance::Plain))
}

/// The firm that the fields mean, [`Pick::Nobody`] when none is typed or a fault was found.
pub async fn pick(db: &Db, faults: &mut Vec<FieldProblem>, input: &PickInput<'_>, regions: &[Region]) -> Result<Pick, AppError> {
    let is_answer = !input.asked.is_empty() && input.asked == input.firm;
    if is_answer && input.choice == NEW {
        return Ok(new_firm(faults, input, regions).map_or(Pick::Nobody, Pick::New));
    }
    if is_answer && let Ok(id) = input.choice.parse() {
        return store::firm(db, id).await.map(Pick::Known);
    }
    match glance(db, faults, input.firm).await? {
        Glance::Nothing => Ok(Pick::Nobody),
        Glance::Plain(firm) => Ok(Pick::Known(firm)),
        Glance::Unclear => {
            faults.push(FieldProblem::new("firm_choice", "firms-choose"));
            Ok(Pick::Nobody)
        }
    }
}

fn new_firm(faults: &mut Vec<FieldProblem>, input: &PickInput<'_>, regions: &[Region]) -> Option<NewFirm> {
    let before = faults.len();
    let name = required_line(faults, "firm_name", input.name, LONGEST_FIRM_NAME, "firms-name-missing");
    let code = credit_code(faults, "firm_code", input.code);
    let region = region(faults, "firm_region", input.region, regions);
    (faults.len() == before).then_some(NewFirm {
        name,
        code,
        region,
        industry: None,
    })
}

/// What is offered for a typed text: firms that may be meant, and what a new one would begin with.
pub struct Offer {
    pub firms: Vec<FirmBrief>,
    pub name: String,
    pub code: String,
}

/// Firms that may be meant by a typed text.
pub async fn offer(db: &Db, typed: &str) -> Result<Offer, AppError> {
    let words = search_words(typed);
    let firms = if words.chars().count() < 2 {
        Vec::new()
    } else {
        store::like(db, &words, OFFERED).await?
    };
    let code = CreditCode::parse(typed).ok().map(|code| code.to_string());
    let name = if code.is_some() {
        String::new()
    } else {
        line(typed, LONGEST_FIRM_NAME).unwrap_or_default()
    };
    Ok(Offer {
        firms,
        name,
        code: code.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN, YIYANG};

    async fn what_is_plain_is_taken_and_what_is_not_is_asked(engine: Engine) {
        let city = TestCity::new(engine).await;
        let own = city.firm("新安铝业", XINAN).await;
        city.firm("同名公司", XINAN).await;
        city.firm("同名公司", YIYANG).await;
        let regions = [Region::from(XINAN)];
        let ask = async |input: PickInput<'static>| {
            let mut faults = Vec::new();
            let picked = pick(&city.app.db, &mut faults, &input, &regions).await.expect("asked");
            (
                picked,
                faults.into_iter().map(|fault| (fault.field, fault.problem.key)).collect::<Vec<_>>(),
            )
        };
        let of = |firm| PickInput {
            firm,
            ..PickInput::default()
        };
        let fault = |field: &str, key: &str| vec![(field.to_owned(), key.to_owned())];
        assert_eq!(ask(of(" ")).await, (Pick::Nobody, Vec::new()));
        let (picked, faults) = ask(of(" 新安铝业 ")).await;
        assert!(matches!(picked, Pick::Known(firm) if firm.id == own) && faults.is_empty());
        assert_eq!(ask(of("同名公司")).await.1, fault("firm_choice", "firms-choose"));
        assert_eq!(ask(of("铝业")).await.1, fault("firm_choice", "firms-choose"));
        assert_eq!(ask(of("91350100M000100Y44")).await.1, fault("firm", "firms-code-mistyped"));
        assert_eq!(ask(of("a\0b")).await.1, fault("firm", "accounts-text-unprintable"));
        let new = PickInput {
            firm: "新公司",
            asked: "新公司",
            choice: NEW,
            name: "新公司",
            code: "9135O100M000100Y43",
            region: YIYANG,
        };
        let (_, faults) = ask(new).await;
        assert_eq!(
            faults.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(),
            ["firm_code", "firm_region"]
        );
        let (picked, _) = ask(PickInput {
            code: "91350100M000100Y43",
            region: XINAN,
            ..new
        })
        .await;
        assert!(matches!(picked, Pick::New(_)));
    }
    crate::on_both_engines!(what_is_plain_is_taken_and_what_is_not_is_asked);
}
