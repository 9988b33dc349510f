//! `spec diff`: for every mutant of the checked-in document it reports exactly what was changed, and nothing else ever.

#![allow(clippy::print_stdout, reason = "the counts say what was covered")]

mod cases;
mod constructs;
mod gaps;
mod hostile;
mod kinds;
mod laws;
mod mutants;
mod operation_mutants;
mod pointers;
mod property_mutants;
mod vendor;
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
