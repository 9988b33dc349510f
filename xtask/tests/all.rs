//! Every test of the pipeline, as one program: linking the pipeline once takes less time and room than once for each file.

mod cases;
mod ci;
mod cli;
mod deep;
mod drift;
mod generated_crates;
mod judge;
mod lint;
mod mutation;
mod removed_operations;
mod reports;
mod spec_diff;
mod tomorrow;
mod update;
mod update_report;

/// What several of them need.
mod support {
    pub(crate) mod binary;
    pub(crate) mod scratch;
    #[cfg(unix)]
    pub(crate) mod workspace;
}

#[test]
fn every_file_of_tests_is_part_of_this_program() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name in UTF-8");
        if let Some(name) = name.strip_suffix(".rs").filter(|name| *name != "all") {
            assert!(
                include_str!("all.rs").contains(&format!("\nmod {name};\n")),
                "{name}.rs is not run: add `mod {name};`"
            );
        }
    }
}
