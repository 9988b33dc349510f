//! The table of operations in the documentation of the facade is right: its rows name operations of the document, and
//! methods that reach them.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

use std::path::Path;

use xtask::{codegen, coverage, pipeline};

#[test]
fn every_row_names_an_operation_and_methods_that_reach_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let lowered = pipeline::lower(&codegen::checked_in(&root)).expect("the checked-in document can be lowered");
    let problems = coverage::problems(&root, &lowered.effective).expect("the facade can be read");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
