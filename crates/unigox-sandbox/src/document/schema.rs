//! A schema of the document: what it accepts, and what it does not accept about a value.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use jsonschema::{Draft, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use super::{
    json_schema::{Direction, json_schema},
    tree::{Tree, items, members},
};

/// A schema. It is compiled when it is first used.
#[derive(Debug)]
pub(crate) struct Schema {
    tree: Arc<Tree>,
    schema: Value,
    direction: Direction,
    compiled: OnceLock<Result<Compiled, String>>,
}

/// A schema as JSON Schema.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) json: Value,
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
    pub(crate) fn new(tree: &Arc<Tree>, schema: &Value, direction: Direction) -> Self {
        Self { tree: Arc::clone(tree), schema: schema.clone(), direction, compiled: OnceLock::new() }
    }

    /// The schema as JSON Schema.
    ///
    /// # Errors
    ///
    /// If it is not a valid schema, or refers to something that is not there.
    pub(crate) fn compiled(&self) -> Result<&Compiled, &str> {
        let compile = || Compiled::new(json_schema(&self.tree, &self.schema, self.direction)?);
        self.compiled.get_or_init(compile).as_ref().map_err(String::as_str)
    }

    /// What the schema does not accept about `value`.
    pub(crate) fn problem(&self, value: &Value) -> Option<Problem> {
        match self.compiled() {
            Ok(compiled) => compiled.problem(value),
            Err(_) => Some(Problem { pointer: String::new(), rule: "schema".to_owned() }),
        }
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.compiled().is_ok_and(|compiled| compiled.validator.is_valid(value))
    }
}

impl Compiled {
    fn new(json: Value) -> Result<Self, String> {
        // The draft that has all formats of OpenAPI.
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.build(&json).map_err(|error| {
            let place = error.instance_path();
            format!("a schema is not valid at `{place}`: {}", error.kind().keyword())
        })?;
        let mut names = BTreeSet::new();
        add_names(&json, &mut names);
        Ok(Self { json, validator, names })
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    pub(crate) fn problem(&self, value: &Value) -> Option<Problem> {
        let error = self.validator.iter_errors(value).next()?;
        let error = most_specific(&error);
        let mut pointer = self.pointer(error.instance_path().as_str());
        if let ValidationErrorKind::Required { property: Value::String(name) } = error.kind() {
            pointer = format!("{pointer}/{}", escape(name));
        }
        let rule = match error.kind() {
            // `additionalProperties: false`, and others that are false.
            ValidationErrorKind::FalseSchema => error.schema_path().as_str().rsplit('/').next().unwrap_or_default(),
            kind => kind.keyword(),
        };
        Some(Problem { pointer, rule: rule.to_owned() })
    }

    /// The JSON pointers of everything that is not accepted, without names that the document does not have.
    pub(crate) fn pointers_of_problems(&self, value: &Value) -> BTreeSet<String> {
        let errors = self.validator.iter_errors(value);
        errors.map(|error| self.pointer(most_specific(&error).instance_path().as_str())).collect()
    }

    fn pointer(&self, pointer: &str) -> String {
        let is_known = |segment: &str| segment.parse::<usize>().is_ok() || self.names.contains(&unescape(segment));
        let segments = pointer.split('/').skip(1);
        segments.map(|segment| if is_known(segment) { format!("/{segment}") } else { "/*".to_owned() }).collect()
    }
}

/// The error of the alternative that fits best: the one whose error is deepest in the value, and not about its type.
fn most_specific<'e>(error: &'e ValidationError<'e>) -> &'e ValidationError<'e> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind() else {
        return error;
    };
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    let alternatives = context.iter().filter_map(|errors| Some((most_specific(errors.first()?), errors.len())));
    let rank = |(error, count): &(&ValidationError<'_>, usize)| {
        let is_about_choice =
            matches!(error.kind(), ValidationErrorKind::Type { .. } | ValidationErrorKind::Enum { .. });
        (depth(error), !is_about_choice, usize::MAX - count)
    };
    let best = alternatives.max_by_key(rank);
    best.filter(|(best, _)| depth(best) >= depth(error)).map_or(error, |(best, _)| best)
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

/// A name as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
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
