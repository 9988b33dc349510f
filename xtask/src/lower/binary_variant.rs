//! A file among the variants of a JSON body.
//!
//! ```yaml
//! # before                              # after
//! application/json:                     application/json:
//!   schema:                               schema: {$ref: '#/…/Link'}
//!     oneOf:                            multipart/form-data:
//!       - properties:                     schema:
//!           file: {format: binary}          properties:
//!       - $ref: '#/…/Link'                    file: {format: binary}
//! ```
//!
//! Of several variants, the one with a file has no other way to be sent. A body that is nothing but an object with a file in
//! it stays as the document has it: JSON, where the file is a string.

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    openapi::{join, operations, resolve},
};

const FORM: &str = "multipart/form-data";

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // Bodies by reference are copied where a file has to leave them; others may use the same component.
    let mut found: Vec<(String, Value, Vec<Value>)> = Vec::new();
    for operation in operations(document) {
        let body = operation.value().get("requestBody").and_then(|body| resolve(document, body));
        let Some(body) = body else { continue };
        let Some(json) = body.pointer("/content/application~1json/schema") else { continue };
        let Some(schema) = resolve(document, json) else { continue };
        let is_file = |variant: &&Value| holds_file(document, variant);
        let Some(variants) = schema.get("oneOf").and_then(Value::as_array) else {
            if is_file(&schema) {
                let place = join(&operation.pointer(), "requestBody/content/application~1json/schema");
                report.note(place, "binary properties of a JSON body are sent as strings, as JSON has no files");
            }
            continue;
        };
        let files: Vec<Value> = variants.iter().filter(is_file).cloned().collect();
        if files.is_empty() {
            continue;
        }
        let mut body = body.clone();
        if let Some(slot) = body.pointer_mut("/content/application~1json") {
            slot["schema"] = schema.clone();
        }
        found.push((join(&operation.pointer(), "requestBody"), body, files));
    }
    for (pointer, mut body, files) in found {
        let place = format!("{pointer}/content/application~1json/schema");
        let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else { continue };
        let [file] = files.as_slice() else {
            let remedy = "merge them with an overlay action: one operation has one multipart form";
            report.defect(Defect::new(place, format!("{} variants hold a file", files.len()), remedy));
            continue;
        };
        let variants = content.get_mut("application/json").and_then(|json| json["schema"].get_mut("oneOf"));
        if let Some(variants) = variants.and_then(Value::as_array_mut) {
            variants.retain(|variant| variant != file);
            let only = (variants.len() == 1).then(|| variants.remove(0));
            if let Some(only) = only {
                content["application/json"]["schema"] = only;
            }
        }
        if content.contains_key(FORM) {
            report.note(place, "variant with a file dropped; the operation has a multipart form already");
        } else {
            content.insert(FORM.to_owned(), json!({"schema": file}));
            report.note(place, "variant with a file became the operation's multipart form");
        }
        if let Some(slot) = document.pointer_mut(&pointer) {
            *slot = body;
        }
    }
}

fn holds_file(document: &Value, schema: &Value) -> bool {
    let properties = resolve(document, schema).and_then(|schema| schema.get("properties")?.as_object());
    properties
        .into_iter()
        .flatten()
        .any(|(_, property)| resolve(document, property).is_some_and(|property| property["format"] == "binary"))
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn document(content: Value) -> Value {
        json!({"paths": {"/a": {"post": {"requestBody": {"content": content}}}}})
    }

    #[test]
    fn moves_the_variant_with_the_file_out_of_json() {
        let file = json!({"properties": {"file": {"type": "string", "format": "binary"}, "kind": {"type": "string"}}});
        let (one, many) = (json!({"properties": {"url": {}}}), json!({"properties": {"urls": {}}}));
        let notes = check(
            run,
            document(json!({"application/json": {"schema": {"oneOf": [file, one, many]}}})),
            &document(json!({
                "application/json": {"schema": {"oneOf": [one, many]}}, "multipart/form-data": {"schema": file}})),
        );
        assert_eq!(notes.len(), 1);
        check(
            run,
            document(json!({"application/json": {"schema": {"oneOf": [file, one]}}})),
            &document(json!({"application/json": {"schema": one}, "multipart/form-data": {"schema": file}})),
        );
    }

    #[test]
    fn leaves_a_body_that_is_json_alone_and_says_so() {
        let file = json!({"properties": {"file": {"type": "string", "format": "binary"}}});
        let document = document(json!({"application/json": {"schema": file}}));
        assert_eq!(check(run, document.clone(), &document).len(), 1);
    }

    #[test]
    fn refuses_two_variants_with_files() {
        let file = |name: &str| json!({"properties": {name: {"format": "binary"}}});
        let mut report = Report::default();
        run(&mut document(json!({"application/json": {"schema": {"oneOf": [file("a"), file("b")]}}})), &mut report);
        assert_eq!(report.defects.len(), 1);
    }
}
