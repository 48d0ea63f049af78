//! What every part of the demo city is made with: the time, the lot, and the rows so far.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use uuid::Uuid;

use super::tables::Tables;
use crate::clock::Chance;
use crate::request::hex;
use crate::state::App;
use crate::ui::time::{CHINA, day_of};

/// The seed of the demo city; another number is another city.
const SEED: u64 = 410_300;

/// Makes the city.
pub struct Maker {
    pub now: DateTime<Utc>,
    /// Today in China.
    pub today: NaiveDate,
    /// The hash of the password that every demo sign-in has.
    pub hash: String,
    pub tables: Tables,
    lot: Chance,
    secrets: Chance,
}

impl Maker {
    pub fn new(app: &App, hash: String) -> Self {
        let now = app.clock.now();
        Self {
            now,
            today: day_of(now),
            hash,
            tables: Tables::new(),
            lot: Chance::seeded(SEED),
            secrets: app.chance.clone(),
        }
    }

    /// An instant by the clock in China, so many days from today.
    pub fn at(&self, days: i64, hour: u32, minute: u32) -> DateTime<Utc> {
        let day = self.today + TimeDelta::days(days);
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        CHINA
            .from_local_datetime(&day.and_time(time))
            .single()
            .map_or(self.now, |at| at.with_timezone(&Utc))
    }

    /// A new id, the same at every load.
    pub fn id<T: From<Uuid>>(&self, at: DateTime<Utc>) -> T {
        T::from(self.lot.uuid(at))
    }

    /// A number from 0 up to but not including `end`.
    pub fn below(&self, end: usize) -> usize {
        let drawn = usize::try_from(u32::from_be_bytes(self.lot.bytes())).unwrap_or(0);
        if end == 0 { 0 } else { drawn % end }
    }

    /// A number of the range, both ends included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        let span = u32::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::from(u32::from_be_bytes(self.lot.bytes()) % span)
    }

    /// True so many times in a hundred.
    pub fn happens(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Puts a list into an order drawn by lot.
    pub fn shuffle<T>(&self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }

    /// An instant of the span, drawn by lot.
    pub fn moment(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        from + TimeDelta::seconds(self.between(0, (to - from).num_seconds().max(0)))
    }

    /// A secret of this city alone.
    pub fn secret(&self) -> [u8; 32] {
        self.secrets.bytes()
    }

    /// What a person's own QR code says.
    pub fn qr_code(&self) -> String {
        hex(&self.secrets.bytes::<16>())
    }
}
