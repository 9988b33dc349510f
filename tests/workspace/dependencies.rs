//! What the facade takes along.

use std::{collections::BTreeSet, path::Path, process::Command};

#[test]
fn the_facade_takes_at_most_105_crates_along() {
    let arguments =
        ["tree", "-p", "unigox", "-e", "normal", "--prefix", "none", "--no-dedupe", "--locked", "--offline"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    let crates: BTreeSet<_> = tree.lines().map(|line| line.trim_end_matches(" (proc-macro)")).collect();
    assert!(crates.iter().any(|name| name.starts_with("reqwest ")), "is this a tree? {crates:?}");
    assert!(crates.len() <= 105, "{} crates: {crates:#?}", crates.len());
}
