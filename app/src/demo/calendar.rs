//! Who and which room is free when: no teacher and no venue is given two lessons at once.

use chrono::{DateTime, Utc};

/// The taken spans of every teacher or every venue, by place in its list.
pub struct Calendar(Vec<Vec<(DateTime<Utc>, DateTime<Utc>)>>);

impl Calendar {
    pub fn new(size: usize) -> Self {
        Self(vec![Vec::new(); size])
    }

    /// Takes the first of the candidates that is free in the span, if any is.
    pub fn take(&mut self, candidates: impl IntoIterator<Item = usize>, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<usize> {
        let free = candidates
            .into_iter()
            .find(|candidate| self.0[*candidate].iter().all(|(start, end)| to <= *start || *end <= from))?;
        self.0[free].push((from, to));
        Some(free)
    }
}
