//! Judges a value by a JSON Schema: each definition once at each place of the value.
//!
//! How schemas and values are composed is followed here, within limits. What remains is a schema of assertions about one
//! value, which a library judges.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::Arc,
};

use jsonschema::{Draft, error::ValidationErrorKind};
use serde_json::{Map, Value};

use super::value::{escape, members, reference};

/// Where the annotation of a discriminator is: the property, and its value for each reference among the variants.
pub(crate) const DISCRIMINATOR: &str = "x-discriminator";

/// How many schemas may lead from one to the next, through parts of a value or for the same one.
const MAX_DEPTH: usize = 400;

/// How many times a schema may be compared with a value.
const MAX_STEPS: usize = 2_000_000;

/// How many problems of a value are kept.
const MAX_PROBLEMS: usize = 50;

/// The rule that a value has not satisfied if a limit was reached.
pub(crate) const LIMIT: &str = "limit";

/// Keywords that are followed here, and annotations.
const FOLLOWED: [&str; 12] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "example",
    "items",
    "not",
    "oneOf",
    "properties",
    DISCRIMINATOR,
];

/// Assertions about one value, without those about its parts.
pub(crate) type Assertions = jsonschema::Validator;

/// The assertions of a schema; none if it has none.
///
/// # Errors
///
/// Where the schema is not valid, and why, in words.
pub(crate) fn assertions(schema: &Map<String, Value>) -> Result<Option<Assertions>, (String, String)> {
    let asserted = assertions_of(schema);
    if asserted.is_empty() {
        return Ok(None);
    }
    // The draft that has all formats of OpenAPI.
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    let built = options.build(&Value::Object(asserted));
    built.map(Some).map_err(|error| {
        let place = error.instance_path().as_str().to_owned();
        let keyword = place.split('/').nth(1).unwrap_or_default().to_owned();
        (place, format!("`{keyword}` {}", wanted(&keyword)))
    })
}

/// The part of a schema that [`assertions`] are made of.
pub(crate) fn assertions_of(schema: &Map<String, Value>) -> Map<String, Value> {
    let asserted = schema.iter().filter(|(keyword, _)| !FOLLOWED.contains(&keyword.as_str()));
    asserted.map(|(keyword, value)| (keyword.clone(), value.clone())).collect()
}

/// What the value of a keyword has to be.
fn wanted(keyword: &str) -> &'static str {
    match keyword {
        "pattern" => "has to be a regular expression, and not a very large one",
        "multipleOf" => "has to be a number greater than 0",
        "type" => "has to be `array`, `boolean`, `integer`, `number`, `object` or `string`",
        "enum" => "has to be a list of values",
        "required" => "has to be a list of different names",
        "format" => "has to be text",
        "uniqueItems" => "has to be `true` or `false`",
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => "has to be a number",
        _ => "has to be a whole number that is not negative",
    }
}

/// A JSON Schema with its definitions, as nodes that refer to each other by number.
#[derive(Debug)]
pub(crate) struct Validator {
    nodes: Vec<Node>,
}

/// The root is the first node.
const ROOT: usize = 0;

#[derive(Debug, Default)]
struct Node {
    /// Its problems are kept for each place of the value, because several schemas may refer to it.
    is_definition: bool,
    accepts_nothing: bool,
    assertions: Option<Arc<Assertions>>,
    reference: Option<usize>,
    all_of: Vec<usize>,
    any_of: Option<Vec<usize>>,
    one_of: Option<Vec<usize>>,
    not: Option<usize>,
    properties: BTreeMap<String, usize>,
    other_properties: Option<usize>,
    items: Option<usize>,
}

/// What a schema does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The JSON pointer in the value.
    pub(crate) pointer: String,
    pub(crate) rule: String,
    /// It tells alternatives from each other: it is about a type or a list of values.
    is_about_choice: bool,
}

