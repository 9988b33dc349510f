//! What changed between two vendor documents, and whom it breaks.
//!
//! The comparison is of structure: references are followed and `allOf` is merged, so that it does not matter where a schema
//! is written or in what order. [`rule`](Rule) holds the kinds of change and the table of verdicts.
//!
//! Each module uses only those that are named before it: `rule`, `shape`, `subject`, `likeness`, `matching` and
//! `report`; `comparison`, which collects what is found; `components`, `pair`, `constraints`, `unions` and `schemas`, which
//! compare schemas; `responses`, `parameters`, `security` and `document`, which compare what holds schemas;
//! `operations`; `render`.

mod comparison;
mod components;
mod constraints;
mod document;
mod likeness;
mod matching;
mod operations;
mod pair;
mod parameters;
mod render;
mod report;
mod responses;
mod rule;
mod schemas;
mod security;
mod shape;
mod subject;
mod unions;

use serde_json::Value;

use self::comparison::Comparison;
pub use self::{
    render::{markdown, text},
    report::{Bump, Change, FORMAT_VERSION, Report},
    rule::{Direction, Rule, Verdict},
};
use crate::coverage::Coverage;

/// Every change from `old` to `new`, with the methods that `coverage` says it reaches.
///
/// Whatever the documents hold, it ends, in time that grows with their size. What is no OpenAPI is compared as far as it
/// makes sense.
pub fn compare(old: &Value, new: &Value, coverage: &Coverage) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new);
    let roots = comparison.operations();
    let node = comparison.node();
    comparison.document(node);
    comparison.into_changes(&roots, coverage)
}
