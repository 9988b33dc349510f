//! Several media types for one body, multipart forms, and JSON without a schema.
//!
//! The generator takes one media type and no form. Of several, JSON is kept; a multipart form is set aside under
//! [`MULTIPART`], from which a streaming method of its own is made.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    openapi::{
        Object, components_mut,
        extension::{MULTIPART, TYPE_NAME},
        join, operations, operations_mut, reference, references, resolve, schema_name,
    },
};

const FORM: &str = "multipart/form-data";

/// What the generator sends, best first.
const SENDABLE: [&str; 4] =
    ["application/json", "application/x-www-form-urlencoded", "application/octet-stream", "text/plain"];

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // A body by reference is written out where it is used, so that one operation's form is not another's.
    let by_reference = |operation: &Value| {
        let body = operation.get("requestBody").filter(|body| reference(body).is_some());
        body.and_then(|body| resolve(document, body)).cloned()
    };
    let bodies: Vec<_> = operations(document).map(|operation| by_reference(operation.value())).collect();
    let mut forms = Vec::new();
    let mut bodies = bodies.into_iter();
    operations_mut(document, |at| {
        let operation = at.value;
        if let Some(body) = bodies.next().flatten() {
            operation.insert("requestBody".to_owned(), body);
        }
        let Some(content) = operation.get_mut("requestBody").and_then(|body| body.get_mut("content")?.as_object_mut())
        else {
            return;
        };
        let place = join(&join(&at.pointer, "requestBody"), "content");
        if let Some(form) = content.shift_remove(FORM) {
            forms.push(at.pointer.clone());
            report.note(join(&place, FORM), "set aside for a streaming method of its own");
            let schema = form.get("schema").cloned().unwrap_or_else(|| json!({"type": "object"}));
            if !schema.is_object() {
                let remedy = "write the schema of the form there";
                report.defect(Defect::new(join(&join(&place, FORM), "schema"), "not a schema", remedy));
                return;
            }
            if content.is_empty() {
                operation.shift_remove("requestBody");
            } else {
                request(content, &place, report);
            }
            operation.insert(MULTIPART.to_owned(), json!({"schema": schema}));
        } else if content.is_empty() {
            operation.shift_remove("requestBody");
        } else {
            request(content, &place, report);
        }
    });
    write_out_forms(document, &forms, report);
    responses(document, report);
}

/// A form's schema is written out: it becomes a type of its own, with files for its binary fields. A component that
/// was there for it alone goes.
fn write_out_forms(document: &mut Value, forms: &[String], report: &mut Report) {
    // Counted once, and down from there: a walk for each form would take the square of their number.
    let mut uses: HashMap<String, usize> = HashMap::new();
    references(document, &mut |_, target| *uses.entry(target.to_owned()).or_default() += 1);
    for pointer in forms {
        let pointer = join(&join(pointer, MULTIPART), "schema");
        let Some(target) = document.pointer(&pointer).and_then(reference).map(str::to_owned) else { continue };
        let Some(schema) = document.pointer(&pointer).and_then(|schema| resolve(document, schema)).cloned() else {
            continue;
        };
        if let Some(slot) = document.pointer_mut(&pointer) {
            *slot = schema;
            let left = uses.entry(target.clone()).or_default();
            *left = left.saturating_sub(1);
            let Some(name) = schema_name(&target).filter(|_| *left == 0) else { continue };
            components_mut(document).and_then(|schemas| schemas.shift_remove(name));
            if let Some(object) = document.pointer_mut(&pointer).and_then(Value::as_object_mut) {
                object.entry(TYPE_NAME).or_insert_with(|| name.into());
            }
            report.note(pointer, format!("component `{name}` became the form"));
        }
    }
}

fn request(content: &mut Object, place: &str, report: &mut Report) {
    if !normalize_json(content) && !SENDABLE.iter().any(|media_type| content.contains_key(*media_type)) {
        let found = content.keys().map(|media_type| format!("`{media_type}`")).collect::<Vec<_>>().join(", ");
        let problem = format!("no media type here can be sent: {found}");
        report.defect(Defect::new(place, problem, "add `application/json` with an overlay action"));
        return;
    }
    let kept = SENDABLE.into_iter().find(|media_type| content.contains_key(*media_type)).unwrap_or_default();
    keep(content, kept, place, report);
    match kept {
        "application/octet-stream" => content[kept] = json!({"schema": {"type": "string", "format": "binary"}}),
        "text/plain" => content[kept] = json!({"schema": {"type": "string"}}),
        _ => schema_of(content, kept, place, report),
    }
}

