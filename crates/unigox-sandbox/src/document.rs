//! The API's document as a validator of requests and responses.
//!
//! It is the document itself, read as JSON Schema. The types of the client are not used, so that a mistake in them can't
//! hide here as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The document with its overlay applied, as `cargo xtask codegen` writes it.
const TEXT: &str = include_str!("document.json");

/// The operations of an OpenAPI document.
#[derive(Debug)]
pub(crate) struct Document {
    operations: Vec<Operation>,
}

/// An operation, as the document describes it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path template.
    pub(crate) path: String,
    request: Option<Validator>,
    form: Option<Form>,
    /// By status; none where no body is described.
    responses: BTreeMap<u16, Option<Validator>>,
}

/// The multipart form that an operation takes.
#[derive(Debug)]
pub(crate) struct Form {
    parts: BTreeMap<String, Part>,
    schema: Validator,
}

/// What a part of a form contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text,
    File,
}

impl Document {
    /// The checked-in document, which is parsed once.
    pub(crate) fn checked_in() -> &'static Self {
        static DOCUMENT: OnceLock<Document> = OnceLock::new();
        DOCUMENT.get_or_init(|| {
            let tree: Value = serde_json::from_str(TEXT).expect("the checked-in document is JSON");
            Self::new(tree)
        })
    }

    fn new(mut tree: Value) -> Self {
        to_json_schema(&mut tree);
        let components = tree["components"].clone();
        let mut operations = Vec::new();
        for (path, item) in members(&tree["paths"]) {
            for (method, operation) in members(item).filter(|(_, operation)| operation.get("operationId").is_some()) {
                operations.push(Operation::new(method, path, operation, &components));
            }
        }
        Self { operations }
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

impl Operation {
    fn new(method: &str, path: &str, operation: &Value, components: &Value) -> Self {
        let content = &operation["requestBody"]["content"];
        let responses = members(&operation["responses"]).filter_map(|(status, response)| {
            let schema = json_schema_of(&response["content"]).map(|schema| validator(schema, components));
            Some((status.parse().ok()?, schema))
        });
        Self {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            request: json_schema_of(content).map(|schema| validator(schema, components)),
            form: Form::new(content, components),
            responses: responses.collect(),
        }
    }

    /// Whether the operation takes a body at all.
    pub(crate) fn has_body(&self) -> bool {
        self.request.is_some() || self.form.is_some()
    }

    /// Whether the document accepts `body` as the JSON body of a request.
    pub(crate) fn accepts(&self, body: &Value) -> bool {
        self.request.as_ref().is_none_or(|schema| schema.is_valid(body))
    }

    /// The multipart form that the operation takes, if it takes one.
    pub(crate) fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// Whether the document describes a body for responses with this status.
    pub(crate) fn has_response_body(&self, status: u16) -> bool {
        matches!(self.responses.get(&status), Some(Some(_)))
    }

    /// What is wrong with a response that the document does not describe.
    pub(crate) fn problem_with(&self, status: u16, body: Option<&Value>) -> Option<String> {
        match (self.responses.get(&status), body) {
            (None, _) => Some(format!("{}: status {status} is not documented", self.id)),
            (Some(None), _) => None,
            (Some(Some(_)), None) => Some(format!("{}: {status} has no body", self.id)),
            (Some(Some(schema)), Some(body)) => {
                let error = schema.iter_errors(body).next()?;
                Some(format!("{}: {status} does not match its schema at `{}`", self.id, error.instance_path()))
            }
        }
    }
}

impl Form {
    /// The form of a `multipart/form-data` body; or an alternative of the JSON body that has a file (`format: binary`),
    /// which JSON can't carry.
    fn new(content: &Value, components: &Value) -> Option<Self> {
        let multipart = content.pointer("/multipart~1form-data/schema");
        let schema = multipart.or_else(|| json_schema_of(content))?;
        let properties = find_properties(schema, components, multipart.is_none(), &mut BTreeSet::new())?;
        let part = |schema: &Value| if is_file(schema) { Part::File } else { Part::Text };
        let parts = members(properties).map(|(name, schema)| (name.to_owned(), part(schema)));
        Some(Self { parts: parts.collect(), schema: validator(schema, components) })
    }

    /// What the part contains, if it is documented.
    pub(crate) fn part(&self, name: &str) -> Option<Part> {
        self.parts.get(name).copied()
    }

    /// Whether the document accepts the parts of a form: an object of their texts, in which files are empty.
    pub(crate) fn accepts(&self, fields: &Value) -> bool {
        self.schema.is_valid(fields)
    }
}

/// The properties of the first object with properties among the alternatives of a schema; with `only_with_file`, of the
/// first that has a file. `seen` has the references that were followed.
fn find_properties<'v>(
    schema: &'v Value,
    components: &'v Value,
    only_with_file: bool,
    seen: &mut BTreeSet<&'v str>,
) -> Option<&'v Value> {
    let properties = schema.get("properties");
    if properties.is_some_and(|properties| !only_with_file || members(properties).any(|(_, part)| is_file(part))) {
        return properties;
    }
    let reference = schema.get("$ref").and_then(Value::as_str).filter(|name| seen.insert(name));
    let target = reference.and_then(|name| components.pointer(name.strip_prefix("#/components")?));
    let alternatives =
        ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
    target.into_iter().chain(alternatives).find_map(|schema| find_properties(schema, components, only_with_file, seen))
}

