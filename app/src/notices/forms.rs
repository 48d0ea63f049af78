//! What people type and tick about messages.

use super::rules::{Channel, OutboxKey, Topic, mail_address};
use crate::error::AppError;

/// Reads an address.
pub fn address(typed: &str) -> Result<String, AppError> {
    if typed.trim().is_empty() {
        return Err(AppError::field("address", "notices-address-missing"));
    }
    mail_address(typed).ok_or_else(|| AppError::field("address", "notices-address-wrong"))
}

/// What somebody chose, for every topic that can be chosen by.
pub fn choices(channel: Channel, ticked: &[String]) -> Vec<(Topic, Channel, bool)> {
    let free = Topic::ALL.iter().filter(|topic| topic.is_free());
    free.map(|topic| (*topic, channel, ticked.iter().any(|word| word == topic.as_str())))
        .collect()
}

/// One row of the outbox.
pub fn outbox_key(typed: &str) -> Result<OutboxKey, AppError> {
    typed.parse().map_err(|()| AppError::NotFound)
}