impl Validator {
    /// The validator of a JSON Schema. `assertions` gives those of a schema.
    pub(crate) fn new(whole: &Value, assertions: impl Fn(&Map<String, Value>) -> Option<Arc<Assertions>>) -> Self {
        let definitions: BTreeMap<_, _> = whole.get("$defs").into_iter().flat_map(members).collect();
        let numbers = definitions.keys().enumerate().map(|(index, name)| (*name, index + 1)).collect();
        let mut builder = Builder { numbers, nodes: Vec::new(), assertions };
        builder.nodes.resize_with(definitions.len() + 1, Node::default);
        builder.nodes[ROOT] = builder.node(whole);
        for (index, schema) in definitions.values().enumerate() {
            builder.nodes[index + 1] = Node { is_definition: true, ..builder.node(schema) };
        }
        Self { nodes: builder.nodes }
    }

    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.problems(value).is_empty()
    }

    /// What is not accepted: of alternatives, what the one that fits best does not accept. There may be more.
    pub(crate) fn problems(&self, value: &Value) -> Rc<[Found]> {
        Judgement { nodes: &self.nodes, known: HashMap::new(), steps: 0, depth: 0 }.problems(ROOT, value, Place::Whole)
    }
}

struct Builder<'s, A> {
    numbers: BTreeMap<&'s str, usize>,
    nodes: Vec<Node>,
    assertions: A,
}

impl<A: Fn(&Map<String, Value>) -> Option<Arc<Assertions>>> Builder<'_, A> {
    fn add(&mut self, schema: &Value) -> usize {
        let node = self.node(schema);
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn node(&mut self, schema: &Value) -> Node {
        let mut node = Node { accepts_nothing: *schema == Value::Bool(false), ..Node::default() };
        let Some(keywords) = schema.as_object() else { return node };
        node.assertions = (self.assertions)(keywords);
        let target = reference(schema).and_then(|target| target.strip_prefix("#/$defs/"));
        node.reference = target.and_then(|name| self.numbers.get(name).copied());
        node.all_of = self.list(keywords, "allOf").unwrap_or_default();
        node.any_of = self.list(keywords, "anyOf");
        node.one_of = self.list(keywords, "oneOf");
        let mut single = |keyword: &str| keywords.get(keyword).map(|schema| self.add(schema));
        (node.not, node.items) = (single("not"), single("items"));
        node.other_properties = single("additionalProperties");
        let properties = keywords.get("properties").into_iter().flat_map(members);
        node.properties = properties.map(|(name, schema)| (name.to_owned(), self.add(schema))).collect();
        node
    }

    fn list(&mut self, keywords: &Map<String, Value>, keyword: &str) -> Option<Vec<usize>> {
        keywords.get(keyword)?.as_array().map(|schemas| schemas.iter().map(|schema| self.add(schema)).collect())
    }
}

/// A place in the value.
#[derive(Clone, Copy)]
enum Place<'p> {
    Whole,
    Member(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Whole => String::new(),
            Self::Member(outer, name) => format!("{}/{}", outer.pointer(), escape(name)),
            Self::Item(outer, index) => format!("{}/{index}", outer.pointer()),
        }
    }

    fn found(&self, rule: &str) -> Found {
        Found { pointer: self.pointer(), rule: rule.to_owned(), is_about_choice: false }
    }
}

/// The judgement of one value.
struct Judgement<'v> {
    nodes: &'v [Node],
    /// The problems of definitions, by the place of the value in memory. None for one that is not known yet: what leads
    /// back to itself at one place says nothing more there.
    known: HashMap<(usize, *const Value), Option<Rc<[Found]>>>,
    steps: usize,
    depth: usize,
}

impl<'v> Judgement<'v> {
    fn problems(&mut self, number: usize, value: &'v Value, place: Place<'_>) -> Rc<[Found]> {
        let key = (number, std::ptr::from_ref(value));
        let is_definition = self.nodes[number].is_definition;
        if is_definition && let Some(known) = self.known.get(&key) {
            return known.clone().unwrap_or_default();
        }
        self.steps += 1;
        if self.depth >= MAX_DEPTH || self.steps > MAX_STEPS {
            return Rc::new([place.found(LIMIT)]);
        }
        if is_definition {
            self.known.insert(key, None);
        }
        self.depth += 1;
        let mut found = Vec::new();
        self.add_own(number, value, place, &mut found);
        self.add_of_parts(number, value, place, &mut found);
        self.add_of_composed(number, value, place, &mut found);
        self.depth -= 1;
        let found: Rc<[Found]> = found.into();
        if is_definition {
            self.known.insert(key, Some(Rc::clone(&found)));
        }
        found
    }

