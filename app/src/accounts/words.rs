//! Who somebody is, in words.

use super::devices::describe;
use super::policy::Grant;
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::t;

/// One role as it is called, with the county it is over.
pub fn role(lang: Lang, grant: &Grant, regions: &[RegionName]) -> String {
    match grant {
        Grant::City => t!(lang, "accounts-role-city"),
        Grant::County(region) => {
            let name = regions
                .iter()
                .find(|known| known.region == *region)
                .map(|known| known.name(lang).to_owned());
            t!(lang, "accounts-role-county", name = name.unwrap_or_else(|| region.to_string()))
        }
        Grant::Teacher(_) => t!(lang, "accounts-role-teacher"),
        Grant::Firm(_) => t!(lang, "accounts-role-firm"),
        Grant::Verifier => t!(lang, "accounts-role-verifier"),
    }
}

/// All roles of a person; without any, an entrepreneur.
pub fn roles(lang: Lang, grants: &[Grant], regions: &[RegionName]) -> String {
    if grants.is_empty() {
        return t!(lang, "accounts-role-none");
    }
    let words: Vec<String> = grants.iter().map(|grant| role(lang, grant, regions)).collect();
    words.join(&t!(lang, "accounts-and"))
}

/// A device as its owner would call it.
pub fn device(lang: Lang, user_agent: &str) -> String {
    let (browser, system) = describe(user_agent);
    let browser = t!(lang, &format!("accounts-browser-{}", browser.as_str()));
    let system = t!(lang, &format!("accounts-system-{}", system.as_str()));
    format!("{browser} · {system}")
}
