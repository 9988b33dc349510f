//! What the documents forbid by a condition, and what would build a body past its rules, does not compile.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

/// Where a compiler words its refusals otherwise: `TRYBUILD=overwrite`, and look at what changed.
#[test]
fn what_the_documents_forbid_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