fn is_file(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "binary")
}

fn json_schema_of(content: &Value) -> Option<&Value> {
    content.pointer("/application~1json/schema")
}

fn validator(schema: &Value, components: &Value) -> Validator {
    let schema = json!({"components": components, "allOf": [schema]});
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft7).should_validate_formats(true);
    options.build(&schema).expect("the checked-in document holds schemas")
}

/// Turns what only OpenAPI 3.0 has into JSON Schema, in the whole document.
fn to_json_schema(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(to_json_schema);
            allow_null(object);
        }
        Value::Array(members) => members.iter_mut().for_each(to_json_schema),
        _ => {}
    }
}

/// Turns `nullable: true` into one more type.
fn allow_null(schema: &mut Map<String, Value>) {
    if schema.get("nullable") != Some(&Value::Bool(true)) {
        return;
    }
    if let Some(Value::String(name)) = schema.get("type") {
        let types = json!([name, "null"]);
        schema.insert("type".to_owned(), types);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r##"
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        content:
          application/json:
            schema: { $ref: "#/components/schemas/Order" }
      responses:
        "201":
          content:
            application/json:
              schema: { type: object, properties: { note: { type: string, nullable: true } } }
        "401": {}
  /scans:
    post:
      operationId: uploadScan
      requestBody:
        content:
          application/json:
            schema:
              oneOf:
                - { type: object, required: [link], properties: { link: { type: string } } }
                - { $ref: "#/components/schemas/Scan" }
      responses: {}
  /letters:
    post:
      operationId: uploadLetter
      requestBody:
        content:
          multipart/form-data:
            schema: { type: object, properties: { subject: { type: string } } }
      responses: {}
components:
  schemas:
    Order: { type: object, required: [email], properties: { email: { type: string, format: email } } }
    Scan:
      type: object
      required: [scan, kind]
      properties:
        scan: { type: string, format: binary }
        kind: { type: string, enum: [front, back] }
    Endless: { allOf: [{ $ref: "#/components/schemas/Endless" }] }
"##;

    fn document() -> Document {
        Document::new(serde_saphyr::from_str(DOCUMENT).expect("it is YAML"))
    }

    #[test]
    fn validates_requests_by_the_document() {
        let document = document();
        let operation = document.operation("createOrder").expect("it is there");
        assert_eq!((operation.method.as_str(), operation.path.as_str()), ("POST", "/orders"));
        assert!(operation.accepts(&json!({"email": "a@example.com"})));
        assert!(!operation.accepts(&json!({})));
        assert!(!operation.accepts(&json!({"email": "not an address"})));
        assert!(operation.has_body() && operation.form().is_none());
    }

    #[test]
    fn validates_responses_by_the_document() {
        let document = document();
        let operation = document.operation("createOrder").expect("it is there");
        assert_eq!(operation.problem_with(401, None), None);
        assert!(operation.problem_with(418, None).is_some());
        assert!(operation.problem_with(201, None).is_some());
        assert!(operation.problem_with(201, Some(&json!({"note": 1}))).is_some());
        assert_eq!(operation.problem_with(201, Some(&json!({"note": null}))), None);
        assert_eq!([201, 401, 418].map(|status| operation.has_response_body(status)), [true, false, false]);
    }

    #[test]
    fn finds_forms_among_json_bodies_and_multipart_bodies() {
        let document = document();
        let scan = document.operation("uploadScan").and_then(Operation::form).expect("it has a file");
        let parts = ["scan", "kind", "link", "other"].map(|name| scan.part(name));
        assert_eq!(parts, [Some(Part::File), Some(Part::Text), None, None]);
        assert!(scan.accepts(&json!({"scan": "", "kind": "front"})));
        assert!(!scan.accepts(&json!({"scan": "", "kind": "side"})));
        assert!(!scan.accepts(&json!({"kind": "front"})));
        let letter = document.operation("uploadLetter").expect("it is there");
        assert!(letter.has_body());
        assert_eq!(letter.form().and_then(|form| form.part("subject")), Some(Part::Text));
    }

    #[test]
    fn a_schema_that_refers_to_itself_has_no_form() {
        let tree: Value = serde_saphyr::from_str(DOCUMENT).expect("it is YAML");
        let schema = json!({"$ref": "#/components/schemas/Endless"});
        assert_eq!(find_properties(&schema, &tree["components"], true, &mut BTreeSet::new()), None);
    }

    #[test]
    fn the_checked_in_document_has_operations() {
        assert!(!Document::checked_in().operations().is_empty());
    }

    #[test]
    fn responses_are_validated_by_the_corrections_of_the_overlay() {
        let operation = Document::checked_in().operation("createPaymentDetails").expect("it is there");
        // The vendor's document requires nothing of payment details that were saved.
        assert!(operation.problem_with(201, Some(&json!({"success": true, "data": {}}))).is_some());
    }
}
