//! The ticket: what a scanned code is traded for, before anybody is asked who they are.
//!
//! Signed, not stored: lesson, time of the scan, and a mark of the browser that scanned. How the rule of training.md
//! ("a ticket of five minutes before sign-in, so that signing in can't make it expire") is kept:
//!
//! - Whoever presses the button is recorded at the time of the **scan**, however long signing in or registering took.
//! - The five minutes run from the scan; for somebody who signed in after it, in the browser that scanned, from that
//!   sign-in. So nobody who stands in the hall loses the ticket by looking for a password.
//! - In another browser (a link sent to a friend) only the five minutes from the scan remain.
//!
//! The ticket travels through sign-in and registration as part of `next`, unchanged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::ids::{LessonId, SignInId};
use crate::state::App;

/// How long a ticket is good. Source: training.md, *Check-in*.
const MINUTES: i64 = 5;
const PURPOSE: &str = "check-in ticket";
const PAYLOAD: usize = 16 + 8 + MARK;
const SIGNATURE: usize = 16;
const MARK: usize = 8;

/// A browser, known by a hashed cookie.
pub type DeviceMark = [u8; MARK];

/// A scan that waits for its button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub lesson: LessonId,
    pub scanned_at: DateTime<Utc>,
    pub device: DeviceMark,
}

impl Ticket {
    /// The text for an address.
    pub fn sealed(&self, app: &App) -> String {
        let payload = self.payload();
        let signature = app.sign(PURPOSE, &payload);
        URL_SAFE_NO_PAD.encode([&payload[..], &signature[..SIGNATURE]].concat())
    }

    /// Reads a text that this city's processes sealed; anything else is none.
    pub fn open(app: &App, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bytes: &[u8; PAYLOAD + SIGNATURE] = bytes.as_slice().try_into().ok()?;
        let (payload, signature) = bytes.split_at(PAYLOAD);
        let fits: bool = app.sign(PURPOSE, payload)[..SIGNATURE].ct_eq(signature).into();
        if !fits {
            return None;
        }
        let (lesson, rest) = payload.split_at(16);
        let (millis, device) = rest.split_at(8);
        Some(Self {
            lesson: LessonId(Uuid::from_slice(lesson).ok()?),
            scanned_at: DateTime::from_timestamp_millis(i64::from_be_bytes(millis.try_into().ok()?))?,
            device: device.try_into().ok()?,
        })
    }

    /// Whether it still opens the door, for a person signed in by `sign_in` in the browser `device`.
    pub fn is_good(&self, now: DateTime<Utc>, sign_in: SignInId, device: DeviceMark) -> bool {
        let since = if device == self.device {
            self.scanned_at.max(signed_in_at(sign_in))
        } else {
            self.scanned_at
        };
        now - since <= TimeDelta::minutes(MINUTES)
    }

    fn payload(&self) -> [u8; PAYLOAD] {
        let mut payload = [0; PAYLOAD];
        payload[..16].copy_from_slice(self.lesson.0.as_bytes());
        payload[16..24].copy_from_slice(&self.scanned_at.timestamp_millis().to_be_bytes());
        payload[24..].copy_from_slice(&self.device);
        payload
    }
}

/// Ids carry the time at which they were made.
fn signed_in_at(sign_in: SignInId) -> DateTime<Utc> {
    let made = sign_in.0.get_timestamp().map(|stamp| stamp.to_unix());
    made.and_then(|(seconds, nanos)| DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos))
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// The mark of a browser's cookie, for one lesson only: marks can't be followed from lesson to lesson.
pub fn device_mark(app: &App, lesson: LessonId, cookie: &str) -> DeviceMark {
    let mac = app.sign("device mark", &[lesson.0.as_bytes().as_slice(), cookie.as_bytes()].concat());
    let mut mark = [0; MARK];
    mark.copy_from_slice(&mac[..MARK]);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::TestCity;
    use proptest::prelude::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_ticket_lives_five_minutes_and_signing_in_does_not_shorten_it() {
        let city = TestCity::new(Engine::Sqlite).await;
        let (app, scan) = (&city.app, city.now());
        let before = SignInId::new(&app.chance, scan - TimeDelta::days(1));
        let ticket = Ticket {
            lesson: LessonId::new(&app.chance, scan),
            scanned_at: scan,
            device: [1; MARK],
        };
        assert_eq!(Ticket::open(app, &ticket.sealed(app)), Some(ticket));
        let minutes = |n| scan + TimeDelta::minutes(n);
        assert!(ticket.is_good(minutes(5), before, [1; MARK]));
        assert!(!ticket.is_good(minutes(6), before, [1; MARK]));
        let slow = SignInId::new(&app.chance, minutes(20));
        assert!(ticket.is_good(minutes(21), slow, [1; MARK]), "signing in took twenty minutes");
        assert!(!ticket.is_good(minutes(26), slow, [1; MARK]));
        assert!(!ticket.is_good(minutes(21), slow, [2; MARK]), "sent to a friend");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_ticket_that_was_touched_is_none() {
        let city = TestCity::new(Engine::Sqlite).await;
        let ticket = Ticket {
            lesson: LessonId::new(&city.app.chance, city.now()),
            scanned_at: city.now(),
            device: [0; MARK],
        };
        let sealed = ticket.sealed(&city.app);
        for place in 0..sealed.len() {
            let mut touched = sealed.clone().into_bytes();
            touched[place] = if touched[place] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).unwrap();
            assert_eq!(Ticket::open(&city.app, &touched), None, "{place}");
        }
        proptest!(|(text in "\\PC*")| prop_assert_eq!(Ticket::open(&city.app, &text), None));
    }
}
