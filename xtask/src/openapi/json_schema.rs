//! The schemas of an OpenAPI 3.0 document as one JSON Schema, in which each of them can be asked for by where it stands.
//!
//! Every schema is converted once, however many examples refer to it: the parts of the document become definitions, and
//! what stands in them keeps its place. Only keywords with a value that they can have are taken over, so that a mistake
//! in one schema does not keep the others from being compiled.

use std::collections::{BTreeMap, HashMap};

use jsonschema::Draft;
use serde_json::{Map, Value, json};

use super::{
    join,
    reference::{local, reference},
    resolve,
};

/// The formats that are checked. Of the others no program can say whether a string has them.
const FORMATS: [&str; 8] = ["date", "date-time", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"];

/// How many schemas may be looked at for one example: schemas that refer to each other can be made to take for ever.
const STEPS: usize = 100_000;

/// How deep references and values may nest together.
const DEPTH: usize = 600;

/// Where a schema without a type goes that may be null: nothing else is called so in OpenAPI 3.0.
const NOT_NULL: &str = "else";

/// The schemas that were converted.
#[derive(Default)]
pub(crate) struct Definitions<'d> {
    /// By the pointer in the document: the number of the definition.
    numbers: HashMap<String, usize>,
    /// Those that were asked for: the pointer, and the schema once it is converted.
    list: Vec<(String, &'d Value, Value)>,
    /// From a schema's pointer in the document to its pointer in the JSON Schema.
    places: BTreeMap<String, String>,
    patterns: HashMap<&'d str, bool>,
}

impl<'d> Definitions<'d> {
    /// Converts `schema`, which stands at `pointer`, and what it refers to.
    pub(crate) fn add(&mut self, document: &'d Value, pointer: &str, schema: &'d Value) {
        let mut next = self.list.len();
        self.number(pointer, schema);
        // Not recursive: a chain of references can be longer than any stack is deep.
        while let Some((pointer, schema, _)) = self.list.get(next) {
            let (pointer, schema) = (pointer.clone(), *schema);
            self.list[next].2 = self.convert(document, schema, &pointer, &format!("/definitions/{next}"));
            next += 1;
        }
    }

    fn number(&mut self, pointer: &str, schema: &'d Value) -> usize {
        if let Some(number) = self.numbers.get(pointer) {
            return *number;
        }
        self.numbers.insert(pointer.to_owned(), self.list.len());
        self.list.push((pointer.to_owned(), schema, Value::Bool(true)));
        self.list.len() - 1
    }

    /// Where the schema that stands at `pointer` in the document stands among [`Self::definitions`].
    pub(crate) fn place(&self, pointer: &str) -> Option<&str> {
        self.places.get(pointer).map(String::as_str)
    }

    /// The definitions, for the top of a JSON Schema.
    pub(crate) fn definitions(&self) -> Value {
        let numbered = self.list.iter().enumerate();
        Value::Object(numbered.map(|(number, (_, _, schema))| (number.to_string(), schema.clone())).collect())
    }

    /// Where in the document `place` is, a pointer into the JSON Schema.
    pub(crate) fn origin(&self, place: &str) -> Option<String> {
        let rest = place.strip_prefix("/definitions/")?;
        let (number, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let mut origin = self.list.get(number.parse::<usize>().ok()?)?.0.clone();
        let mut below = "";
        for token in rest.split('/').filter(|_| !rest.is_empty()) {
            // A property can be called anything; only a keyword was added.
            let is_name = below == "properties";
            if is_name || token != NOT_NULL {
                origin.push('/');
                origin.push_str(token);
            }
            below = if is_name { "" } else { token };
        }
        Some(origin)
    }

    fn convert(&mut self, document: &'d Value, schema: &'d Value, pointer: &str, place: &str) -> Value {
        let Some(object) = schema.as_object() else { return Value::Bool(true) };
        let is_nullable = object.get("nullable") == Some(&Value::Bool(true));
        let kind = object.get("type").and_then(Value::as_str).filter(|kind| is_type(kind));
        if is_nullable && kind.is_none() {
            // Strictly this says nothing; what everybody means by it is what the examples are held to.
            let inner = self.keywords(document, object, kind, pointer, &join(place, NOT_NULL));
            self.places.insert(pointer.to_owned(), place.to_owned());
            return json!({"if": {"type": "null"}, "then": true, NOT_NULL: inner});
        }
        let mut converted = self.keywords(document, object, kind, pointer, place);
        if is_nullable && let Value::Object(converted) = &mut converted {
            converted.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(Value::Array(values)) = converted.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        converted
    }

    fn keywords(
        &mut self,
        document: &'d Value,
        object: &'d Map<String, Value>,
        kind: Option<&str>,
        pointer: &str,
        place: &str,
    ) -> Value {
        self.places.insert(pointer.to_owned(), place.to_owned());
        if let Some(reference) = object.get("$ref") {
            let target = reference.as_str().and_then(local);
            return match target.and_then(|target| Some((document.pointer(&target)?, target))) {
                Some((schema, target)) => json!({"$ref": format!("#/definitions/{}", self.number(&target, schema))}),
                None => Value::Bool(true),
            };
        }
        let mut converted = Map::new();
        let mut set = |key: &str, value: Value| drop(converted.insert(key.to_owned(), value));
        if let Some(kind) = kind {
            set("type", kind.into());
        }
        for (key, value) in object {
            match key.as_str() {
                "enum" if value.as_array().is_some_and(|values| !values.is_empty()) => set(key, value.clone()),
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
                    if value.is_u64() =>
                {
                    set(key, value.clone());
                }
                "multipleOf" if value.as_f64().is_some_and(|step| step >= f64::MIN_POSITIVE) => set(key, value.clone()),
                "minimum" | "maximum" if value.is_number() => {
                    let exclusive = if key == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
                    let is_exclusive = object.get(exclusive) == Some(&Value::Bool(true));
                    set(if is_exclusive { exclusive } else { key }, value.clone());
                }
                "uniqueItems" if value.is_boolean() => set(key, value.clone()),
                "format" if value.as_str().is_some_and(|format| FORMATS.contains(&format)) => set(key, value.clone()),
                "pattern" => {
                    if let Some(pattern) = value.as_str().filter(|pattern| self.is_pattern(pattern)) {
                        set(key, pattern.into());
                    }
                }
                "required" => set(key, required(document, object, value)),
                "properties" => {
                    let (pointer, place) = (join(pointer, key), join(place, key));
                    let properties = value.as_object().into_iter().flatten().map(|(name, schema)| {
                        (name.clone(), self.convert(document, schema, &join(&pointer, name), &join(&place, name)))
                    });
                    let properties = properties.collect();
                    set(key, Value::Object(properties));
                }
                "allOf" | "oneOf" | "anyOf" => {
                    let (pointer, place) = (join(pointer, key), join(place, key));
                    let variants = value.as_array().into_iter().flatten().enumerate().map(|(index, schema)| {
                        let index = index.to_string();
                        self.convert(document, schema, &join(&pointer, &index), &join(&place, &index))
                    });
                    let variants: Vec<Value> = variants.collect();
                    if !variants.is_empty() {
                        set(key, Value::Array(variants));
                    }
                }
                "additionalProperties" if value.is_boolean() => set(key, value.clone()),
                "items" | "additionalProperties" | "not" if value.is_object() => {
                    let inner = self.convert(document, value, &join(pointer, key), &join(place, key));
                    set(key, inner);
                }
                _ => {}
            }
        }
        Value::Object(converted)
    }

    /// Whether it can be compiled. What can't be is not held against the examples.
    fn is_pattern(&mut self, pattern: &'d str) -> bool {
        let compiles = || jsonschema::options().offline().build(&json!({"pattern": pattern})).is_ok();
        *self.patterns.entry(pattern).or_insert_with(compiles)
    }
}

fn is_type(kind: &str) -> bool {
    matches!(kind, "array" | "boolean" | "integer" | "number" | "object" | "string")
}

/// What an example has to have: a property that only travels one way is not in the examples of the other.
fn required(document: &Value, object: &Map<String, Value>, value: &Value) -> Value {
    let travels_both_ways = |name: &str| {
        let property = object.get("properties").and_then(|properties| properties.get(name));
        let property = property.and_then(|property| resolve(document, property));
        !property.is_some_and(|property| property["readOnly"] == true || property["writeOnly"] == true)
    };
    let mut names: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| travels_both_ways(name));
    json!(names)
}

/// How values are held against [`Definitions`]. Of all drafts that `definitions` belong to, it is the first that knows UUIDs.
pub(crate) fn options() -> jsonschema::ValidationOptions<'static> {
    jsonschema::options().with_draft(Draft::Draft201909).should_validate_formats(true).offline()
}

/// A pointer as the fragment of a reference.
pub(crate) fn fragment(pointer: &str) -> String {
    let mut fragment = String::new();
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            fragment.push(char::from(byte));
        } else {
            fragment.push_str(&format!("%{byte:02X}"));
        }
    }
    fragment
}

