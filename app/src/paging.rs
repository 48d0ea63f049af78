//! Lists paged by key: a page begins after or before a row, so that no page costs more than its rows.

use std::str::FromStr;

use crate::request::Cx;

/// Which part of a list is asked for: `?after=ID` or `?before=ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<K> {
    First,
    After(K),
    Before(K),
}

impl<K: FromStr> Step<K> {
    /// What the address asks for; nonsense is the first page.
    pub fn of(cx: &Cx) -> Self {
        let key = |name| cx.query(name).and_then(|text| text.parse().ok());
        match (key("after"), key("before")) {
            (Some(key), _) => Self::After(key),
            (None, Some(key)) => Self::Before(key),
            (None, None) => Self::First,
        }
    }
}

/// One page of rows and whether there is more on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    pub has_newer: bool,
    pub has_older: bool,
}

impl<T> Paged<T> {
    /// From `size + 1` rows in the order of the query: rows before a key were asked for backwards.
    pub fn cut<K>(step: &Step<K>, mut rows: Vec<T>, size: usize) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        let (has_newer, has_older) = match step {
            Step::First => (false, more),
            Step::After(_) => (true, more),
            Step::Before(_) => (more, true),
        };
        if matches!(step, Step::Before(_)) {
            rows.reverse();
        }
        Self { rows, has_newer, has_older }
    }

    /// The addresses of the pages to either side.
    pub fn links(&self, cx: &Cx, key: impl Fn(&T) -> String) -> (Option<String>, Option<String>) {
        let here = cx.here_with("after", None);
        let uri: axum::http::Uri = here.parse().unwrap_or_default();
        let with = |name, row: Option<&T>| {
            let clean: axum::http::Uri = crate::request::with_query(&uri, "before", None).parse().unwrap_or_default();
            row.map(|row| crate::request::with_query(&clean, name, Some(&key(row))))
        };
        let newer = self.has_newer.then(|| with("before", self.rows.first())).flatten();
        let older = self.has_older.then(|| with("after", self.rows.last())).flatten();
        (newer, older)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_neighbours() {
        let first = Paged::cut(&Step::<i64>::First, vec![1, 2, 3], 2);
        assert_eq!((first.rows, first.has_newer, first.has_older), (vec![1, 2], false, true));
        let second = Paged::cut(&Step::After(2), vec![3], 2);
        assert_eq!((second.rows, second.has_newer, second.has_older), (vec![3], true, false));
        let back = Paged::cut(&Step::Before(3), vec![2, 1], 2);
        assert_eq!((back.rows, back.has_newer, back.has_older), (vec![1, 2], false, true));
    }
}
