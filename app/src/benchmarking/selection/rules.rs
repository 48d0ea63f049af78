//! A cohort's places and its mix over the categories, and the steps that a nomination may take.
//! Source: benchmarking.md, *Selection of pilots* and *Rounds and versions*.

use std::collections::BTreeMap;

use crate::benchmarking::frameworks::rules::Version;
use crate::benchmarking::rules::{Framework, Indicator, PilotState};
use crate::firms::Category;
use crate::ids::Region;

/// How many firms a cohort has unless somebody says otherwise. Source: benchmarking.md.
pub const USUAL_SIZE: i64 = 30;
/// The most firms that one cohort may have: ten times the programme.
pub const LARGEST_SIZE: i64 = 300;
/// The longest name of a cohort or a round, in characters.
pub const LONGEST_NAME: usize = 60;
/// The longest reasons of a nomination, in characters.
pub const LONGEST_REASONS: usize = 1000;
/// The longest answer to "why", in characters.
pub const LONGEST_WHY: usize = 300;
/// How many nominations are decided at once at most: a page of them.
pub const MOST_AT_ONCE: usize = 50;
/// How many documents come with one nomination at most.
pub const MOST_DOCUMENTS: i64 = 10;

crate::words! {
    /// The life of a cohort; it only goes forward.
    pub enum CohortState {
        /// 遴选中: counties nominate, the city chooses.
        Selecting = "selecting",
        /// 进行中: rounds may open; a place that falls free is filled again.
        Running = "running",
        /// 已结束: nothing of it changes.
        Closed = "closed",
    }
}

impl CohortState {
    /// The state after this one; none after the last.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Selecting => Some(Self::Running),
            Self::Running => Some(Self::Closed),
            Self::Closed => None,
        }
    }

    /// Whether firms still come and go.
    pub fn is_live(self) -> bool {
        self != Self::Closed
    }
}

/// What can be done with a nomination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 初筛通过.
    Pass,
    /// 不予入选.
    Decline,
    /// 入选.
    Choose,
    /// The choice is taken back, while nothing was begun.
    Undo,
    /// 撤回 before the choice, 退出 after it.
    Withdraw,
    /// Another firm comes in its place.
    Leave,
    /// It comes in another firm's place.
    StepIn,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::Decline,
        Self::Choose,
        Self::Undo,
        Self::Withdraw,
        Self::Leave,
        Self::StepIn,
    ];

    /// Whether a firm in this state can take the step.
    pub fn is_open_to(self, state: PilotState) -> bool {
        use PilotState::{Chosen, Nominated, Screened};
        match self {
            Self::Pass => state == Nominated,
            Self::Decline | Self::StepIn => matches!(state, Nominated | Screened),
            Self::Choose => state == Screened,
            Self::Undo | Self::Leave => state == Chosen,
            Self::Withdraw => matches!(state, Nominated | Screened | Chosen),
        }
    }

    /// The state after the step.
    pub fn leads_to(self) -> PilotState {
        match self {
            Self::Pass | Self::Undo => PilotState::Screened,
            Self::Decline => PilotState::Declined,
            Self::Choose | Self::StepIn => PilotState::Chosen,
            Self::Withdraw => PilotState::Withdrawn,
            Self::Leave => PilotState::Substituted,
        }
    }
}

/// How many firms of each category a cohort aims at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    seats: BTreeMap<Category, i64>,
}

impl Target {
    /// A target, when its seats sum to the cohort's size; otherwise what they sum to.
    pub fn new(size: i64, seats: BTreeMap<Category, i64>) -> Result<Self, i64> {
        let sum = seats.values().sum();
        if sum == size { Ok(Self { seats }) } else { Err(sum) }
    }

    /// A target as it stands in the database.
    pub fn stored(rows: impl IntoIterator<Item = (String, i64)>) -> Self {
        let seats = rows
            .into_iter()
            .filter_map(|(category, seats)| Some((Category::parse(&category)?, seats)))
            .collect();
        Self { seats }
    }

    /// The size in equal parts, the first categories one more where it does not divide.
    pub fn even(size: i64) -> Self {
        let parts = i64::try_from(Category::ALL.len()).unwrap_or(1);
        let seats = (0..)
            .zip(Category::ALL)
            .map(|(place, category)| (category, size / parts + i64::from(place < size % parts)))
            .collect();
        Self { seats }
    }

