//! Pure rules: what a provider's answers say, and what can go wrong on the way.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::accounts::rules::{LONGEST_NAME, email_address, line, mobile_number};

/// How long the way to a provider and back may take.
pub const WAY_MINUTES: i64 = 10;
/// How long a first sign-in may take to be completed.
pub const ARRIVAL_MINUTES: i64 = 30;
/// How far a provider's clock may be from ours.
pub const SKEW_MINUTES: i64 = 5;
/// The longest subject taken: OpenID Connect Core 1.0, section 2, allows 255 characters.
const LONGEST_SUBJECT: usize = 255;

crate::words! {
    /// What somebody is sent to a provider for.
    pub enum Purpose {
        SignIn = "sign-in",
        Link = "link",
    }
}

crate::words! {
    /// Why a way to a provider and back led nowhere. Each is a page with the next step.
    pub enum Trouble {
        /// The person, or the provider, said no.
        Refused = "refused",
        /// No such way was begun in this browser.
        Unknown = "unknown",
        /// It was begun too long ago.
        Expired = "expired",
        /// Its answer has been used.
        Replayed = "replayed",
        /// The provider does not take the code: too old, or used.
        Stale = "stale",
        /// The provider does not answer, or says that it can't.
        Down = "down",
        /// The provider's answer makes no sense.
        Garbage = "garbage",
        /// The provider does not know us, or not as we are set up.
        Setup = "setup",
        /// The provider's clock and ours differ.
        Clock = "clock",
        /// The account is closed.
        Closed = "closed",
        /// The account there is linked to another person here.
        Taken = "taken",
        /// The person has linked another account of this provider.
        Second = "second",
        /// It was begun to link an account, by somebody who is not signed in here any more.
        Changed = "changed",
    }
}

impl Trouble {
    /// The status of the page that tells it: never 5xx, for nothing of ours failed.
    pub fn status(self) -> u16 {
        match self {
            Self::Refused | Self::Closed => 403,
            Self::Unknown => 400,
            Self::Expired | Self::Stale => 410,
            Self::Replayed | Self::Taken | Self::Second | Self::Changed => 409,
            // Failed Dependency: the provider's part of it failed.
            Self::Down | Self::Garbage | Self::Setup | Self::Clock => 424,
        }
    }

    /// Whether trying again may help.
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::Setup | Self::Closed | Self::Taken | Self::Second)
    }

    /// What the `error` of an answer to the authorization request means (RFC 6749, 4.1.2.1, and OpenID Connect Core, 3.1.2.6).
    pub fn of_answer(error: &str) -> Self {
        match error {
            "access_denied" | "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => Self::Refused,
            "temporarily_unavailable" | "server_error" => Self::Down,
            _ => Self::Setup,
        }
    }
}

/// The names of the fields in a provider's answer about a person; a dot leads into an object (`data.user.id`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub phone_verified: String,
    pub email: String,
    pub email_verified: String,
}

impl Default for Fields {
    /// The standard claims of OpenID Connect Core 1.0, section 5.1.
    fn default() -> Self {
        Self {
            id: "sub".to_owned(),
            name: "name".to_owned(),
            phone: "phone_number".to_owned(),
            phone_verified: "phone_number_verified".to_owned(),
            email: "email".to_owned(),
            email_verified: "email_verified".to_owned(),
        }
    }
}

/// What a provider says about a person. Only the subject says who it is; the rest saves typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub subject: String,
    pub name: Option<String>,
    /// 11 digits.
    pub phone: Option<String>,
    pub phone_is_verified: bool,
    /// Kept only when the provider has verified it, and only to show which account it is.
    pub email: Option<String>,
}

impl Profile {
    /// Reads an answer about a person; none when it names no subject. Anything else that is odd counts as not told.
    pub fn read(fields: &Fields, answer: &Value) -> Option<Self> {
        let told = |path: &str| value_at(answer, path).and_then(as_text);
        let confirmed = |path: &str| value_at(answer, path).is_some_and(is_yes);
        let subject = told(&fields.id).filter(|subject| is_subject(subject))?;
        let phone = told(&fields.phone).and_then(|phone| mobile_number(&phone));
        Some(Self {
            subject,
            name: told(&fields.name).and_then(|name| line(&name, LONGEST_NAME).ok()),
            phone_is_verified: phone.is_some() && confirmed(&fields.phone_verified),
            phone,
            email: told(&fields.email)
                .filter(|_| confirmed(&fields.email_verified))
                .and_then(|email| email_address(&email)),
        })
    }

