//! The API's document: its operations, and what it accepts and describes of each.
//!
//! It is the document itself, read as JSON Schema. The types of the client are not used, so that a mistake in them can't
//! hide here as well. Nothing here depends on what the operations of a document are called.

mod coerce;
mod json_schema;
mod media_type;
mod merged;
mod operation;
mod parameter;
mod path;
mod query;
mod request_body;
mod response;
mod sample;
mod schema;
mod security;
mod style;
mod tree;
mod validator;
mod value;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Arc, LazyLock},
};

use axum::http::request::Parts;
use serde_json::Value;

pub(crate) use self::{
    coerce::{merged, value as value_of},
    media_type::Kind,
    merged::Merged,
    operation::Operation,
    path::PathParameters,
    query::{Query, decode},
    request_body::Content,
    response::{DocumentedBody, DocumentedResponse, may_have_body},
    schema::Problem,
    security::KeyPlace,
    style::Style,
    value::escape,
};
use self::{
    json_schema::Direction,
    path::PathTemplate,
    schema::Schema,
    tree::Tree,
    value::{items, members},
};

/// The document with its overlay applied, as `cargo xtask codegen` writes it.
const TEXT: &str = include_str!("document.json");

/// The methods that an operation may have.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The operations of an OpenAPI document.
#[derive(Debug)]
pub(crate) struct Document {
    operations: Vec<Arc<Operation>>,
    /// By `operationId`.
    by_id: HashMap<String, usize>,
    /// The most specific template first, with the operations of the path.
    paths: Vec<(PathTemplate, Vec<usize>)>,
    tree: Arc<Tree>,
    keys: Vec<KeyPlace>,
}

/// The error of a document that the sandbox can't follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDocument(String);

/// What a path and a method lead to.
pub(crate) enum Found<'d> {
    Operation(&'d Arc<Operation>, PathParameters),
    /// The path is documented, with these methods.
    OtherMethods(String),
    Nothing,
}

