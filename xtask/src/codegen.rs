//! `cargo xtask codegen`: the generated crate, in place or somewhere else.

use std::{
    collections::HashMap,
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    thread,
};

use anyhow::Context;
use serde_json::Value;

use crate::{
    coverage::Coverage,
    defect::{self, Defects, Error},
    emit, names,
    openapi::{operations, operations_mut},
    output::{Outputs, Stale},
    page,
    pipeline::{self, Inputs, Lowered, Provenance},
    report,
};

/// What the generated code needs only if its document has patterns.
const FOR_PATTERNS: &str = "regress = \"0.12\"\n";

/// Generated files: the name below `src/generated`, and the code without a header.
pub(crate) type Code = Vec<(&'static str, String)>;

/// Where the crate is in the workspace.
const CRATE: &str = "crates/unigox-client";

/// Where the table of calls is for tests.
const TESTS: &str = "tests/support";

/// Where the facade is, which has a generated method for every operation.
const FACADE: &str = "crates/unigox";

/// The document that the mock server validates by. It is a file of that crate, so that the crate can be published.
const SANDBOX_DOCUMENT: &str = "crates/unigox-sandbox/src/document.json";

/// Everything that `codegen` writes in the workspace, as files and folders.
pub(crate) const PLACES: [&str; 5] = [
    "openapi",
    "crates/unigox-client/src/generated",
    "crates/unigox/src/generated",
    "crates/unigox-sandbox/src/document.json",
    "tests/support/generated",
];

/// The document and the overlay that are checked in.
pub fn checked_in(root: &Path) -> Inputs {
    let folder = root.join("openapi");
    Inputs { document: folder.join("unigox-partner.yaml"), overlay: Some(folder.join("overlay.yaml")) }
}

/// The outputs for the checked-in document, in their places in the workspace.
///
/// # Errors
///
/// As [`pipeline::lower`] and [`pipeline::generate`].
pub fn in_place(root: &Path) -> Result<Outputs, Error> {
    let inputs = checked_in(root);
    // Reading the sources of the facade needs nothing of the document.
    let (lowered, coverage) = thread::scope(|scope| {
        let coverage = scope.spawn(|| Coverage::read(root));
        let lowered = pipeline::lower(&inputs);
        (lowered, coverage.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let lowered = lowered?;
    Ok(outputs_in_place(root, &lowered, || pipeline::generate(&inputs.document, &lowered.effective), &coverage?)?)
}

/// The outputs for a lowered document, in their places in the workspace. `client` makes the code of the client from it.
///
/// # Errors
///
/// As `client`.
pub(crate) fn outputs_in_place(
    root: &Path,
    lowered: &Lowered,
    client: impl FnOnce() -> Result<Code, Defects>,
    coverage: &Coverage,
) -> Result<Outputs, Defects> {
    let (client, beside) = thread::scope(|scope| {
        // Nothing of this needs the generator's types, which take longest.
        let beside = scope.spawn(|| {
            let mut outputs = Outputs::new(root);
            add_reports(&mut outputs, Path::new("openapi"), lowered);
            outputs.add(SANDBOX_DOCUMENT, json(&with_operation_ids(lowered), &lowered.provenance));
            (outputs, emit::emit_facade(&lowered.effective), emit::table(&lowered.effective))
        });
        (client(), beside.join())
    });
    let client = client?;
    let (mut outputs, facade, calls) = beside.unwrap_or_else(|panic| resume_unwind(panic));
    add_code(&mut outputs, &Path::new(CRATE).join("src"), client, lowered);
    add_code(&mut outputs, &Path::new(FACADE).join("src"), facade, lowered);
    let inputs = ["README.md", "overlay.yaml", "unigox-partner.yaml"];
    outputs.own("openapi", inputs.map(str::to_owned));
    let operations = report::facade_operations(&lowered.effective, coverage);
    outputs.add(Path::new(FACADE).join("src/generated/operations.md"), with_header(&lowered.provenance, &operations));
    add_code(&mut outputs, Path::new(TESTS), vec![("calls.rs", calls)], lowered);
    for folder in [&format!("{CRATE}/src"), &format!("{FACADE}/src"), TESTS] {
        outputs.own(Path::new(folder).join("generated"), []);
    }
    Ok(outputs)
}

/// The document before the passes, in which operations without an `operationId` have the one that the client calls them by.
fn with_operation_ids(lowered: &Lowered) -> Value {
    let id = |value: &Value| value.get("operationId").and_then(Value::as_str).map(str::to_owned);
    let named = operations(&lowered.effective);
    let named: HashMap<_, _> =
        named.filter_map(|named| Some(((named.path, named.method), id(named.value())?))).collect();
    let mut document = lowered.overlaid.clone();
    operations_mut(&mut document, |operation| {
        if !operation.value.get("operationId").is_some_and(Value::is_string)
            && let Some(id) = named.get(&(operation.path, operation.method))
        {
            operation.value.insert("operationId".to_owned(), id.clone().into());
        }
    });
    document
}

/// Whether the code checks patterns.
fn has_patterns(code: &Code) -> bool {
    code.iter().any(|(_, code)| code.contains(", pattern \""))
}

/// The outputs for any document, as a crate of its own in `folder`.
///
/// # Errors
///
/// As [`in_place`]; also if `folder` holds something that this command did not make.
pub fn elsewhere(inputs: &Inputs, folder: &Path) -> Result<Outputs, Error> {
    refuse_foreign(folder)?;
    let lowered = pipeline::lower(inputs)?;
    let code = pipeline::generate(&inputs.document, &lowered.effective)?;
    let mut outputs = Outputs::new(folder);
    add_reports(&mut outputs, Path::new(""), &lowered);
    let has_patterns = has_patterns(&code);
    add_code(&mut outputs, Path::new("src"), code, &lowered);
    let title = lowered.effective["info"]["title"].as_str().unwrap_or_default();
    let name = package_name(folder, title);
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(CRATE);
    for path in hand_written(&template)? {
        let full = template.join(&path);
        let content = fs::read_to_string(&full).with_context(|| format!("can't read {}", full.display()))?;
        let content = match path.to_str() {
            Some("Cargo.toml") => manifest(&content, &name, title, has_patterns, &lowered.provenance),
            // Its examples name the crate.
            _ => content.replace("unigox_client", &name.replace('-', "_")),
        };
        outputs.add(path, content);
    }
    for folder in ["src", "src/runtime", "src/generated"] {
        outputs.own(folder, []);
    }
    Ok(outputs)
}

/// The files of the generated crate that are written by hand, below its folder. A crate made elsewhere gets a copy.
fn hand_written(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = vec![PathBuf::from("Cargo.toml")];
    let mut open = vec![PathBuf::from("src")];
    while let Some(inner) = open.pop() {
        let full = folder.join(&inner);
        for entry in fs::read_dir(&full).with_context(|| format!("can't read {}", full.display()))? {
            let entry = entry.with_context(|| format!("can't read {}", full.display()))?;
            let path = inner.join(entry.file_name());
            match entry.path().is_dir() {
                true if entry.file_name() == "generated" => {}
                true => open.push(path),
                false => files.push(path),
            }
        }
    }
    Ok(files)
}

/// An error unless `folder` is new, empty, or one that [`elsewhere`] made.
fn refuse_foreign(folder: &Path) -> anyhow::Result<()> {
    let is_ours = fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| text.starts_with("# @generated"));
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(|| format!("can't use {} for output", folder.display())),
    };
    anyhow::ensure!(
        is_ours || is_empty,
        "{} holds files that this command did not make; name a new folder, or empty this one",
        folder.display()
    );
    Ok(())
}

/// The name of the package in `folder`: the folder's own, or one made from the title of its document.
fn package_name(folder: &Path, title: &str) -> String {
    let folder = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let names = [folder, format!("{title} client")];
    let names = names.iter().map(|name| names::snake(name).trim_matches('_').replace('_', "-"));
    let is_name = |name: &String| name.is_ascii() && name.starts_with(|first: char| first.is_ascii_alphabetic());
    names.into_iter().find(is_name).unwrap_or_else(|| "generated-client".to_owned())
}

/// The manifest of a crate made elsewhere. Its section `[workspace]` keeps it out of a workspace that the folder is in.
fn manifest(template: &str, name: &str, title: &str, has_patterns: bool, provenance: &Provenance) -> String {
    let header: String = provenance.lines().iter().map(|line| format!("# {line}\n")).collect();
    let (package, rest) = template.split_once("\n\n").unwrap_or((template, ""));
    let kept: String = package.lines().filter(|line| is_kept(line)).map(|line| format!("{line}\n")).collect();
    let rest = match has_patterns {
        true => rest.to_owned(),
        false => rest.replace(FOR_PATTERNS, ""),
    };
    let title = page::printable(&title.replace(char::is_control, " "));
    // A string of JSON without control characters is one of TOML.
    let description = Value::from(format!("Client generated from the OpenAPI document `{}`", title.trim()));
    format!(
        "{header}\n[package]\nname = \"{name}\"\ndescription = {description}\n{kept}publish = false\n\n{rest}\n[workspace]\n"
    )
}

/// Whether a line of the section `[package]` holds for a crate made elsewhere. The others describe this crate, and name
/// files for its archive.
fn is_kept(line: &str) -> bool {
    let key = line.split(" = ").next().unwrap_or_default();
    ["version", "edition", "rust-version", "license"].contains(&key)
}

fn add_reports(outputs: &mut Outputs, folder: &Path, lowered: &Lowered) {
    let with_header = |text: String| with_header(&lowered.provenance, &text);
    outputs.add(folder.join("operations.md"), with_header(report::operations(&lowered.effective)));
    outputs.add(folder.join("lowering.md"), with_header(report::lowering(&lowered.notes)));
    outputs.add(folder.join("effective.json"), json(&lowered.effective, &lowered.provenance));
}

/// `text` in Markdown, with the header as comments.
fn with_header(provenance: &Provenance, text: &str) -> String {
    let header: String = provenance.lines().iter().map(|line| format!("<!-- {line} -->\n")).collect();
    format!("{header}\n{text}")
}

/// The document as JSON, with the header as an extension: JSON has no comments.
fn json(document: &Value, provenance: &Provenance) -> String {
    let body = serde_json::to_string_pretty(document).unwrap_or_default();
    let header = serde_json::to_string(&provenance.lines()).unwrap_or_default();
    let rest = body.strip_prefix('{').unwrap_or(&body);
    format!("{{\n  \"x-generated\": {header},{rest}\n")
}

fn add_code(outputs: &mut Outputs, folder: &Path, code: Code, lowered: &Lowered) {
    let header: String = lowered.provenance.lines().iter().map(|line| format!("// {line}\n")).collect();
    for (name, code) in code {
        outputs.add(folder.join("generated").join(name), format!("{header}\n{code}"));
    }
}

/// The workspace that `start` is in.
///
/// # Errors
///
/// If it is not inside one.
pub fn find_root(start: &Path) -> anyhow::Result<PathBuf> {
    let is_root = |folder: &&Path| folder.join("xtask/Cargo.toml").is_file() && folder.join("openapi").is_dir();
    let root = start.ancestors().find(is_root);
    root.map(Path::to_owned).with_context(|| format!("{} is not inside the workspace", start.display()))
}

/// What `--check` says of `stale`.
pub fn check_message(stale: &[Stale]) -> String {
    let each = stale.iter().map(|stale| format!("  {}\n", stale.to_string().replace('\n', "\n  ")));
    format!("{} out of date:\n{}", defect::count(stale.len(), "generated file"), each.collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{openapi::Loaded, pipeline::Sources};

    #[test]
    fn the_mock_server_calls_operations_by_the_ids_of_the_client() {
        let document = |ids: [Option<&str>; 2]| {
            let operation = |id: Option<&str>| id.map_or(json!({}), |id| json!({"operationId": id}));
            json!({"paths": {"/v1/a": {"get": operation(ids[0])}, "/b": {"put": operation(ids[1])}}})
        };
        let source = |sha256: &str| Loaded { value: Value::Null, text: String::new(), sha256: sha256.to_owned() };
        let provenance = Sources { document: source("a"), overlay: None }.provenance();
        let lowered = Lowered {
            overlaid: document([None, Some("saveB")]),
            effective: document([Some("getA"), Some("saveB")]),
            notes: Vec::new(),
            provenance,
        };
        assert_eq!(with_operation_ids(&lowered), document([Some("getA"), Some("saveB")]));
    }
}