    pub fn of(&self, category: Category) -> i64 {
        self.seats.get(&category).copied().unwrap_or(0)
    }

    pub fn sum(&self) -> i64 {
        self.seats.values().sum()
    }
}

/// So many nominations of a county, a category and a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub region: Region,
    /// None for a word that is no category of today; such a firm still holds its place.
    pub category: Option<Category>,
    pub state: PilotState,
    pub firms: i64,
}

/// Which nominations are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Firms that hold a place.
    Chosen,
    /// Screened: may be chosen now.
    Ready,
    /// Nominated: to be screened.
    Waiting,
}

impl Group {
    pub fn holds(self, state: PilotState) -> bool {
        match self {
            Self::Chosen => state.holds_a_place(),
            Self::Ready => state == PilotState::Screened,
            Self::Waiting => state == PilotState::Nominated,
        }
    }
}

/// A cohort counted over counties, categories and states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub Vec<Cell>);

impl Tally {
    fn sum(&self, keep: impl Fn(&Cell) -> bool) -> i64 {
        self.0.iter().filter(|cell| keep(cell)).map(|cell| cell.firms).sum()
    }

    pub fn all(&self, group: Group) -> i64 {
        self.sum(|cell| group.holds(cell.state))
    }

    pub fn of_category(&self, group: Group, category: Category) -> i64 {
        self.sum(|cell| group.holds(cell.state) && cell.category == Some(category))
    }

    pub fn of_region(&self, group: Group, region: &Region) -> i64 {
        self.sum(|cell| group.holds(cell.state) && cell.region == *region)
    }

    pub fn of_both(&self, group: Group, region: &Region, category: Category) -> i64 {
        self.sum(|cell| group.holds(cell.state) && cell.region == *region && cell.category == Some(category))
    }
}

/// Places that are free; never below zero.
pub fn places_left(size: i64, chosen: i64) -> i64 {
    (size - chosen).max(0)
}

/// Indicators whose answer stays true when a draft moves from one framework version to another. Within a major version a
/// level keeps its meaning, so every indicator of both stays; across major versions only one whose Chinese levels, which
/// are what people are measured by, read the same.
pub fn unchanged<'a>(from: &'a Framework, to: &'a Framework) -> Vec<&'a str> {
    let is_same_major = from.id == to.id && major(&from.version) == major(&to.version);
    let stays = |old: &Indicator| {
        let new = to.indicator(&old.id).map(|(_, new)| new);
        new.is_some_and(|new| is_same_major || levels(old).eq(levels(new)))
    };
    from.indicators().filter(|(_, old)| stays(old)).map(|(_, old)| old.id.as_str()).collect()
}

fn major(version: &str) -> Option<u32> {
    Version::parse(version).map(|version| version.major)
}

