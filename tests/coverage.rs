//! Every operation of the document has a method of the facade, and the table that says so is right.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

use std::path::Path;

use xtask::{codegen, coverage, pipeline};

#[test]
fn every_operation_has_a_method_that_calls_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let lowered = pipeline::lower(&codegen::checked_in(&root)).expect("the checked-in document can be lowered");
    let problems = coverage::problems(&root, &lowered.effective).expect("the facade can be read");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
