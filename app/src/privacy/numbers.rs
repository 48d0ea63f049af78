//! Rows that know a number and not whose it is: a firm's contact, what was imported, what a firm's history quotes. Numbers
//! stand there as somebody typed them.

use serde_json::{Map, Value};

use crate::accounts::rules::like_anywhere;
use crate::db::{Db, JsonRow, Query, Tx, sql};
use crate::error::AppError;

/// What numbers are dressed in, each as the end of a `REPLACE` that takes it away.
const DRESS: &[&str] = &[
    ", ' ', '')",
    ", '　', '')",
    ", '-', '')",
    ", '－', '')",
    ", '(', '')",
    ", ')', '')",
    ", '（', '')",
    ", '）', '')",
    ", '+86', '')",
    ", '０', '0')",
    ", '１', '1')",
    ", '２', '2')",
    ", '３', '3')",
    ", '４', '4')",
    ", '５', '5')",
    ", '６', '6')",
    ", '７', '7')",
    ", '８', '8')",
    ", '９', '9')",
];

/// Digits, and the name that must stand beside them where it is not known that the number is this person's.
#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    pub digits: &'a str,
    pub name: Option<&'a str>,
}

impl Number<'_> {
    /// Whether a contact is this number's.
    fn contact(self, query: Query) -> Query {
        let query = bare(query, "phone").push(" = ").push_bind(self.digits);
        match self.name {
            Some(name) => query.push(" AND name = ").push_bind(name),
            None => query,
        }
    }

    /// Whether a list of texts has it in one of them.
    fn among(self, query: Query, column: &'static str) -> Query {
        let query = bare(query, column)
            .push(" LIKE ")
            .push_bind(like_anywhere(self.digits))
            .push(" ESCAPE '!'");
        match self.name {
            Some(name) => query
                .push(" AND ")
                .push(column)
                .push(" LIKE ")
                .push_bind(like_anywhere(name))
                .push(" ESCAPE '!'"),
            None => query,
        }
    }
}

/// A column without the dress of numbers.
fn bare(query: Query, column: &'static str) -> Query {
    let query = DRESS.iter().fold(query, |query, _| query.push("REPLACE("));
    DRESS.iter().fold(query.push(column), |query, end| query.push(end))
}

/// The rows with a number, by table.
pub(super) async fn rows_with(db: &Db, number: Number<'_>) -> Result<Map<String, Value>, AppError> {
    let imported = |text| number.among(sql(text), "cells");
    let queries = [
        ("firm_contacts", number.contact(sql("SELECT * FROM firm_contacts WHERE "))),
        (
            "firm_import_rows",
            imported("SELECT import_id, number, cells FROM firm_import_rows WHERE "),
        ),
        (
            "roster_import_rows",
            imported("SELECT import_id, number, cells FROM roster_import_rows WHERE "),
        ),
    ];
    let mut found = Map::new();
    for (table, query) in queries {
        let rows: Vec<JsonRow> = query.all(db).await?;
        let rows = rows.into_iter().map(|JsonRow(row)| Value::Object(row)).collect();
        found.insert(table.to_owned(), Value::Array(rows));
    }
    Ok(found)
}

/// Takes away what stands with a number.
pub(super) async fn forget(tx: &mut Tx, number: Number<'_>, nobody: &str) -> Result<(), AppError> {
    let contact = sql("UPDATE firm_contacts SET name = ")
        .push_bind(nobody)
        .push(", position = '', phone = '', email = NULL WHERE ");
    number.contact(contact).run(tx).await?;
    for (text, column) in [
        ("UPDATE firm_import_rows SET cells = '[]', reason = NULL WHERE ", "cells"),
        ("UPDATE roster_import_rows SET cells = '[]', reason = NULL WHERE ", "cells"),
        ("UPDATE firm_events SET detail = '[]' WHERE ", "detail"),
    ] {
        number.among(sql(text), column).run(tx).await?;
    }
    Ok(())
}

/// The mobile numbers in a text, such as the earlier ones of a person in `13812345678 → 13900000000`.
pub(super) fn numbers_in(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() == 11 && run.starts_with('1'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_what_the_trail_says() {
        let found: Vec<&str> = numbers_in("王小明 → 王明; 13812345678 → 13900000000; 经理 → 10086, 913812345678").collect();
        assert_eq!(found, ["13812345678", "13900000000"]);
    }
}
