//! Tables that come in, knowing no domain: upload → columns matched → every fault listed → the good rows written once, in
//! the background, with progress. A slice says what its columns mean, judges its rows and writes them.

mod columns;
mod ledger;
mod upload;
mod views;

pub use columns::{Columns, Fault, Field, faulty_rows, plain};
pub use ledger::{Import, ImportState, Ledger, Progress};
pub use upload::uploaded;
pub use views::{
    FaultLine, column_form, fault_lines, fault_table, faults_book, missing_columns, progress_bar, recent_list, start_button, state_word, upload_form,
};
