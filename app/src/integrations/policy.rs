//! Who may make and revoke tokens, and which of them somebody sees.

use super::rules::Schools;
use crate::accounts::Actor;
use crate::accounts::policy::Reach;
use crate::error::AppError;
use crate::ids::{PersonId, Region, SchoolId};

/// What a token reaches, with the region that decides who keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    City,
    School { id: SchoolId, region: Region },
}

/// May make and revoke the tokens of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPermit {
    place: Place,
    by: PersonId,
}

impl TokenPermit {
    pub fn schools(&self) -> Schools {
        match &self.place {
            Place::City => Schools::All,
            Place::School { id, .. } => Schools::One(*id),
        }
    }

    /// The region for the trail; the whole city has none.
    pub fn region(&self) -> Option<&Region> {
        match &self.place {
            Place::City => None,
            Place::School { region, .. } => Some(region),
        }
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// The tokens that somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    reach: Reach,
}

impl Scope {
    pub fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// The city keeps all tokens, a county's coordinators those of its school.
pub fn can_keep(actor: &Actor, place: Place) -> Option<TokenPermit> {
    let may = match &place {
        Place::City => actor.is_city(),
        Place::School { region, .. } => actor.coordinates(region),
    };
    may.then_some(TokenPermit { place, by: actor.person })
}

/// The permit, or the fitting refusal: 403 for those who coordinate nothing, 404 for another's place.
pub fn permit(actor: &Actor, place: Place) -> Result<TokenPermit, AppError> {
    can_keep(actor, place).ok_or(if actor.is_coordinator() {
        AppError::NotFound
    } else {
        AppError::Forbidden
    })
}

/// What an actor sees; coordinators only.
pub fn visible_to(actor: &Actor) -> Result<Scope, AppError> {
    if actor.is_coordinator() {
        Ok(Scope { reach: actor.coordinated() })
    } else {
        Err(AppError::Forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::ids::{ClassId, FirmId};
    use crate::testing::{XINAN, YIYANG, somebody};
    use uuid::Uuid;

    /// Role × place: whole city, own school, another county's.
    #[test]
    fn who_may_keep_which_tokens() {
        let school = |region: &str| Place::School {
            id: SchoolId(Uuid::from_u128(1)),
            region: Region::from(region),
        };
        let county = |region: &str| Grant::County(Region::from(region));
        let table = [
            ("city", vec![Grant::City], [200, 200, 200]),
            ("county", vec![county(XINAN)], [404, 200, 404]),
            ("the city's school", vec![county(Region::CITY)], [404, 404, 404]),
            ("two counties", vec![county(XINAN), county(YIYANG)], [404, 200, 200]),
            ("teacher", vec![Grant::Teacher(vec![ClassId(Uuid::from_u128(2))])], [403, 403, 403]),
            ("firm", vec![Grant::Firm(FirmId(Uuid::from_u128(3)))], [403, 403, 403]),
            ("verifier", vec![Grant::Verifier], [403, 403, 403]),
            ("entrepreneur", vec![], [403, 403, 403]),
        ];
        for (role, grants, expected) in table {
            let actor = somebody(grants);
            let status = |place| permit(&actor, place).map_or_else(|refused| refused.status(), |_| 200);
            assert_eq!([status(Place::City), status(school(XINAN)), status(school(YIYANG))], expected, "{role}");
            assert_eq!(visible_to(&actor).is_ok(), actor.is_coordinator(), "{role} sees the list");
        }
    }
}