fn responses(document: &mut Value, report: &mut Report) {
    let mut response = |response: &mut Value, place: &str| {
        let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { return };
        let place = join(place, "content");
        if normalize_json(content) {
            keep(content, SENDABLE[0], &place, report);
            schema_of(content, SENDABLE[0], &place, report);
        }
    };
    operations_mut(document, |operation| {
        let list = operation.value.get_mut("responses").and_then(Value::as_object_mut);
        for (status, value) in list.into_iter().flatten() {
            response(value, &join(&join(&operation.pointer, "responses"), status));
        }
    });
    let shared = document.pointer_mut("/components/responses").and_then(Value::as_object_mut);
    for (name, value) in shared.into_iter().flatten() {
        response(value, &join("/components/responses", name));
    }
}

/// Whatever is JSON by another name becomes `application/json`. Says whether there is any.
fn normalize_json(content: &mut Object) -> bool {
    if !content.contains_key(SENDABLE[0]) {
        let is_json = |media_type: &&String| {
            let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            plain == SENDABLE[0] || plain == "*/*" || plain.ends_with("+json")
        };
        if let Some(media_type) = content.keys().find(is_json).cloned() {
            let media = content.shift_remove(&media_type).unwrap_or_default();
            content.insert(SENDABLE[0].to_owned(), media);
        }
    }
    content.contains_key(SENDABLE[0])
}

fn keep(content: &mut Object, kept: &str, place: &str, report: &mut Report) {
    let dropped: Vec<String> = content.keys().filter(|media_type| *media_type != kept).cloned().collect();
    for media_type in dropped {
        content.shift_remove(&media_type);
        report.note(join(place, &media_type), format!("dropped; the body is `{kept}`"));
    }
}

fn schema_of(content: &mut Object, media_type: &str, place: &str, report: &mut Report) {
    let Some(media) = content.get_mut(media_type).and_then(Value::as_object_mut) else { return };
    media.shift_remove("encoding");
    if !media.contains_key("schema") {
        media.insert("schema".to_owned(), json!({}));
        report.note(join(place, media_type), "without a schema; taken for any JSON value");
    }
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn document(operation: Value) -> Value {
        json!({"paths": {"/a": {"post": operation}}})
    }

    #[test]
    fn sets_a_form_aside_and_keeps_json() {
        let (form, link) = (json!({"properties": {"f": {}}}), json!({"properties": {"url": {}}}));
        let notes = check(
            run,
            document(json!({"requestBody": {"content": {
                "multipart/form-data": {"schema": form}, "application/json": {"schema": link}}}})),
            &document(json!({
                "requestBody": {"content": {"application/json": {"schema": link}}}, "x-lowered-multipart": {"schema": form}})),
        );
        assert_eq!(notes.len(), 1);
        check(
            run,
            document(json!({"requestBody": {"content": {"multipart/form-data": {"schema": form}}}})),
            &document(json!({"x-lowered-multipart": {"schema": form}})),
        );
    }

    #[test]
    fn takes_json_by_any_name_and_without_a_schema() {
        check(
            run,
            document(json!({"responses": {"200": {"content": {"application/problem+json": {"example": 1}}}}})),
            &document(json!({"responses": {"200": {"content": {"application/json": {"example": 1, "schema": {}}}}}})),
        );
    }

    #[test]
    fn a_component_that_was_the_form_alone_goes() {
        let reference = json!({"$ref": "#/components/schemas/Form"});
        let mut input = document(json!({"requestBody": {"content": {"multipart/form-data": {"schema": reference}}}}));
        input["components"] = json!({"schemas": {"Form": {"properties": {"f": {}}}}});
        let form = json!({"properties": {"f": {}}, "x-type-name": "Form"});
        let mut expected = document(json!({"x-lowered-multipart": {"schema": form}}));
        expected["components"] = json!({"schemas": {}});
        check(run, input, &expected);
    }

    #[test]
    fn refuses_a_body_that_can_not_be_sent() {
        let mut report = Report::default();
        run(&mut document(json!({"requestBody": {"content": {"application/xml": {}}}})), &mut report);
        assert_eq!(report.defects.len(), 1);
    }
}
