//! Pure rules about messages: what they are about, what may be switched off, when a failed one is tried again.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::accounts::rules::email_address;

crate::words! {
    /// A way out of the house; the inbox is none, it is always there.
    pub enum Channel {
        Email = "email",
        /// The city's own gateway, which sends short messages or whatever else it likes.
        Webhook = "webhook",
    }
}

crate::words! {
    /// How far a message on its way out is.
    pub enum OutboxState {
        Waiting = "waiting",
        Sent = "sent",
        /// Given up; an administrator may send it again.
        Dead = "dead",
        /// Not wanted any more: discarded by an administrator, or there is nobody to receive it.
        Dropped = "dropped",
    }
}

crate::words! {
    /// Why an attempt failed.
    pub enum Fault {
        /// The other side will never take it.
        Refused = "refused",
        /// The other side does not take it now.
        Busy = "busy",
        /// The other side does not know us: a password or certificate is wrong.
        Denied = "denied",
        /// Nobody answers there.
        Unreachable = "unreachable",
        /// No answer in time.
        Silent = "silent",
        /// It is too late for this message.
        Expired = "expired",
        /// The message can't be put into the form that the channel takes.
        Unsendable = "unsendable",
        /// The person has no address any more, or is not active.
        Nobody = "nobody",
        /// This channel is not set up any more.
        Closed = "closed",
        /// An administrator discarded it.
        Discarded = "discarded",
        /// Its reader has switched this kind off meanwhile, or the lesson that it reminds of no longer waits for them at that time.
        Moot = "moot",
    }
}

crate::words! {
    /// What a message is about, as people choose by it.
    pub enum Topic {
        Reminder = "reminder",
        Changes = "changes",
        Enrolment = "enrolment",
        Leave = "leave",
        Certificate = "certificate",
        Gate = "gate",
        Action = "action",
        Assessment = "assessment",
        Account = "account",
        Other = "other",
    }
}

impl Topic {
    /// What the text of this key is about.
    pub fn of_text(key: &str) -> Self {
        const STARTS: &[(&str, Topic)] = &[
            ("attendance-notice-reminder", Topic::Reminder),
            ("notice-classes-", Topic::Changes),
            ("enrolment-notice-", Topic::Enrolment),
            ("attendance-notice-", Topic::Leave),
            ("board-notice-", Topic::Leave),
            ("notice-completion-", Topic::Certificate),
            ("gates-notice-", Topic::Gate),
            ("improvement-notice-", Topic::Action),
            ("assessment-notice-", Topic::Assessment),
            ("verification-notice-", Topic::Assessment),
            ("selection-notice-", Topic::Assessment),
            ("notices-verify-", Topic::Account),
            ("oauth-notice-", Topic::Account),
        ];
        STARTS
            .iter()
            .find(|(start, _)| key.starts_with(start))
            .map_or(Self::Other, |(_, topic)| *topic)
    }

    /// Topics that a person chooses by; the others can't be switched off.
    pub fn is_free(self) -> bool {
        !matches!(self, Self::Changes | Self::Account)
    }
}

impl Channel {
    /// The longest time that one attempt may take. A mail server may look at a letter for minutes before it says that it has it, and whoever
    /// hangs up before sends it twice (RFC 5321, 4.5.3.2.6).
    pub fn attempt_lasts(self) -> Duration {
        match self {
            Self::Email => Duration::from_mins(10),
            Self::Webhook => Duration::from_secs(30),
        }
    }
}

/// The address of one row of the outbox, such as `0198….email`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutboxKey {
    pub id: Uuid,
    pub channel: Channel,
}

impl std::fmt::Display for OutboxKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.id.simple(), self.channel.as_str())
    }
}

impl FromStr for OutboxKey {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, channel) = text.split_once('.').ok_or(())?;
        Ok(Self {
            id: Uuid::parse_str(id).map_err(|_| ())?,
            channel: channel.parse().map_err(|_| ())?,
        })
    }
}

/// How long a message is tried for, when nothing makes it worthless sooner.
pub const PATIENCE: TimeDelta = TimeDelta::days(3);
/// How long a mailed link can be used.
pub const LINK_LASTS: TimeDelta = TimeDelta::hours(24);
/// How long a message stays with the process that took it, unless that renews it.
pub const LEASE_LASTS: TimeDelta = TimeDelta::seconds(60);
/// How often it is renewed while an attempt is under way, so that nobody takes what another is about to send.
pub const RENEWED_EVERY: Duration = Duration::from_secs(20);

