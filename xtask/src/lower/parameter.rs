//! Parameters: written out where they hold, with a style that says how their type is written.
//!
//! What OpenAPI 3.0.3 leaves undefined in its table of styles is refused, and headers that it says to ignore are.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    openapi::{
        Object, Parameter, extension::JSON_PARAMETER, is_json, join, operations, operations_mut, resolve, shape::Shape,
    },
};

/// Parameters that are described by other parts of a document.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut found = Vec::new();
    for operation in operations(document) {
        let parameters = operation.parameters();
        let mut seen = HashSet::new();
        for twice in parameters.iter().filter(|parameter| !seen.insert((parameter.location, parameter.name))) {
            let problem = format!("the parameter `{}` is there twice in the {}", twice.name, twice.location);
            report.defect(Defect::new(twice.place.pointer(), problem, "remove one of them with an overlay action"));
        }
        found.push(
            parameters.iter().filter_map(|parameter| written_out(document, parameter, report)).collect::<Vec<_>>(),
        );
    }
    let mut found = found.into_iter();
    operations_mut(document, |operation| {
        let list: Vec<Value> = found.next().unwrap_or_default();
        if list.is_empty() {
            operation.value.shift_remove("parameters");
        } else {
            operation.value.insert("parameters".to_owned(), Value::Array(list));
        }
    });
    for (_, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        item.as_object_mut().and_then(|item| item.shift_remove("parameters"));
    }
    document.get_mut("components").and_then(Value::as_object_mut).and_then(|all| all.shift_remove("parameters"));
}

/// The parameter with what is said elsewhere written into it; none if it is not sent.
fn written_out(document: &Value, parameter: &Parameter<'_>, report: &mut Report) -> Option<Value> {
    let place = parameter.place.pointer();
    let ignored = parameter.location == "header" && IGNORED_HEADERS.contains(&parameter.name.to_lowercase().as_str());
    if ignored {
        report.note(place, "ignored, as OpenAPI 3.0 says of this header: the request sets it");
        return None;
    }
    let mut object = parameter.value().as_object()?.clone();
    if let Some(content) = object.shift_remove("content") {
        let remedy = "remove one of them with an overlay action";
        if object.contains_key("schema") {
            let problem = "a parameter with both `schema` and `content`, of which OpenAPI allows one";
            report.defect(Defect::new(place, problem, remedy));
            return None;
        }
        if content.as_object().is_some_and(|content| content.len() > 1) {
            let problem = "several media types for a parameter, of which OpenAPI allows one";
            report.defect(Defect::new(join(&place, "content"), problem, remedy));
            return None;
        }
        let media = content.as_object().and_then(|content| content.iter().next());
        match media {
            Some((media_type, media)) if is_json(media_type) => {
                object.insert("schema".to_owned(), media.get("schema").cloned().unwrap_or_else(|| json!({})));
                object.insert(JSON_PARAMETER.to_owned(), true.into());
                return Some(Value::Object(object));
            }
            _ => {
                let problem = "the content of a parameter that is not JSON";
                report.defect(Defect::new(join(&place, "content"), problem, "describe it by `schema` and `style`"));
                return None;
            }
        }
    }
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if matches!(parameter.location, "header" | "cookie") && !parameter.name.chars().all(is_token) {
        let problem = format!("`{}` can't be the name of a {}", parameter.name, parameter.location);
        let remedy = "write the name that the server reads, with an overlay action";
        report.defect(Defect::new(join(&place, "name"), problem, remedy));
        return None;
    }
    if !object.contains_key("schema") {
        object.insert("schema".to_owned(), json!({"type": "string"}));
        report.note(&place, "without a schema; taken for a string");
    }
    match style_problem(document, parameter.location, &object) {
        None => Some(Value::Object(object)),
        Some(problem) => {
            let remedy = match parameter.location {
                "path" | "query" | "header" | "cookie" => {
                    "set a `style` and `explode` that OpenAPI 3.0 defines for it, with an overlay action"
                }
                _ => "write one of the four",
            };
            report.defect(Defect::new(place, problem, remedy));
            None
        }
    }
}

/// What the table of styles has no cell for.
fn style_problem(document: &Value, location: &str, parameter: &Object) -> Option<String> {
    let style = parameter.get("style").and_then(Value::as_str);
    let allowed: &[&str] = match location {
        "path" => &["simple", "label", "matrix"],
        "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        "header" => &["simple"],
        "cookie" => &["form"],
        _ => return Some("its `in` is not `path`, `query`, `header` or `cookie`".to_owned()),
    };
    let style = style.unwrap_or(allowed[0]);
    if !allowed.contains(&style) {
        return Some(format!("style `{style}` is not defined for a parameter in the {location}"));
    }
    let kind = Shape::of(document, &[parameter.get("schema")?]).and_then(|shape| kind(document, &shape));
    let is_exploded = parameter.get("explode").map_or(style == "form", |explode| explode == true);
    let kind = kind?;
    let is_defined = match (style, kind) {
        ("spaceDelimited" | "pipeDelimited", "array" | "object") => !is_exploded,
        ("spaceDelimited" | "pipeDelimited", _) => false,
        ("deepObject", "object") => parameter.get("explode").is_none_or(|explode| explode == true),
        ("deepObject", _) => false,
        _ => true,
    };
    (!is_defined).then(|| {
        let exploded = if is_exploded { " with `explode: true`" } else { "" };
        format!("style `{style}`{exploded} is not defined for {kind} values")
    })
}

