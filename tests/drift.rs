//! Generated files are what the checked-in document makes of them, and what can be called changes before a reviewer's eyes.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use xtask::{
    codegen, pipeline,
    report::{lowering, operations},
};

#[test]
fn generated_files_are_current() {
    let outputs = codegen::in_place(&root()).expect("the checked-in document can be generated from");
    let stale = outputs.stale().expect("outputs that can be read");
    assert!(stale.is_empty(), "{}next: cargo xtask codegen", codegen::check_message(&stale));
}

#[test]
fn what_can_be_called_is_as_reviewed() {
    insta::assert_snapshot!("operations", operations(&lowered().effective));
}

#[test]
fn what_the_passes_change_is_as_reviewed() {
    insta::assert_snapshot!("lowering", lowering(&lowered().notes));
}

#[test]
fn public_items_of_the_facade_are_as_reviewed() {
    let items = xtask::public_items::of_facade(&root()).expect("the facade can be read");
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!("public_items", items) });
}

#[test]
fn no_snapshot_is_left_behind() {
    let folder = root().join("tests");
    let names = || fs::read_dir(folder.join("snapshots")).expect("there are snapshots");
    for name in names().map(|entry| entry.expect("it can be listed").file_name().into_string().expect("it is text")) {
        let (test, snapshot) = name.trim_end_matches(".snap").split_once("__").expect("TEST__NAME.snap");
        let mut source = fs::read_to_string(folder.join(test).with_extension("rs")).unwrap_or_default();
        for part in fs::read_dir(folder.join(test)).into_iter().flatten().flatten() {
            source += &fs::read_to_string(part.path()).unwrap_or_default();
        }
        // Some are named in the source, and some for an operation.
        let named = source.contains(&format!("\"{snapshot}\"")) || source.contains(&format!("fn {snapshot}("));
        assert!(named, "no test has the snapshot tests/snapshots/{name}\nnext: git rm tests/snapshots/{name}");
    }
}

fn lowered() -> pipeline::Lowered {
    pipeline::lower(&codegen::checked_in(&root())).expect("the checked-in document can be lowered")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
