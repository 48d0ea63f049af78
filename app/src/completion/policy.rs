//! Who may do what about completion. Source: brief.md, *People*.

use crate::accounts::Actor;
use crate::classes::{Class, policy};
use crate::error::AppError;
use crate::ids::{ClassId, PersonId, Region};

/// Leave to issue and revoke the certificates of one class: the coordinators of its county, and the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifyPermit {
    class: ClassId,
    region: Region,
    by: PersonId,
}

impl CertifyPermit {
    pub fn class(&self) -> ClassId {
        self.class
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    pub fn by(&self) -> PersonId {
        self.by
    }
}

/// Leave to see how a class was completed and evaluated: those who certify, and the class's own staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletionView {
    class: ClassId,
}

impl CompletionView {
    pub fn class(&self) -> ClassId {
        self.class
    }
}

pub fn can_certify(actor: &Actor, class: &Class) -> Option<CertifyPermit> {
    let permit = policy::can_manage(actor, class)?;
    Some(CertifyPermit {
        class: permit.class(),
        region: permit.region().clone(),
        by: permit.by(),
    })
}

/// The permit, or 404 for another county's class and 403 for those who only look.
pub fn certify(actor: &Actor, class: &Class) -> Result<CertifyPermit, AppError> {
    policy::manage(actor, class)?;
    can_certify(actor, class).ok_or(AppError::Forbidden)
}

/// The view, or a refusal of the same kind.
pub fn view(actor: &Actor, class: &Class) -> Result<CompletionView, AppError> {
    policy::view(actor, class).map(|view| CompletionView { class: view.class() })
}
