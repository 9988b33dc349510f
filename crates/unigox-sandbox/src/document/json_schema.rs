//! Turns a schema of OpenAPI 3.0 into JSON Schema, with everything that it refers to.
//!
//! Only keywords of OpenAPI 3.0 are kept. What OpenAPI has no assertion for, and a generated value needs (`example`,
//! `discriminator`), is kept as an annotation, which validation ignores.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::tree::{Tree, items, members, reference};

/// Which way a value is sent. A `readOnly` property is not required in a request, a `writeOnly` one not in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

impl Direction {
    /// The keyword that says that a property is not there in this direction.
    fn hiding_keyword(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        }
    }
}

/// Where the annotation of a discriminator is: the property, and its value for each reference among the variants.
pub(crate) const DISCRIMINATOR: &str = "x-discriminator";

/// Keywords that mean the same in JSON Schema, and annotations.
const KEPT: [&str; 16] = [
    "default",
    "enum",
    "example",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "type",
    "uniqueItems",
];

/// The keywords that compose a schema of others for the same value.
const COMPOSING: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// The JSON Schema of `schema`. What it refers to is in its `$defs`.
pub(crate) fn json_schema(tree: &Tree, schema: &Value, direction: Direction) -> Result<Value, String> {
    let mut converter = Converter { tree, direction, names: BTreeMap::new(), waiting: Vec::new() };
    let mut whole = converter.convert(schema, &BTreeSet::new())?;
    let mut definitions = Map::new();
    while let Some((name, (target, hidden))) = converter.waiting.pop() {
        let target = tree.target(&target)?;
        definitions.insert(name, converter.convert(target, &hidden)?);
    }
    if definitions.is_empty() {
        return Ok(whole);
    }
    if !whole.is_object() || reference(&whole).is_some() {
        whole = json!({"allOf": [whole]});
    }
    whole["$defs"] = Value::Object(definitions);
    Ok(whole)
}

/// What a definition is made of: a reference, and the properties that what composes it hides.
type Definition = (String, BTreeSet<String>);

struct Converter<'t> {
    tree: &'t Tree,
    direction: Direction,
    /// The names of the definitions.
    names: BTreeMap<Definition, String>,
    /// The definitions that are still to be made.
    waiting: Vec<(String, Definition)>,
}

