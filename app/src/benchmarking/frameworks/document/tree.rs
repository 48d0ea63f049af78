//! The YAML of a small document as a tree that knows its lines. Aliases, anchors and tags are refused: a framework needs
//! none, and without them nothing that is written can grow when it is read.

use saphyr_parser::{Event, Parser};

use super::Fault;
use crate::error::Problem;

/// The largest document, in bytes: the default framework in two languages has less than 20 000.
pub const LARGEST: usize = 256 * 1024;
/// The deepest nesting: framework, dimensions, indicators, levels and their lists.
const DEEPEST: usize = 12;
/// The most values: the largest framework that is allowed has about half of it.
const MOST_VALUES: usize = 10_000;

/// A value and the line on which it begins, from 1.
#[derive(Debug)]
pub struct Node {
    pub line: usize,
    pub value: Value,
}

#[derive(Debug)]
pub enum Value {
    Text(String),
    List(Vec<Node>),
    Map {
        /// Written within braces, where a comma ends a text that has no quotation marks.
        in_braces: bool,
        entries: Vec<(Key, Node)>,
    },
}

#[derive(Debug)]
pub struct Key {
    pub line: usize,
    pub name: String,
}

/// A list or a map that is not closed yet.
enum Open {
    List(usize, Vec<Node>),
    /// Whether within braces; last the key that waits for its value.
    Map(usize, bool, Vec<(Key, Node)>, Option<Key>),
}

/// Reads the one document of a text; none for an empty one.
///
/// # Errors
/// The first fault: what comes after a fault in the signs themselves can't be relied on.
pub fn read(yaml: &str) -> Result<Option<Node>, Fault> {
    if yaml.len() > LARGEST {
        return Err(Fault::new(1, Problem::new("frameworks-fault-large").with("max", LARGEST / 1024)));
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(yaml) {
        let (event, span) = event.map_err(|error| {
            let problem = Problem::new("frameworks-fault-yaml").with("detail", error.info());
            Fault::new(error.marker().line(), problem)
        })?;
        let line = span.start.line();
        // Only the sign of a map within braces takes room of its own.
        let in_braces = span.start.index() != span.end.index();
        builder.take(event, line, in_braces).map_err(|key| Fault::new(line, Problem::new(key)))?;
    }
    Ok(builder.root)
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    values: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize, in_braces: bool) -> Result<(), &'static str> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => Err("frameworks-fault-documents"),
            Event::Alias(_) => Err("frameworks-fault-reference"),
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if anchor != 0 || tag.is_some() =>
            {
                Err("frameworks-fault-reference")
            }
            Event::Scalar(text, ..) => self.scalar(text.into_owned(), line),
            Event::SequenceStart(..) => self.begin(Open::List(line, Vec::new())),
            Event::MappingStart(..) => self.begin(Open::Map(line, in_braces, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, part: Open) -> Result<(), &'static str> {
        // A list or a map can be a key in YAML, not in a framework.
        if matches!(self.open.last(), Some(Open::Map(_, _, _, None))) {
            return Err("frameworks-fault-key");
        }
        if self.open.len() >= DEEPEST {
            return Err("frameworks-fault-deep");
        }
        self.open.push(part);
        Ok(())
    }

    fn scalar(&mut self, text: String, line: usize) -> Result<(), &'static str> {
        if let Some(Open::Map(_, _, _, key @ None)) = self.open.last_mut() {
            *key = Some(Key { line, name: text });
            return Ok(());
        }
        self.put(Node {
            line,
            value: Value::Text(text),
        })
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let (line, value) = match self.open.pop() {
            Some(Open::List(line, nodes)) => (line, Value::List(nodes)),
            Some(Open::Map(line, in_braces, entries, _)) => (line, Value::Map { in_braces, entries }),
            None => return Ok(()),
        };
        self.put(Node { line, value })
    }

    fn put(&mut self, node: Node) -> Result<(), &'static str> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err("frameworks-fault-many");
        }
        match self.open.last_mut() {
            Some(Open::List(_, nodes)) => nodes.push(node),
            Some(Open::Map(_, _, entries, key)) => entries.extend(key.take().map(|key| (key, node))),
            None => self.root = Some(node),
        }
        Ok(())
    }
}
