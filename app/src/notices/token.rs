//! The mailed link by which somebody shows that an address is theirs: the address's id, sealed with the city's secret.
//! Nothing of it stands in the database, and it is worth nothing once the address is confirmed, replaced or removed.

use subtle::ConstantTimeEq;

use crate::ids::EmailId;
use crate::request::hex;
use crate::state::App;

/// The last part of the link.
pub fn seal(app: &App, email: EmailId) -> String {
    format!("{email}.{}", signature(app, email))
}

/// The address that a link names, when it was we who made it.
pub fn open(app: &App, token: &str) -> Option<EmailId> {
    let (id, seal) = token.split_once('.')?;
    let email = id.parse().ok()?;
    bool::from(signature(app, email).as_bytes().ct_eq(seal.as_bytes())).then_some(email)
}

fn signature(app: &App, email: EmailId) -> String {
    hex(&app.sign("email-link", email.0.as_bytes())[..16])
}
