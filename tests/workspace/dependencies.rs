//! What the facade takes along, and what the workspace builds.

use std::{collections::BTreeSet, path::Path, process::Command};

#[test]
fn the_facade_takes_at_most_105_crates_along() {
    let tree = tree(&["-p", "unigox", "-e", "normal"]);
    let crates: BTreeSet<_> = tree.iter().filter_map(|line| package(line)).collect();
    assert!(crates.iter().any(|name| name.starts_with("reqwest ")), "is this a tree? {crates:?}");
    assert!(crates.len() <= 105, "{} crates: {crates:#?}", crates.len());
}

/// Otherwise `cargo xtask codegen` after the tests, or before, compiles the pipeline a second time.
#[test]
fn the_tests_build_every_crate_of_the_pipeline_with_the_features_that_the_alias_builds_it_with() {
    let alias = tree(&["--workspace", "-e", "normal,build"]);
    let tests = tree(&["--workspace", "-e", "normal,build,dev"]);
    let pipeline = tree(&["-p", "xtask", "-e", "normal,build"]);
    let pipeline: BTreeSet<_> = pipeline.iter().filter_map(|line| package(line)).collect();
    assert!(pipeline.iter().any(|name| name.starts_with("progenitor ")), "is this a tree? {pipeline:?}");
    let other: Vec<_> =
        tests.difference(&alias).filter(|line| package(line).is_some_and(|name| pipeline.contains(name))).collect();
    assert!(other.is_empty(), "add what turns these features on to the dependencies of `unigox-tests`: {other:#?}");
}

/// The name and the version, without a place or a mark.
fn package(line: &str) -> Option<&str> {
    line.split(['\t', '(']).next().map(str::trim)
}

/// The lines of `cargo tree`: a package, a tab, and its features.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let all = ["tree", "--prefix", "none", "--no-dedupe", "--locked", "--offline", "--format", "{p}\t{f}"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO")).args(all).args(arguments).current_dir(root).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A star says that what the package depends on was printed before.
    String::from_utf8_lossy(&output.stdout).lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}
