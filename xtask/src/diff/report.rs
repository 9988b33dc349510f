//! The report of a comparison: what scripts read, and what the renderers show.

use schemars::JsonSchema;
use serde::Serialize;

use super::rule::{Direction, Rule, Verdict};
use crate::page::Document;

/// The version of the report's JSON form; it grows when a field changes its meaning or goes.
pub const FORMAT_VERSION: u32 = 1;

/// What changed between two documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Report {
    /// The version of this form.
    pub format_version: u32,
    /// The old document.
    pub old: Document,
    /// The new document.
    pub new: Document,
    /// What the next version of `unigox` has to be.
    pub bump: Bump,
    /// Why verdicts on source that depend on the generator are what they are for most documents, if they are: code could
    /// not be generated from both. `null` if the code was compared, or was not needed.
    pub assumed: Option<String>,
    /// Every change, by operation, the breaking ones first.
    pub changes: Vec<Change>,
}

/// What was found by comparing two documents and the code that is generated from them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Compared {
    /// Every change.
    pub changes: Vec<Change>,
    /// As in [`Report::assumed`].
    pub assumed: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Change {
    /// What kind of change it is.
    pub rule: Rule,
    /// The operations that it reaches, by `operationId` in the new document (in the old one if they were removed). Empty if
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
    /// Whether code that uses the facade, `unigox`, compiles after regenerating.
    pub source: Verdict,
    /// Whether code that uses the generated crate, `unigox-client`, compiles after regenerating.
    pub client: Verdict,
    /// What changed, in one sentence.
    pub summary: String,
    /// Methods of the facade that it reaches.
    pub reaches: Vec<String>,
}

/// The step from one semantic version to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "semantic versions have three parts")]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Words alone changed.
    Patch,
    /// Something changed, and code that uses `unigox` still compiles.
    Minor,
    /// Code that uses `unigox` may stop compiling.
    Major,
}

impl Report {
    /// The report of a comparison.
    pub fn new(old: Document, new: Document, compared: Compared) -> Self {
        let Compared { mut changes, assumed } = compared;
        changes.sort_by(|a, b| {
            let place = |change: &Change| (change.operations.clone(), change.rule == Rule::ProseChanged);
            place(a).cmp(&place(b)).then_with(|| b.severity().cmp(&a.severity())).then_with(|| a.cmp(b))
        });
        let bump = changes.iter().map(Change::bump).max().unwrap_or(Bump::None);
        Self { format_version: FORMAT_VERSION, old, new, bump, assumed, changes }
    }
}

/// One of the two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "two documents are compared")]
pub enum Side {
    /// The old document.
    Old,
    /// The new document.
    New,
}

impl Change {
    /// Where to look, and in which document: what was removed is in the old one alone.
    pub fn place(&self) -> (Side, &str) {
        let rule = self.rule.to_string();
        match ["-removed", "-dropped", "-lifted"].iter().any(|end| rule.ends_with(end)) {
            true => (Side::Old, &self.old),
            false => (Side::New, &self.new),
        }
    }

    /// Whether it breaks deployed clients or code that uses `unigox`.
    pub fn is_breaking(&self) -> bool {
        self.wire == Verdict::Break || self.source == Verdict::Break
    }

    fn severity(&self) -> (Verdict, Verdict, Verdict) {
        (self.wire, self.source, self.client)
    }

    /// What the next version has to be because of it.
    pub fn bump(&self) -> Bump {
        match self.source {
            Verdict::Break => Bump::Major,
            _ if self.rule == Rule::ProseChanged => Bump::Patch,
            _ => Bump::Minor,
        }
    }
}
