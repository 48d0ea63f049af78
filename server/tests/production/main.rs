//! The program `heluo` itself, as it runs for a city: started, asked, killed, cut off from its database, replaced.

mod backup;
mod balancer;
mod full;
mod killed;
mod lost;
mod several;
mod starting;
mod support;
mod watched;
