//! Who may read frameworks; running them is the city's (`ProgrammePermit`). Source: benchmarking.md, *Who does what*.

use crate::accounts::Actor;
use crate::benchmarking::policy::{can_run, visible_to};

/// Leave to read published frameworks, and retired ones since old rounds were measured by them; drafts are the city's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPermit {
    drafts: bool,
}

impl ReadPermit {
    /// Whether drafts are read as well.
    pub fn drafts(&self) -> bool {
        self.drafts
    }
}

/// Whoever has a role in the programme reads what firms are measured by.
pub fn can_read(actor: &Actor) -> Option<ReadPermit> {
    visible_to(actor)?;
    Some(ReadPermit {
        drafts: can_run(actor).is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::{FirmId, Region};
    use crate::testing::somebody;
    use uuid::Uuid;

    /// role × (read published, read drafts, run)
    #[test]
    fn roles_and_actions() {
        let table = [
            ("entrepreneur", vec![], [false, false, false]),
            ("teacher", vec![Grant::Teacher(vec![])], [false, false, false]),
            ("firm contact", vec![Grant::Firm(FirmId(Uuid::nil()))], [true, false, false]),
            ("verifier", vec![Grant::Verifier], [true, false, false]),
            ("county", vec![Grant::County(Region::from("410323"))], [true, false, false]),
            ("city", vec![Grant::City], [true, true, true]),
        ];
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let read = can_read(&actor);
            let found = [read.is_some(), read.is_some_and(|permit| permit.drafts()), can_run(&actor).is_some()];
            assert_eq!(found, expected, "{role}");
        }
    }
}
