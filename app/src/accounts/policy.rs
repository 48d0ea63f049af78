//! Who somebody is to the rest of the program: the actor and the scopes of their roles.

use crate::ids::{ClassId, FirmId, PersonId, Region, SignInId};

/// One role with its scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    City,
    County(Region),
    /// The classes that the person looks after.
    Teacher(Vec<ClassId>),
    Firm(FirmId),
    Verifier,
}

/// A signed-in person with everything that decides what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub sign_in: SignInId,
    pub name: String,
    pub region: Region,
    pub firm: Option<FirmId>,
    pub grants: Vec<Grant>,
    pub must_change_password: bool,
}

impl Actor {
    pub fn is_city(&self) -> bool {
        self.grants.contains(&Grant::City)
    }

    /// Coordinates this county, or the whole city.
    pub fn coordinates(&self, region: &Region) -> bool {
        self.grants.iter().any(|grant| match grant {
            Grant::City => true,
            Grant::County(own) => own == region,
            _ => false,
        })
    }

    /// Coordinates any county at all.
    pub fn is_coordinator(&self) -> bool {
        self.grants.iter().any(|grant| matches!(grant, Grant::City | Grant::County(_)))
    }

    /// Looks after this class as its staff.
    pub fn teaches(&self, class: ClassId) -> bool {
        self.grants
            .iter()
            .any(|grant| matches!(grant, Grant::Teacher(classes) if classes.contains(&class)))
    }

    /// Works at a desk: any role beyond being an entrepreneur.
    pub fn has_desk(&self) -> bool {
        !self.grants.is_empty()
    }

    /// The regions whose rows this actor coordinates.
    pub fn coordinated(&self) -> Reach {
        if self.is_city() {
            return Reach::City;
        }
        let own = self.grants.iter().filter_map(|grant| match grant {
            Grant::County(region) => Some(region.clone()),
            _ => None,
        });
        Reach::Counties(own.collect())
    }
}

/// A set of regions: all of the city, or the counties listed (none when empty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    City,
    Counties(Vec<Region>),
}

impl Reach {
    pub fn covers(&self, region: &Region) -> bool {
        match self {
            Self::City => true,
            Self::Counties(own) => own.contains(region),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Counties(own) if own.is_empty())
    }
}

/// What somebody whose password was given out for one use may reach before choosing a new one: that page, the switches of
/// the header, signing out, and the projected code, which waits for nobody.
const BEFORE_NEW_PASSWORD: &[&str] = &[
    "/me/password",
    "/api/change_password",
    "/api/sign_out",
    "/api/set_language",
    "/api/set_theme",
];

/// Where a person who must choose a password first is led instead of this path.
pub fn detour(actor: &Actor, path: &str) -> Option<&'static str> {
    let free = BEFORE_NEW_PASSWORD.contains(&path) || path.starts_with("/q/");
    (actor.must_change_password && !free).then_some("/me/password")
}