    /// What its owner recognises the account by; empty when the provider tells nothing.
    pub fn shown(&self) -> String {
        self.email.clone().or_else(|| self.name.clone()).unwrap_or_default()
    }
}

fn value_at<'a>(answer: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(answer, |value, step| value.get(step))
}

/// Texts and whole numbers; providers number people too.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

fn is_yes(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::String(word) => word == "true",
        Value::Number(number) => number.as_i64() == Some(1),
        _ => false,
    }
}

fn is_subject(subject: &str) -> bool {
    !subject.is_empty() && subject.chars().count() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control)
}

/// What an identity token must agree with.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: DateTime<Utc>,
}

/// Judges the claims of an identity token that came straight from the provider, which spares judging its signature
/// (OpenID Connect Core 1.0, section 3.1.3.7, rule 6), and answers its subject.
pub fn judge_identity(claims: &Value, expected: Expected<'_>) -> Result<String, Trouble> {
    let is_for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == expected.client_id,
        Some(Value::Array(several)) => several.iter().any(|one| one == expected.client_id),
        _ => false,
    };
    let is_answer = claims.get("nonce").and_then(Value::as_str) == Some(expected.nonce);
    if !is_for_us || !is_answer {
        return Err(Trouble::Garbage);
    }
    let instant = |name: &str| claims.get(name).and_then(Value::as_i64).and_then(|at| DateTime::from_timestamp(at, 0));
    let (Some(issued), Some(ends)) = (instant("iat"), instant("exp")) else {
        return Err(Trouble::Garbage);
    };
    let skew = TimeDelta::minutes(SKEW_MINUTES);
    // It was made a moment ago: when its time is not now, one of the two clocks is wrong.
    if (issued - expected.now).abs() > skew || ends + skew < expected.now {
        return Err(Trouble::Clock);
    }
    let subject = claims.get("sub").and_then(as_text).filter(|subject| is_subject(subject));
    subject.ok_or(Trouble::Garbage)
}

