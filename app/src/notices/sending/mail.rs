//! E-mail by SMTP.

use std::time::{Duration, SystemTime};

pub use lettre::message::Mailbox;
use lettre::message::SinglePart;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::super::rules::{Fault, header_line};
use super::super::store::outbox::{Outcome, Taken};
use super::later;
use super::words::letter;
use crate::state::App;

/// How long it may take until the mail server is there. What it takes then is up to [`Channel::attempt_lasts`].
///
/// [`Channel::attempt_lasts`]: super::super::rules::Channel::attempt_lasts
const CONNECTING: Duration = Duration::from_secs(15);

/// A mail server and the address that mail comes from. Cheap to clone. Each message has a line of its own: on one that was given
/// up in the middle, the late answer to one message would be taken for that to the next.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Mailer {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from.to_string()).finish_non_exhaustive()
    }
}

impl Mailer {
    /// `url` as in `smtps://user:password@mail.example.cn`, `from` as in `河洛 <noreply@example.cn>`, `host` the name by
    /// which this machine greets. To be called where tokio runs.
    ///
    /// # Errors
    /// What is wrong with the address of the server, without the password.
    pub fn new(url: &str, from: Mailbox, host: &str) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| error.to_string())?;
        let transport = builder.hello_name(ClientId::Domain(host.to_owned())).timeout(Some(CONNECTING)).build();
        Ok(Self { transport, from })
    }

    pub(super) async fn send(&self, app: &App, taken: &Taken) -> Outcome {
        let message = match self.message(app, taken) {
            Ok(message) => message,
            Err(detail) => {
                return Outcome::Never {
                    fault: Fault::Unsendable,
                    detail,
                };
            }
        };
        match self.transport.send(message).await {
            Ok(_) => Outcome::Sent,
            Err(error) => judge(&error),
        }
    }

    /// The message as it goes out. Its name is made of the row's, so that it is the same at every attempt.
    fn message(&self, app: &App, taken: &Taken) -> Result<Message, String> {
        let letter = letter(app, taken).ok_or("no content")?;
        let to = taken.to.as_ref().ok_or("no reader")?;
        let address: Address = to.address.as_deref().unwrap_or_default().parse().map_err(|error| format!("{error}"))?;
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .message_id(Some(format!("<{}@{}>", taken.key.id.simple(), self.from.email.domain())))
            .date(SystemTime::from(taken.created_at))
            .from(self.from.clone())
            .to(Mailbox::new(Some(header_line(&to.name, 60)), address))
            .subject(letter.subject)
            .raw_header(automatic)
            .singlepart(SinglePart::plain(letter.text))
            .map_err(|error| error.to_string())
    }
}

/// Codes that concern our sign-in at the mail server and not the message (RFC 4954): a wrong password must not make
/// everything that waits undeliverable.
const SIGN_IN_CODES: [u16; 4] = [530, 534, 535, 538];

fn judge(error: &lettre::transport::smtp::Error) -> Outcome {
    let detail = error.to_string();
    let is_sign_in = error.status().is_some_and(|code| SIGN_IN_CODES.contains(&u16::from(code)));
    if is_sign_in || error.is_tls() {
        later(Fault::Denied, detail)
    } else if error.is_permanent() {
        Outcome::Never {
            fault: Fault::Refused,
            detail,
        }
    } else if error.is_transient() {
        later(Fault::Busy, detail)
    } else if error.is_timeout() {
        later(Fault::Silent, detail)
    } else {
        later(Fault::Unreachable, detail)
    }
}
