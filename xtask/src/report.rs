//! What a reviewer reads first: the table of operations and the report of the passes.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    coverage::Coverage,
    lower::{Note, PASSES},
    names,
    openapi::{Operation, extension, operations as all_operations, target},
    page::printable,
};

/// `operations.md`: one row for each operation.
pub fn operations(effective: &Value) -> String {
    let mut out = String::from(
        "# Operations\n\n\
         | operation | call | parameters | body | success | errors | key | retry | method |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for operation in all_operations(effective) {
        let id = operation.id().unwrap_or_default();
        let cells = [
            format!("`{id}`"),
            format!("`{} {}`", operation.method.to_uppercase(), operation.path),
            parameters(&operation),
            body(&operation),
            successes(&operation),
            errors(&operation),
            key(effective, operation.value()).to_owned(),
            retry(&operation).to_owned(),
            methods(id, &operation),
        ];
        let cells = cells.map(|cell| printable(&cell.replace('\n', " ")).replace('|', "\\|"));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}

/// The table in the documentation of the facade: each operation with its generated method, and with those that are written
/// by hand.
pub fn facade_operations(effective: &Value, coverage: &Coverage) -> String {
    let mut out = String::from("| operationId | method of [`Api`] | written by hand |\n|---|---|---|\n");
    for operation in all_operations(effective) {
        let id = operation.id().unwrap_or_default();
        let method = names::snake(id);
        let by_hand: Vec<String> = coverage.of(id).iter().map(|method| format!("[`{method}`]")).collect();
        let api = match operation.value().get("requestBody").is_none()
            && operation.value().get(extension::MULTIPART).is_some()
        {
            true => format!("{}_multipart", method.trim_end_matches('_')),
            false => method,
        };
        let _ = writeln!(out, "| `{}` | [`{api}`](Api::{api}) | {} |", printable(id), by_hand.join(", "));
    }
    out
}

/// Whether a call may be repeated, and whether that is said or follows from the method.
fn retry(operation: &Operation<'_>) -> &'static str {
    let is_said = operation.value().get(extension::RETRY).is_some();
    match (operation.is_safe_to_repeat(), is_said) {
        (true, true) => "safe",
        (true, false) => "safe (reads)",
        (false, true) => "never",
        (false, false) => "never (unmarked)",
    }
}

fn parameters(operation: &Operation<'_>) -> String {
    let parameters = operation.parameters().into_iter().filter(|parameter| parameter.location != "path");
    let named = parameters.map(|parameter| {
        let required = if parameter.is_required() { ", required" } else { "" };
        format!("`{}` ({}{required})", parameter.name, parameter.location)
    });
    or_none(named.collect::<Vec<_>>().join(", "))
}

fn or_none(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

/// A schema in a few words: its component, or its type.
fn schema(schema: &Value) -> String {
    match target(schema) {
        Some(name) => format!("`{}`", names::pascal(name)),
        None => match (schema["type"].as_str(), schema.get("items")) {
            (Some("array"), Some(items)) => format!("list of {}", self::schema(items)),
            (Some(kind), _) => kind.to_owned(),
            (None, _) => "any JSON".to_owned(),
        },
    }
}

fn content(holder: &Value) -> Option<String> {
    let (media_type, media) = holder.get("content")?.as_object()?.iter().next()?;
    let short = media_type.strip_prefix("application/").unwrap_or(media_type);
    Some(format!("{short} {}", schema(media.get("schema").unwrap_or(&Value::Null))))
}

fn body(operation: &Operation<'_>) -> String {
    let json = operation.value().get("requestBody").and_then(content);
    let form = operation.form().and_then(|form| form[extension::TYPE_NAME].as_str());
    let form = form.map(|name| format!("multipart `{name}`"));
    or_none(json.into_iter().chain(form).collect::<Vec<_>>().join(" or "))
}

fn successes(operation: &Operation<'_>) -> String {
    if let Some(shapes) = operation.successes() {
        let each = shapes.iter().map(|(status, shape)| match shape.get("schema") {
            Some(shape) => format!("{status} {}", schema(shape)),
            None => status.clone(),
        });
        return each.collect::<Vec<_>>().join(", ");
    }
    let responses = operation.value().get("responses").and_then(Value::as_object);
    let each = responses.into_iter().flatten().map(|(status, response)| match content(response) {
        Some(content) => format!("{status} {content}"),
        None => status.clone(),
    });
    or_none(each.collect::<Vec<_>>().join(", "))
}

fn errors(operation: &Operation<'_>) -> String {
    let each = operation.errors().map(|(status, error)| match error["schema"].as_str() {
        Some(name) => format!("{status} `{name}`"),
        None => status.clone(),
    });
    or_none(each.collect::<Vec<_>>().join(", "))
}

/// Whether the operation needs a key: by its own word, or by the document's.
fn key<'d>(document: &'d Value, operation: &'d Value) -> &'d str {
    let security = operation.get("security").or_else(|| document.get("security")).and_then(Value::as_array);
    match security {
        None => "no",
        Some(ways) if ways.is_empty() => "no",
        Some(ways) if ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty)) => "optional",
        Some(_) => "yes",
    }
}

fn methods(id: &str, operation: &Operation<'_>) -> String {
    let name = names::snake(id);
    let form = operation.form().map(|_| format!("`{}_multipart`", name.trim_end_matches('_')));
    let has_json = form.is_none() || operation.value().get("requestBody").is_some();
    has_json.then(|| format!("`{name}`")).into_iter().chain(form).collect::<Vec<_>>().join(", ")
}

/// `lowering.md`: what each pass changed.
pub fn lowering(notes: &[Note]) -> String {
    let mut out = String::from(
        "# Lowering\n\n\
         What was changed in the document before the generator read it, pass by pass. Places are JSON pointers into the\n\
         document as the pass found it.\n",
    );
    for pass in PASSES {
        let of_pass: Vec<&Note> = notes.iter().filter(|note| note.pass == pass.name).collect();
        let _ = write!(out, "\n## {}\n\n{}.\n", pass.name, capitalized(pass.about));
        if of_pass.is_empty() {
            out.push_str("\nNothing to do.\n");
            continue;
        }
        out.push('\n');
        for note in of_pass {
            let place = if note.place.is_empty() { "/" } else { &note.place };
            let _ = writeln!(out, "- `{}`: {}", printable(place), printable(&note.done));
        }
    }
    out
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
