//! Turns a schema of OpenAPI 3.0 into JSON Schema, with everything that it refers to.
//!
//! Only keywords of OpenAPI 3.0 are kept. What OpenAPI has no assertion for, and a generated value needs (`example`,
//! `discriminator`), is kept as an annotation, which validation ignores.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::{
    tree::{MAX_CHAIN, Tree},
    validator::DISCRIMINATOR,
    value::{escape, items, members, reference},
};

/// How many definitions a JSON Schema may have.
const MAX_DEFINITIONS: usize = 10_000;

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

/// A schema as JSON Schema.
#[derive(Debug, PartialEq)]
pub(crate) struct JsonSchema {
    /// What the schema refers to is in its `$defs`.
    pub(crate) whole: Value,
    /// What each definition was made of, as a reference within the document.
    pub(crate) targets: BTreeMap<String, String>,
}

/// What is wrong with a schema.
#[derive(Debug, PartialEq)]
pub(crate) struct SchemaProblem {
    /// The reference that led to the schema; none for the schema that is converted itself.
    pub(crate) target: Option<String>,
    /// The JSON pointer from there.
    pub(crate) pointer: String,
    pub(crate) problem: String,
}

/// The JSON Schema of `schema`.
///
/// # Errors
///
/// If a part of it is no schema, refers to something that is not there, or leads further than the sandbox follows.
pub(crate) fn json_schema(tree: &Tree, schema: &Value, direction: Direction) -> Result<JsonSchema, SchemaProblem> {
    let mut converter = Converter { tree, direction, names: BTreeMap::new(), waiting: Vec::new() };
    let mut chains = Chains { tree, lengths: HashMap::new() };
    let itself = |(pointer, problem): Failure| SchemaProblem { target: None, pointer, problem };
    chains.check(schema)?;
    let mut whole = converter.convert(schema, &BTreeSet::new(), "").map_err(itself)?;
    let mut definitions = Map::new();
    let mut targets = BTreeMap::new();
    while let Some((name, (target, hidden))) = converter.waiting.pop() {
        let at_target = |(pointer, problem): Failure| SchemaProblem { target: Some(target.clone()), pointer, problem };
        if targets.len() >= MAX_DEFINITIONS {
            let problem = format!("more than {MAX_DEFINITIONS} schemas are reached from one: {SIMPLIFY}");
            return Err(itself((String::new(), problem)));
        }
        let schema = tree.target(&target).map_err(|problem| at_target((String::new(), problem)))?;
        chains.check(schema)?;
        definitions.insert(name.clone(), converter.convert(schema, &hidden, "").map_err(at_target)?);
        targets.insert(name, target);
    }
    if !definitions.is_empty() {
        if !whole.is_object() || reference(&whole).is_some() {
            whole = json!({"allOf": [whole]});
        }
        whole["$defs"] = Value::Object(definitions);
    }
    Ok(JsonSchema { whole, targets })
}

/// What to do about a schema that leads too far.
const SIMPLIFY: &str = "refer to fewer of them, or write them in one place";

/// What is wrong, and the JSON pointer to where, from a schema.
type Failure = (String, String);

/// How many references lead from one schema to the next for the same value, at most. What recurses for a value follows them.
struct Chains<'t> {
    tree: &'t Tree,
    /// The lengths from what a reference leads to; 0 while it is not known, for what leads back to itself.
    lengths: HashMap<&'t str, usize>,
}

impl<'t> Chains<'t> {
    fn check(&mut self, schema: &'t Value) -> Result<(), SchemaProblem> {
        // Without recursion: that would be what is checked.
        let mut open = vec![Link { target: None, next: references_of(schema), length: 0 }];
        while let Some(link) = open.last_mut() {
            if let Some(target) = link.next.pop() {
                if let Some(length) = self.lengths.get(target) {
                    link.length = link.length.max(length + 1);
                } else if let Ok(schema) = self.tree.target(target) {
                    self.lengths.insert(target, 0);
                    open.push(Link { target: Some(target), next: references_of(schema), length: 0 });
                }
                // All but the schema that is checked are at the end of a reference.
                if open.len() - 1 + open.last().map_or(0, |link| link.length) > MAX_CHAIN {
                    return Err(SchemaProblem {
                        target: Some(target.to_owned()),
                        pointer: String::new(),
                        problem: format!(
                            "it is at the end of more than {MAX_CHAIN} references that lead from one schema to the next for \
                             the same value: {SIMPLIFY}"
                        ),
                    });
                }
                continue;
            }
            let Some(Link { target, length, .. }) = open.pop() else { break };
            if let Some(target) = target {
                self.lengths.insert(target, length);
            }
            if let Some(outer) = open.last_mut() {
                outer.length = outer.length.max(length + 1);
            }
        }
        Ok(())
    }
}

