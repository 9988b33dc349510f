//! What a reviewer reads, for a document with every construct: a pass that changes its mind shows here in plain words.

use std::path::Path;

use xtask::{
    pipeline::{self, Inputs},
    report,
};

fn lowered() -> pipeline::Lowered {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/constructs.yaml");
    pipeline::lower(&Inputs { document, overlay: None }).expect("a document that can be lowered")
}

#[test]
fn the_table_of_operations_says_what_can_be_called() {
    insta::assert_snapshot!(report::operations(&lowered().effective));
}

#[test]
fn the_lowering_report_says_what_was_changed() {
    insta::assert_snapshot!(report::lowering(&lowered().notes));
}
