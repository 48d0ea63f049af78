//! Files that firms hand in: what they are is found from their content, and they lie outside the web root under the
//! SHA-256 of that content, so that the same one is stored once and no name that somebody chose is ever a path.

mod disk;
mod kind;
mod pages;
mod store;
mod upload;

pub use disk::{look, put, sweep};
pub use kind::{FileFault, Kind, MOST_MB, tidy_name};
pub use pages::routes;
pub use store::{HASHES, Kept, StoredFile, keep, lost};
pub use upload::Upload;
