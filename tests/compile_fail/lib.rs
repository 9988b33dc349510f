//! Bodies that the documents forbid by a condition, and bodies that bypass constructors, do not compile.

/// If another compiler has other messages, write them with `TRYBUILD=overwrite` and read the difference.
#[test]
fn forbidden_bodies_do_not_compile() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
