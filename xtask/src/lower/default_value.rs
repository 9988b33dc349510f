//! Defaults that don't fit their schema.
//!
//! The generator makes code of a default that stops the program when it is no value of its type. One that does not fit is
//! dropped, and an absent value is absent; one that fits stays.

use std::{collections::HashSet, net::IpAddr};

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Report, keyword::whole};
use crate::openapi::{
    join,
    json_schema::{Definitions, can_be_judged, fragment, options},
    reference, schemas, schemas_mut,
    shape::Shape,
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let unfit = unfit(document);
    schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        if unfit.contains(pointer) {
            object.shift_remove("default");
            report.note(join(pointer, "default"), "dropped: it does not fit the schema that it stands in");
        } else if object.get("type").is_some_and(|kind| kind == "integer")
            && let Some(default) = object.get_mut("default")
            && let Some(whole) = whole(default)
        {
            *default = whole.into();
        }
    });
}

/// The pointers of the schemas whose default does not fit them.
fn unfit(document: &Value) -> HashSet<String> {
    let with_default = schemas(document).into_iter().map(|(place, _)| place);
    let with_default = with_default.filter(|place| reference(place.value).is_none());
    let asked: Vec<(String, &Value, &Value)> =
        with_default.filter_map(|place| Some((place.pointer(), place.value, place.value.get("default")?))).collect();
    if asked.is_empty() {
        return HashSet::new();
    }
    let mut definitions = Definitions::default();
    for (pointer, schema, _) in &asked {
        if definitions.place(pointer).is_none() {
            definitions.add(document, pointer, schema);
        }
    }
    let mut all = json!({"definitions": definitions.definitions()});
    let mut unfit = HashSet::new();
    let (mut questions, mut values) = (Map::new(), Map::new());
    for (number, (pointer, schema, value)) in asked.iter().enumerate() {
        let place = definitions.place(pointer).unwrap_or_default();
        let can_be_judged = all.pointer(place).is_some_and(|schema| can_be_judged(&all, schema, value));
        if !can_be_judged || !is_of_format(document, schema, value) {
            unfit.insert(pointer.clone());
        }
        questions.insert(number.to_string(), json!({"$ref": format!("#{}", fragment(place))}));
        values.insert(number.to_string(), (*value).clone());
    }
    all["properties"] = Value::Object(questions);
    let Ok(validator) = options().build(&all) else {
        // Then none of them can be relied on.
        return asked.into_iter().map(|(pointer, ..)| pointer).collect();
    };
    for error in validator.iter_errors(&Value::Object(values)) {
        let number = error.instance_path().as_str().split('/').nth(1).and_then(|number| number.parse::<usize>().ok());
        unfit.extend(number.and_then(|number| asked.get(number)).map(|(pointer, ..)| pointer.clone()));
    }
    unfit
}

/// Whether `value` can be read as the type that its format is made to.
fn is_of_format(document: &Value, schema: &Value, value: &Value) -> bool {
    let Some(shape) = Shape::of(document, &[schema]) else { return false };
    let format = shape.said("format").and_then(Value::as_str).unwrap_or_default();
    match value {
        Value::String(text) => match format {
            "date" => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
            "date-time" => DateTime::parse_from_rfc3339(text).is_ok(),
            "uuid" => Uuid::parse_str(text).is_ok(),
            "ip" | "ipv4" | "ipv6" => {
                text.parse::<IpAddr>().is_ok_and(|ip| format == "ip" || ip.is_ipv4() == (format == "ipv4"))
            }
            // Bytes and files are not text.
            "binary" => false,
            _ => true,
        },
        Value::Number(number) if shape.said("type").is_some_and(|kind| kind == "integer") => {
            match format.trim_start_matches("uint").trim_start_matches("int").parse::<u32>() {
                Ok(bits @ 1..=64) => number.as_i128().is_some_and(|number| {
                    if format.starts_with('u') {
                        (0..1_i128 << bits).contains(&number)
                    } else {
                        (-1_i128 << (bits - 1)..1_i128 << (bits - 1)).contains(&number)
                    }
                }),
                _ => whole(value).is_some(),
            }
        }
        Value::Array(values) => {
            shape.said("items").is_none_or(|items| values.iter().all(|value| is_of_format(document, items, value)))
        }
        Value::Object(values) => values.iter().all(|(name, value)| {
            shape.property(name).into_iter().all(|property| is_of_format(document, property, value))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::check_schema, *};

    /// The names of the properties whose defaults were dropped.
    fn dropped(properties: Value) -> Vec<String> {
        let mut expected = properties.clone();
        let mut document = json!({"components": {"schemas": {
            "Color": {"type": "string", "enum": ["Red"]}, "A": {"type": "object", "properties": properties}}}});
        let mut report = Report::default();
        run(&mut document, &mut report);
        for note in &report.notes {
            let name = note.place.strip_prefix("/components/schemas/A/properties/").expect("a property");
            let name = name.strip_suffix("/default").expect("a default");
            expected[name].as_object_mut().expect("a schema").shift_remove("default");
        }
        assert_eq!(document["components"]["schemas"]["A"]["properties"], expected);
        report.notes.iter().map(|note| note.place.split('/').nth(5).unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn drops_what_does_not_fit_and_names_the_property() {
        let text = |format: &str, default: &str| json!({"type": "string", "format": format, "default": default});
        let color = |default: &str| json!({"allOf": [{"$ref": "#/components/schemas/Color"}], "default": default});
        let found = dropped(json!({
            "a": {"type": "integer", "default": "5"}, "b": {"type": "string", "default": 5},
            "c": text("date-time", "now"), "d": text("date-time", "2020-01-31 10:00:00"), "e": text("date-time", ""),
            "f": text("uuid", "none"), "g": text("date", "today"), "h": text("date", "2020-02-30"), "i": color("Blue"),
            "j": {"type": "integer", "maximum": 3, "default": 4}, "k": {"type": "string", "maxLength": 1, "default": "ab"},
            "l": {"type": "array", "items": {"type": "string"}, "default": [1]}, "m": {"type": "boolean", "default": "true"},
            "n": {"type": "integer", "format": "int32", "default": 3_000_000_000_i64}, "n2": {"type": "integer", "default": 1e20}, "o": text("ip", "here"),
            "p": {"type": "object", "properties": {"at": {"type": "string", "format": "ip"}}, "default": {"at": "x"}},
        }));
        assert_eq!(found.join(" "), "a b c d e f g h i j k l m n n2 o p");
    }

    #[test]
    fn keeps_what_fits() {
        let text = |format: &str, default: &str| json!({"type": "string", "format": format, "default": default});
        let found = dropped(json!({
            "a": {"type": "integer", "default": 5}, "b": {"type": "number", "default": 0.5}, "c": text("date", "2020-02-29"),
            "d": text("date-time", "2020-01-31T10:00:00+02:00"), "e": text("uuid", "00000000-0000-0000-0000-000000000000"),
            "f": {"allOf": [{"$ref": "#/components/schemas/Color"}], "default": "Red"}, "g": text("made-up", "x"),
            "h": {"type": "array", "items": {"type": "string"}, "default": []}, "i": text("ipv4", "127.0.0.1"),
        }));
        assert_eq!(found, Vec::<String>::new());
        check_schema(run, json!({"type": "integer", "default": 5.0}), json!({"type": "integer", "default": 5}));
    }
}
