//! What somebody types at their first sign-in through another site: only what the provider did not tell.

use super::store::Arrival;
use crate::accounts::forms::{phone, required_line};
use crate::accounts::rules::LONGEST_NAME;
use crate::error::FieldProblem;
use crate::firms::forms::region;
use crate::ids::Region;

/// The fields of the form, the firm apart; what was not asked for is empty.
#[derive(Debug, Clone, Copy)]
pub struct MissingInput<'a> {
    pub name: &'a str,
    pub phone: &'a str,
    pub region: &'a str,
}

/// A new person without faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    pub name: String,
    /// 11 digits.
    pub phone: String,
    pub region: Region,
}

/// Reads what was missing, gathering its faults. A name that the provider told is taken; a phone number only when the
/// provider has verified it and no other was typed.
pub fn newcomer(faults: &mut Vec<FieldProblem>, arrival: &Arrival, input: &MissingInput<'_>, regions: &[Region]) -> Newcomer {
    let name = match &arrival.name {
        Some(name) => name.clone(),
        None => required_line(faults, "name", input.name, LONGEST_NAME, "people-name-missing"),
    };
    let told = arrival
        .phone
        .as_ref()
        .filter(|_| arrival.phone_is_verified && input.phone.trim().is_empty());
    let phone = match told {
        Some(phone) => phone.clone(),
        None => phone(faults, "phone", input.phone),
    };
    Newcomer {
        name,
        phone,
        region: region(faults, "region", input.region, regions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(name: Option<&str>, phone: Option<&str>, verified: bool) -> Arrival {
        Arrival {
            provider: "city".to_owned(),
            subject: "1".to_owned(),
            shown: String::new(),
            name: name.map(ToOwned::to_owned),
            phone: phone.map(ToOwned::to_owned),
            phone_is_verified: verified,
            next: "/me".to_owned(),
        }
    }

    fn read(arrival: &Arrival, name: &str, phone: &str, region: &str) -> Result<Newcomer, Vec<String>> {
        let mut faults = Vec::new();
        let input = MissingInput { name, phone, region };
        let read = newcomer(&mut faults, arrival, &input, &[Region::from("410323")]);
        let fields: Vec<String> = faults.into_iter().map(|fault| fault.field).collect();
        if fields.is_empty() { Ok(read) } else { Err(fields) }
    }

    #[test]
    fn only_what_is_missing_is_asked_for() {
        let told = arrival(Some("李建国"), Some("13800000001"), true);
        let read_all = read(&told, "", "", "410323").expect("complete");
        assert_eq!((read_all.name.as_str(), read_all.phone.as_str()), ("李建国", "13800000001"));
        assert_eq!(read(&told, "", "", ""), Err(vec!["region".to_owned()]));
        let nothing = arrival(None, None, false);
        assert_eq!(
            read(&nothing, "", "", ""),
            Err(vec!["name".to_owned(), "phone".to_owned(), "region".to_owned()])
        );
    }

    #[test]
    fn a_number_that_is_not_verified_has_to_be_typed() {
        let told = arrival(Some("李建国"), Some("13800000001"), false);
        assert_eq!(read(&told, "", "", "410323"), Err(vec!["phone".to_owned()]));
        assert_eq!(read(&told, "", "138 0000 0002", "410323").expect("complete").phone, "13800000002");
    }

    #[test]
    fn another_number_than_the_verified_one_may_be_typed() {
        let told = arrival(Some("李建国"), Some("13800000001"), true);
        assert_eq!(read(&told, "", "13800000002", "410323").expect("complete").phone, "13800000002");
        assert_eq!(read(&told, "", "1", "410323"), Err(vec!["phone".to_owned()]));
    }
}
