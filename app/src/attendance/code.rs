//! The projected code: eight letters and digits that change every 15 seconds and name a lesson without being stored.
//!
//! `code = base32(HMAC(lesson key, step))`, cut to 40 bits. The key is made by chance for each lesson and no page shows
//! it. Which lesson a code belongs to is found by trying the keys of the lessons of the day (some dozens in a city): so
//! the code stays short enough to be read from 15 m and typed by those who can't scan. 40 bits that are good for 30
//! seconds can't be guessed. See docs/adr.

use chrono::{DateTime, Utc};

use crate::state::hmac_sha256;

/// How long one code is shown. Source: training.md, *Check-in*.
pub const STEP_SECONDS: i64 = 15;
/// Crockford's alphabet: no I, L, O, U, so that nothing is misread from a wall.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// The step that an instant belongs to.
pub fn step(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(STEP_SECONDS)
}

/// How long the code of this instant is still shown.
pub fn until_next_step(at: DateTime<Utc>) -> std::time::Duration {
    let into = at.timestamp_millis().rem_euclid(STEP_SECONDS * 1000);
    std::time::Duration::from_millis(u64::try_from(STEP_SECONDS * 1000 - into).unwrap_or(1))
}

/// The code shown at an instant. Nobody outside this slice can ask for a later one.
pub(super) fn shown_at(key: &[u8], at: DateTime<Utc>) -> String {
    of_step(key, step(at))
}

/// Whether a typed or scanned code is the current or the previous one.
pub(super) fn fits(key: &[u8], at: DateTime<Utc>, code: &str) -> bool {
    use subtle::ConstantTimeEq;
    let (now, before) = (of_step(key, step(at)), of_step(key, step(at) - 1));
    (now.as_bytes().ct_eq(code.as_bytes()) | before.as_bytes().ct_eq(code.as_bytes())).into()
}

fn of_step(key: &[u8], step: i64) -> String {
    let mac = hmac_sha256(key, &[b"wall\0".as_slice(), &step.to_be_bytes()].concat());
    let mut bits = u64::from_be_bytes([0, 0, 0, mac[0], mac[1], mac[2], mac[3], mac[4]]);
    let mut code = [0; LENGTH];
    for place in code.iter_mut().rev() {
        *place = ALPHABET[usize::try_from(bits & 31).unwrap_or(0)];
        bits >>= 5;
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// What somebody typed, as a code: case, spaces and hyphens are forgiven, and so are O for 0 and I or L for 1.
pub fn normalise(typed: &str) -> Option<String> {
    let mut code = String::with_capacity(LENGTH);
    for c in typed.chars().map(crate::accounts::rules::half_width) {
        match c.to_ascii_uppercase() {
            ' ' | '-' => {}
            'O' => code.push('0'),
            'I' | 'L' => code.push('1'),
            c if c.is_ascii() && ALPHABET.contains(&(c as u8)) => code.push(c),
            _ => return None,
        }
        if code.len() > LENGTH {
            return None;
        }
    }
    (code.len() == LENGTH).then_some(code)
}

/// In two groups, for reading aloud and typing.
pub fn grouped(code: &str) -> String {
    match code.split_at_checked(LENGTH / 2) {
        Some((first, second)) => format!("{first}-{second}"),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-03T04:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_current_and_the_previous_step_are_taken_and_no_other() {
        let key = [3; 32];
        let code = shown_at(&key, noon());
        assert_eq!(code, shown_at(&key, noon() + TimeDelta::milliseconds(14_999)));
        for (seconds, taken) in [(-1, false), (0, true), (14, true), (15, true), (29, true), (30, false), (3600, false)] {
            assert_eq!(fits(&key, noon() + TimeDelta::seconds(seconds), &code), taken, "{seconds}");
        }
        assert!(!fits(&[4; 32], noon(), &code));
    }

    #[test]
    fn a_code_is_shown_for_the_rest_of_its_step() {
        assert_eq!(until_next_step(noon()).as_millis(), 15_000);
        assert_eq!(until_next_step(noon() + TimeDelta::milliseconds(14_001)).as_millis(), 999);
    }

    #[test]
    fn typing_is_forgiven() {
        assert_eq!(normalise("7k3m-xq2p"), Some("7K3MXQ2P".to_owned()));
        assert_eq!(normalise(" o1il ７K3M "), Some("01117K3M".to_owned()));
        for typed in ["", "7K3M", "7K3MXQ2PP", "7K3MXQ2U", "😀", "7K3M\0Q2P", "<script>"] {
            assert_eq!(normalise(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed(key: [u8; 32], seconds in 0_i64..4_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            let code = shown_at(&key, at);
            prop_assert_eq!(normalise(&grouped(&code).to_lowercase()), Some(code.clone()));
            prop_assert!(fits(&key, at, &code));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(typed in "\\PC*") {
            if let Some(code) = normalise(&typed) {
                prop_assert_eq!(normalise(&code), Some(code.clone()));
            }
        }
    }
}