/// A phone number as its owner recognises it and others do not: `138****0001`.
pub fn masked(phone: &str) -> String {
    match (phone.get(..3), phone.get(7..)) {
        (Some(start), Some(end)) => format!("{start}****{end}"),
        _ => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(answer: &Value) -> Option<Profile> {
        Profile::read(&Fields::default(), answer)
    }

    #[test]
    fn a_standard_answer_is_read() {
        let answer = json!({
            "sub": "248289761001", "name": " 李　建国 ", "phone_number": "+86 138-0000-0001", "phone_number_verified": true,
            "email": "li@example.com", "email_verified": "true", "picture": "https://example.com/p.png"
        });
        let profile = read(&answer).expect("a profile");
        assert_eq!(profile.subject, "248289761001");
        assert_eq!(profile.name.as_deref(), Some("李 建国"));
        assert_eq!((profile.phone.as_deref(), profile.phone_is_verified), (Some("13800000001"), true));
        assert_eq!(profile.shown(), "li@example.com");
    }

    #[test]
    fn a_near_standard_answer_is_read_by_its_own_names() {
        let fields = Fields {
            id: "data.open_id".to_owned(),
            name: "data.user.nick".to_owned(),
            phone: "data.mobile".to_owned(),
            phone_verified: "data.mobile_ok".to_owned(),
            ..Fields::default()
        };
        let answer = json!({ "code": 0, "data": { "open_id": 42, "user": { "nick": "牡丹" }, "mobile": "13800000001", "mobile_ok": 1 } });
        let profile = Profile::read(&fields, &answer).expect("a profile");
        assert_eq!((profile.subject.as_str(), profile.name.as_deref()), ("42", Some("牡丹")));
        assert!(profile.phone_is_verified);
        assert_eq!(profile.shown(), "牡丹");
    }

    #[test]
    fn who_names_no_subject_is_nobody() {
        for answer in [
            json!({}),
            json!({ "sub": "" }),
            json!({ "sub": "  " }),
            json!({ "sub": null }),
            json!({ "sub": 1.5 }),
            json!({ "sub": ["a"] }),
            json!({ "sub": "a\nb" }),
            json!({ "sub": "x".repeat(256) }),
            json!("sub"),
            json!([]),
        ] {
            assert_eq!(read(&answer), None, "{answer}");
        }
    }

    #[test]
    fn what_is_odd_counts_as_not_told() {
        let answer = json!({ "sub": "a", "name": "x".repeat(99), "phone_number": "12345", "phone_number_verified": true, "email": "no", "email_verified": true });
        let profile = read(&answer).expect("a profile");
        assert_eq!(
            (profile.name, profile.phone, profile.phone_is_verified, profile.email),
            (None, None, false, None)
        );
    }

    #[test]
    fn what_is_not_verified_is_not_believed() {
        for verified in [json!(false), json!("yes"), json!(0), json!(null), json!("false")] {
            let answer = json!({ "sub": "a", "phone_number": "13800000001", "phone_number_verified": verified, "email": "a@b.cn", "email_verified": verified });
            let profile = read(&answer).expect("a profile");
            assert!(!profile.phone_is_verified, "{verified}");
            assert_eq!(profile.email, None, "{verified}");
        }
    }

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 3, 1, 0, 0).single().expect("an instant")
    }

    fn judged(change: impl FnOnce(&mut Value)) -> Result<String, Trouble> {
        let mut claims = json!({ "aud": "heluo", "nonce": "n", "sub": "a", "iat": now().timestamp(), "exp": now().timestamp() + 3600 });
        change(&mut claims);
        let expected = Expected {
            client_id: "heluo",
            nonce: "n",
            now: now(),
        };
        judge_identity(&claims, expected)
    }

    #[test]
    fn an_identity_token_is_for_us_for_this_way_and_of_now() {
        assert_eq!(judged(|_| {}), Ok("a".to_owned()));
        assert_eq!(judged(|claims| claims["aud"] = json!(["other", "heluo"])), Ok("a".to_owned()));
        assert_eq!(judged(|claims| claims["aud"] = json!("other")), Err(Trouble::Garbage));
        assert_eq!(judged(|claims| claims["nonce"] = json!("other")), Err(Trouble::Garbage));
        assert_eq!(judged(|claims| claims["nonce"] = Value::Null), Err(Trouble::Garbage));
        assert_eq!(judged(|claims| claims["iat"] = json!("soon")), Err(Trouble::Garbage));
        assert_eq!(judged(|claims| claims["sub"] = json!("")), Err(Trouble::Garbage));
    }

    #[test]
    fn clocks_may_differ_by_minutes_not_by_more() {
        for (seconds, expected) in [
            (0, Ok("a".to_owned())),
            (299, Ok("a".to_owned())),
            (-299, Ok("a".to_owned())),
            (301, Err(Trouble::Clock)),
            (-301, Err(Trouble::Clock)),
            (86_400, Err(Trouble::Clock)),
        ] {
            let found = judged(|claims| {
                claims["iat"] = json!(now().timestamp() + seconds);
                claims["exp"] = json!(now().timestamp() + seconds + 3600);
            });
            assert_eq!(found, expected, "{seconds}");
        }
        assert_eq!(judged(|claims| claims["exp"] = json!(now().timestamp() - 301)), Err(Trouble::Clock));
        assert_eq!(judged(|claims| claims["iat"] = json!(i64::MAX)), Err(Trouble::Garbage));
    }

    #[test]
    fn a_refusal_is_told_from_a_breakdown() {
        assert_eq!(Trouble::of_answer("access_denied"), Trouble::Refused);
        assert_eq!(Trouble::of_answer("temporarily_unavailable"), Trouble::Down);
        assert_eq!(Trouble::of_answer("<script>"), Trouble::Setup);
    }

    #[test]
    fn no_trouble_is_a_fault_of_ours() {
        for trouble in Trouble::ALL {
            assert!((400..500).contains(&trouble.status()), "{trouble:?}");
        }
    }

    #[test]
    fn a_phone_number_is_shown_to_its_owner_only() {
        assert_eq!(masked("13800000001"), "138****0001");
        assert_eq!(masked("1"), "****");
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_a_panic(subject in "\\PC{0,300}", name in "\\PC*", phone in "\\PC*") {
            let answer = json!({ "sub": subject, "name": name, "phone_number": phone });
            if let Some(profile) = read(&answer) {
                prop_assert!(!profile.subject.is_empty() && profile.subject.chars().count() <= LONGEST_SUBJECT);
            }
        }
    }
}
