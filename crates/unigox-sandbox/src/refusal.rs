//! Why a request is refused.

use std::fmt;

use serde::Serialize;

/// Why a request is refused: where, and by which rule of the document. It never contains a value of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The part of the request.
    pub place: Place,
    /// The JSON pointer in that part. A parameter is below its name. Names that the document does not have are `*`. For
    /// [`Place::State`] it is one in the body, to the field that the rule is about; empty if it is about none.
    pub pointer: String,
    /// The keyword of the schema that the request does not satisfy (`required`, `enum`, `format`, …). What a schema has no
    /// keyword for is `encoding` (not what the media type says, or not UTF-8), `mediaType`, `size` (too large, too slow, or
    /// not complete), `limit` (nested more deeply than the sandbox follows), `duplicate` (a part of a form), `security` (no known key) or `exists` (no such user). For
    /// [`Place::State`] it is the error key or the status of the response.
    pub rule: String,
}

/// The part of a request that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// The body.
    Body,
    /// The query.
    Query,
    /// The path.
    Path,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// None: the document accepts the request, and a rule of the API does not.
    State,
}

impl Refusal {
    pub(crate) fn new(place: Place, pointer: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { place, pointer: pointer.into(), rule: rule.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Body => "body",
            Place::Query => "query",
            Place::Path => "path",
            Place::Header => "header",
            Place::Cookie => "cookie",
            Place::State => "state",
        };
        match self.pointer.as_str() {
            "" => write!(f, "{place}: {}", self.rule),
            pointer => write!(f, "{place} {pointer}: {}", self.rule),
        }
    }
}
