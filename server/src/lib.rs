//! The server around the application: HTTP layers, the static site, and the commands of the binary `heluo`.

pub mod admin;
pub mod backup;
pub mod check;
pub mod config;
pub mod founding;
pub mod http;
pub mod life;
pub mod score;
pub mod serve;
pub mod site;
pub mod telemetry;
