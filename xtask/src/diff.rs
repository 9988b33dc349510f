//! What changed between two vendor documents, and whom it breaks.
//!
//! The comparison is of structure: references are followed and `allOf` is merged, so that it does not matter where a schema
//! is written or in what order. [`rule`](Rule) holds the kinds of change and the table of verdicts.

mod answers;
mod change;
mod comparison;
mod constraints;
mod document;
mod likeness;
mod operations;
mod parameters;
mod place {
    pub(super) use crate::openapi::Place;
}
mod render;
mod report;
mod rule;
mod schemas;
mod security;
mod shape;
mod subject;
mod unions;

use serde_json::Value;

use self::comparison::Comparison;
pub use self::{
    change::{Change, Direction, Verdict},
    render::{Style, markdown, text},
    report::{Bump, Document, FORMAT_VERSION, Report},
    rule::Rule,
};
use crate::claims::Claims;

/// Every change from `old` to `new`, with the methods that `claims` says it reaches.
///
/// Whatever the documents hold, it ends, in time that grows with their size. What is no OpenAPI is compared as far as it
/// makes sense.
pub fn compare(old: &Value, new: &Value, claims: &Claims) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new);
    let roots = comparison.operations();
    let node = comparison.node();
    comparison.document(node);
    comparison.into_changes(&roots, claims)
}