impl Converter<'_> {
    /// `hidden` are the properties that other schemas of the same value hide.
    fn convert(&mut self, schema: &Value, hidden: &BTreeSet<String>) -> Result<Value, String> {
        if schema.is_boolean() {
            return Ok(schema.clone());
        }
        let Some(keywords) = schema.as_object() else { return Err("a schema is not an object".to_owned()) };
        let is_nullable = keywords.get("nullable") == Some(&Value::Bool(true));
        if let Some(target) = reference(schema) {
            let target = json!({"$ref": self.definition(target, hidden)});
            return Ok(if is_nullable { or_null(target) } else { target });
        }
        let mut hidden = hidden.clone();
        self.add_hidden(schema, &mut hidden, &mut BTreeSet::new());
        let mut converted = self.convert_object(keywords, &hidden)?;
        bound_integers(keywords, &mut converted);
        exclude_bounds(keywords, &mut converted);
        let is_composed = keywords.keys().any(|keyword| keyword == "not" || COMPOSING.contains(&keyword.as_str()));
        if !is_nullable {
            return Ok(Value::Object(converted));
        }
        if is_composed {
            return Ok(or_null(Value::Object(converted)));
        }
        allow_null(&mut converted);
        Ok(Value::Object(converted))
    }

    fn convert_object(
        &mut self,
        keywords: &Map<String, Value>,
        hidden: &BTreeSet<String>,
    ) -> Result<Map<String, Value>, String> {
        let none = BTreeSet::new();
        let mut converted = Map::new();
        for (keyword, value) in keywords {
            let value = match keyword.as_str() {
                keyword if KEPT.contains(&keyword) => value.clone(),
                keyword if COMPOSING.contains(&keyword) => {
                    let parts = value.as_array().ok_or_else(|| format!("`{keyword}` is not a list"))?;
                    parts.iter().map(|part| self.convert(part, hidden)).collect::<Result<_, _>>()?
                }
                "not" | "items" | "additionalProperties" => self.convert(value, &none)?,
                "properties" => {
                    let properties = value.as_object().ok_or("`properties` is not an object")?.iter();
                    let convert = |(name, schema): (&String, &Value)| Ok((name.clone(), self.convert(schema, &none)?));
                    Value::Object(properties.map(convert).collect::<Result<_, String>>()?)
                }
                "discriminator" => {
                    self.discriminator(keywords, value, hidden, &mut converted);
                    continue;
                }
                _ => continue,
            };
            converted.insert(keyword.clone(), value);
        }
        let required = required(keywords).filter(|name| !hidden.contains(*name));
        let required: BTreeSet<_> = required.collect();
        if !required.is_empty() {
            converted.insert("required".to_owned(), json!(required));
        }
        Ok(converted)
    }

    /// The reference to the definition of what `target` leads to.
    fn definition(&mut self, target: &str, hidden: &BTreeSet<String>) -> String {
        let definition = (target.to_owned(), hidden.clone());
        let next = self.names.len().to_string();
        let name = self.names.entry(definition.clone()).or_insert_with(|| {
            self.waiting.push((next.clone(), definition));
            next
        });
        format!("#/$defs/{name}")
    }

    /// Adds the properties that a schema, or one that it is composed of, hides.
    fn add_hidden(&self, schema: &Value, hidden: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
        if let Some(target) = reference(schema) {
            if seen.insert(target.to_owned())
                && let Ok(target) = self.tree.target(target)
            {
                self.add_hidden(target, hidden, seen);
            }
            return;
        }
        let properties = schema.get("properties").into_iter().flat_map(members);
        let marked = properties.filter(|(_, property)| self.is_hidden(property, &mut BTreeSet::new()));
        hidden.extend(marked.map(|(name, _)| name.to_owned()));
        items(schema.get("allOf")).for_each(|part| self.add_hidden(part, hidden, seen));
    }

    /// Whether a property, or what it refers to, is marked as not there in this direction.
    fn is_hidden(&self, schema: &Value, seen: &mut BTreeSet<String>) -> bool {
        if schema.get(self.direction.hiding_keyword()) == Some(&Value::Bool(true)) {
            return true;
        }
        let target = reference(schema).filter(|target| seen.insert((*target).to_owned()));
        let target = target.and_then(|target| self.tree.target(target).ok());
        target.into_iter().chain(items(schema.get("allOf"))).any(|part| self.is_hidden(part, seen))
    }

    /// Keeps which value of a property stands for which reference.
    fn discriminator(
        &mut self,
        keywords: &Map<String, Value>,
        discriminator: &Value,
        hidden: &BTreeSet<String>,
        converted: &mut Map<String, Value>,
    ) {
        let Some(property) = discriminator.get("propertyName").and_then(Value::as_str) else { return };
        let mapping: Vec<_> = discriminator.get("mapping").into_iter().flat_map(members).collect();
        let variants = ["anyOf", "oneOf"].into_iter().flat_map(|keyword| items(keywords.get(keyword)));
        let mut values = Map::new();
        for target in variants.filter_map(reference) {
            let name = target.rsplit('/').next().unwrap_or(target);
            let is_meant = |to: &&Value| to.as_str().is_some_and(|to| to == target || to == name);
            let mapped = mapping.iter().find(|(_, to)| is_meant(to)).map(|(value, _)| *value);
            values.insert(self.definition(target, hidden), json!(mapped.unwrap_or(name)));
        }
        converted.insert(DISCRIMINATOR.to_owned(), json!({"property": property, "values": values}));
    }
}