/// A schema in a chain, and the references from it that are not followed yet.
struct Link<'t> {
    target: Option<&'t str>,
    next: Vec<&'t str>,
    length: usize,
}

/// The references of a schema for the same value.
fn references_of(schema: &Value) -> Vec<&str> {
    let (mut found, mut waiting) = (Vec::new(), vec![schema]);
    while let Some(schema) = waiting.pop() {
        match reference(schema) {
            Some(target) => found.push(target),
            None => {
                waiting.extend(COMPOSING.into_iter().flat_map(|keyword| items(schema.get(keyword))));
                waiting.extend(schema.get("not"));
            }
        }
    }
    found
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
    /// `hidden` are the properties that other schemas of the same value hide, and `at` is the JSON pointer of the schema.
    fn convert(&mut self, schema: &Value, hidden: &BTreeSet<String>, at: &str) -> Result<Value, Failure> {
        if schema.is_boolean() {
            return Ok(schema.clone());
        }
        let Some(keywords) = schema.as_object() else {
            return Err((at.to_owned(), "a schema has to be an object".to_owned()));
        };
        let is_nullable = keywords.get("nullable") == Some(&Value::Bool(true));
        if let Some(target) = reference(schema) {
            if let Err(problem) = self.tree.target(target) {
                return Err((at.to_owned(), problem));
            }
            let target = json!({"$ref": self.definition(target, hidden)});
            return Ok(if is_nullable { or_null(target) } else { target });
        }
        let mut hidden = hidden.clone();
        self.add_hidden(schema, &mut hidden);
        let mut converted = self.convert_object(keywords, &hidden, at)?;
        bound_integers(keywords, &mut converted);
        exclude_bounds(keywords, &mut converted);
        if let Err((place, problem)) = self.tree.assertions(&converted) {
            return Err((format!("{at}{place}"), problem));
        }
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
        at: &str,
    ) -> Result<Map<String, Value>, Failure> {
        let none = BTreeSet::new();
        let mut converted = Map::new();
        // A keyword without a value says nothing, and neither does an empty list of schemas.
        let says = |keyword: &str, value: &Value| {
            let is_empty = value.as_array().is_some_and(Vec::is_empty) && COMPOSING.contains(&keyword);
            !value.is_null() && !is_empty
        };
        for (keyword, value) in keywords.iter().filter(|(keyword, value)| says(keyword, value)) {
            let value = match keyword.as_str() {
                keyword if KEPT.contains(&keyword) => value.clone(),
                keyword if COMPOSING.contains(&keyword) => {
                    let parts = value.as_array().ok_or_else(|| {
                        (format!("{at}/{keyword}"), format!("`{keyword}` has to be a list of schemas"))
                    })?;
                    let parts = parts.iter().enumerate();
                    let convert = |(index, part)| self.convert(part, hidden, &format!("{at}/{keyword}/{index}"));
                    parts.map(convert).collect::<Result<_, _>>()?
                }
                "not" | "items" | "additionalProperties" => self.convert(value, &none, &format!("{at}/{keyword}"))?,
                "properties" => {
                    let properties = value
                        .as_object()
                        .ok_or_else(|| (format!("{at}/properties"), "`properties` has to be an object".to_owned()))?;
                    let convert = |(name, schema): (&String, &Value)| {
                        let at = format!("{at}/properties/{}", escape(name));
                        Ok((name.clone(), self.convert(schema, &none, &at)?))
                    };
                    Value::Object(properties.iter().map(convert).collect::<Result<_, Failure>>()?)
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
    fn add_hidden(&self, schema: &Value, hidden: &mut BTreeSet<String>) {
        for part in self.parts(schema) {
            let properties = part.get("properties").into_iter().flat_map(members);
            let marked = properties.filter(|(_, property)| self.is_hidden(property));
            hidden.extend(marked.map(|(name, _)| name.to_owned()));
        }
    }

    /// Whether a property, or what it refers to, is marked as not there in this direction.
    fn is_hidden(&self, schema: &Value) -> bool {
        let mark = Some(&Value::Bool(true));
        self.parts(schema).iter().any(|part| part.get(self.direction.hiding_keyword()) == mark)
    }

    /// A schema, what it refers to, and what it has in its `allOf`.
    fn parts<'s>(&'s self, schema: &'s Value) -> Vec<&'s Value> {
        let (mut parts, mut waiting, mut seen) = (Vec::new(), vec![schema], BTreeSet::new());
        while let Some(schema) = waiting.pop() {
            parts.push(schema);
            match reference(schema) {
                Some(target) if seen.insert(target) => waiting.extend(self.tree.target(target)),
                Some(_) => {}
                None => waiting.extend(items(schema.get("allOf"))),
            }
        }
        parts
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
        assert_eq!(json_schema(&tree, &schema, direction).map(|schema| schema.whole), Ok(expected));
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
        let schema = json_schema(&tree, &schema, Direction::Response).expect("it is a schema").whole;
        let values: BTreeSet<_> =
            members(&schema[DISCRIMINATOR]["values"]).map(|(_, value)| value.clone().to_string()).collect();
        assert_eq!(values, BTreeSet::from([r#""Tree""#.to_owned(), r#""bare""#.to_owned()]));
    }

    fn chain(length: usize, link: impl Fn(Value) -> Value) -> Result<JsonSchema, SchemaProblem> {
        let to = |number: usize| json!({"$ref": format!("#/schemas/{number}")});
        let mut schemas: Map<_, _> = (0..length).map(|number| (number.to_string(), link(to(number + 1)))).collect();
        schemas.insert(length.to_string(), json!({"type": "string"}));
        json_schema(&Tree::new(json!({"schemas": schemas})), &to(0), Direction::Request)
    }

    #[test]
    fn a_chain_of_references_for_one_value_has_a_bound_and_one_through_a_value_has_none() {
        let composed: [fn(Value) -> Value; 4] = [
            |next| next,
            |next| json!({"allOf": [next]}),
            |next| json!({"oneOf": [{"not": next}]}),
            |next| json!({"anyOf": [next.clone(), next]}),
        ];
        for link in composed {
            assert!(chain(MAX_CHAIN - 1, link).is_ok());
            let problem = chain(6000, link).expect_err("it is too long");
            let place = format!("#/schemas/{MAX_CHAIN}");
            assert_eq!((problem.target.as_deref(), problem.pointer.as_str()), (Some(place.as_str()), ""));
            assert!(problem.problem.contains("100 references"), "{}", problem.problem);
        }
        assert!(chain(3000, |next| json!({"properties": {"next": next}})).is_ok());
        let problem = chain(30_000, |next| json!({"properties": {"next": next}})).expect_err("it is too large");
        assert!(problem.problem.contains("10000 schemas"), "{}", problem.problem);
    }

    #[test]
    fn what_has_no_value_says_nothing() {
        let tree = Tree::new(json!({}));
        let schema = json!({"type": "string", "minLength": null, "oneOf": [], "allOf": [], "items": null});
        let converted = json_schema(&tree, &schema, Direction::Response).expect("it is a schema");
        assert_eq!(converted.whole, json!({"type": "string"}));
    }

    #[test]
    fn a_schema_that_is_none_is_reported_with_its_place() {
        let tree = Tree::new(json!({"schemas": {"A": {"properties": {"a/b": {"items": {"pattern": "("}}}}}}));
        for (schema, target, pointer) in [
            (json!({"allOf": [{}, {"type": "text"}]}), None, "/allOf/1/type"),
            (json!({"items": 1}), None, "/items"),
            (json!({"oneOf": {}}), None, "/oneOf"),
            (json!({"not": {"$ref": "#/nowhere"}}), None, "/not"),
            (json!({"$ref": "#/schemas/A"}), Some("#/schemas/A"), "/properties/a~1b/items/pattern"),
        ] {
            let problem = json_schema(&tree, &schema, Direction::Response).expect_err("it is no JSON schema");
            assert_eq!((problem.target.as_deref(), problem.pointer.as_str()), (target, pointer), "{problem:?}");
        }
    }
}
