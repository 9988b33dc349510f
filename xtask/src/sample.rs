//! A JSON value that fits a schema, for tests that call what was generated.

use serde_json::{Map, Value, json};

use crate::walk;

/// What a sample is made with.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'f> {
    /// Stands in every string that may be anything.
    pub text: &'f str,
    /// Stands in every date.
    pub date: &'f str,
    /// Whether optional properties are there.
    pub with_optional: bool,
}

/// A value that fits `schema` of `document`, as far as this knows how to make one.
pub fn sample(document: &Value, schema: &Value, filling: Filling<'_>) -> Value {
    fit(document, schema, filling, 0)
}

fn fit(document: &Value, schema: &Value, filling: Filling<'_>, depth: usize) -> Value {
    let schema = walk::resolve(document, schema).unwrap_or(schema);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.first().cloned().unwrap_or_default();
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let mut whole = Map::new();
        for part in parts {
            match fit(document, part, filling, depth + 1) {
                Value::Object(part) => whole.extend(part),
                other => return other,
            }
        }
        return Value::Object(whole);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(variant) = schema.get(key).and_then(|variants| variants.get(0)) {
            let mut value = fit(document, variant, filling, depth + 1);
            // Bare lists of required names stand beside the properties that they speak of.
            if let (Some(value), true) = (value.as_object_mut(), schema.get("properties").is_some()) {
                value.extend(object(document, schema, variant, filling, depth));
            }
            return value;
        }
    }
    match schema["type"].as_str() {
        Some("string") => text(schema, filling).into(),
        Some("integer") => schema.get("minimum").cloned().unwrap_or_else(|| 1.into()),
        Some("number") => json!(schema.get("minimum").and_then(Value::as_f64).unwrap_or(1.0) + 0.5),
        Some("boolean") => true.into(),
        Some("array") if depth > 12 => json!([]),
        Some("array") => json!([fit(document, &schema["items"], filling, depth + 1)]),
        _ if schema.get("properties").is_some() => Value::Object(object(document, schema, schema, filling, depth)),
        Some("object") => json!({"key": filling.text}),
        _ => filling.text.into(),
    }
}

fn object(
    document: &Value,
    schema: &Value,
    requires: &Value,
    filling: Filling<'_>,
    depth: usize,
) -> Map<String, Value> {
    let is_required = |name: &str| {
        let lists = [schema, requires].into_iter().filter_map(|schema| schema.get("required")?.as_array());
        lists.flatten().any(|required| required == name)
    };
    let alternatives = schema.get("oneOf").or_else(|| schema.get("anyOf")).is_some();
    let wanted = |(name, property): &(&String, &Value)| {
        is_required(name) || (filling.with_optional && !alternatives && property.get("pattern").is_none() && depth < 12)
    };
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten().filter(wanted);
    properties.map(|(name, property)| (name.clone(), fit(document, property, filling, depth + 1))).collect()
}

fn text(schema: &Value, filling: Filling<'_>) -> String {
    match schema["format"].as_str() {
        Some("uuid") => "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04".to_owned(),
        Some("date") => filling.date.to_owned(),
        Some("date-time") => "2026-02-03T09:15:00Z".to_owned(),
        Some("ipv4" | "ip") => "127.0.0.1".to_owned(),
        Some("ipv6") => "::1".to_owned(),
        _ => match (schema.get("pattern"), schema.get("example").and_then(Value::as_str)) {
            (Some(_), Some(example)) => example.to_owned(),
            _ => filling.text.to_owned(),
        },
    }
}
