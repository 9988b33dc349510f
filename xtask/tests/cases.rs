//! Small documents, each with a construct that generators of clients are known to get wrong, and what is right of it.
//!
//! A folder in `cases/` is a case: a document (`input`), perhaps an `overlay.yaml`, and either `refused.txt`, the defects that
//! the document is refused for, or `calls.rs`, which calls the client and asserts what is on the wire and what is read. The
//! lines of `notes.txt` have to be in the lowering report. All the crates are built without a warning, and their calls run.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::support::scratch::{Scratch, package, root};
use xtask::{
    codegen,
    defect::Error,
    pipeline::{self, Inputs},
    report,
};

struct Case {
    name: String,
    folder: PathBuf,
    inputs: Inputs,
}

impl Case {
    fn all() -> Vec<Self> {
        let entries = fs::read_dir(root().join("xtask/tests/cases")).expect("the folder of the cases");
        let folders = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
        let mut all: Vec<Self> = folders.filter_map(Self::of).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// None for a pair of documents, which another test compares.
    fn of(folder: PathBuf) -> Option<Self> {
        let names = ["input.yaml", "input.json"];
        let document = names.into_iter().map(|name| folder.join(name)).find(|path| path.exists())?;
        let overlay = Some(folder.join("overlay.yaml")).filter(|path| path.exists());
        let name = folder.file_name()?.to_str()?.to_owned();
        Some(Self { name, folder, inputs: Inputs { document, overlay } })
    }

    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }
}

#[test]
fn what_is_not_done_is_refused_with_place_construct_and_remedy() {
    for case in Case::all() {
        let Some(expected) = case.text("refused.txt") else { continue };
        let folder = tempfile::tempdir().expect("a folder");
        let outcome = codegen::elsewhere(&case.inputs, folder.path()).map(drop);
        let Err(Error::Defects(defects)) = outcome else { panic!("{} is not refused: {outcome:?}", case.name) };
        let defects: String = defects.list.iter().map(|defect| format!("{defect}\n")).collect();
        assert_eq!(defects, expected, "{}", case.name);
    }
}

#[test]
fn what_is_changed_is_noted() {
    for case in Case::all() {
        let Some(expected) = case.text("notes.txt") else { continue };
        let lowered = pipeline::lower(&case.inputs).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let notes = report::lowering(&lowered.notes);
        for line in expected.lines() {
            assert!(notes.contains(line), "{}: the report lacks `{line}`:\n{notes}", case.name);
        }
    }
}

#[test]
fn what_is_done_is_what_the_document_says() {
    let mut scratch = Scratch::new(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases"));
    let mut main = String::from("mod wire;\n\nfn main() {\n    let mut failed: Vec<&str> = Vec::new();\n");
    let mut modules = String::new();
    let mut count = 0;
    for case in Case::all() {
        if case.text("refused.txt").is_some() {
            continue;
        }
        let name = case.name.as_str();
        scratch.add(name, &case.inputs);
        let calls = case.folder.join("calls.rs");
        if !calls.exists() {
            continue;
        }
        let api = package(name).replace('-', "_");
        let _ =
            writeln!(main, "    failed.extend(std::panic::catch_unwind(case_{api}::run).err().map(|_| \"{name}\"));");
        let _ = write!(
            modules,
            "\nmod case_{api} {{\n    crate::wire::calls! {{ {api} }}\n    include!({:?});\n}}\n",
            fs::canonicalize(calls).expect("a path"),
        );
        count += 1;
    }
    let wire = fs::read_to_string(root().join("xtask/tests/cases/wire.rs")).expect("a file");
    main.push_str("    assert!(failed.is_empty(), \"these failed: {failed:?}\");\n}\n");
    scratch.run(&[("main.rs", main + &modules), ("wire.rs", wire)]);
    assert!(count > 0);
    scratch.document();
}
