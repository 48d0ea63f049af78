//! Who may look after whom. Source: brief.md, *People*.
//!
//! A county coordinator looks after the people of the county, but not those who hold a role over a county or the city, nor
//! those who look after a class or speak for a firm of another county: whoever could reset such a person's password could act
//! with that role.

use crate::accounts::policy::Reach;
use crate::accounts::{Actor, Grant};
use crate::ids::{FirmId, PersonId, Region};

/// The people that an actor may look up at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleScope {
    reach: Reach,
}

impl PeopleScope {
    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// Somebody who is acted upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub person: PersonId,
    pub region: Region,
    pub grants: Vec<Grant>,
    /// The counties of the classes that they look after and of the firms that they speak for.
    pub entrusted: Vec<Region>,
}

/// Leave to enter people of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePermit {
    by: PersonId,
    region: Region,
}

impl InvitePermit {
    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    pub(super) fn region(&self) -> &Region {
        &self.region
    }
}

/// Leave to change one person: details, county, password, whether they may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeoplePermit {
    by: PersonId,
    person: PersonId,
    region: Region,
}

impl PeoplePermit {
    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    pub(super) fn person(&self) -> PersonId {
        self.person
    }

    /// The county that the person was of when leave was given.
    pub(super) fn region(&self) -> &Region {
        &self.region
    }

    pub(super) fn is_oneself(&self) -> bool {
        self.by == self.person
    }
}

/// A role that can be given and taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Office {
    City,
    County(Region),
    Teacher,
    /// A firm with its county.
    Firm(FirmId, Region),
    Verifier,
}

/// Leave to give this person this role, or to take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePermit {
    by: PersonId,
    person: PersonId,
    region: Region,
    office: Office,
}

impl RolePermit {
    pub(super) fn by(&self) -> PersonId {
        self.by
    }

    pub(super) fn person(&self) -> PersonId {
        self.person
    }

    pub(super) fn region(&self) -> &Region {
        &self.region
    }

    pub(super) fn office(&self) -> &Office {
        &self.office
    }
}

/// Coordinators look up the people of their counties, the city all.
pub fn visible_to(actor: &Actor) -> Option<PeopleScope> {
    actor.is_coordinator().then(|| PeopleScope { reach: actor.coordinated() })
}

/// Coordinators invite people of their counties, the city everybody.
pub fn can_invite(actor: &Actor, region: &Region) -> Option<InvitePermit> {
    actor.coordinates(region).then(|| InvitePermit {
        by: actor.person,
        region: region.clone(),
    })
}

/// Coordinators change the people of their counties who hold no higher role and none in another county, the city everybody.
pub fn can_change(actor: &Actor, subject: &Subject) -> Option<PeoplePermit> {
    let is_higher = |grant: &Grant| !matches!(grant, Grant::Teacher(_) | Grant::Firm(_));
    let is_ours_alone = |subject: &Subject| actor.coordinates(&subject.region) && subject.entrusted.iter().all(|region| actor.coordinates(region));
    let may = actor.is_city() || (is_ours_alone(subject) && !subject.grants.iter().any(is_higher));
    may.then(|| PeoplePermit {
        by: actor.person,
        person: subject.person,
        region: subject.region.clone(),
    })
}

