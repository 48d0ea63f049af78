//! A query for either engine: text, bound values, and the five ways to run it.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite};

use super::{Db, Tx, Value};

/// What a query reads from or writes to.
pub enum On<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl On<'_> {
    /// The same for one query of several.
    pub fn again(&mut self) -> On<'_> {
        match self {
            Self::Db(db) => On::Db(db),
            Self::Tx(tx) => On::Tx(tx),
        }
    }
}

impl<'a> From<&'a Db> for On<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Db(db)
    }
}

impl<'a> From<&'a mut Tx> for On<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

/// A row type that both engines can fill: `#[derive(sqlx::FromRow)]` or a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// SQL text with its bound values.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    values: Vec<Value>,
}

/// Begins a query. The text is ours: what people typed is bound, never pasted.
pub fn sql(text: &'static str) -> Query {
    Query {
        text: text.to_owned(),
        values: Vec::new(),
    }
}

macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Uuid(v) => query.bind(v),
                Value::Instant(v) => query.bind(v),
                Value::Date(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Runs a prepared `query_as` or `query` with the method named, on whichever connection `On` holds.
macro_rules! run {
    ($self:ident, $on:ident, $make:ident $(::<$row:ty>)?, $method:ident, $map:expr) => {{
        let Query { text, values } = $self;
        let text = AssertSqlSafe(text);
        match $on.into() {
            On::Db(Db::Sqlite { read, .. }) => bind_all!(sqlx::$make::<Sqlite $(, $row)?>(text), values).$method(read).await.map($map),
            On::Db(Db::Postgres(pool)) => bind_all!(sqlx::$make::<Postgres $(, $row)?>(text), values).$method(pool).await.map($map),
            On::Tx(Tx::Sqlite(tx)) => bind_all!(sqlx::$make::<Sqlite $(, $row)?>(text), values).$method(&mut **tx).await.map($map),
            On::Tx(Tx::Postgres(tx)) => bind_all!(sqlx::$make::<Postgres $(, $row)?>(text), values).$method(&mut **tx).await.map($map),
        }
    }};
}

impl Query {
    /// Binds the next `$n` of the text.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Appends fixed SQL.
    #[must_use]
    pub fn push(mut self, text: &'static str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for `value`.
    #[must_use]
    pub fn push_bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        let place = self.values.len();
        self.text.push('$');
        self.text.push_str(&place.to_string());
        self
    }

    /// Appends ` IN ($n, …)`; an empty list matches nothing.
    #[must_use]
    pub fn push_in<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.text.push_str(" IN (");
        let mut first = true;
        for value in values {
            if !first {
                self.text.push_str(", ");
            }
            first = false;
            self = self.push_bind(value);
        }
        if first {
            self.text.push_str("NULL");
        }
        self.text.push(')');
        self
    }

    /// All rows.
    pub async fn all<T: Row>(self, on: impl Into<On<'_>>) -> Result<Vec<T>, sqlx::Error> {
        run!(self, on, query_as::<T>, fetch_all, |rows| rows)
    }

    /// Exactly one row.
    pub async fn one<T: Row>(self, on: impl Into<On<'_>>) -> Result<T, sqlx::Error> {
        run!(self, on, query_as::<T>, fetch_one, |row| row)
    }

    /// One row or none.
    pub async fn opt<T: Row>(self, on: impl Into<On<'_>>) -> Result<Option<T>, sqlx::Error> {
        run!(self, on, query_as::<T>, fetch_optional, |row| row)
    }

    /// The single number of a counting query.
    pub async fn count(self, on: impl Into<On<'_>>) -> Result<i64, sqlx::Error> {
        self.one::<(i64,)>(on).await.map(|(n,)| n)
    }

    /// Changes rows; answers how many.
    pub async fn run(self, tx: &mut Tx) -> Result<u64, sqlx::Error> {
        let Query { text, values } = self;
        let text = AssertSqlSafe(text);
        match tx {
            Tx::Sqlite(tx) => bind_all!(sqlx::query::<Sqlite>(text), values)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Tx::Postgres(tx) => bind_all!(sqlx::query::<Postgres>(text), values)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        }
    }
}