/// The required properties: those that are listed, and those that say it of themselves, which OpenAPI 3.0 does not have.
fn required(keywords: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let listed = items(keywords.get("required")).filter_map(Value::as_str);
    let properties = keywords.get("properties").into_iter().flat_map(members);
    let own = properties.filter(|(_, property)| property.get("required") == Some(&Value::Bool(true)));
    listed.chain(own.map(|(name, _)| name))
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

/// Adds null to the types and the values.
fn allow_null(converted: &mut Map<String, Value>) {
    if let Some(Value::String(name)) = converted.get("type") {
        let types = json!([name, "null"]);
        converted.insert("type".to_owned(), types);
    }
    if let Some(Value::Array(values)) = converted.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Adds the bounds of the formats of integers, unless there are others.
fn bound_integers(keywords: &Map<String, Value>, converted: &mut Map<String, Value>) {
    let (minimum, maximum) = match keywords.get("format").and_then(Value::as_str) {
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        Some("int64") => (json!(i64::MIN), json!(i64::MAX)),
        _ => return,
    };
    if keywords.get("type").is_some_and(|name| name == "integer") {
        converted.entry("minimum").or_insert(minimum);
        converted.entry("maximum").or_insert(maximum);
    }
}

/// In OpenAPI 3.0 `exclusiveMinimum` says that `minimum` itself is out of bounds; in JSON Schema it is a bound.
fn exclude_bounds(keywords: &Map<String, Value>, converted: &mut Map<String, Value>) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match keywords.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(limit) = converted.remove(bound) {
                    converted.insert(exclusive.to_owned(), limit);
                }
            }
            Some(limit @ Value::Number(_)) => drop(converted.insert(exclusive.to_owned(), limit.clone())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tree::object, *};

    fn check(schema: Value, direction: Direction, expected: Value) {
        let components = json!({"schemas": {
            "Id": {"type": "string", "readOnly": true},
            "Owned": {"required": ["id", "owner"], "properties": {"id": {"$ref": "#/components/schemas/Id"}}},
            "Bare": {"required": ["id"]},
            "Tree": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}},
        }});
        let tree = Tree::new(object("components", components));
        assert_eq!(json_schema(&tree, &schema, direction), Ok(expected));
    }

    fn check_both(schema: Value, expected: Value) {
        check(schema.clone(), Direction::Request, expected.clone());
        check(schema, Direction::Response, expected);
    }

    #[test]
    fn null_is_one_more_type_value_or_alternative() {
        check_both(
            json!({"type": "string", "enum": ["a"], "nullable": true}),
            json!({"type": ["string", "null"], "enum": ["a", null]}),
        );
        check_both(
            json!({"allOf": [{"type": "string"}], "nullable": true}),
            json!({"anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]}),
        );
        check_both(
            json!({"$ref": "#/components/schemas/Bare", "nullable": true, "minLength": 1}),
            json!({"anyOf": [{"$ref": "#/$defs/0"}, {"type": "null"}], "$defs": {"0": {"required": ["id"]}}}),
        );
    }

    #[test]
    fn bounds_and_keywords_are_those_of_json_schema() {
        check_both(
            json!({"minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false, "const": 1}),
            json!({"exclusiveMinimum": 1, "maximum": 2}),
        );
        check_both(
            json!({"type": "integer", "format": "int32", "minimum": 0}),
            json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": i32::MAX}),
        );
        check_both(
            json!({"properties": {"nullable": {"type": "string", "required": true}, "required": {"enum": [1]}}}),
            json!({"properties": {"nullable": {"type": "string"}, "required": {"enum": [1]}}, "required": ["nullable"]}),
        );
    }

    #[test]
    fn a_read_only_property_is_not_required_in_a_request_also_if_another_part_requires_it() {
        let id = json!({"type": "string"});
        let whole = json!({"allOf": [{"$ref": "#/components/schemas/Owned"}, {"$ref": "#/components/schemas/Bare"}]});
        let with = |required: [Value; 2]| {
            let owned = json!({"properties": {"id": {"$ref": "#/$defs/2"}}, "required": required[0]});
            let mut bare = json!({"required": required[1]});
            if required[1] == json!([]) {
                bare = json!({});
            }
            json!({
                "allOf": [{"$ref": "#/$defs/0"}, {"$ref": "#/$defs/1"}],
                "$defs": {"0": owned, "1": bare, "2": id},
            })
        };
        check(whole.clone(), Direction::Request, with([json!(["owner"]), json!([])]));
        check(whole, Direction::Response, with([json!(["id", "owner"]), json!(["id"])]));
    }

    #[test]
    fn a_schema_may_refer_to_itself() {
        let tree = json!({"type": "object", "properties": {"child": {"$ref": "#/$defs/0"}}});
        check_both(
            json!({"$ref": "#/components/schemas/Tree"}),
            json!({"allOf": [{"$ref": "#/$defs/0"}], "$defs": {"0": tree}}),
        );
    }

    #[test]
    fn a_discriminator_says_which_value_stands_for_which_variant() {
        let variants = json!([{"$ref": "#/components/schemas/Bare"}, {"$ref": "#/components/schemas/Tree"}]);
        let schema = json!({"oneOf": variants, "discriminator": {"propertyName": "kind", "mapping": {"bare": "Bare"}}});
        let tree = Tree::new(json!({"components": {"schemas": {"Bare": {}, "Tree": {}}}}));
        let schema = json_schema(&tree, &schema, Direction::Response).expect("it is a schema");
        let values: BTreeSet<_> =
            members(&schema[DISCRIMINATOR]["values"]).map(|(_, value)| value.clone().to_string()).collect();
        assert_eq!(values, BTreeSet::from([r#""Tree""#.to_owned(), r#""bare""#.to_owned()]));
    }
}
