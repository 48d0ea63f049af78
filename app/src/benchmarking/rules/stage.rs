//! The four stages of a pilot firm, and where its application for a gate lies.

/// A stage; its gate (关口) of the same name closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// 寻标: find a benchmark.
    Seek,
    /// 对标: measure against it.
    Compare,
    /// 改善: improve.
    Improve,
    /// 提升: measure again and embed.
    Uplift,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Seek, Self::Compare, Self::Improve, Self::Uplift];

    /// The word in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seek => "seek",
            Self::Compare => "compare",
            Self::Improve => "improve",
            Self::Uplift => "uplift",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// The stage after this one's gate; none after the last.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| *stage > self)
    }
}

/// Where a firm's application for its gate lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtGate {
    /// With the firm: it has not applied, or it was returned.
    Open,
    /// With the county, for its first check (初审).
    County,
    /// With the city, for its decision (终审).
    City,
}

impl AtGate {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::County => "county",
            Self::City => "city",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::County, Self::City].into_iter().find(|place| place.as_str() == word)
    }
}

/// A firm's life in a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PilotState {
    /// 已推荐: a county has nominated it.
    Nominated,
    /// 已初筛: the city has screened it and may choose it.
    Screened,
    /// 已入选: it is one of the cohort.
    Chosen,
    /// 未入选.
    Declined,
    /// 已退出, by the firm or its county.
    Withdrawn,
    /// 已替换: another firm came in its place.
    Substituted,
    /// 已终止, at a gate.
    Terminated,
    /// 已完成: it passed the last gate.
    Completed,
}

impl PilotState {
    pub const ALL: [Self; 8] = [
        Self::Nominated,
        Self::Screened,
        Self::Chosen,
        Self::Declined,
        Self::Withdrawn,
        Self::Substituted,
        Self::Terminated,
        Self::Completed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nominated => "nominated",
            Self::Screened => "screened",
            Self::Chosen => "chosen",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Substituted => "substituted",
            Self::Terminated => "terminated",
            Self::Completed => "completed",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the firm holds one of the cohort's places: it is working, or it has finished.
    pub fn holds_a_place(self) -> bool {
        matches!(self, Self::Chosen | Self::Completed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.as_str()), Some(stage));
        }
        for state in PilotState::ALL {
            assert_eq!(PilotState::parse(state.as_str()), Some(state));
        }
        for place in [AtGate::Open, AtGate::County, AtGate::City] {
            assert_eq!(AtGate::parse(place.as_str()), Some(place));
        }
        assert_eq!(Stage::parse("skip"), None);
    }

    #[test]
    fn stages_follow_each_other() {
        assert_eq!(Stage::Seek.next(), Some(Stage::Compare));
        assert_eq!(Stage::Compare.next(), Some(Stage::Improve));
        assert_eq!(Stage::Improve.next(), Some(Stage::Uplift));
        assert_eq!(Stage::Uplift.next(), None);
    }
}
