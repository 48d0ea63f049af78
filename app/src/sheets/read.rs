//! Reading: the first sheet of an .xlsx, or a .csv in UTF-8 or GBK, as rows of trimmed text.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use crate::error::{AppError, Problem};

/// The most rows taken from one file.
pub const MOST_ROWS: usize = 20_000;
/// The most columns looked at.
const MOST_COLUMNS: usize = 60;
/// The most characters kept of a cell.
const LONGEST_CELL: usize = 500;
/// An .xlsx may unpack to this much: more is a zip bomb.
const LARGEST_UNPACKED: u64 = 256 * 1024 * 1024;

/// A table read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row below the headers that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet program numbers it, from 1 for the header row's line.
    pub number: usize,
    pub cells: Vec<String>,
}

impl Row {
    /// The text of a column; empty beyond the last.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Why a file can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFault {
    /// Neither .xlsx nor .csv by its content.
    Kind,
    /// Looks like an .xlsx but is damaged, or would unpack without end.
    Damaged,
    /// No header row.
    Empty,
    /// More than [`MOST_ROWS`].
    TooLong,
}

impl From<SheetFault> for AppError {
    fn from(fault: SheetFault) -> Self {
        let problem = match fault {
            SheetFault::Kind => Problem::new("sheets-kind"),
            SheetFault::Damaged => Problem::new("sheets-damaged"),
            SheetFault::Empty => Problem::new("sheets-empty"),
            SheetFault::TooLong => Problem::new("sheets-too-long").with("most", MOST_ROWS),
        };
        Self::Invalid(vec![crate::error::FieldProblem {
            field: "file".to_owned(),
            problem,
        }])
    }
}

/// Reads a file by its content: the name does not count.
///
/// # Errors
/// A [`SheetFault`]; a file is read whole or not at all.
pub fn read(bytes: &[u8]) -> Result<Sheet, SheetFault> {
    let lines = if bytes.starts_with(b"PK\x03\x04") {
        read_xlsx(bytes)?
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) || bytes.contains(&0) {
        return Err(SheetFault::Kind);
    } else {
        read_csv(bytes)?
    };
    assemble(lines)
}

/// A cell's name as a spreadsheet program shows it: column 0 of row 5 is `A5`.
pub fn cell_name(column: usize, row: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
    }
    let letters: String = letters.into_iter().rev().map(char::from).collect();
    format!("{letters}{row}")
}

fn assemble(lines: Vec<(usize, Vec<String>)>) -> Result<Sheet, SheetFault> {
    let mut lines = lines.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let (_, headers) = lines.next().ok_or(SheetFault::Empty)?;
    let rows: Vec<Row> = lines.take(MOST_ROWS + 1).map(|(number, cells)| Row { number, cells }).collect();
    if rows.len() > MOST_ROWS {
        return Err(SheetFault::TooLong);
    }
    Ok(Sheet { headers, rows })
}

fn read_xlsx(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SheetFault> {
    refuse_bomb(bytes)?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| SheetFault::Damaged)?;
    let range = book.worksheet_range_at(0).ok_or(SheetFault::Empty)?.map_err(|_| SheetFault::Damaged)?;
    let (first_row, first_column) = range.start().map_or((0, 0), |(row, column)| (row as usize, column as usize));
    let line = |(at, cells): (usize, &[Data])| {
        let indent = std::iter::repeat_n(String::new(), first_column.min(MOST_COLUMNS));
        (first_row + at + 1, indent.chain(cells.iter().map(text_of)).take(MOST_COLUMNS).collect())
    };
    Ok(range.rows().enumerate().map(line).collect())
}

/// Adds up what the archive says that it unpacks to, before anything is unpacked.
fn refuse_bomb(bytes: &[u8]) -> Result<(), SheetFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetFault::Damaged)?;
    let mut total = 0_u64;
    for at in 0..archive.len() {
        total = total.saturating_add(archive.by_index_raw(at).map_err(|_| SheetFault::Damaged)?.size());
    }
    if total > LARGEST_UNPACKED { Err(SheetFault::Damaged) } else { Ok(()) }
}

