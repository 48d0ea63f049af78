//! The one error of the application: what a caller is told, with no database or HTTP type in it.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A sentence for a person: the key of a text and its arguments. The words are chosen when it is shown, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub key: String,
    pub args: Vec<(String, String)>,
}

impl Problem {
    pub fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            args: Vec::new(),
        }
    }

    /// Adds an argument of the text.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
}

/// A problem with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    pub field: String,
    pub problem: Problem,
}

impl FieldProblem {
    pub fn new(field: &str, key: &str) -> Self {
        Self {
            field: field.to_owned(),
            problem: Problem::new(key),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.problem = self.problem.with(name, value);
        self
    }
}

/// Everything that can go wrong for a caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// 401: sign in first.
    NotSignedIn,
    /// 403: signed in, but outside the actor's scope.
    Forbidden,
    /// 404: no such thing, or none that the actor may know of.
    NotFound,
    /// 422: the form has faults, each beside its field.
    Invalid(Vec<FieldProblem>),
    /// 409: a rule says no; the sentence says which and what to do.
    Refused(Problem),
    /// 429: too many attempts; try again after so many seconds.
    TooMany { wait_seconds: i64 },
    /// 503: the database does not answer; nothing was changed.
    Unavailable,
    /// 500: our fault; the id stands in the log.
    Internal { id: String },
    /// What an island receives: the status and the sentences, already in the reader's language.
    Said {
        status: u16,
        text: String,
        fields: Vec<(String, String)>,
    },
    /// The call itself failed on its way (network, malformed request).
    Transport(String),
}

impl AppError {
    /// A rule's refusal with a text key.
    pub fn refused(key: &str) -> Self {
        Self::Refused(Problem::new(key))
    }

    /// One field's fault.
    pub fn field(field: &str, key: &str) -> Self {
        Self::Invalid(vec![FieldProblem::new(field, key)])
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotSignedIn => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Invalid(_) => 422,
            Self::Refused(_) => 409,
            Self::TooMany { .. } => 429,
            Self::Unavailable => 503,
            Self::Internal { .. } => 500,
            Self::Said { status, .. } => *status,
            Self::Transport(_) => 400,
        }
    }

    /// The sentence to show an island's user: only `Said` carries words; anything else never reached the server.
    pub fn text(&self) -> String {
        match self {
            Self::Said { text, .. } | Self::Transport(text) => text.clone(),
            other => format!("{}", other.status()),
        }
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(problem) => write!(f, "refused: {}", problem.key),
            Self::Invalid(fields) => write!(f, "invalid: {}", fields.iter().map(|p| p.field.as_str()).collect::<Vec<_>>().join(", ")),
            Self::Said { status, text, .. } => write!(f, "{status}: {text}"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport(error.to_string())
    }
}
