//! Results: what the programme looks like. One firm's scores side by side, over rounds and among its peers; all firms of a
//! scope by stage and on a heat map; the same on paper and as a workbook. Nothing here changes anything.

#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