impl Document {
    /// The checked-in document, which is parsed once. Its schemas are compiled when they are used.
    pub(crate) fn checked_in() -> &'static Arc<Self> {
        static DOCUMENT: LazyLock<Arc<Document>> = LazyLock::new(|| {
            let tree = serde_json::from_str(TEXT).expect("the checked-in document is JSON");
            Arc::new(Document::new(tree).expect("the checked-in document is valid, as a test has it"))
        });
        &DOCUMENT
    }

    /// Reads a document from JSON or YAML, and compiles its schemas.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidDocument> {
        let json = serde_json::from_str(text);
        let tree = json.or_else(|_| {
            let options = serde_saphyr::options! { with_snippet: false };
            serde_saphyr::from_str_with_options(text, options).map_err(|error| InvalidDocument(error.to_string()))
        })?;
        let document = Self::new(tree)?;
        document.check_schemas()?;
        Ok(document)
    }

    fn new(root: Value) -> Result<Self, InvalidDocument> {
        let version = root.get("openapi").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("3.0.")) {
            return Err(InvalidDocument("it is not a document of OpenAPI 3.0: `openapi` has to be `3.0.…`".to_owned()));
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err(InvalidDocument("it has no `paths`".to_owned()));
        }
        let tree = Arc::new(Tree::new(root));
        let keys = KeyPlace::all(&tree).map_err(InvalidDocument)?;
        let (operations, by_id, paths) = (Vec::new(), HashMap::new(), Vec::new());
        let mut document = Self { operations, by_id, paths, tree: Arc::clone(&tree), keys };
        let mut shapes = BTreeSet::new();
        for (path, item) in members(&tree.root()["paths"]).filter(|(path, _)| !path.starts_with("x-")) {
            let at_path = |problem: String| InvalidDocument(format!("{path}: {problem}"));
            let template = PathTemplate::new(path);
            if !path.starts_with('/') || !shapes.insert(template.shape()) {
                return Err(at_path(
                    "the path does not begin with `/`, or another one matches the same paths".to_owned(),
                ));
            }
            let operations = document.add_operations(&tree, path, item).map_err(at_path)?;
            document.paths.push((template, operations));
        }
        document.paths.sort_by_cached_key(|(template, _)| template.order());
        Ok(document)
    }

    /// Adds the operations of a path item, and returns their places.
    fn add_operations(&mut self, tree: &Arc<Tree>, path: &str, item: &Value) -> Result<Vec<usize>, String> {
        let item = tree.resolve(item)?;
        let shared: Vec<_> = items(item.get("parameters")).collect();
        let mut places = Vec::new();
        for (method, operation) in members(item).filter(|(method, _)| METHODS.contains(method)) {
            let operation = Operation::new(tree, (method, path), operation, &shared)
                .map_err(|problem| format!("{method}: {problem}"))?;
            let place = self.operations.len();
            if self.by_id.insert(operation.id.clone(), place).is_some() {
                return Err(format!("{method}: another operation has the same operationId, `{}`", operation.id));
            }
            self.operations.push(Arc::new(operation));
            places.push(place);
        }
        Ok(places)
    }

    /// Compiles all schemas.
    fn check_schemas(&self) -> Result<(), InvalidDocument> {
        for operation in &self.operations {
            for schema in operation.schemas() {
                schema.compiled().map_err(|problem| InvalidDocument(format!("{}: {problem}", operation.id)))?;
            }
        }
        Ok(())
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().map(AsRef::as_ref)
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(id).map(|place| &*self.operations[*place])
    }

    /// A value of a schema among the components; none if the document has no such schema, or no value of it was found.
    pub(crate) fn sample_component(&self, name: &str, seed: u64) -> Option<Value> {
        let schema = self.tree.root().pointer(&format!("/components/schemas/{}", escape(name)))?;
        sample::sample(&Schema::new(&self.tree, schema, Direction::Response), seed).ok()
    }

    /// What a request is for. A literal path takes precedence over one with parameters. Without an operation of its own,
    /// `HEAD` is `GET`.
    pub(crate) fn find(&self, method: &str, path: &str) -> Found<'_> {
        let matching = self.paths.iter().find_map(|(template, places)| Some((template.matches(path)?, places)));
        let Some((parameters, places)) = matching else { return Found::Nothing };
        let operations = || places.iter().map(|place| &self.operations[*place]);
        let of = |method: &str| operations().find(|operation| operation.method == method);
        let found = of(method).or_else(|| if method == "HEAD" { of("GET") } else { None });
        match found {
            Some(operation) => Found::Operation(operation, parameters),
            None => {
                let mut methods: Vec<_> = operations().map(|operation| operation.method.as_str()).collect();
                if methods.contains(&"GET") && !methods.contains(&"HEAD") {
                    methods.push("HEAD");
                }
                Found::OtherMethods(methods.join(","))
            }
        }
    }

    /// The key of a request that `is_known`, if it has one where one of the document's schemes has it.
    pub(crate) fn known_key(&self, head: &Parts, is_known: impl Fn(&str) -> bool) -> Option<String> {
        self.keys.iter().filter_map(|place| place.key(head)).find(|key| is_known(key))
    }
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidDocument {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_checked_in_document_is_valid() {
        let document = Document::checked_in();
        assert!(document.operations().next().is_some());
        assert_eq!(document.check_schemas(), Ok(()));
    }

    #[test]
    fn responses_are_validated_by_the_document() {
        let document = Document::parse(
            r##"
openapi: 3.0.3
paths:
  /orders:
    post:
      operationId: createOrder
      responses:
        "201":
          content:
            application/json:
              schema: { type: object, properties: { note: { type: string, nullable: true } } }
        "401": {}
        5XX: {}
"##,
        );
        let document = document.expect("it is valid");
        let operation = document.operation("createOrder").expect("it is there");
        assert_eq!(operation.problem_with(401, None), None);
        assert_eq!(operation.problem_with(503, None), None);
        assert!(operation.problem_with(418, None).is_some());
        assert!(operation.problem_with(201, None).is_some());
        assert!(operation.problem_with(201, Some(&json!({"note": 1}))).is_some());
        assert_eq!(operation.problem_with(201, Some(&json!({"note": null}))), None);
        assert_eq!([201, 401, 503, 418].map(|status| operation.has_status(status)), [true, true, true, false]);
    }

    #[test]
    fn an_invalid_document_is_an_error_that_says_where() {
        for (text, problem) in [
            ("{", "line 1"),
            ("[]", "OpenAPI 3.0"),
            ("openapi: 3.1.0\npaths: {}", "OpenAPI 3.0"),
            ("openapi: 3.0.3", "`paths`"),
            ("{openapi: 3.0.3, paths: {a: {}}}", "a: the path does not begin with"),
            ("{openapi: 3.0.3, paths: {'/a/{x}': {}, '/a/{y}': {}}}", "matches the same paths"),
            ("{openapi: 3.0.3, paths: {/a: {get: {operationId: x}, put: {operationId: x}}}}", "same operationId, `x`"),
            ("{openapi: 3.0.3, paths: {/a: {$ref: '#/nowhere'}}}", "`#/nowhere` leads nowhere"),
            ("{openapi: 3.0.3, paths: {/a: {get: {security: [{K: []}]}}}}", "/a: get: there is no security scheme `K`"),
            ("{openapi: 3.0.3, paths: {/a: {get: {parameters: [{in: body, name: b}]}}}}", "the parameter `b`"),
            ("{openapi: 3.0.3, paths: {/a: {get: {responses: {'20': {}}}}}}", "`20` is not a status"),
            (
                "{openapi: 3.0.3, paths: {/a: {get: {responses: {200: {headers: {a b: {}}}}}}}}",
                "`a b` is not the name of a header",
            ),
            (
                "{openapi: 3.0.3, paths: {/a: {get: {responses: {200: {content: {\"a\\n/b\": {}}}}}}}}",
                "`a\\n/b` is not a media type",
            ),
            (
                "{openapi: 3.0.3, paths: {/a: {get: {parameters: [{in: query, name: b, schema: {pattern: '('}}]}}}}",
                "GET /a: #/paths/~1a/get/parameters/0/schema/pattern: `pattern` has to be a regular expression",
            ),
        ] {
            let error = Document::parse(text).expect_err(text).to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
