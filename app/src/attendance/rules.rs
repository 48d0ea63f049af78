//! Pure rules of attendance: statuses, sources and their precedence, the window of a lesson, and the rate.
//! Source: training.md, *Check-in* and *After the lessons*.

use chrono::{DateTime, TimeDelta, Utc};

use crate::classes::{Class, Lesson};

crate::words! {
    /// What the ledger says of one person in one lesson.
    pub enum Status {
        Present = "present",
        Late = "late",
        LeftEarly = "left_early",
        /// Approved leave.
        Excused = "excused",
        /// Written when staff close the lesson, or by hand.
        Absent = "absent",
    }
}

impl Status {
    /// Counts for the rate.
    pub fn attended(self) -> bool {
        matches!(self, Self::Present | Self::Late)
    }
}

crate::words! {
    /// The way by which an entry came into the ledger.
    pub enum Source {
        /// The person scanned the projected code.
        Wall = "wall",
        /// Staff scanned the person's own code.
        StaffScan = "staff_scan",
        /// A registered scanner read the person's own code.
        Device = "device",
        /// Staff marked or corrected by hand.
        Hand = "hand",
        /// Staff entered a signed paper list.
        Paper = "paper",
        /// A leave was approved.
        Leave = "leave",
        /// Staff closed the lesson, and nothing else was known.
        Closing = "closing",
    }
}

impl Source {
    /// Who wins: a staff correction beats a scan, a scan beats a paper entry, approved leave yields to being present,
    /// and what closing assumed yields to all that is known.
    fn weight(self) -> u8 {
        match self {
            Self::Closing => 0,
            Self::Leave => 1,
            Self::Paper => 2,
            Self::Wall | Self::StaffScan | Self::Device => 3,
            Self::Hand => 4,
        }
    }

    /// A code was read at the door, so that the window of the lesson decides.
    pub fn is_scan(self) -> bool {
        matches!(self, Self::Wall | Self::StaffScan | Self::Device)
    }
}

crate::words! {
    /// Why a check-in deserves a look. A flag never refuses anybody.
    pub enum Flag {
        /// The same browser checked in two people for one lesson.
        SharedDevice = "shared_device",
        /// The phone says that it is far from where the others are.
        FarAway = "far_away",
    }
}

/// The flags of a stored list such as `shared_device,far_away`; unknown words are left out.
pub fn flags(stored: &str) -> Vec<Flag> {
    stored.split(',').filter_map(|word| word.parse().ok()).collect()
}

/// The stored list of these flags, each once, in the order of declaration.
pub fn stored_flags(flags: &[Flag]) -> String {
    let words: Vec<&str> = Flag::ALL.iter().filter(|flag| flags.contains(flag)).map(|flag| flag.as_str()).collect();
    words.join(",")
}

/// Whether what comes takes the place of what stands. An equal weight leaves what stands, except that staff may change
/// their own mind: so repeating a check-in changes nothing.
pub fn replaces(standing: (Status, Source), coming: (Status, Source)) -> bool {
    let (heavier, as_heavy) = (coming.1.weight() > standing.1.weight(), coming.1.weight() == standing.1.weight());
    let news = coming.0 != standing.0;
    match coming.1 {
        // The first to say so stays on record; only another status is news.
        Source::Hand => news,
        // A list that is entered again with a mistake put right.
        Source::Paper => heavier || (as_heavy && news),
        _ => heavier,
    }
}

/// When check-in for a lesson is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Opens so many minutes before the start.
    pub opens_before_min: i64,
    /// Later than so many minutes after the start is late.
    pub late_after_min: i64,
}

/// What a window says of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    In(Status),
    /// Come back at this time; nobody is locked out.
    TooEarly(DateTime<Utc>),
    /// The lesson is over.
    Over,
}

impl Window {
    /// The window of a lesson, as its class sets it.
    pub fn of(class: &Class, lesson: &Lesson) -> Self {
        Self {
            starts_at: lesson.starts_at,
            ends_at: lesson.ends_at,
            opens_before_min: class.opens_before_min,
            late_after_min: class.late_after_min,
        }
    }

    pub fn opens_at(&self) -> DateTime<Utc> {
        self.starts_at - TimeDelta::minutes(self.opens_before_min)
    }

    /// The last instant that still counts as present.
    pub fn present_until(&self) -> DateTime<Utc> {
        self.starts_at + TimeDelta::minutes(self.late_after_min)
    }

    pub fn judge(&self, at: DateTime<Utc>) -> Arrival {
        if at < self.opens_at() {
            Arrival::TooEarly(self.opens_at())
        } else if at > self.ends_at {
            Arrival::Over
        } else if at > self.present_until() {
            Arrival::In(Status::Late)
        } else {
            Arrival::In(Status::Present)
        }
    }
}

