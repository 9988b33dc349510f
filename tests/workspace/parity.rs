//! What the pipeline takes, the mock server takes: it follows the same document, and a test that can't start it tests
//! nothing.

use serde_json::{Value, json};
use unigox_sandbox::Sandbox;
use xtask::{generate, lower, openapi};

/// The pointers of all values below the root, but of those in examples.
fn pointers(value: &Value, pointer: &str, out: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(members) => members.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in members.into_iter().filter(|(name, _)| !name.starts_with("example")) {
        let pointer = openapi::join(pointer, &name);
        pointers(value, &pointer, out);
        out.push(pointer);
    }
}

#[test]
fn the_mock_server_takes_what_the_pipeline_takes() {
    let document = openapi::parse(include_str!("../../xtask/tests/constructs.yaml")).expect("YAML");
    let mut places = Vec::new();
    pointers(&document, "", &mut places);
    let values = [
        Value::Null,
        json!({}),
        json!([]),
        json!("text"),
        json!(5),
        json!(true),
        json!({"$ref": "#/components/schemas/Base"}),
    ];
    let (mut taken, mut refused) = (0, Vec::new());
    for (number, place) in places.iter().enumerate() {
        let mut changed = document.clone();
        *changed.pointer_mut(place).expect("it is there") = values[number % values.len()].clone();
        let Ok((effective, _)) = lower::lower(changed.clone()) else { continue };
        if generate::generate(&effective).is_err() {
            continue;
        }
        taken += 1;
        if let Err(error) = Sandbox::builder().document(&changed.to_string()) {
            refused.push(format!("{place} as {}: {error}", values[number % values.len()]));
        }
    }
    assert_eq!(refused, [""; 0], "of {taken} documents that the pipeline takes");
    assert!(taken > 100, "{taken}");
}
