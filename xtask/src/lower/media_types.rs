//! Several media types for one body, multipart forms, and JSON without a schema.
//!
//! A method sends one media type. Of several, JSON is kept, under its own name; a multipart form is set aside under
//! [`MULTIPART`], from which a streaming method of its own is made. What a response is read from is JSON by any name, or
//! else bytes; what an operation accepts is kept under [`ACCEPT`].

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Report, success_shapes::is_success};
use crate::{
    defect::Defect,
    openapi::{
        Object, components_mut,
        extension::{ACCEPT, MULTIPART, TYPE_NAME},
        is_json, join, operations, operations_mut, reference, references, resolve, schema_name,
        shape::declared,
    },
};

const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data";
const FIELDS: &str = "application/x-www-form-urlencoded";
const ANY: &str = "*/*";

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // A body by reference is written out where it is used, so that one operation's form is not another's.
    let by_reference = |operation: &Value| {
        let body = operation.get("requestBody").filter(|body| reference(body).is_some());
        body.and_then(|body| resolve(document, body)).cloned()
    };
    let bodies: Vec<_> = operations(document).map(|operation| by_reference(operation.value())).collect();
    let mut forms = Vec::new();
    let mut bodies = bodies.into_iter();
    // Schemas are looked up while operations are changed.
    let mut schemas = json!({"components": document.get_mut("components").map(Value::take)});
    operations_mut(document, |at| {
        let operation = at.value;
        if let Some(body) = bodies.next().flatten() {
            operation.insert("requestBody".to_owned(), body);
        }
        let is_required = operation.get("requestBody").and_then(|body| body.get("required").cloned());
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
                // Beside a form, what can't be sent is one way less.
                content.retain(|media_type, media| {
                    let is_sendable = kind(&schemas, media_type, media).is_some();
                    if !is_sendable {
                        report
                            .note(join(&place, media_type), "dropped; nothing here can write it, and there is a form");
                    }
                    is_sendable
                });
                if content.is_empty() {
                    operation.shift_remove("requestBody");
                } else if let Some(content) =
                    operation.get_mut("requestBody").and_then(|body| body.get_mut("content")?.as_object_mut())
                {
                    request(&schemas, content, &place, report);
                }
            }
            part_headers(&form, &join(&place, FORM), report);
            unknown_fields(&schemas, &form, &join(&place, FORM), report);
            let mut set_aside = json!({"schema": schema});
            for (key, value) in [("encoding", form.get("encoding").cloned()), ("required", is_required)] {
                value.into_iter().for_each(|value| set_aside[key] = value);
            }
            operation.insert(MULTIPART.to_owned(), set_aside);
        } else if content.is_empty() {
            operation.shift_remove("requestBody");
        } else {
            request(&schemas, content, &place, report);
        }
    });
    if let Some(slot) = document.get_mut("components") {
        *slot = schemas["components"].take();
    }
    write_out_forms(document, &forms, report);
    responses(document, report);
}

/// Headers of a part, which nothing here writes: refused where they have to be there.
fn part_headers(form: &Value, place: &str, report: &mut Report) {
    for (field, encoding) in form.get("encoding").and_then(Value::as_object).into_iter().flatten() {
        for (name, header) in encoding.get("headers").and_then(Value::as_object).into_iter().flatten() {
            let place =
                ["encoding", field, "headers", name].iter().fold(place.to_owned(), |place, key| join(&place, key));
            if header["required"] == true && !name.eq_ignore_ascii_case("content-type") {
                let remedy = "remove it with an overlay action if the server can do without";
                report.defect(Defect::new(place, "a header that a part of a form has to have", remedy));
            } else {
                report.note(place, "a header of a part of a form, left out");
            }
        }
    }
}

/// How fields are to be written that the schema of a form does not have.
fn unknown_fields(document: &Value, form: &Value, place: &str, report: &mut Report) {
    let Some(fields) = form.get("schema").and_then(|schema| declared(document, schema)) else { return };
    let encoded = form.get("encoding").and_then(Value::as_object).into_iter().flatten();
    for (field, _) in encoded.filter(|(field, _)| !fields.contains(field.as_str())) {
        let place = join(&join(place, "encoding"), field);
        report.note(place, "ignored: the schema of the form has no property called so");
    }
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

/// How a body of a media type is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Json,
    Fields,
    Text,
    Bytes,
}

