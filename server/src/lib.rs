//! The server around the application: HTTP layers, the static site, and the commands of the binary `heluo`.

pub mod admin;
pub mod check;
pub mod config;
pub mod http;
pub mod score;
