//! Writing: one sheet with a frozen header, filters and real types. Text is always written as text, so a cell that
//! begins with `=`, `+`, `-` or `@` shows itself and never runs.

use chrono::{DateTime, NaiveDate, Utc};
use rust_xlsxwriter::{DataValidation, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

/// A column of a sheet to write.
#[derive(Debug, Clone)]
pub struct Column {
    pub title: String,
    pub width: Width,
    /// A note on the header cell, for those who fill a template in.
    pub note: Option<String>,
    /// The values that a template offers in a list.
    pub choices: Vec<String>,
}

/// How wide a column is.
#[derive(Debug, Clone, Copy)]
pub enum Width {
    Narrow,
    Name,
    Wide,
}

impl Column {
    pub fn new(title: impl Into<String>, width: Width) -> Self {
        Self {
            title: title.into(),
            width,
            note: None,
            choices: Vec::new(),
        }
    }

    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    #[must_use]
    pub fn choosing(mut self, choices: Vec<String>) -> Self {
        self.choices = choices;
        self
    }
}

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    /// A share of 1, shown in percent.
    Percent(f64),
    Date(NaiveDate),
    /// An instant, shown in the time of Shanghai.
    Instant(DateTime<Utc>),
    Empty,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A count. Exact below 2^53, which no count here reaches.
    #[allow(clippy::cast_precision_loss)]
    pub fn count(count: i64) -> Self {
        Self::Number(count as f64)
    }
}

/// Rows that a template's lists of choices reach down to.
const TEMPLATE_ROWS: u32 = 2_000;
/// Seconds from UTC to Asia/Shanghai, all year since 1991.
const SHANGHAI: i64 = 8 * 3600;

/// An .xlsx with one sheet.
///
/// # Errors
/// When the format can't hold it (more than 1,048,576 rows).
pub fn workbook(name: &str, columns: &[Column], rows: &[Vec<Cell>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(name))?;
    write_headers(sheet, columns)?;
    let formats = Formats::new();
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            write_cell(sheet, row, column, cell, &formats)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), false) = (u16::try_from(columns.len()).ok().and_then(|count| count.checked_sub(1)), rows.is_empty()) {
        sheet.autofilter(0, 0, u32::try_from(rows.len()).unwrap_or(u32::MAX), last)?;
    }
    book.save_to_buffer()
}

/// Excel refuses some characters and more than 31 of them in a sheet's name.
fn sheet_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''))
        .take(31)
        .collect();
    if name.trim().is_empty() { "Sheet1".to_owned() } else { name }
}

fn write_headers(sheet: &mut Worksheet, columns: &[Column]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_align(FormatAlign::VerticalCenter);
    for (at, column) in (0_u16..).zip(columns) {
        let width = match column.width {
            Width::Narrow => 10.0,
            Width::Name => 18.0,
            Width::Wide => 36.0,
        };
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, &column.title, &bold)?;
        if let Some(note) = &column.note {
            sheet.insert_note(0, at, &Note::new(note).set_author("Heluo"))?;
        }
        if !column.choices.is_empty() {
            let list = DataValidation::new().allow_list_strings(&column.choices)?;
            sheet.add_data_validation(1, at, TEMPLATE_ROWS, at, &list)?;
        }
    }
    Ok(())
}

struct Formats {
    date: Format,
    instant: Format,
    percent: Format,
    text: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            date: Format::new().set_num_format("yyyy-mm-dd"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            percent: Format::new().set_num_format("0.0%"),
            // "@" keeps a phone number or a formula-like text as typed even when somebody edits the cell.
            text: Format::new().set_num_format("@"),
        }
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => sheet.write_string_with_format(row, column, text, &formats.text)?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Percent(share) => sheet.write_number_with_format(row, column, *share, &formats.percent)?,
        Cell::Date(day) => sheet.write_datetime_with_format(row, column, day, &formats.date)?,
        Cell::Instant(at) => sheet.write_datetime_with_format(row, column, local(*at)?, &formats.instant)?,
        Cell::Empty => sheet,
    };
    Ok(())
}

fn local(at: DateTime<Utc>) -> Result<ExcelDateTime, XlsxError> {
    let seconds = at.timestamp() + SHANGHAI;
    ExcelDateTime::from_timestamp(seconds)
}

/// A .csv of the same rows: UTF-8 with a mark, so that Excel reads the Chinese; text that a spreadsheet program would
/// run is kept from running by an apostrophe.
///
/// # Errors
/// None in practice: the writer is memory.
pub fn csv_file(columns: &[Column], rows: &[Vec<Cell>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(columns.iter().map(|column| harmless(&column.title)))?;
    for cells in rows {
        writer.write_record(cells.iter().map(plain))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Percent(share) => format!("{:.1}%", share * 100.0),
        Cell::Date(day) => day.to_string(),
        Cell::Instant(at) => (*at + chrono::TimeDelta::seconds(SHANGHAI)).format("%Y-%m-%d %H:%M").to_string(),
        Cell::Empty => String::new(),
    }
}

/// Source: OWASP, *CSV Injection*.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn no_cell_can_run() {
        let columns = [Column::new("=cmd", Width::Name)];
        let rows: Vec<Vec<Cell>> = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "安全"].map(|text| vec![Cell::text(text)]).into();
        let text = String::from_utf8(csv_file(&columns, &rows).expect("written")).expect("UTF-8");
        assert_eq!(text, "\u{feff}'=cmd\n'=1+1\n'+1\n'-1\n'@SUM(A1)\n'\t=1\n安全\n");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook("x", &columns, &rows).expect("written"))).expect("an archive");
        let mut sheet = String::new();
        archive
            .by_name("xl/worksheets/sheet1.xml")
            .expect("the sheet")
            .read_to_string(&mut sheet)
            .expect("text");
        assert!(!sheet.contains("<f>"), "no formula is written");
        assert_eq!(sheet.matches("t=\"s\"").count(), 7, "every text is a shared string");
    }

    #[test]
    fn values_keep_their_types() {
        let at = DateTime::from_timestamp(1_793_667_600, 0).expect("an instant");
        let columns = ["人", "率", "日", "时"].map(|title| Column::new(title, Width::Name));
        let rows = vec![vec![
            Cell::count(200),
            Cell::Percent(0.805),
            Cell::Date(at.date_naive()),
            Cell::Instant(at),
        ]];
        let text = String::from_utf8(csv_file(&columns, &rows).expect("written")).expect("UTF-8");
        assert_eq!(text.lines().nth(1), Some("200,80.5%,2026-11-03,2026-11-03 09:00"));
    }
}