fn levels(indicator: &Indicator) -> impl Iterator<Item = &str> {
    indicator.levels.iter().map(|level| level.zh.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::rules::{Dimension, LevelText};

    fn seats(numbers: [i64; 5]) -> BTreeMap<Category, i64> {
        Category::ALL.into_iter().zip(numbers).collect()
    }

    #[test]
    fn a_target_sums_to_the_size() {
        let target = Target::new(30, seats([10, 5, 5, 5, 5])).expect("a target");
        assert_eq!((target.of(Category::Manufacturing), target.sum()), (10, 30));
        assert_eq!(Target::new(30, seats([10, 5, 5, 5, 6])), Err(31));
    }

    #[test]
    fn an_even_target_gives_the_rest_to_the_first() {
        assert_eq!(Target::even(30), Target::new(30, seats([6; 5])).expect("a target"));
        assert_eq!(Target::even(32), Target::new(32, seats([7, 7, 6, 6, 6])).expect("a target"));
        assert_eq!(Target::even(1).sum(), 1);
    }

    #[test]
    fn a_cohort_only_goes_forward() {
        assert_eq!(CohortState::Selecting.next(), Some(CohortState::Running));
        assert_eq!(CohortState::Running.next(), Some(CohortState::Closed));
        assert_eq!(CohortState::Closed.next(), None);
        assert!(CohortState::Running.is_live() && !CohortState::Closed.is_live());
    }

    #[test]
    fn each_step_starts_where_it_may_and_nowhere_else() {
        use PilotState::{Chosen, Nominated, Screened};
        for (step, from) in [
            (Step::Pass, vec![Nominated]),
            (Step::Decline, vec![Nominated, Screened]),
            (Step::Choose, vec![Screened]),
            (Step::Undo, vec![Chosen]),
            (Step::Withdraw, vec![Nominated, Screened, Chosen]),
            (Step::Leave, vec![Chosen]),
            (Step::StepIn, vec![Nominated, Screened]),
        ] {
            let open: Vec<_> = PilotState::ALL.into_iter().filter(|state| step.is_open_to(*state)).collect();
            assert_eq!(open, from, "{step:?}");
        }
    }

    #[test]
    fn a_place_is_given_by_two_steps_and_given_up_by_three() {
        let gives = |step: Step| step.leads_to().holds_a_place();
        let giving: Vec<_> = Step::ALL.into_iter().filter(|step| gives(*step)).collect();
        assert_eq!(giving, [Step::Choose, Step::StepIn]);
        let from_a_place = |step: &Step| step.is_open_to(PilotState::Chosen) && !gives(*step);
        assert_eq!(
            Step::ALL.into_iter().filter(from_a_place).collect::<Vec<_>>(),
            [Step::Undo, Step::Withdraw, Step::Leave]
        );
    }

    fn cell(region: &str, category: Option<Category>, state: PilotState, firms: i64) -> Cell {
        Cell {
            region: Region::from(region),
            category,
            state,
            firms,
        }
    }

    #[test]
    fn a_tally_counts_places_over_counties_and_categories() {
        let tally = Tally(vec![
            cell("410323", Some(Category::Services), PilotState::Chosen, 3),
            cell("410323", Some(Category::Services), PilotState::Completed, 1),
            cell("410323", Some(Category::Services), PilotState::Withdrawn, 7),
            cell("410327", Some(Category::HighTech), PilotState::Chosen, 2),
            cell("410327", None, PilotState::Chosen, 1),
            cell("410327", Some(Category::HighTech), PilotState::Screened, 4),
            cell("410327", Some(Category::HighTech), PilotState::Nominated, 5),
        ]);
        assert_eq!((tally.all(Group::Chosen), tally.all(Group::Ready), tally.all(Group::Waiting)), (7, 4, 5));
        assert_eq!(tally.of_category(Group::Chosen, Category::Services), 4);
        assert_eq!(tally.of_region(Group::Chosen, &Region::from("410327")), 3);
        assert_eq!(tally.of_both(Group::Chosen, &Region::from("410327"), Category::HighTech), 2);
        assert_eq!((places_left(30, 7), places_left(30, 31)), (23, 0));
    }

    fn framework(version: &str, indicators: &[(&str, &str)]) -> Framework {
        let indicator = |(id, word): &(&str, &str)| Indicator {
            id: (*id).to_owned(),
            name: (*id).to_owned(),
            name_en: (*id).to_owned(),
            weight: 50,
            levels: vec![
                LevelText {
                    zh: (*word).to_owned(),
                    en: String::new(),
                };
                5
            ],
        };
        Framework {
            id: "heluo".to_owned(),
            version: version.to_owned(),
            dimensions: vec![Dimension {
                id: "A".to_owned(),
                name: "A".to_owned(),
                name_en: "A".to_owned(),
                weight: 100,
                indicators: indicators.iter().map(indicator).collect(),
            }],
            grades: Vec::new(),
        }
    }

    #[test]
    fn an_answer_stays_where_the_levels_stayed() {
        let old = framework("1.0", &[("A1", "same"), ("A2", "old"), ("A3", "gone")]);
        let new = framework("2.0", &[("A2", "new"), ("A1", "same"), ("A4", "added")]);
        assert_eq!(unchanged(&old, &new), ["A1"]);
        assert_eq!(unchanged(&old, &old), ["A1", "A2", "A3"]);
        let reworded = framework("1.1", &[("A1", "same"), ("A2", "the same, said better")]);
        assert_eq!(unchanged(&old, &reworded), ["A1", "A2"], "a minor version keeps what levels mean");
    }
}