/// Phone numbers and codes are often stored as numbers: they come without a decimal point.
fn text_of(cell: &Data) -> String {
    let text = match cell {
        #[allow(clippy::cast_possible_truncation)] // whole and far below 2^53
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{}", *number as i64),
        Data::Error(_) | Data::Empty => String::new(),
        other => other.to_string(),
    };
    tidy(&text)
}

/// Trimmed, without control characters, and not longer than anybody's name.
fn tidy(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_CELL)
        .collect::<String>()
        .trim()
        .to_owned()
}

fn read_csv(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SheetFault> {
    let text = decode(bytes);
    let first_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // Of equally frequent signs the last, the comma, wins.
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|byte| first_line.bytes().filter(|b| b == byte).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| SheetFault::Damaged)?;
        let number = record.position().map_or(lines.len() + 1, |at| line_number(&text, at));
        lines.push((number, record.iter().take(MOST_COLUMNS).map(tidy).collect()));
        if lines.len() > MOST_ROWS + 1 {
            return Err(SheetFault::TooLong);
        }
    }
    Ok(lines)
}

/// The line on which a record stands: the reader's position is before the empty lines that it skips.
fn line_number(text: &str, at: &csv::Position) -> usize {
    let start = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let skipped = text
        .as_bytes()
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    usize::try_from(at.line())
        .unwrap_or(usize::MAX)
        .saturating_add(skipped.filter(|byte| **byte == b'\n').count())
}

/// Excel on a Chinese Windows writes .csv in GBK; everything newer writes UTF-8.
fn decode(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)) {
        return text.to_owned();
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    guess.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column, Width, workbook};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_workbook_that_we_write_reads_back() {
        let columns = [Column::new("姓名", Width::Name), Column::new("手机号", Width::Name)];
        let rows = vec![
            vec![Cell::text("张伟"), Cell::text("13800000001")],
            vec![Cell::text("=1+1"), Cell::Number(13_900_000_002.0)],
        ];
        let sheet = read(&workbook("花名册", &columns, &rows).expect("written")).expect("read");
        assert_eq!(sheet.headers, ["姓名", "手机号"]);
        assert_eq!(
            sheet.rows[0],
            Row {
                number: 2,
                cells: vec!["张伟".into(), "13800000001".into()]
            }
        );
        assert_eq!(sheet.rows[1].cells, ["=1+1", "13900000002"]);
    }

    #[test]
    fn csv_comes_in_utf8_with_or_without_mark_and_in_gbk() {
        let text = "姓名,手机号,单位\n王芳,13800000001,洛阳牡丹食品有限公司\n\n李强,13800000002,\n";
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        for bytes in [text.as_bytes().to_vec(), [b"\xEF\xBB\xBF", text.as_bytes()].concat(), gbk.into_owned()] {
            let sheet = read(&bytes).expect("read");
            assert_eq!(sheet.headers, ["姓名", "手机号", "单位"]);
            assert_eq!(sheet.rows.len(), 2);
            assert_eq!((sheet.rows[1].number, sheet.rows[1].cell(0)), (4, "李强"));
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read(b""), Err(SheetFault::Empty));
        assert_eq!(read(b"\n\n , ,\n"), Err(SheetFault::Empty));
        assert_eq!(read(b"PK\x03\x04nonsense"), Err(SheetFault::Damaged));
        assert_eq!(read(b"\xD0\xCF\x11\xE0 an old .xls"), Err(SheetFault::Kind));
        assert_eq!(read(b"%PDF-1.7\n\0\0"), Err(SheetFault::Kind));
        let long = "a\n".repeat(MOST_ROWS + 2);
        assert_eq!(read(long.as_bytes()), Err(SheetFault::TooLong));
    }

    #[test]
    fn cells_are_named_as_in_a_spreadsheet() {
        assert_eq!(
            [cell_name(0, 5), cell_name(25, 1), cell_name(26, 2), cell_name(51, 9)],
            ["A5", "Z1", "AA2", "AZ9"]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
            let _ = read(&[b"PK\x03\x04", bytes.as_slice()].concat());
        }
    }
}
