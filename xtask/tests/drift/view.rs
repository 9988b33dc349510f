//! An independent, slow and simple look at a document: for every operation, every place that data can be in, and what is
//! said of it there. It shares nothing with the comparison, and says what a mutant has really changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Which way data travels; responses that are errors apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    Request,
    Success,
    Error,
}

/// Where data can be: the operation, the way, the status and media type (or the parameter), and the properties.
pub(crate) type At = (String, Way, String, Vec<String>);

/// What is said there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Said {
    pub(crate) required: bool,
    pub(crate) kind: String,
    pub(crate) nullable: bool,
    pub(crate) format: String,
    pub(crate) values: Option<BTreeSet<String>>,
    pub(crate) excluded: BTreeSet<String>,
    pub(crate) bounds: BTreeMap<String, String>,
}

pub(crate) type View = BTreeMap<At, Said>;

pub(crate) fn view(document: &Value) -> View {
    let mut view = View::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path item") {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let at = |way, holder: String| (id.to_owned(), way, holder, Vec::new());
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = format!("{} {}", parameter["in"], parameter["name"]);
                add(document, &[&parameter["schema"]], at(Way::Request, name), false, &mut view);
            }
            for (media, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                add(document, &[&body["schema"]], at(Way::Request, media.clone()), false, &mut view);
            }
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let way = if status.starts_with('2') { Way::Success } else { Way::Error };
                for (media, body) in response["content"].as_object().into_iter().flatten() {
                    add(document, &[&body["schema"]], at(way, format!("{status} {media}")), false, &mut view);
                }
            }
            let _ = (path, method);
        }
    }
    view
}

/// All that holds of a value at once: references followed, `allOf` spread out.
fn spread<'d>(document: &'d Value, schemas: &[&'d Value]) -> Vec<&'d Value> {
    let mut all = Vec::new();
    for schema in schemas {
        let schema = match schema["$ref"].as_str() {
            Some(reference) => document.pointer(&reference[1..]).expect("a reference that leads somewhere"),
            None => schema,
        };
        all.push(schema);
        let parts: Vec<&Value> = schema["allOf"].as_array().into_iter().flatten().collect();
        all.extend(spread(document, &parts));
    }
    all
}

fn add(document: &Value, schemas: &[&Value], at: At, required: bool, view: &mut View) {
    let all = spread(document, schemas);
    let first = |key: &str| all.iter().find_map(|schema| schema.get(key));
    let texts = |values: &Value| -> BTreeSet<String> {
        values.as_array().into_iter().flatten().filter(|value| !value.is_null()).map(Value::to_string).collect()
    };
    let names: BTreeSet<&String> =
        all.iter().filter_map(|schema| schema["properties"].as_object()).flat_map(serde_json::Map::keys).collect();
    let kind = first("type").and_then(Value::as_str).map(str::to_owned);
    let mut bounds = BTreeMap::new();
    for word in ["maxLength", "minLength", "pattern", "maximum", "minimum", "maxItems"] {
        bounds.extend(first(word).map(|bound| (word.to_owned(), bound.to_string())));
    }
    let said = Said {
        required,
        kind: kind.unwrap_or_else(|| if names.is_empty() { String::new() } else { "object".to_owned() }),
        nullable: all.iter().any(|schema| schema["nullable"] == true),
        format: first("format").and_then(Value::as_str).unwrap_or_default().to_owned(),
        values: first("enum").map(texts),
        excluded: first("not").map(|not| texts(&not["enum"])).unwrap_or_default(),
        bounds,
    };
    let below = |step: String| {
        let mut at = at.clone();
        at.3.push(step);
        at
    };
    for name in names {
        let declared: Vec<&Value> = all.iter().filter_map(|schema| schema["properties"].get(name)).collect();
        let is_required =
            all.iter().any(|schema| texts(&schema["required"]).contains(&Value::from(name.as_str()).to_string()));
        add(document, &declared, below(name.clone()), is_required, view);
    }
    let items: Vec<&Value> = all.iter().filter_map(|schema| schema.get("items")).collect();
    if !items.is_empty() {
        add(document, &items, below("[]".to_owned()), false, view);
    }
    for schema in &all {
        for (index, variant) in schema["oneOf"].as_array().into_iter().flatten().enumerate() {
            add(document, &[variant], below(format!("<{index}>")), false, view);
        }
    }
    view.insert(at, said);
}
