//! The way out: takes what is due from the outbox, hands it to a mail server or to the city's gateway, and writes down what
//! came of it. Every process does this; the outbox sees to it that no two send the same.
//!
//! What can't be had: between a mail server's "accepted" and our commit a process may die, and then nobody knows that the
//! message went out. It is sent again under the same Message-ID (the gateway gets the same Idempotency-Key), by which the
//! other side can tell. One commit follows each message at once, so that this concerns the few that were on the line.

mod mail;
mod webhook;
mod words;

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

pub use mail::{Mailbox, Mailer};
pub use webhook::{Webhook, signature};

use super::rules::{Channel, Fault, RENEWED_EVERY, wait_after};
use super::store::outbox::{Outcome, Taken, is_due, renew, settle, take};
use crate::error::AppError;
use crate::state::App;

/// How many messages of a channel a process sends at once.
const AT_ONCE: usize = 4;
/// How often a process looks whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The longest rest when nobody answers at the other end.
const LONGEST_REST: Duration = Duration::from_mins(1);
/// So long after trouble with the database nothing is taken that another process had taken: that one may have sent it, and is
/// about to write it down.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);
/// How often what came of an attempt is offered to a database that does not answer, once a second.
const TRIES_TO_SETTLE: usize = 300;
/// The same while the process is asked to end: nobody waits for it for long.
const TRIES_WHEN_STOPPING: usize = 15;

/// The ways out that the operator has set up.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    pub mail: Option<Mailer>,
    pub webhook: Option<Webhook>,
}

impl Channels {
    pub fn is_open(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.mail.is_some(),
            Channel::Webhook => self.webhook.is_some(),
        }
    }

    /// The channels that are set up.
    pub fn open(&self) -> impl Iterator<Item = Channel> + use<> {
        let open: Vec<Channel> = Channel::ALL.iter().copied().filter(|channel| self.is_open(*channel)).collect();
        open.into_iter()
    }

    async fn send(&self, app: &App, taken: &Taken) -> Outcome {
        match (taken.key.channel, &self.mail, &self.webhook) {
            (Channel::Email, Some(mailer), _) => mailer.send(app, taken).await,
            (Channel::Webhook, _, Some(webhook)) => webhook.send(app, taken).await,
            _ => Outcome::Never {
                fault: Fault::Closed,
                detail: String::new(),
            },
        }
    }
}

/// Sends until `stop` says so; what is on the line then is still finished.
pub async fn run(app: App, stop: watch::Receiver<bool>) {
    let channels: Vec<Channel> = app.settings.channels.open().collect();
    let mut loops = JoinSet::new();
    for channel in channels {
        loops.spawn(run_channel(app.clone(), channel, stop.clone()));
    }
    loops.join_all().await;
}

async fn run_channel(app: App, channel: Channel, mut stop: watch::Receiver<bool>) {
    let mut rest = LOOK_EVERY;
    let mut trouble: Option<Instant> = None;
    while !*stop.borrow() {
        let with_abandoned = trouble.is_none_or(|since| since.elapsed() > AFTER_TROUBLE);
        rest = match drain(&app, channel, with_abandoned, &stop).await {
            Ok(Drained::Unanswered) => (rest * 2).min(LONGEST_REST),
            Ok(Drained::Empty) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(channel = channel.as_str(), %error, "sending broke off");
                trouble = Some(Instant::now());
                LOOK_EVERY
            }
        };
        tokio::select! {
            () = sleep(rest) => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// How sending what is due ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Nothing is due any more.
    Empty,
    /// The other end is away: what else is due waits, and its attempts are not used up.
    Unanswered,
}

/// Sends everything of a channel that is due, several messages at once; what other processes had taken and not settled in time
/// only `with_abandoned`.
pub async fn drain(app: &App, channel: Channel, with_abandoned: bool, stop: &watch::Receiver<bool>) -> Result<Drained, AppError> {
    if !is_due(&app.db, channel, app.clock.now()).await? {
        return Ok(Drained::Empty);
    }
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (app, stop) = (app.clone(), stop.clone());
        let line = Line { channel, with_abandoned };
        senders.spawn(async move { send_one_by_one(&app, line, &stop).await });
    }
    let mut drained = Ok(Drained::Empty);
    while let Some(end) = senders.join_next().await {
        // One that broke down has left its message to the lease.
        let end = end.map_err(|error| AppError::internal(&error)).and_then(|end| end);
        match end {
            Ok(Drained::Empty) => {}
            Ok(Drained::Unanswered) => drained = drained.and(Ok(Drained::Unanswered)),
            Err(error) => drained = Err(error),
        }
    }
    drained
}

