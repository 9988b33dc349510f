//! A JSON value that fits a schema, for tests that call what was generated.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

use crate::openapi::{
    extension::{CHOICES, LEAST, TAG},
    shape::Shape,
};

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

/// The maximum length of a string that is made for a pattern, in bytes.
const MAX_BYTES: usize = 1_000;

/// How deep a sample goes: below this optional properties and elements are left out, and twice as deep everything.
const MAX_DEPTH: usize = 12;

fn fit(document: &Value, schema: &Value, filling: Filling<'_>, depth: usize) -> Value {
    if depth > 2 * MAX_DEPTH {
        return Value::Null;
    }
    let Some(shape) = Shape::of(document, &[schema]) else { return Value::Null };
    if let Some(values) = shape.values() {
        return values.first().copied().cloned().unwrap_or_default();
    }
    let mut whole = Map::new();
    let first = |part: &&'_ Value| ["oneOf", "anyOf"].iter().find_map(|key| part.get(key)?.get(0)).cloned();
    let variants: Vec<Value> = shape.parts().iter().filter_map(first).collect();
    // Bare lists of required names are about the properties that stand beside them.
    let is_condition = |variant: &Value| {
        let words = ["required", "title", "description"];
        variant.as_object().is_some_and(|variant| variant.keys().all(|key| words.contains(&key.as_str())))
    };
    for variant in variants.iter().filter(|variant| !is_condition(variant)) {
        match fit(document, variant, filling, depth + 1) {
            Value::Object(members) => whole.extend(members),
            other => return other,
        }
    }
    for part in shape.parts() {
        // What lowering has set aside: the value that tells a variant apart, and what is chosen among properties.
        let tag = ["oneOf", "anyOf"].iter().find_map(|key| part.get(key)?.get(0)?.get(TAG)?.get(0));
        let name = part.get("discriminator").and_then(|discriminator| discriminator["propertyName"].as_str());
        whole.extend(name.zip(tag).map(|(name, tag)| (name.to_owned(), tag.clone())));
        for (_, choice) in part.get(CHOICES).and_then(Value::as_object).into_iter().flatten() {
            if let Value::Object(members) = fit(document, choice, filling, depth + 1) {
                whole.extend(members);
            }
        }
    }
    let requires: Vec<&Value> = shape.parts().iter().copied().chain(&variants).collect();
    let with_optional = filling.with_optional && variants.is_empty();
    for part in shape.parts().iter().filter(|part| part.get("properties").is_some()) {
        whole.extend(object(document, part, &requires, (filling, with_optional), depth));
    }
    let said = |key: &str| shape.said(key);
    match said("type").and_then(Value::as_str) {
        Some("string") => text(&said, filling).into(),
        Some("integer") => said("minimum").or_else(|| said("maximum")).cloned().unwrap_or_else(|| 1.into()),
        Some("number") => json!(said("minimum").and_then(Value::as_f64).unwrap_or(1.0) + 0.5),
        Some("boolean") => true.into(),
        Some("array") if depth > MAX_DEPTH => json!([]),
        Some("array") => {
            let count = said("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 8);
            let item = fit(document, said("items").unwrap_or(&Value::Null), filling, depth + 1);
            (0..count).map(|_| item.clone()).collect()
        }
        _ if said("properties").is_some() || !whole.is_empty() => Value::Object(whole),
        Some("object") => match said("additionalProperties").filter(|values| values.is_object()) {
            Some(values) => json!({"key": fit(document, values, filling, depth + 1)}),
            None => json!({"key": filling.text}),
        },
        _ => filling.text.into(),
    }
}

fn object(
    document: &Value,
    schema: &Value,
    requires: &[&Value],
    (filling, with_optional): (Filling<'_>, bool),
    depth: usize,
) -> Map<String, Value> {
    let is_required = |name: &str| {
        let lists = requires.iter().filter_map(|schema| schema.get("required")?.as_array());
        let least = schema.get(LEAST).and_then(Value::as_array).into_iter();
        lists.chain(least).flatten().any(|required| required == name)
    };
    let wanted = |(name, property): &(&String, &Value)| {
        is_required(name) || (with_optional && property.get("pattern").is_none() && depth < MAX_DEPTH)
    };
    let all = || schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let fitting = |(name, property): (&String, &Value)| (name.clone(), fit(document, property, filling, depth + 1));
    let mut chosen: Map<String, Value> = all().filter(wanted).map(fitting).collect();
    // What may be left out, as far as something has to be there.
    let least = schema.get("minProperties").and_then(Value::as_u64).unwrap_or_default();
    let missing = usize::try_from(least).unwrap_or_default().saturating_sub(chosen.len());
    let more: Vec<_> = all().filter(|(name, _)| !chosen.contains_key(*name)).take(missing).map(fitting).collect();
    chosen.extend(more);
    chosen
}

fn text<'d>(said: &dyn Fn(&str) -> Option<&'d Value>, filling: Filling<'_>) -> String {
    match said("format").and_then(Value::as_str) {
        Some("uuid") => "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04".to_owned(),
        Some("date") => filling.date.to_owned(),
        Some("date-time") => "2026-02-03T09:15:00Z".to_owned(),
        Some("ipv4" | "ip") => "127.0.0.1".to_owned(),
        Some("ipv6") => "::1".to_owned(),
        Some("email") => format!("{}@example.com", filling.text),
        Some("uri" | "url") => format!("https://example.com/{}", filling.text),
        _ => {
            let length = |key: &str| said(key).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
            let is_bound = ["pattern", "minLength", "maxLength"].iter().any(|key| said(key).is_some());
            match said("example").and_then(Value::as_str).filter(|_| is_bound) {
                Some(example) => example.to_owned(),
                None => {
                    let (shortest, longest) = (length("minLength").unwrap_or(0), length("maxLength"));
                    let fits = |text: &String| {
                        let count = text.chars().count();
                        count >= shortest && longest.is_none_or(|longest| count <= longest)
                    };
                    let matched = said("pattern").and_then(Value::as_str).and_then(matching).filter(fits);
                    let least = shortest.max(filling.text.chars().count());
                    matched.unwrap_or_else(|| {
                        filling.text.chars().cycle().take(least.min(longest.unwrap_or(least))).collect()
                    })
                }
            }
        }
    }
}

/// A short string that matches `pattern`; nothing for one that looks around, and others that are not understood.
fn matching(pattern: &str) -> Option<String> {
    fn add(pattern: &Hir, made: &mut Vec<u8>) {
        match pattern.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => made.extend(&*literal.0),
            HirKind::Class(class) => made.extend(character(class).into_iter().collect::<String>().bytes()),
            HirKind::Repetition(repetition) => {
                let count = repetition.min.max(1).min(repetition.max.unwrap_or(u32::MAX));
                for _ in 0..count {
                    if made.len() > MAX_BYTES {
                        break;
                    }
                    add(&repetition.sub, made);
                }
            }
            HirKind::Capture(capture) => add(&capture.sub, made),
            HirKind::Concat(parts) => parts.iter().for_each(|part| add(part, made)),
            HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| add(part, made)),
        }
    }
    let mut made = Vec::new();
    add(&regex_syntax::parse(pattern).ok()?, &mut made);
    String::from_utf8(made).ok()
}

/// A character of a class: a digit or a letter if it has one.
fn character(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let has = |c: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&c));
    ['1', 'a', 'A'].into_iter().find(has).or_else(|| Some(ranges.first()?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_matches_its_pattern_if_that_is_understood() {
        for (pattern, made) in [
            (r"^\d{4}-(0[1-9]|1[0-2])$", Some("1111-01")),
            ("^[A-Z]{3}$", Some("AAA")),
            ("^$", Some("")),
            ("^(?:a|b)?x*$", Some("ax")),
            ("^(?=a)b$", None),
        ] {
            assert_eq!(matching(pattern).as_deref(), made, "{pattern}");
        }
        let filling = Filling { text: "sample", date: "1990-12-10", with_optional: true };
        let of = |schema: Value| sample(&Value::Null, &schema, filling);
        assert_eq!(of(json!({"type": "string", "pattern": "^[0-9]+$", "maxLength": 2})), "1");
        assert_eq!(of(json!({"type": "string", "pattern": "^[0-9]+$", "example": "42"})), "42");
    }
}
