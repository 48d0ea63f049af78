//! What a caller may do. A permit can only be made here, and the store asks for one.

use crate::attendance::policy::{DoorPermit, integration_at_door, scanner_at_door};
use crate::attendance::store::Scanner;
use crate::integrations::{Schools, Token, TokenScope};

/// Who calls: a registered scanner, or another program with a token.
#[derive(Clone)]
pub struct Caller(Kind);

#[derive(Clone)]
enum Kind {
    Scanner(Scanner),
    Integration(Box<Token>),
}

impl Caller {
    /// A scanner in use.
    pub fn scanner(scanner: Scanner) -> Self {
        Self(Kind::Scanner(scanner))
    }

    /// An integration whose token is good.
    pub fn integration(token: Token) -> Self {
        Self(Kind::Integration(Box::new(token)))
    }

    /// The schools that the caller reaches, if it has the scope. A scanner checks people in and reads nothing.
    fn reach(&self, scope: TokenScope) -> Result<Schools, Lacking> {
        match &self.0 {
            Kind::Integration(token) if token.has(scope) => Ok(token.schools()),
            _ => Err(Lacking(scope)),
        }
    }
}

/// The scope that the caller would need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacking(pub TokenScope);

/// May read classes and their lessons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassesRead {
    schools: Schools,
}

impl ClassesRead {
    pub fn schools(self) -> Schools {
        self.schools
    }
}

/// May read who is in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterRead {
    schools: Schools,
    phones: bool,
}

impl RosterRead {
    pub fn schools(self) -> Schools {
        self.schools
    }

    /// With phone numbers.
    pub fn phones(self) -> bool {
        self.phones
    }
}

/// May read who was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttendanceRead {
    schools: Schools,
}

impl AttendanceRead {
    pub fn schools(self) -> Schools {
        self.schools
    }
}

pub fn reads_classes(caller: &Caller) -> Result<ClassesRead, Lacking> {
    let schools = caller.reach(TokenScope::ClassesRead)?;
    Ok(ClassesRead { schools })
}

pub fn reads_roster(caller: &Caller) -> Result<RosterRead, Lacking> {
    let schools = caller.reach(TokenScope::RosterRead)?;
    Ok(RosterRead {
        schools,
        phones: caller.reach(TokenScope::PhonesRead).is_ok(),
    })
}

pub fn reads_attendance(caller: &Caller) -> Result<AttendanceRead, Lacking> {
    let schools = caller.reach(TokenScope::AttendanceRead)?;
    Ok(AttendanceRead { schools })
}

pub fn checks_in(caller: &Caller) -> Result<DoorPermit, Lacking> {
    let permit = match &caller.0 {
        Kind::Scanner(scanner) => scanner_at_door(scanner),
        Kind::Integration(token) => integration_at_door(token),
    };
    permit.ok_or(Lacking(TokenScope::CheckinsWrite))
}
