//! One change between two documents: what it is, where, and whom it breaks.

use schemars::JsonSchema;
use serde::Serialize;

use super::Rule;

/// Which way the data travels that a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "data travels to the server or from it; the rest is no data")]
pub enum Direction {
    /// The client sends it.
    Request,
    /// The server sends it.
    Response,
    /// It is no data, or no operation carries it.
    None,
}

/// Whether something goes on working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "it does or it does not")]
pub enum Verdict {
    /// It does.
    Ok,
    /// It may not.
    Break,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Change {
    /// What kind of change it is.
    pub rule: Rule,
    /// The operations that it reaches, by `operationId` in the new document (in the old one if they are gone). Empty if
    /// it concerns the document as a whole, or a schema that no operation reaches.
    pub operations: Vec<String>,
    /// Which way the data travels.
    pub direction: Direction,
    /// JSON pointer into the old document: the place, or the innermost one that is there.
    pub old: String,
    /// JSON pointer into the new document, likewise.
    pub new: String,
    /// Whether the client that is already deployed works against the new server.
    pub wire: Verdict,
    /// Whether code that uses `unigox` compiles after regenerating.
    pub source: Verdict,
    /// What changed, in one sentence.
    pub summary: String,
    /// Methods of the facade that it reaches.
    pub reaches: Vec<String>,
}
