//! A schema of the document: what it accepts, and what it does not accept about a value.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use serde_json::Value;

use super::{
    json_schema::{Direction, JsonSchema, SchemaProblem, json_schema},
    tree::Tree,
    validator::Validator,
    value::{items, members, unescape},
};

/// A schema. It is compiled when it is first used.
#[derive(Debug)]
pub(crate) struct Schema {
    tree: Arc<Tree>,
    schema: Value,
    /// Where it is in the document, by where that is in memory.
    address: usize,
    direction: Direction,
    compiled: OnceLock<Result<Compiled, String>>,
}

/// A schema as JSON Schema.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) json: Value,
    /// What each definition was made of, as a reference within the document.
    pub(crate) targets: BTreeMap<String, String>,
    validator: Validator,
    /// The names of all properties. Other names in a value are data.
    names: BTreeSet<String>,
}

/// What a schema does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The JSON pointer in the value. Names that the document does not have are `*`.
    pub(crate) pointer: String,
    /// The keyword of the schema.
    pub(crate) rule: String,
}

impl Schema {
    /// A schema of the document `tree`.
    pub(crate) fn new(tree: &Arc<Tree>, schema: &Value, direction: Direction) -> Self {
        let address = std::ptr::from_ref(schema).addr();
        Self { tree: Arc::clone(tree), schema: schema.clone(), address, direction, compiled: OnceLock::new() }
    }

    /// The schema as JSON Schema.
    ///
    /// # Errors
    ///
    /// If it is not a valid schema, or leads further than the sandbox follows: where in the document, and why.
    pub(crate) fn compiled(&self) -> Result<&Compiled, &str> {
        let compile = || {
            let converted = json_schema(&self.tree, &self.schema, self.direction);
            converted.map(|schema| Compiled::new(&self.tree, schema)).map_err(|problem| self.describe(&problem))
        };
        self.compiled.get_or_init(compile).as_ref().map_err(String::as_str)
    }

    fn describe(&self, SchemaProblem { target, pointer, problem }: &SchemaProblem) -> String {
        format!("{}{pointer}: {problem}", target.clone().unwrap_or_else(|| self.place()))
    }

    /// Where the schema is, as a reference within the document.
    pub(crate) fn place(&self) -> String {
        self.tree.pointer_of(self.address).map_or_else(String::new, |pointer| format!("#{pointer}"))
    }

    /// What the schema does not accept of `value`.
    pub(crate) fn problem(&self, value: &Value) -> Option<Problem> {
        match self.compiled() {
            Ok(compiled) => compiled.problem(value),
            Err(_) => Some(Problem { pointer: String::new(), rule: "schema".to_owned() }),
        }
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.compiled().is_ok_and(|compiled| compiled.validator.accepts(value))
    }
}

impl Compiled {
    fn new(tree: &Tree, JsonSchema { whole: json, targets }: JsonSchema) -> Self {
        // Those that are not valid were found when the schema was converted.
        let validator = Validator::new(&json, |keywords| tree.assertions(keywords).ok().flatten());
        let mut names = BTreeSet::new();
        add_names(&json, &mut names);
        Self { json, targets, validator, names }
    }

    pub(crate) fn problem(&self, value: &Value) -> Option<Problem> {
        let found = self.validator.problems(value);
        found.first().map(|found| Problem { pointer: self.pointer(&found.pointer), rule: found.rule.clone() })
    }

    /// The JSON pointers of what is not accepted, without names that the document does not have.
    pub(crate) fn pointers_of_problems(&self, value: &Value) -> BTreeSet<String> {
        self.validator.problems(value).iter().map(|found| self.pointer(&found.pointer)).collect()
    }

    fn pointer(&self, pointer: &str) -> String {
        let is_known = |segment: &str| segment.parse::<usize>().is_ok() || self.names.contains(&unescape(segment));
        let segments = pointer.split('/').skip(1);
        segments.map(|segment| if is_known(segment) { format!("/{segment}") } else { "/*".to_owned() }).collect()
    }
}

