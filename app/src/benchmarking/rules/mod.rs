//! Pure rules of benchmarking. Source of every rule: the programme's rules, `docs/benchmarking.md`.

pub mod framework;
pub mod stage;

pub use framework::{Dimension, Framework, Indicator, LevelText, Threshold};
pub use stage::{AtGate, PilotState, Stage};
