//! What a desk types about a firm: raw strings in, a firm or the faults out.

use super::rules::{CreditCode, LONGEST_FIRM_NAME};
use super::store::NewFirm;
use crate::accounts::forms::{optional_line, required_line};
use crate::error::{AppError, FieldProblem};
use crate::ids::Region;

/// The longest name of a line of business.
pub const LONGEST_INDUSTRY: usize = 40;

/// The fields of a firm.
#[derive(Debug, Clone, Copy)]
pub struct FirmInput<'a> {
    pub name: &'a str,
    pub code: &'a str,
    pub region: &'a str,
    pub industry: &'a str,
}

/// Reads the form of a firm; `regions` are those that may be chosen.
pub fn firm(input: &FirmInput<'_>, regions: &[Region]) -> Result<NewFirm, AppError> {
    let mut faults = Vec::new();
    let name = required_line(&mut faults, "name", input.name, LONGEST_FIRM_NAME, "firms-name-missing");
    let code = credit_code(&mut faults, "code", input.code);
    let region = region(&mut faults, "region", input.region, regions);
    let industry = optional_line(&mut faults, "industry", input.industry, LONGEST_INDUSTRY);
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    Ok(NewFirm {
        name,
        code,
        region,
        industry,
    })
}

/// A credit code, if one is typed; each way to be wrong has its own sentence.
pub fn credit_code(faults: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<CreditCode> {
    if typed.trim().is_empty() {
        return None;
    }
    CreditCode::parse(typed).map_err(|fault| faults.push(fault.problem(field))).ok()
}

/// One of the regions on offer.
pub fn region(faults: &mut Vec<FieldProblem>, field: &str, typed: &str, regions: &[Region]) -> Region {
    let found = regions.iter().find(|region| region.as_str() == typed.trim());
    if found.is_none() {
        faults.push(FieldProblem::new(field, "firms-region-missing"));
    }
    found.cloned().unwrap_or_else(|| Region::from(Region::CITY))
}