/// How a body is written that `media` describes under `media_type`; none if nothing here can write it.
fn kind(document: &Value, media_type: &str, media: &Value) -> Option<Kind> {
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let schema = media.get("schema").and_then(|schema| resolve(document, schema));
    let is_string = schema.is_none_or(|schema| {
        let is_bare =
            schema.as_object().is_some_and(|object| object.keys().all(|key| key == "description" || key == "example"));
        schema["type"] == "string" || is_bare
    });
    let is_bytes = schema.is_none_or(|schema| schema["format"] == "binary");
    match plain.as_str() {
        _ if !is_media_type(&plain) || (plain != ANY && plain.contains('*')) => None,
        _ if is_json(media_type) => Some(Kind::Json),
        FIELDS => Some(Kind::Fields),
        ANY if schema.is_none() || (is_string && is_bytes) => Some(Kind::Bytes),
        ANY if is_string => Some(Kind::Text),
        ANY => Some(Kind::Json),
        _ if plain.starts_with("multipart/") || !is_string => None,
        _ if plain.starts_with("text/") && schema.is_none_or(|schema| schema["format"] != "binary") => Some(Kind::Text),
        _ if is_bytes => Some(Kind::Bytes),
        _ => Some(Kind::Text),
    }
}

/// Whether `name`, without its parameters, is that of a media type or of a range.
fn is_media_type(name: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
    };
    name.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Keeps the one media type that is sent: JSON if it can be, under its own name.
fn request(document: &Value, content: &mut Object, place: &str, report: &mut Report) {
    let kinds =
        content.iter().filter_map(|(media_type, media)| Some((kind(document, media_type, media)?, media_type.clone())));
    let rank = |(kind, media_type): &(Kind, String)| (*kind, media_type != JSON);
    let Some((kind, media_type)) = kinds.min_by_key(rank) else {
        let name = |media_type: &str| media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let named = |media_type: &String| match media_type.as_str() {
            "" => "one without a name".to_owned(),
            media_type if !is_media_type(&name(media_type)) => format!("`{media_type}`, which is no media type"),
            media_type => format!("`{media_type}`"),
        };
        let found = content.keys().map(named).collect::<Vec<_>>().join(", ");
        let problem = format!("no media type here can be sent as it is described: {found}");
        let remedy = if content.keys().all(|media_type| !is_media_type(&name(media_type)) || media_type.contains('*')) {
            "name one media type, such as `image/png` or `text/plain`, with an overlay action"
        } else {
            "describe the body as `{type: string, format: binary}`, or name a media type that can be sent, with an overlay \
             action"
        };
        return report.defect(Defect::new(place, problem, remedy));
    };
    keep(content, &media_type, place, report);
    match kind {
        Kind::Json => schema_of(content, &media_type, place, report),
        Kind::Fields => {
            unknown_fields(document, &content[&media_type], &join(place, &media_type), report);
            schema_of(content, &media_type, place, report);
        }
        Kind::Text => content[&media_type] = json!({"schema": {"type": "string"}}),
        Kind::Bytes => content[&media_type] = json!({"schema": {"type": "string", "format": "binary"}}),
    }
    if media_type.starts_with(ANY) {
        let named = match kind {
            Kind::Json => JSON,
            Kind::Text => "text/plain",
            _ => "application/octet-stream",
        };
        let media = content.shift_remove(&media_type).unwrap_or_default();
        content.insert(named.to_owned(), media);
        report.note(join(place, &media_type), format!("any media type may be sent; sent as `{named}`"));
    }
}

fn responses(document: &mut Value, report: &mut Report) {
    // What an operation accepts is read before responses are cut down to what is read of them.
    let accepted: Vec<String> = operations(document).map(|operation| accepted(document, operation.value())).collect();
    let mut accepted = accepted.into_iter();
    let response = |response: &mut Value, place: &str, report: &mut Report| {
        let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { return };
        let place = join(place, "content");
        let json = content.keys().filter(|media_type| is_json(media_type)).min_by_key(|media_type| *media_type != JSON);
        let json = json.or_else(|| {
            content.iter().find(|(key, media)| key.starts_with(ANY) && !is_text(media)).map(|(key, _)| key)
        });
        let Some(json) = json.cloned() else { return };
        keep(content, &json, &place, report);
        schema_of(content, &json, &place, report);
        let media = content.shift_remove(&json).unwrap_or_default();
        content.insert(JSON.to_owned(), media);
    };
    operations_mut(document, |operation| {
        let is_head = operation.method == "head";
        let list = operation.value.get_mut("responses").and_then(Value::as_object_mut);
        for (status, value) in list.into_iter().flatten() {
            let place = join(&join(&operation.pointer, "responses"), status);
            if is_head || matches!(status.as_str(), "204" | "205" | "304") {
                if value.as_object_mut().and_then(|value| value.shift_remove("content")).is_some() {
                    report.note(place, "a response without a body, by HTTP; its content is dropped");
                }
                continue;
            }
            response(value, &place, report);
        }
        let accepted = accepted.next().unwrap_or_default();
        operation.value.entry(ACCEPT).or_insert_with(|| accepted.into());
    });
    let shared = document.pointer_mut("/components/responses").and_then(Value::as_object_mut);
    for (name, value) in shared.into_iter().flatten() {
        response(value, &join("/components/responses", name), report);
    }
}

