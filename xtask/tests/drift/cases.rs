//! The folders of `tests/cases` with an old and a new document: each is a kind of fault that others have reported of their
//! differs. What is right is in `expected.txt`, a line for each change; code is generated from both. `?` stands for a verdict
//! on source that follows from how the emitters treat the construct.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use xtask::{
    coverage::Coverage,
    diff::{self, Compared},
    openapi,
};

use super::constructs::line;

/// The changes as lines, and why code was not compared, if it was not.
pub(super) fn lines(old: &Value, new: &Value) -> String {
    let Compared { changes, assumed } = diff::compare_with_code(old, new, &Coverage::default(), [old, new]);
    let mut lines: BTreeSet<String> = changes.iter().map(line).collect();
    lines.extend(assumed);
    lines.into_iter().map(|line| line + "\n").collect()
}

pub(super) fn is_as_expected(expected: &str, found: &str) -> bool {
    let is_same = |(expected, found): (char, char)| expected == '?' || expected == found;
    expected.chars().count() == found.chars().count() && expected.chars().zip(found.chars()).all(is_same)
}

#[test]
fn every_case_is_judged_as_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut wrong = String::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the cases") {
        let case = entry.expect("a case").path();
        if !case.join("old.yaml").exists() {
            continue;
        }
        let document = |name: &str| openapi::load(&case.join(name)).expect("a document that can be read").value;
        let (old, new) = (document("old.yaml"), document("new.yaml"));
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
        let found = lines(&old, &new);
        count += 1;
        if !is_as_expected(&expected, &found) {
            wrong += &format!("{}: expected\n{expected}found\n{found}\n", case.display());
        }
        assert_eq!(lines(&old, &old), "", "{}", case.display());
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 18, "{count} cases");
}