    fn add(&mut self, number: usize, value: &'v Value, place: Place<'_>, found: &mut Vec<Found>) {
        let added = self.problems(number, value, place);
        for problem in &*added {
            if found.len() < MAX_PROBLEMS && !found.contains(problem) {
                found.push(problem.clone());
            }
        }
    }

    /// Adds what the schema itself does not accept.
    fn add_own(&mut self, number: usize, value: &'v Value, place: Place<'_>, found: &mut Vec<Found>) {
        let node = &self.nodes[number];
        if node.accepts_nothing {
            found.push(place.found("false"));
        }
        let Some(assertions) = node.assertions.as_ref().filter(|assertions| !assertions.is_valid(value)) else {
            return;
        };
        for error in assertions.iter_errors(value).take(MAX_PROBLEMS) {
            let mut problem = place.found(error.kind().keyword());
            if let ValidationErrorKind::Required { property: Value::String(name) } = error.kind() {
                problem.pointer = Place::Member(&place, name).pointer();
            }
            problem.is_about_choice =
                matches!(error.kind(), ValidationErrorKind::Type { .. } | ValidationErrorKind::Enum { .. });
            found.push(problem);
        }
    }

    /// Adds what is not accepted about the members of an object, or the items of an array.
    fn add_of_parts(&mut self, number: usize, value: &'v Value, place: Place<'_>, found: &mut Vec<Found>) {
        let node = &self.nodes[number];
        match value {
            Value::Object(object) if !node.properties.is_empty() || node.other_properties.is_some() => {
                for (name, member) in object {
                    let of_name = node.properties.get(name).copied();
                    let of_others = node.other_properties.filter(|_| of_name.is_none());
                    if of_others.is_some_and(|schema| self.nodes[schema].accepts_nothing) {
                        let problem = place.found("additionalProperties");
                        if !found.contains(&problem) {
                            found.push(problem);
                        }
                    } else if let Some(schema) = of_name.or(of_others) {
                        self.add(schema, member, Place::Member(&place, name), found);
                    }
                }
            }
            Value::Array(values) => {
                for (index, item) in values.iter().enumerate().take_while(|_| node.items.is_some()) {
                    let Some(schema) = node.items else { break };
                    self.add(schema, item, Place::Item(&place, index), found);
                }
            }
            _ => {}
        }
    }

    /// Adds what schemas of the same value do not accept.
    fn add_of_composed(&mut self, number: usize, value: &'v Value, place: Place<'_>, found: &mut Vec<Found>) {
        let node = &self.nodes[number];
        for part in node.reference.iter().chain(&node.all_of) {
            self.add(*part, value, place, found);
        }
        if let Some(alternatives) = &node.any_of {
            self.add_of_alternatives(alternatives, false, value, place, found);
        }
        if let Some(alternatives) = &node.one_of {
            self.add_of_alternatives(alternatives, true, value, place, found);
        }
        if let Some(not) = node.not
            && self.problems(not, value, place).is_empty()
        {
            found.push(place.found("not"));
        }
    }

    fn add_of_alternatives(
        &mut self,
        alternatives: &'v [usize],
        is_one_of: bool,
        value: &'v Value,
        place: Place<'_>,
        found: &mut Vec<Found>,
    ) {
        let mut accepting = 0;
        let mut refusing = Vec::new();
        for alternative in alternatives {
            let problems = self.problems(*alternative, value, place);
            match problems.is_empty() {
                true => accepting += 1,
                false => refusing.push(problems),
            }
        }
        match accepting {
            0 => {
                let best = refusing.iter().max_by_key(|problems| fitness(problems));
                let best = best.and_then(|problems| problems.first()).cloned();
                found.push(best.unwrap_or_else(|| place.found(if is_one_of { "oneOf" } else { "anyOf" })));
            }
            1 => {}
            _ if is_one_of => found.push(place.found("oneOf")),
            _ => {}
        }
    }
}

