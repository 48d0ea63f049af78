//! Spreadsheets in and out, knowing no domain: rows of text from .xlsx or .csv, and .xlsx with real types in which no
//! cell can run.

mod read;
mod write;

pub use read::{MOST_ROWS, Row, Sheet, SheetFault, cell_name, read};
pub use write::{Cell, Column, Width, csv_file, workbook};