/// The city gives every role; a county coordinator names teachers and firm contacts of the county.
pub fn can_name(actor: &Actor, subject: &Subject, office: Office) -> Option<RolePermit> {
    let may = actor.is_city()
        || actor.coordinates(&subject.region)
            && match &office {
                Office::Teacher => true,
                Office::Firm(_, region) => actor.coordinates(region),
                Office::City | Office::County(_) | Office::Verifier => false,
            };
    may.then(|| RolePermit {
        by: actor.person,
        person: subject.person,
        region: subject.region.clone(),
        office,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{XINAN, YIYANG, somebody};
    use uuid::Uuid;

    fn subject(region: &str, grants: Vec<Grant>) -> Subject {
        Subject {
            person: PersonId(Uuid::from_u128(2)),
            region: Region::from(region),
            grants,
            entrusted: Vec::new(),
        }
    }

    fn roles() -> Vec<(&'static str, Actor)> {
        vec![
            ("city", somebody(vec![Grant::City])),
            ("county", somebody(vec![Grant::County(Region::from(XINAN))])),
            ("teacher", somebody(vec![Grant::Teacher(Vec::new())])),
            ("firm", somebody(vec![Grant::Firm(FirmId(Uuid::nil()))])),
            ("verifier", somebody(vec![Grant::Verifier])),
            ("entrepreneur", somebody(Vec::new())),
        ]
    }

    /// Who may do an action to somebody of the own county, and of another.
    fn table(may: impl Fn(&Actor, &str) -> bool) -> Vec<(&'static str, bool, bool)> {
        roles()
            .into_iter()
            .map(|(role, actor)| (role, may(&actor, XINAN), may(&actor, YIYANG)))
            .collect()
    }

    const NOBODY: [(&str, bool, bool); 6] = [
        ("city", true, true),
        ("county", false, false),
        ("teacher", false, false),
        ("firm", false, false),
        ("verifier", false, false),
        ("entrepreneur", false, false),
    ];

    fn own_county() -> Vec<(&'static str, bool, bool)> {
        let mut table = NOBODY.to_vec();
        table[1] = ("county", true, false);
        table
    }

    #[test]
    fn inviting_and_changing_is_the_coordinators_own() {
        assert_eq!(table(|actor, region| can_invite(actor, &Region::from(region)).is_some()), own_county());
        assert_eq!(
            table(|actor, region| can_change(actor, &subject(region, Vec::new())).is_some()),
            own_county()
        );
        let teacher = || vec![Grant::Teacher(Vec::new())];
        assert_eq!(
            table(|actor, region| can_change(actor, &subject(region, teacher())).is_some()),
            own_county()
        );
    }

    #[test]
    fn people_with_a_role_in_another_county_are_the_citys() {
        let entrusted = |own: &str, regions: &[&str]| Subject {
            entrusted: regions.iter().map(|region| Region::from(*region)).collect(),
            ..subject(own, vec![Grant::Teacher(Vec::new())])
        };
        assert_eq!(table(|actor, own| can_change(actor, &entrusted(own, &[own])).is_some()), own_county());
        for foreign in [vec![YIYANG], vec![XINAN, YIYANG], vec![Region::CITY]] {
            let may = table(|actor, own| own == XINAN && can_change(actor, &entrusted(own, &foreign)).is_some());
            assert_eq!(may[1], ("county", false, false), "{foreign:?}");
            assert!(may[0].1, "the city");
        }
    }

    #[test]
    fn people_with_a_higher_role_are_the_citys() {
        for higher in [
            Grant::City,
            Grant::County(Region::from(XINAN)),
            Grant::County(Region::from(YIYANG)),
            Grant::Verifier,
        ] {
            let may = table(|actor, region| can_change(actor, &subject(region, vec![higher.clone()])).is_some());
            assert_eq!(may, NOBODY, "{higher:?}");
        }
    }

    #[test]
    fn roles_are_named_as_the_brief_says() {
        let named = |office: fn(&str) -> Office| table(move |actor, region| can_name(actor, &subject(region, Vec::new()), office(region)).is_some());
        assert_eq!(named(|_| Office::City), NOBODY);
        assert_eq!(named(|region| Office::County(Region::from(region))), NOBODY);
        assert_eq!(named(|_| Office::Verifier), NOBODY);
        assert_eq!(named(|_| Office::Teacher), own_county());
        assert_eq!(named(|region| Office::Firm(FirmId(Uuid::nil()), Region::from(region))), own_county());
        let foreign_firm = named(|_| Office::Firm(FirmId(Uuid::nil()), Region::from(YIYANG)));
        assert_eq!(foreign_firm, NOBODY, "an own person for another county's firm");
    }

    #[test]
    fn only_coordinators_look_people_up() {
        let scopes: Vec<_> = roles()
            .into_iter()
            .filter(|(_, actor)| visible_to(actor).is_some())
            .map(|(role, _)| role)
            .collect();
        assert_eq!(scopes, ["city", "county"]);
    }
}