/// The media types that the responses of an operation have: those of successes first, JSON alone where there is some.
fn accepted(document: &Value, operation: &Value) -> String {
    let mut all: Vec<&str> = Vec::new();
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let (successes, errors): (Vec<_>, Vec<_>) = responses.partition(|(status, _)| is_success(status));
    for (_, response) in successes.into_iter().chain(errors) {
        let content = resolve(document, response).and_then(|response| response.get("content")?.as_object());
        let types: Vec<&str> = content.into_iter().flatten().map(|(media_type, _)| media_type.as_str()).collect();
        let json: Vec<&str> = types.iter().copied().filter(|media_type| is_json(media_type)).collect();
        for media_type in if json.is_empty() { types } else { json } {
            if !all.contains(&media_type) {
                all.push(media_type);
            }
        }
    }
    if all.is_empty() { "*/*".to_owned() } else { all.join(", ") }
}

fn is_text(media: &Value) -> bool {
    media.get("schema").is_none_or(|schema| schema["type"] == "string")
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
                "requestBody": {"content": {"application/json": {"schema": link}}}, "x-lowered-multipart": {"schema": form}, "x-lowered-accept": "*/*"})),
        );
        assert_eq!(notes.len(), 1);
        check(
            run,
            document(json!({"requestBody": {"content": {"multipart/form-data": {"schema": form}}}})),
            &document(json!({"x-lowered-multipart": {"schema": form}, "x-lowered-accept": "*/*"})),
        );
    }

    #[test]
    fn takes_json_by_any_name_and_without_a_schema() {
        check(
            run,
            document(json!({"responses": {"200": {"content": {"application/problem+json": {"example": 1}}}}})),
            &document(json!({
                "responses": {"200": {"content": {"application/json": {"example": 1, "schema": {}}}}},
                "x-lowered-accept": "application/problem+json"})),
        );
    }

    #[test]
    fn a_component_that_was_the_form_alone_goes() {
        let reference = json!({"$ref": "#/components/schemas/Form"});
        let mut input = document(json!({"requestBody": {"content": {"multipart/form-data": {"schema": reference}}}}));
        input["components"] = json!({"schemas": {"Form": {"properties": {"f": {}}}}});
        let form = json!({"properties": {"f": {}}, "x-type-name": "Form"});
        let mut expected = document(json!({"x-lowered-multipart": {"schema": form}, "x-lowered-accept": "*/*"}));
        expected["components"] = json!({"schemas": {}});
        check(run, input, &expected);
    }

    #[test]
    fn sends_each_body_under_its_own_name() {
        let (text, bytes) = (json!({"type": "string"}), json!({"type": "string", "format": "binary"}));
        for (media_type, schema, sent, expected) in [
            (
                "application/merge-patch+json",
                json!({"type": "object"}),
                "application/merge-patch+json",
                json!({"type": "object"}),
            ),
            ("text/csv", text.clone(), "text/csv", text.clone()),
            ("image/png", bytes.clone(), "image/png", bytes.clone()),
            ("application/xml", text.clone(), "application/xml", text.clone()),
            ("*/*", text.clone(), "text/plain", text.clone()),
            ("*/*", bytes.clone(), "application/octet-stream", bytes.clone()),
        ] {
            let body = |media_type: &str, schema: &Value| json!({"content": {media_type: {"schema": schema}}});
            check(
                run,
                document(json!({"requestBody": body(media_type, &schema)})),
                &document(json!({"requestBody": body(sent, &expected), "x-lowered-accept": "*/*"})),
            );
        }
    }

    #[test]
    fn a_response_without_a_body_has_no_content() {
        let notes = check(
            run,
            document(json!({"responses": {"204": {"description": "", "content": {"application/json": {}}}}})),
            &document(json!({"responses": {"204": {"description": ""}}, "x-lowered-accept": "application/json"})),
        );
        assert_eq!(
            notes,
            ["/paths/~1a/post/responses/204: a response without a body, by HTTP; its content is dropped"]
        );
    }

    #[test]
    fn refuses_a_body_that_can_not_be_sent() {
        for (media_type, schema) in [
            ("application/xml", json!({"type": "object"})),
            ("image/*", json!({"type": "string", "format": "binary"})),
            ("multipart/related", json!({"type": "object"})),
        ] {
            let mut report = Report::default();
            run(&mut document(json!({"requestBody": {"content": {media_type: {"schema": schema}}}})), &mut report);
            assert_eq!(report.defects.len(), 1, "{media_type}");
        }
    }
}
