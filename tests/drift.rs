//! Generated files are what the checked-in document makes of them.

use std::path::Path;

#[test]
fn generated_files_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let outputs = xtask::codegen::in_place(&root).expect("the checked-in document can be generated from");
    let stale = outputs.stale().expect("outputs that can be read");
    assert!(stale.is_empty(), "{}next: cargo xtask codegen", xtask::codegen::check_message(&stale));
}
