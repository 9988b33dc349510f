//! Operations that the overlay removes: what only they used goes with them, everywhere.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;
use xtask::{
    codegen,
    coverage::Coverage,
    diff, lint, openapi, overlay,
    pipeline::{self, Inputs},
};

/// A document and an overlay that removes one operation of a path, and a whole path.
fn inputs() -> Inputs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/44o-operations-removed");
    Inputs { document: folder.join("input.yaml"), overlay: Some(folder.join("overlay.yaml")) }
}

/// What only the removed operations use; of the last, the parent has a discriminator that leads to it.
const GONE: [&str; 5] = ["ChannelKind", "NewOrder", "Line", "Refusal", "Cat"];

fn schemas(document: &Value) -> BTreeSet<&str> {
    openapi::components(document).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_only_removed_operations_used_is_in_neither_document() {
    let lowered = pipeline::lower(&inputs()).expect("it can be lowered");
    let expected = ["Animal", "Dog", "Order", "OrderKind", "OrderList", "TenantKind", "Unused"];
    assert_eq!(schemas(&lowered.overlaid), BTreeSet::from(expected));
    let components = &lowered.overlaid["components"];
    assert!(components["parameters"]["Tenant"].is_object() && components["parameters"].get("Channel").is_none());
    assert!(components["responses"].get("Refused").is_none());
    let paths: Vec<&String> = lowered.overlaid["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(paths, ["/orders", "/names"]);
    for gone in GONE.iter().chain(&["OrderLine"]) {
        assert!(openapi::component(&lowered.effective, gone).is_none(), "{gone}");
    }
}

#[test]
fn nothing_is_generated_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    codegen::elsewhere(&inputs(), folder.path()).expect("it can be generated from").write().expect("written");
    for file in [
        "operations.md",
        "effective.json",
        "src/generated/types.rs",
        "src/generated/client.rs",
        "src/generated/operations.rs",
    ] {
        let text = std::fs::read_to_string(folder.path().join(file)).expect("a file");
        for gone in GONE.iter().chain(&["OrderLine", "createOrder", "create_order", "getPet", "get_pet"]) {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            assert!(!text.split(|c| !is_word(c)).any(|word| word == *gone), "{gone} is in {file}");
        }
    }
}

/// A path that is left without an operation goes, with what its parameters led to.
#[test]
fn a_path_goes_with_its_last_operation() {
    let document = openapi::load(&inputs().document).expect("a document").value;
    let text = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n  \
                - {target: \"$.paths['/orders'].post\", remove: true}\n  - {target: \"$.paths['/orders'].get\", remove: true}\n";
    let overlay = openapi::parse(text).expect("YAML without a slip");
    let overlaid = overlay::apply(document, &overlay).expect("it fits");
    assert!(overlaid["paths"].get("/orders").is_none());
    assert_eq!(schemas(&overlaid), BTreeSet::from(["Animal", "Cat", "Dog", "Pet", "Unused"]));
    assert_eq!(overlaid["components"]["parameters"], serde_json::json!({}));
}

#[test]
fn the_vendors_changes_of_them_are_not_compared_and_nothing_is_found_unused() {
    let document = openapi::load(&inputs().document).expect("a document").value;
    let overlay = openapi::load(&inputs().overlay.expect("an overlay")).expect("an overlay").value;
    let mut changed = document.clone();
    changed["components"]["schemas"]["NewOrder"]["required"] = serde_json::json!(["kind"]);
    changed["paths"]["/pets"]["get"]["operationId"] = "readPet".into();
    changed["components"]["schemas"]["OrderKind"]["enum"][1] = "loan".into();
    let seen = [&document, &changed].map(|document| {
        let overlaid = overlay::apply(document.clone(), &overlay).expect("it fits");
        overlay::without_removed_operations(document, &overlaid)
    });
    let changes = diff::compare(&seen[0], &seen[1], &Coverage::default());
    assert!(!changes.is_empty(), "the enum of an operation that stays");
    assert!(changes.iter().all(|change| change.new.starts_with("/components/schemas/OrderKind/")), "{changes:#?}");
    let findings = lint::lint(&seen[1]).expect("it can be read");
    let unused: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.problem.contains("nothing reaches"))
        .map(|f| f.pointer.as_str())
        .collect();
    assert_eq!(unused, ["/components/schemas/Unused"], "it was so before");
}

#[test]
fn spec_diff_with_the_overlay_knows_nothing_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = inputs();
    let text = std::fs::read_to_string(&inputs.document).expect("a document");
    let new = folder.path().join("new.yaml");
    let replaced =
        text.replace("operationId: createOrder", "operationId: makeOrder").replace("enum: [kg, piece]", "enum: [kg]");
    assert_ne!(text, replaced);
    std::fs::write(&new, replaced).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["spec", "diff"]).args([&inputs.document, &new]);
    command.arg("--overlay").arg(inputs.overlay.expect("an overlay")).args(["--fail-on", "any"]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
