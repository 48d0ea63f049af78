//! Pure rules of benchmarking. Source of every rule: the programme's rules, `docs/benchmarking.md`.

pub mod closure;
pub mod evidence;
pub mod exact;
pub mod framework;
pub mod gap;
pub mod gates;
pub mod level;
pub mod peers;
pub mod score;
pub mod stage;
pub mod trend;
pub mod why;

pub use evidence::Proof;
pub use exact::Exact;
pub use framework::{Dimension, Framework, Indicator, LevelText, Threshold};
pub use level::{Answer, Answers, Level};
pub use score::{Score, score};
pub use stage::{AtGate, PilotState, Stage};