/// Adds the names of all properties in a JSON Schema.
fn add_names(schema: &Value, names: &mut BTreeSet<String>) {
    names.extend(items(schema.get("required")).filter_map(Value::as_str).map(str::to_owned));
    for (name, property) in schema.get("properties").into_iter().flat_map(members) {
        names.insert(name.to_owned());
        add_names(property, names);
    }
    schema.get("$defs").into_iter().flat_map(members).for_each(|(_, schema)| add_names(schema, names));
    let lists = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|keyword| items(schema.get(keyword)));
    let single = ["not", "items", "additionalProperties"].into_iter().filter_map(|keyword| schema.get(keyword));
    lists.chain(single).for_each(|schema| add_names(schema, names));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(schema: Value) -> Schema {
        let components = json!({"components": {"schemas": {
            "Node": {"type": "object", "required": ["value"], "properties": {
                "value": {"type": "string", "minLength": 2},
                "next": {"$ref": "#/components/schemas/Node"}}},
        }}});
        Schema::new(&Arc::new(Tree::new(components)), &schema, Direction::Request)
    }

    fn check(of: Value, value: Value, expected: Option<(&str, &str)>) {
        let problem = schema(of).problem(&value);
        let problem = problem.as_ref().map(|problem| (problem.pointer.as_str(), problem.rule.as_str()));
        assert_eq!(problem, expected, "{value}");
    }

    #[test]
    fn a_problem_is_a_place_and_a_rule_and_never_a_value() {
        let node = || json!({"$ref": "#/components/schemas/Node"});
        check(node(), json!({"value": "ab"}), None);
        check(node(), json!({"value": "ab", "next": {"value": "a"}}), Some(("/next/value", "minLength")));
        check(node(), json!({"value": "ab", "next": {}}), Some(("/next/value", "required")));
        check(json!({"type": "array", "items": node()}), json!([{"value": 1}]), Some(("/0/value", "type")));
        let map = || json!({"type": "object", "additionalProperties": {"type": "integer"}});
        check(map(), json!({"secret": "x"}), Some(("/*", "type")));
        let closed = || json!({"properties": {"a~/b": {"enum": [1]}}, "additionalProperties": false});
        check(closed(), json!({"secret": 1}), Some(("", "additionalProperties")));
        check(closed(), json!({"a~/b": 2}), Some(("/a~0~1b", "enum")));
    }

    #[test]
    fn a_problem_among_alternatives_is_that_of_the_one_that_fits_best() {
        let card = json!({"type": "object", "required": ["number"], "properties": {
            "kind": {"enum": ["card"]}, "number": {"pattern": "^[0-9]+$", "type": "string"}}});
        let bank = json!({"type": "object", "required": ["iban"], "properties": {"kind": {"enum": ["bank"]}}});
        let either = || json!({"oneOf": [bank, card], "nullable": true});
        check(either(), json!(null), None);
        check(either(), json!({"kind": "card", "number": "x"}), Some(("/number", "pattern")));
        check(either(), json!({"kind": "bank"}), Some(("/iban", "required")));
    }

    #[test]
    fn formats_are_checked() {
        for (format, valid, invalid) in [
            ("uuid", "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04", "6f1c2d9e"),
            ("email", "ada@example.com", "ada"),
            ("date", "2026-02-03", "2026-02-30"),
            ("date-time", "2026-02-03T09:15:00Z", "2026-02-03"),
            ("uri", "https://example.com/a", "example"),
        ] {
            let of = || json!({"type": "string", "format": format});
            check(of(), json!(valid), None);
            check(of(), json!(invalid), Some(("", "format")));
        }
        check(json!({"type": "string", "format": "binary"}), json!("anything"), None);
        check(json!({"type": "integer", "format": "int32"}), json!(1_u64 << 40), Some(("", "maximum")));
    }

    #[test]
    fn a_schema_that_is_none_accepts_nothing_and_says_so() {
        for of in [json!(1), json!({"pattern": "("}), json!({"$ref": "#/nowhere"}), json!({"type": "text"})] {
            let schema = schema(of.clone());
            assert!(schema.compiled().is_err(), "{of}");
            assert!(!schema.accepts(&json!("")));
            assert_eq!(schema.problem(&json!("")).map(|problem| problem.rule), Some("schema".to_owned()));
        }
    }
}
