//! Components that know no domain: a page hands them words and links, they hand back plain HTML that works without scripts.
//!
//! Server only. Nothing here reads the database or decides who may see what; the few words a component needs by itself
//! ("Next", "There is a problem") are Fluent keys that start with `ui-`. How things look is in `style/`, by class name:
//! the content security policy forbids `style=`, so lengths of bars are SVG widths.

mod art;
pub mod chart;
#[cfg(test)]
mod contrast;
mod feedback;
pub mod form;
mod icon;
pub mod layout;
mod lines;
mod page;
pub mod qr;
mod radar;
mod series;
mod text;
pub mod time;

pub use art::{HeroArt, Mark};
pub use chart::{Bar, BarChart};
pub use feedback::{Badge, BadgeTone, Confirm, EmptyState, Meter, Notice, NoticeTone, ShownOnce, StateMark, StateShape};
pub use form::{
    ButtonLink, CheckboxField, Choice, ErrorSummary, FieldError, FormState, Hidden, RadioField, SelectField, Submit, TextArea, TextField, Tick, Tone,
};
pub use icon::{Icon, IconName};
pub use layout::{Layout, NavItem, PrintLayout, SignedIn};
pub use lines::{LineChart, Point};
pub use page::{Card, Crumbs, Facts, Figure, PageHeader, Pager, SearchBox, Tab, TabButtons, TableWrap, Tabs, Task, TaskList};
pub use qr::Qr;
pub use radar::Radar;
pub use series::Series;
pub use text::OptText;
