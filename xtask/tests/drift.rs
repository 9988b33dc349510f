//! `spec diff`: for every mutant of the checked-in document it reports exactly what was changed, and nothing else ever.

#![allow(clippy::print_stdout, reason = "the counts say what was covered")]

#[path = "drift/cases.rs"]
mod cases;
#[path = "drift/constructs.rs"]
mod constructs;
#[path = "drift/gaps.rs"]
mod gaps;
#[path = "drift/hostile.rs"]
mod hostile;
#[path = "drift/kinds.rs"]
mod kinds;
#[path = "drift/laws.rs"]
mod laws;
#[path = "drift/mutants.rs"]
mod mutants;
#[path = "drift/operation_mutants.rs"]
mod operation_mutants;
#[path = "drift/pointers.rs"]
mod pointers;
#[path = "drift/property_mutants.rs"]
mod property_mutants;
#[path = "drift/vendor.rs"]
mod vendor;
#[path = "drift/view.rs"]
mod view;

use std::path::Path;

use serde_json::Value;
use xtask::{
    coverage::Coverage,
    diff::{self, Change},
    openapi,
};

/// The document of these tests, as the vendor would publish it.
fn users() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/users/document.yaml");
    openapi::load(&path).expect("the document").value
}

/// The changes, whatever the facade has for them.
fn compare(old: &Value, new: &Value) -> Vec<Change> {
    diff::compare(old, new, &Coverage::default())
}