const FIRST_WAIT_SECONDS: i64 = 30;
const LONGEST_WAIT_SECONDS: i64 = 4 * 60 * 60;

/// How long to wait after so many failed attempts (from 1): half a minute, doubled each time up to four hours, a quarter
/// more or less by `chance`, so that what failed together does not come back together.
pub fn wait_after(attempts: i64, chance: u16) -> TimeDelta {
    let doublings = u32::try_from((attempts - 1).clamp(0, 20)).unwrap_or(0);
    let seconds = (FIRST_WAIT_SECONDS << doublings).min(LONGEST_WAIT_SECONDS);
    let milliseconds = seconds * 750 + seconds * 500 * i64::from(chance) / i64::from(u16::MAX);
    TimeDelta::milliseconds(milliseconds)
}

/// When a message that failed is tried again; none when that would be too late for it.
pub fn next_attempt(now: DateTime<Utc>, expires_at: DateTime<Utc>, wait: TimeDelta) -> Option<DateTime<Utc>> {
    let next = now + wait;
    (next < expires_at).then_some(next)
}

/// An address as mail takes it: what [`email_address`] lets pass, in letters of ASCII. None for anything else.
pub fn mail_address(typed: &str) -> Option<String> {
    email_address(typed).filter(|address| {
        address
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b',' | b';' | b'(' | b')' | b'\\'))
    })
}

/// An address of which only the beginning is shown, for eyes other than its owner's: `li…@example.com`.
pub fn veiled(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let start: String = local.chars().take(2).collect();
    format!("{start}…@{domain}")
}

/// One line for a header: no control character, at most so many characters.
pub fn header_line(text: &str, longest: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= longest {
        return words;
    }
    let cut: String = words.chars().take(longest.saturating_sub(1)).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_notice_has_a_topic() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/zh");
        let mut seen = 0;
        for file in std::fs::read_dir(folder).expect("texts").flatten() {
            let text = std::fs::read_to_string(file.path()).expect("a file of texts");
            for key in text.lines().filter_map(|line| line.split_once(" =").map(|(key, _)| key)) {
                let is_notice = key.contains("-notice-") || key.starts_with("notice-");
                if is_notice && !key.starts_with("demo-") && !key.starts_with("ui-") {
                    assert_ne!(Topic::of_text(key), Topic::Other, "{key}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 30, "{seen}");
    }

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(wait_after(1, 0), TimeDelta::milliseconds(22_500));
        assert_eq!(wait_after(1, u16::MAX), TimeDelta::milliseconds(37_500));
        assert_eq!(wait_after(3, u16::MAX / 2).num_seconds(), 119);
        assert_eq!(wait_after(i64::MAX, u16::MAX), TimeDelta::hours(5));
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(next_attempt(now, now + TimeDelta::hours(1), TimeDelta::hours(1)), None);
        assert_eq!(
            next_attempt(now, now + TimeDelta::hours(1), TimeDelta::minutes(1)),
            Some(now + TimeDelta::minutes(1))
        );
    }

    #[test]
    fn nothing_but_an_address_is_an_address() {
        assert_eq!(mail_address(" Li.Hua@example.com "), Some("Li.Hua@example.com".to_owned()));
        for typed in [
            "李@例子.公司",
            "a@b.cn,c@d.cn",
            "<a@b.cn>",
            "a@b.cn\r\nBcc: c@d.cn",
            "\"a\"@b.cn",
            "a@b",
            "",
        ] {
            assert_eq!(mail_address(typed), None, "{typed}");
        }
        assert_eq!(veiled("lihua@example.com"), "li…@example.com");
    }

    #[test]
    fn a_key_reads_itself() {
        let key = OutboxKey {
            id: Uuid::from_u128(7),
            channel: Channel::Webhook,
        };
        assert_eq!(key.to_string().parse(), Ok(key));
        for text in [
            "",
            ".",
            "7.email",
            "00000000000000000000000000000007",
            "00000000000000000000000000000007.fax",
        ] {
            assert_eq!(text.parse::<OutboxKey>(), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_header_is_one_line_of_its_length(text in any::<String>()) {
            let line = header_line(&text, 20);
            prop_assert!(line.chars().count() <= 20);
            prop_assert!(!line.chars().any(char::is_control));
        }

        #[test]
        fn waits_never_leave_their_bounds(attempts in any::<i64>(), chance in any::<u16>()) {
            let wait = wait_after(attempts.max(i64::MIN + 1), chance);
            prop_assert!(wait >= TimeDelta::seconds(22) && wait <= TimeDelta::hours(5));
        }
    }
}
