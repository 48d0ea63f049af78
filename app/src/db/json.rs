//! A row as JSON, whatever its columns: for giving data away whole.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, FromRow, Row, TypeInfo, ValueRef};
use uuid::Uuid;

/// Column names with their values: ids as in addresses, instants as text, bytes as hexadecimal digits; the same from either engine.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonRow(pub Map<String, Value>);

impl<'r> FromRow<'r, SqliteRow> for JsonRow {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let mut map = Map::new();
        for column in row.columns() {
            let place = column.ordinal();
            let raw = row.try_get_raw(place)?;
            let stored = raw.type_info().name().to_owned();
            let value = if raw.is_null() {
                Value::Null
            } else {
                match (column.type_info().name(), stored.as_str()) {
                    ("BOOLEAN", _) => json!(row.try_get_unchecked::<bool, _>(place)?),
                    (_, "BLOB") => bytes(&row.try_get_unchecked::<Vec<u8>, _>(place)?),
                    (_, "TEXT") => json!(row.try_get_unchecked::<String, _>(place)?),
                    (_, "REAL") => json!(row.try_get_unchecked::<f64, _>(place)?),
                    _ => json!(row.try_get_unchecked::<i64, _>(place)?),
                }
            };
            map.insert(column.name().to_owned(), value);
        }
        Ok(Self(map))
    }
}

/// An id is bytes to one engine and its own type to the other.
fn bytes(bytes: &[u8]) -> Value {
    match Uuid::from_slice(bytes) {
        Ok(id) => json!(id.simple().to_string()),
        Err(_) => json!(crate::request::hex(bytes)),
    }
}

impl<'r> FromRow<'r, PgRow> for JsonRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let mut map = Map::new();
        for column in row.columns() {
            let place = column.ordinal();
            let value = if row.try_get_raw(place)?.is_null() {
                Value::Null
            } else {
                match column.type_info().name() {
                    "UUID" => json!(row.try_get::<Uuid, _>(place)?.simple().to_string()),
                    "INT8" => json!(row.try_get::<i64, _>(place)?),
                    "BOOL" => json!(row.try_get::<bool, _>(place)?),
                    "BYTEA" => json!(crate::request::hex(&row.try_get::<Vec<u8>, _>(place)?)),
                    "TIMESTAMPTZ" => json!(row.try_get::<DateTime<Utc>, _>(place)?.to_rfc3339()),
                    "DATE" => json!(row.try_get::<NaiveDate, _>(place)?.to_string()),
                    _ => json!(row.try_get::<String, _>(place)?),
                }
            };
            map.insert(column.name().to_owned(), value);
        }
        Ok(Self(map))
    }
}