/// How well an alternative fits: the one whose first problem is deepest in the value, and not about its type, fits best.
fn fitness(problems: &[Found]) -> (usize, bool, usize) {
    let first = problems.first();
    let depth = first.map_or(0, |problem| match problem.rule.as_str() {
        // The pointer of a missing member is that of the member.
        "required" => problem.pointer.matches('/').count().saturating_sub(1),
        _ => problem.pointer.matches('/').count(),
    });
    (depth, !first.is_some_and(|problem| problem.is_about_choice), usize::MAX - problems.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn validator(schema: &Value) -> Validator {
        Validator::new(schema, |keywords| assertions(keywords).expect("the schema is valid").map(Arc::new))
    }

    /// Two alternatives at each of forty levels are 2⁴⁰ ways through the schema, and 40 definitions.
    #[test]
    fn a_definition_is_judged_once_at_a_place() {
        for (keyword, is_accepted) in [("allOf", true), ("anyOf", true), ("oneOf", false)] {
            let mut definitions = Map::new();
            for level in 0..40 {
                let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
                definitions.insert(
                    level.to_string(),
                    Value::Object([(keyword.to_owned(), json!([next, next]))].into_iter().collect()),
                );
            }
            definitions.insert("40".to_owned(), json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/0"}}}));
            let schema = json!({"$ref": "#/$defs/0", "$defs": definitions});
            let validator = validator(&schema);
            assert_eq!(validator.accepts(&json!({})), is_accepted, "{keyword}");
            assert!(!validator.accepts(&json!({"a": {"a": 1}})), "{keyword}");
        }
    }

    /// Alternatives that both have the same property double what there is to judge at each level of the value.
    #[test]
    fn a_deep_value_is_judged_once_at_each_place() {
        let group = |kind: &str| {
            json!({"required": ["kind"], "properties": {
            "kind": {"enum": [kind]}, "of": {"type": "array", "items": {"$ref": "#/$defs/0"}}}})
        };
        let schema = json!({"$ref": "#/$defs/0", "$defs": {"0": {"oneOf": [group("and"), group("or")]}}});
        let nested = |innermost: Value| (0..60).fold(innermost, |inner, _| json!({"kind": "and", "of": [inner]}));
        assert!(validator(&schema).accepts(&nested(json!({"kind": "or"}))));
        let problems = validator(&schema).problems(&nested(json!({"kind": "xor"})));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].pointer.ends_with("/of/0/kind") && problems[0].rule == "enum", "{problems:?}");
    }

    #[test]
    fn what_is_nested_without_end_is_not_accepted_and_the_stack_is_enough() {
        let schema = json!({"$ref": "#/$defs/0", "$defs": {"0": {"properties": {"a": {"$ref": "#/$defs/0"}}}}});
        let nested = |levels: usize| (0..levels).fold(json!({}), |inner, _| json!({"a": inner}));
        assert!(validator(&schema).accepts(&nested(120)), "as deep as JSON is read");
        let problems = validator(&schema).problems(&nested(1000));
        assert_eq!(problems[0].rule, LIMIT);
    }

    #[test]
    fn what_leads_back_to_itself_at_one_place_says_nothing_more() {
        let schema = |of: Value| json!({"$ref": "#/$defs/0", "$defs": {"0": of}});
        let itself = json!({"$ref": "#/$defs/0"});
        assert!(validator(&schema(itself.clone())).accepts(&json!(1)));
        assert!(validator(&schema(json!({"allOf": [itself, {"type": "object"}]}))).accepts(&json!({})));
        assert!(!validator(&schema(json!({"allOf": [itself, {"type": "object"}]}))).accepts(&json!(1)));
        assert!(validator(&schema(json!({"oneOf": [itself, {"type": "string"}]}))).accepts(&json!(1)));
    }

    #[test]
    fn a_schema_that_is_none_is_reported_in_words() {
        for (of, place, words) in [
            (json!({"pattern": "("}), "/pattern", "`pattern` has to be a regular expression"),
            (json!({"multipleOf": 0}), "/multipleOf", "`multipleOf` has to be a number greater than 0"),
            (json!({"type": "text"}), "/type", "`type` has to be `array`"),
            (json!({"maxLength": -1}), "/maxLength", "`maxLength` has to be a whole number"),
        ] {
            let (found, problem) = assertions(of.as_object().expect("it is one")).expect_err("it is not valid");
            assert_eq!(found, place);
            assert!(problem.starts_with(words), "{problem}");
        }
    }
}
