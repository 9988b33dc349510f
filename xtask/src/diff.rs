//! What changed between two vendor documents, and whom it breaks.
//!
//! The comparison is of structure: references are followed and `allOf` is merged, so that it does not matter where a schema
//! is written or in what order. [`rule`](Rule) holds the kinds of change and the table of verdicts.
//!
//! Each module uses only those that are named before it: `rule`, `shape`, `subject`, `likeness`, `matching` and
//! `report`; `surface` and `code`, which say what the generator makes of the documents; `comparison`, which collects what is
//! found; `components`, `pair`, `pattern`, `constraints`, `unions` and `schemas`, which compare schemas; `responses`,
//! `parameters`, `callbacks`, `security` and `document`, which compare what holds schemas; `operations`; `render`.

mod callbacks;
mod code;
mod comparison;
mod components;
mod constraints;
mod document;
mod likeness;
mod matching;
mod operations;
mod pair;
mod parameters;
mod pattern;
mod render;
mod report;
mod responses;
mod rule;
mod schemas;
mod security;
mod shape;
mod subject;
mod surface;
mod unions;

use serde_json::Value;

pub(crate) use self::render::{breaks, rest, summary};
use self::{code::Code, comparison::Comparison};
pub use self::{
    render::{markdown, text},
    report::{Bump, Change, Compared, FORMAT_VERSION, Report, Side},
    rule::{Direction, Rule, Verdict},
};
use crate::{check, coverage::Coverage, defect::count};

/// Every change from `old` to `new`, with the methods that `coverage` says it reaches. Where a verdict depends on the
/// generator, it is as for most documents.
///
/// Whatever the documents hold, it ends, in time that grows with their size. What is no OpenAPI is compared as far as it
/// makes sense.
pub fn compare(old: &Value, new: &Value, coverage: &Coverage) -> Vec<Change> {
    compare_with(old, new, coverage, &mut Code::Unknown)
}

/// As [`compare`], but where a verdict depends on the generator, code is generated from both of `generated_from`, once: the
/// documents themselves, or what the overlay makes of them.
pub fn compare_with_code(old: &Value, new: &Value, coverage: &Coverage, generated_from: [&Value; 2]) -> Compared {
    let mut code = Code::Wanted(generated_from);
    let changes = compare_with(old, new, coverage, &mut code);
    Compared { changes, assumed: refused(generated_from[1]).or_else(|| code.problem()) }
}

/// That no code can be generated from the new document, whatever changed in it.
fn refused(new: &Value) -> Option<String> {
    let defects = check::check(new);
    let first = defects.first()?;
    Some(format!(
        "The new document is refused, so nothing is said of code: {}. The first is at `{}`: {}. `cargo xtask spec lint NEW` \
         lists them.",
        count(defects.len(), "defect"),
        first.place,
        first.problem
    ))
}

fn compare_with(old: &Value, new: &Value, coverage: &Coverage, code: &mut Code<'_>) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new);
    let roots = comparison.operations();
    let node = comparison.node();
    comparison.document(node);
    comparison.into_changes(&roots, coverage, code)
}
