//! Keywords without a value: `description:` in YAML is null, which no keyword can be.

use serde_json::{Value, json};

use super::Report;
use crate::openapi::{is_data, is_map, join};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    go(document, "", "", report);
    if let Some(version) = document.pointer_mut("/info/version").filter(|version| version.is_number()) {
        *version = version.to_string().into();
        report.note("/info/version", "a number; read as the text that it is written as");
    }
}

/// `key` is what `value` stands under.
fn go(value: &mut Value, key: &str, pointer: &str, report: &mut Report) {
    match value {
        Value::Object(members) => {
            let nulls: Vec<String> = members
                .iter()
                .filter(|(name, member)| member.is_null() && !is_own(name))
                .map(|(n, _)| n.clone())
                .collect();
            for name in nulls {
                // What these hold has to be there; among other names, null is for the checks to name.
                let instead = match (key, name.as_str()) {
                    ("content" | "callbacks", _) => Some(json!({})),
                    ("scopes", _) | ("response", "description") => Some("".into()),
                    (key, _) if is_map(key) => continue,
                    _ => None,
                };
                report.note(join(pointer, &name), "without a value; read as if it were not there");
                match instead {
                    Some(instead) => drop(members.insert(name, instead)),
                    None => drop(members.shift_remove(&name)),
                }
            }
            for (name, member) in members.iter_mut().filter(|(_, member)| member.is_object() || member.is_array()) {
                if is_map(key) || !is_data(name) {
                    // What is under a name is no map of names, whatever the name is.
                    let below = match key {
                        "responses" => "response",
                        key if is_map(key) => "",
                        _ => name,
                    };
                    go(member, below, &join(pointer, name), report);
                }
            }
        }
        Value::Array(members) => {
            for (index, member) in members.iter_mut().enumerate() {
                go(member, "", &join(pointer, &index.to_string()), report);
            }
        }
        _ => {}
    }
}

/// Whether null is a value there: an example may be null, and an extension is somebody's own.
fn is_own(name: &str) -> bool {
    name == "example" || name.starts_with("x-")
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn reads_keywords_without_a_value_as_absent() {
        let notes = check(
            run,
            json!({"info": {"description": null, "version": 1.5}, "components": null, "paths": {"/a": {"get": {
                "parameters": null, "tags": null, "responses": {"200": {"description": null, "content": {
                    "application/json": {"schema": {"default": null, "example": null, "properties": {
                        "description": {"description": null}, "default": null}}}, "text/plain": null}}}}}}}),
            &json!({"info": {"version": "1.5"}, "paths": {"/a": {"get": {
                "responses": {"200": {"description": "", "content": {
                    "application/json": {"schema": {"example": null, "properties": {
                        "description": {}, "default": null}}}, "text/plain": {}}}}}}}}),
        );
        assert_eq!(notes.len(), 9, "{notes:?}");
    }
}