/// Why somebody can't be checked in. Each says what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Ask to be added.
    NotOnRoster,
    /// Come back at this time.
    TooEarly(DateTime<Utc>),
    /// The lesson is over, or its attendance is closed: staff may still correct it.
    Closed,
    /// The lesson does not take place.
    Cancelled,
}

impl Refusal {
    /// The word for programs. Source: contract.md.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotOnRoster => "not_on_roster",
            Self::TooEarly(_) => "too_early",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How somebody stands in the lessons of a class that were not cancelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub present: i64,
    pub late: i64,
    pub left_early: i64,
    pub excused: i64,
    pub absent: i64,
    /// Not marked and not closed: to come, going on, or waiting to be closed.
    pub open: i64,
}

impl Tally {
    pub fn add(&mut self, status: Option<Status>) {
        let count = match status {
            Some(Status::Present) => &mut self.present,
            Some(Status::Late) => &mut self.late,
            Some(Status::LeftEarly) => &mut self.left_early,
            Some(Status::Excused) => &mut self.excused,
            Some(Status::Absent) => &mut self.absent,
            None => &mut self.open,
        };
        *count += 1;
    }

    /// (present + late) / lessons held that were not excused.
    pub fn so_far(&self) -> Rate {
        Rate {
            attended: self.present + self.late,
            of: self.present + self.late + self.left_early + self.absent,
        }
    }

    /// The same when every open lesson will be attended.
    pub fn at_most(&self) -> Rate {
        let now = self.so_far();
        Rate {
            attended: now.attended + self.open,
            of: now.of + self.open,
        }
    }
}

/// An exact fraction of lessons. Of no lessons at all there is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub attended: i64,
    pub of: i64,
}

impl Rate {
    /// Tenths of a percent, truncated, so that what is shown never overstates: 2/3 is 666.
    pub fn per_mille(self) -> Option<i64> {
        (self.of > 0).then(|| self.attended * 1000 / self.of)
    }

    /// Whether the exact rate reaches so many percent. Nothing held yet fails nobody.
    pub fn reaches(self, percent: i64) -> bool {
        self.attended * 100 >= percent * self.of
    }
}

/// How far somebody may be from the middle of the others before it is worth a look, in metres.
pub const FAR_METRES: f64 = 2000.0;
/// Below so many known places there is no middle to speak of.
pub const PLACES_FOR_A_MIDDLE: usize = 5;

/// A place in ten-thousandths of a degree (about 10 m): as exact as a flag needs, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub lat_e4: i64,
    pub lon_e4: i64,
}

