//! A framework (指标框架): dimensions, indicators with five described levels, weights, and the thresholds of the grades.

use serde::{Deserialize, Serialize};

/// How many levels an indicator has.
pub const LEVELS: usize = 5;

/// A framework as it is measured by. Weights are percent: those of the dimensions sum to 100, and so do those of the
/// indicators inside each dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framework {
    /// Which framework this is a version of, such as `heluo`.
    pub id: String,
    /// `major.minor`. A new major version means that weights, indicators or the meaning of levels changed.
    pub version: String,
    pub dimensions: Vec<Dimension>,
    /// From grade 2 upwards; grade 1 is the floor.
    pub grades: Vec<Threshold>,
}

/// A dimension (维度).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    pub id: String,
    pub name: String,
    pub name_en: String,
    /// Percent of the total.
    pub weight: u32,
    pub indicators: Vec<Indicator>,
}

/// An indicator (指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    pub id: String,
    pub name: String,
    pub name_en: String,
    /// Percent of its dimension.
    pub weight: u32,
    /// What levels 1 to 5 look like; always [`LEVELS`] of them.
    pub levels: Vec<LevelText>,
}

/// What one level looks like, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelText {
    pub zh: String,
    pub en: String,
}

/// What a grade asks for, in points of 0 to 100: the total and the weakest dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    pub grade: u8,
    pub total_min: u32,
    pub weakest_dimension_min: u32,
}

impl Framework {
    /// Every indicator with its dimension, in the order of the framework.
    pub fn indicators(&self) -> impl Iterator<Item = (&Dimension, &Indicator)> {
        self.dimensions
            .iter()
            .flat_map(|dimension| dimension.indicators.iter().map(move |indicator| (dimension, indicator)))
    }

    /// The indicator of this id, such as `A1`, with its dimension.
    pub fn indicator(&self, id: &str) -> Option<(&Dimension, &Indicator)> {
        self.indicators().find(|(_, indicator)| indicator.id == id)
    }

    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|dimension| dimension.id == id)
    }
}
