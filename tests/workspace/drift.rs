//! Generated files are what the checked-in document makes of them, and what can be called changes before a reviewer's eyes.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
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

/// Equal enums are one type, which is called as the first of them, unless a name is given. So code that names such a type
/// would no longer compile once the vendor uses the same values in another place.
#[test]
fn enums_that_hand_written_code_names_have_names_of_their_own() {
    let lowered = lowered();
    let mut given = BTreeSet::new();
    type_names(&lowered.overlaid, &mut given);
    let components = |document: &'_ Value| document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    given.extend(components(&lowered.overlaid).into_iter().map(|(name, _)| name));
    let used: BTreeSet<String> = hand_written(&root()).iter().flat_map(|text| words(text)).map(str::to_owned).collect();
    let unnamed: Vec<String> = components(&lowered.effective)
        .into_iter()
        .filter(|(name, schema)| schema.get("enum").is_some() && !given.contains(name) && used.contains(name))
        .map(|(name, _)| name)
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:?}\nnext: give each its name with x-type-name in openapi/overlay.yaml");
}

/// The names that `x-type-name` gives in `value`.
fn type_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            names.extend(object.get("x-type-name").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| type_names(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| type_names(value, names)),
        _ => {}
    }
}

/// The texts of the files that are written by hand.
fn hand_written(root: &Path) -> Vec<String> {
    let mut folders: Vec<PathBuf> = ["crates", "tests"].iter().map(|name| root.join(name)).collect();
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("it can be listed").map(|entry| entry.expect("it can be listed").path())
        {
            if path.is_dir() && !path.ends_with("generated") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                texts.push(fs::read_to_string(&path).expect("it can be read"));
            }
        }
    }
    texts
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

#[test]
fn no_snapshot_is_left_behind() {
    let tests = root().join("tests");
    let programs = fs::read_dir(&tests).expect("there are tests").map(|entry| entry.expect("it can be listed").path());
    for program in programs.filter(|program| program.join("snapshots").is_dir()) {
        for file in fs::read_dir(program.join("snapshots")).expect("there are snapshots") {
            let file = file.expect("it can be listed").path();
            // Such as `facade__wire__NAME.snap`.
            let mut parts = file.file_stem().and_then(|stem| stem.to_str()).expect("a name").splitn(3, "__").skip(1);
            let (Some(module), Some(snapshot)) = (parts.next(), parts.next()) else { panic!("{}", file.display()) };
            let mut source = fs::read_to_string(program.join(module).with_extension("rs")).unwrap_or_default();
            for part in fs::read_dir(program.join(module)).into_iter().flatten().flatten() {
                source += &fs::read_to_string(part.path()).unwrap_or_default();
            }
            // Some are named in the source, and some for an operation.
            let named = source.contains(&format!("\"{snapshot}\"")) || source.contains(&format!("fn {snapshot}("));
            assert!(named, "no test has this snapshot\nnext: git rm {}", file.display());
        }
    }
}

/// A file that no program has as a module would not run, and nothing would say so.
#[test]
fn every_file_with_tests_belongs_to_a_program() {
    let tests = root().join("tests");
    for program in fs::read_dir(&tests).expect("there are tests").map(|entry| entry.expect("it can be listed").path()) {
        let Ok(main) = fs::read_to_string(program.join("main.rs")) else { continue };
        for file in
            fs::read_dir(&program).expect("there are files").map(|entry| entry.expect("it can be listed").path())
        {
            let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            if file.extension().is_some_and(|extension| extension == "rs") && name != "main" {
                let is_module =
                    main.lines().any(|line| line.trim_start_matches("pub(crate) ") == format!("mod {name};"));
                assert!(is_module, "{} runs in no program\nnext: add it to main.rs beside it", file.display());
            }
        }
    }
}

fn lowered() -> pipeline::Lowered {
    pipeline::lower(&codegen::checked_in(&root())).expect("the checked-in document can be lowered")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