/// `array`, `object` or `scalar`; none if it may be several.
fn kind(document: &Value, shape: &Shape<'_>) -> Option<&'static str> {
    match shape.said("type").and_then(Value::as_str) {
        Some("array") => Some("array"),
        Some("object") => Some("object"),
        Some(_) => Some("scalar"),
        None if shape.said("properties").is_some() => Some("object"),
        None if shape.said("items").is_some() => Some("array"),
        None => {
            let variants = ["oneOf", "anyOf"].iter().find_map(|key| shape.said(key)?.as_array())?;
            let mut kinds = variants.iter().filter_map(|variant| resolve(document, variant)).map(|variant| {
                variant.get("type").and_then(Value::as_str).map(|kind| match kind {
                    "array" => "array",
                    "object" => "object",
                    _ => "scalar",
                })
            });
            let first = kinds.next()??;
            kinds.all(|kind| kind == Some(first)).then_some(first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn document(parameters: Value) -> Value {
        json!({"paths": {"/a": {"get": {"parameters": parameters}}}})
    }

    fn defects(parameter: Value) -> Vec<String> {
        let mut report = Report::default();
        run(&mut document(json!([parameter])), &mut report);
        report.defects.into_iter().map(|defect| format!("{}: {}", defect.place, defect.problem)).collect()
    }

    #[test]
    fn writes_shared_parameters_out_and_ignores_headers_that_the_request_sets() {
        let (p, q) =
            (json!({"name": "p", "in": "query", "schema": {}}), json!({"name": "q", "in": "query", "schema": {}}));
        let notes = check(
            run,
            json!({"components": {"parameters": {"Q": q}}, "paths": {"/a": {
                "parameters": [p, {"name": "Accept", "in": "header", "schema": {}}],
                "get": {"parameters": [{"$ref": "#/components/parameters/Q"}]}}}}),
            &json!({"components": {}, "paths": {"/a": {"get": {"parameters": [q, p]}}}}),
        );
        assert_eq!(
            notes,
            ["/paths/~1a/parameters/1: ignored, as OpenAPI 3.0 says of this header: the request sets it"]
        );
    }

    #[test]
    fn takes_json_content_for_the_schema() {
        let content = |media_type: &str| json!({"name": "p", "in": "query", "content": {media_type: {"schema": {"type": "object"}}}});
        let mut written = json!({"name": "p", "in": "query", "schema": {"type": "object"}});
        written[JSON_PARAMETER] = true.into();
        check(run, document(json!([content("application/json")])), &document(json!([written])));
        let found = defects(content("application/xml"));
        assert_eq!(found, ["/paths/~1a/get/parameters/0/content: the content of a parameter that is not JSON"]);
    }

    #[test]
    fn refuses_names_that_no_header_can_have() {
        assert_eq!(
            defects(json!({"name": "X Y", "in": "header", "schema": {"type": "string"}})),
            ["/paths/~1a/get/parameters/0/name: `X Y` can't be the name of a header"]
        );
    }

    #[test]
    fn refuses_what_the_table_of_styles_does_not_define() {
        let parameter = |location: &str, style: &str, explode: bool, kind: &str| json!({"name": "p", "in": location, "style": style, "explode": explode, "schema": {"type": kind}});
        let problem = |p: Value| defects(p).pop().map(|text| text.replace("/paths/~1a/get/parameters/0: ", ""));
        for (location, style, explode, kind, expected) in [
            ("query", "form", true, "object", None),
            ("query", "pipeDelimited", false, "array", None),
            ("query", "deepObject", true, "object", None),
            ("path", "matrix", true, "array", None),
            (
                "query",
                "pipeDelimited",
                true,
                "array",
                Some("style `pipeDelimited` with `explode: true` is not defined for array values"),
            ),
            (
                "query",
                "spaceDelimited",
                false,
                "string",
                Some("style `spaceDelimited` is not defined for scalar values"),
            ),
            (
                "query",
                "deepObject",
                true,
                "array",
                Some("style `deepObject` with `explode: true` is not defined for array values"),
            ),
            ("header", "form", true, "string", Some("style `form` is not defined for a parameter in the header")),
        ] {
            assert_eq!(
                problem(parameter(location, style, explode, kind)).as_deref(),
                expected,
                "{location} {style} {kind}"
            );
        }
    }
}