/// Whether judging `value` ends while somebody waits: goes the way that it takes, and counts.
pub(crate) fn can_be_judged(all: &Value, schema: &Value, value: &Value) -> bool {
    fn go(all: &Value, schema: &Value, value: &Value, steps: &mut usize, depth: usize) -> bool {
        if *steps == 0 || depth == DEPTH {
            return false;
        }
        *steps -= 1;
        if let Some(target) = reference(schema) {
            let target = all.pointer(target.trim_start_matches('#'));
            return target.is_none_or(|target| go(all, target, value, steps, depth + 1));
        }
        let Some(schema) = schema.as_object() else { return true };
        let mut each = |inner: &Value, value: &Value| go(all, inner, value, steps, depth + 1);
        schema.iter().all(|(key, inner)| match (key.as_str(), value) {
            ("allOf" | "oneOf" | "anyOf", _) => inner.as_array().into_iter().flatten().all(|inner| each(inner, value)),
            ("not" | "else", _) => each(inner, value),
            ("items", Value::Array(values)) => values.iter().all(|value| each(inner, value)),
            ("additionalProperties", Value::Object(values)) => values.values().all(|value| each(inner, value)),
            ("properties", Value::Object(values)) => {
                values.iter().all(|(name, value)| inner.get(name).is_none_or(|inner| each(inner, value)))
            }
            _ => true,
        })
    }
    go(all, schema, value, &mut STEPS.clone(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(schema: Value) -> Value {
        let document = json!({"components": {"schemas": {"A": schema}}});
        let mut definitions = Definitions::default();
        definitions.add(&document, "/components/schemas/A", &document["components"]["schemas"]["A"]);
        definitions.definitions()
    }

    #[test]
    fn takes_over_what_json_schema_says_otherwise() {
        assert_eq!(
            converted(
                json!({"type": "integer", "nullable": true, "minimum": 1, "exclusiveMinimum": true, "enum": [2]})
            ),
            json!({"0": {"type": ["integer", "null"], "exclusiveMinimum": 1, "enum": [2, null]}})
        );
        assert_eq!(converted(json!({"type": "string", "format": "binary"})), json!({"0": {"type": "string"}}));
    }

    #[test]
    fn leaves_out_what_no_keyword_can_have() {
        let wrong = json!({"type": "null", "required": true, "minLength": -1, "pattern": "(", "items": 1, "enum": []});
        assert_eq!(converted(wrong), json!({"0": {"required": []}}));
    }

    #[test]
    fn finds_the_way_back_through_properties_called_like_keywords() {
        let document = json!({"properties": {"else": {"nullable": true, "allOf": [{"properties": {"a": {}}}]}}});
        let mut definitions = Definitions::default();
        definitions.add(&document, "/d", &document);
        let place = definitions.place("/d/properties/else/allOf/0/properties/a").expect("it was converted");
        assert_eq!(place, "/definitions/0/properties/else/else/allOf/0/properties/a");
        assert_eq!(definitions.origin(place).as_deref(), Some("/d/properties/else/allOf/0/properties/a"));
    }
}