/// What a sender takes.
#[derive(Clone, Copy)]
struct Line {
    channel: Channel,
    with_abandoned: bool,
}

/// Sends one message after the other. One commit writes down what came of a message and takes the next.
async fn send_one_by_one(app: &App, line: Line, stop: &watch::Receiver<bool>) -> Result<Drained, AppError> {
    let mut done: Option<(Taken, Outcome)> = None;
    loop {
        let is_unanswered = done.as_ref().is_some_and(|(_, outcome)| is_about_the_channel(outcome));
        let next = turn(app, line, done.as_ref(), is_unanswered, stop).await?;
        let Some(taken) = next else {
            return Ok(if is_unanswered { Drained::Unanswered } else { Drained::Empty });
        };
        let outcome = attempt(app, &taken).await;
        metrics::counter!("heluo_messages_total", "channel" => line.channel.as_str(), "outcome" => outcome.word()).increment(1);
        tracing::debug!(message = %taken.key, ?outcome, "a message was tried");
        done = Some((taken, outcome));
    }
}

/// Whether a failure would meet every other message just as well.
fn is_about_the_channel(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Later {
            fault: Fault::Unreachable | Fault::Silent | Fault::Denied,
            ..
        }
    )
}

/// Settles one message and takes the next, unless this one is the last. What came of a message is not given up because the
/// database is away for a while: a message of which it is forgotten that it was sent is sent twice.
async fn turn(
    app: &App,
    line: Line,
    done: Option<&(Taken, Outcome)>,
    is_last: bool,
    stop: &watch::Receiver<bool>,
) -> Result<Option<Taken>, AppError> {
    let mut tries = 0;
    loop {
        let is_stopping = *stop.borrow();
        // After trouble with the database nothing new is begun before the old is written down.
        match try_turn(app, line, done, is_last || is_stopping || tries > 0).await {
            Ok(next) => return Ok(next),
            Err(error) => {
                tries += 1;
                let most = if is_stopping { TRIES_WHEN_STOPPING } else { TRIES_TO_SETTLE };
                if done.is_none() || tries >= most {
                    return Err(error);
                }
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn try_turn(app: &App, line: Line, done: Option<&(Taken, Outcome)>, is_last: bool) -> Result<Option<Taken>, AppError> {
    if done.is_none() && is_last {
        return Ok(None);
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if let Some((taken, outcome)) = done
        && !settle(&mut tx, now, taken, outcome).await?
    {
        tracing::warn!(message = %taken.key, ?outcome, "another process has taken over this message");
    }
    let next = if is_last {
        None
    } else {
        take(&mut tx, app, now, line.channel, line.with_abandoned).await?
    };
    tx.commit().await?;
    Ok(next)
}

/// One attempt, in its time.
async fn attempt(app: &App, taken: &Taken) -> Outcome {
    if app.clock.now() >= taken.expires_at {
        return Outcome::Never {
            fault: Fault::Expired,
            detail: String::new(),
        };
    }
    if taken.is_moot {
        return Outcome::Drop(Fault::Moot);
    }
    if taken.to.is_none() || taken.content.is_none() {
        return Outcome::Drop(Fault::Nobody);
    }
    let sending = held(app, taken, app.settings.channels.send(app, taken));
    let sent = timeout(taken.key.channel.attempt_lasts(), sending).await;
    let outcome = sent.unwrap_or_else(|_| later(Fault::Silent, String::new()));
    with_patience(app, taken, outcome)
}

/// Keeps a message in this process's hands as long as it is on the line.
async fn held(app: &App, taken: &Taken, sending: impl Future<Output = Outcome>) -> Outcome {
    let mut sending = std::pin::pin!(sending);
    loop {
        tokio::select! {
            outcome = &mut sending => return outcome,
            () = sleep(RENEWED_EVERY) => if let Err(error) = renew(app, taken).await {
                tracing::warn!(message = %taken.key, %error, "a message on the line can't be kept from others");
            },
        }
    }
}

/// A failure that another attempt may mend; how long to wait is not known yet.
fn later(fault: Fault, detail: String) -> Outcome {
    Outcome::Later {
        fault,
        detail,
        wait: TimeDelta::zero(),
    }
}

/// Waits longer after each attempt, and never less than the other side asked for.
fn with_patience(app: &App, taken: &Taken, outcome: Outcome) -> Outcome {
    let Outcome::Later { fault, detail, wait } = outcome else {
        return outcome;
    };
    let own = wait_after(taken.attempts, u16::from_be_bytes(app.chance.bytes()));
    Outcome::Later {
        fault,
        detail,
        wait: own.max(wait),
    }
}