impl Place {
    /// Reads what a browser sends; anything that is no place on earth is none.
    pub fn parse(lat: &str, lon: &str) -> Option<Self> {
        let (lat, lon): (f64, f64) = (lat.trim().parse().ok()?, lon.trim().parse().ok()?);
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return None;
        }
        #[allow(clippy::cast_possible_truncation)] // bounded above
        let e4 = |degrees: f64| (degrees * 10_000.0).round() as i64;
        Some(Self {
            lat_e4: e4(lat),
            lon_e4: e4(lon),
        })
    }

    /// Whether this place is far from the middle of the others (the medians of both coordinates).
    pub fn is_far_from(self, others: &[Self]) -> bool {
        if others.len() < PLACES_FOR_A_MIDDLE {
            return false;
        }
        let middle = |mut values: Vec<i64>| {
            values.sort_unstable();
            values[values.len() / 2]
        };
        let lat = middle(others.iter().map(|place| place.lat_e4).collect());
        let lon = middle(others.iter().map(|place| place.lon_e4).collect());
        self.metres_to(Self { lat_e4: lat, lon_e4: lon }) > FAR_METRES
    }

    /// Good enough within a county: a flat map around the middle.
    #[allow(clippy::cast_precision_loss)] // at most 3.6 million
    fn metres_to(self, other: Self) -> f64 {
        const METRES_PER_E4: f64 = 11.132;
        let north = (self.lat_e4 - other.lat_e4) as f64 * METRES_PER_E4;
        let shrink = (other.lat_e4 as f64 / 10_000.0).to_radians().cos();
        let east = (self.lon_e4 - other.lon_e4) as f64 * METRES_PER_E4 * shrink;
        north.hypot(east)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn window() -> Window {
        Window {
            starts_at: at("2026-11-03T01:00:00Z"),
            ends_at: at("2026-11-03T04:00:00Z"),
            opens_before_min: 30,
            late_after_min: 10,
        }
    }

    #[test]
    fn the_window_opens_turns_late_and_closes_to_the_second() {
        let judged = |text| window().judge(at(text));
        assert_eq!(judged("2026-11-03T00:29:59Z"), Arrival::TooEarly(at("2026-11-03T00:30:00Z")));
        assert_eq!(judged("2026-11-03T00:30:00Z"), Arrival::In(Status::Present));
        assert_eq!(judged("2026-11-03T01:10:00Z"), Arrival::In(Status::Present));
        assert_eq!(judged("2026-11-03T01:10:01Z"), Arrival::In(Status::Late));
        assert_eq!(judged("2026-11-03T04:00:00Z"), Arrival::In(Status::Late));
        assert_eq!(judged("2026-11-03T04:00:01Z"), Arrival::Over);
    }

    #[test]
    fn precedence_is_as_written() {
        use Source::{Closing, Hand, Leave, Paper, StaffScan, Wall};
        use Status::{Absent, Excused, Late, Present};
        for (standing, coming, wins) in [
            ((Present, Wall), (Absent, Hand), true),
            ((Absent, Hand), (Present, Wall), false),
            ((Late, Paper), (Present, Wall), true),
            ((Late, Wall), (Present, Paper), false),
            ((Excused, Leave), (Late, StaffScan), true),
            ((Excused, Leave), (Present, Paper), true),
            ((Present, Wall), (Excused, Leave), false),
            ((Absent, Closing), (Excused, Leave), true),
            ((Absent, Closing), (Present, Paper), true),
            ((Present, Wall), (Late, StaffScan), false),
            ((Late, Hand), (Present, Hand), true),
            ((Late, Wall), (Late, Hand), false),
        ] {
            assert_eq!(replaces(standing, coming), wins, "{standing:?} <- {coming:?}");
        }
    }

    #[test]
    fn rates_are_exact_and_never_overstated() {
        let tally = Tally {
            present: 1,
            late: 1,
            left_early: 1,
            excused: 4,
            absent: 0,
            open: 3,
        };
        assert_eq!(tally.so_far(), Rate { attended: 2, of: 3 });
        assert_eq!(tally.so_far().per_mille(), Some(666));
        assert_eq!(tally.at_most(), Rate { attended: 5, of: 6 });
        assert!(tally.at_most().reaches(80) && !tally.so_far().reaches(67) && tally.so_far().reaches(66));
        assert_eq!(Tally::default().so_far().per_mille(), None);
    }

    #[test]
    fn flags_are_kept_as_words() {
        assert_eq!(flags(""), []);
        assert_eq!(
            stored_flags(&[Flag::FarAway, Flag::SharedDevice, Flag::FarAway]),
            "shared_device,far_away"
        );
        assert_eq!(flags("shared_device,far_away,moonlight"), [Flag::SharedDevice, Flag::FarAway]);
    }

    #[test]
    fn only_a_place_on_earth_far_from_the_others_is_far() {
        let hall = Place::parse("34.7283", "112.1324").unwrap();
        let others = vec![hall; PLACES_FOR_A_MIDDLE];
        assert!(!Place::parse("34.7300", "112.1400").unwrap().is_far_from(&others));
        assert!(Place::parse("34.80", "112.1324").unwrap().is_far_from(&others));
        assert!(!Place::parse("0", "0").unwrap().is_far_from(&others[1..]));
        for (lat, lon) in [("", ""), ("91", "0"), ("NaN", "0"), ("1e400", "0"), ("<script>", "😀")] {
            assert_eq!(Place::parse(lat, lon), None);
        }
    }

    fn status() -> impl Strategy<Value = Status> {
        proptest::sample::select(Status::ALL)
    }

    fn source() -> impl Strategy<Value = Source> {
        proptest::sample::select(Source::ALL)
    }

    proptest! {
        #[test]
        fn repeating_changes_nothing(entry in (status(), source())) {
            prop_assert!(!replaces(entry, entry));
        }

        #[test]
        fn two_different_sources_settle_the_same_way_whatever_their_order(a in (status(), source()), b in (status(), source())) {
            prop_assume!(a.1.weight() != b.1.weight() && a.0 != b.0);
            let settled = |first, then| if replaces(first, then) { then } else { first };
            prop_assert_eq!(settled(a, b), settled(b, a));
        }

        #[test]
        fn any_instant_has_exactly_one_judgement(seconds in -20_000_i64..20_000) {
            let at = window().starts_at + TimeDelta::seconds(seconds);
            let expected = match seconds {
                ..-1800 => Arrival::TooEarly(window().opens_at()),
                -1800..=600 => Arrival::In(Status::Present),
                601..=10_800 => Arrival::In(Status::Late),
                _ => Arrival::Over,
            };
            prop_assert_eq!(window().judge(at), expected);
        }

        #[test]
        fn what_is_possible_is_never_below_what_is(marks in proptest::collection::vec(proptest::option::of(status()), 0..60)) {
            let mut tally = Tally::default();
            for mark in &marks {
                tally.add(*mark);
            }
            let (now, most) = (tally.so_far(), tally.at_most());
            prop_assert!(now.attended * most.of <= most.attended * now.of || now.of == 0);
            prop_assert!(most.attended <= most.of && most.of + tally.excused == i64::try_from(marks.len()).unwrap());
        }
    }
}
