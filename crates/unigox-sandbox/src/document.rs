//! The checked-in document as a judge of requests and answers.
//!
//! It is the document itself, read as JSON Schema: nothing here knows the types of the client, so that both can't make
//! the same mistake.

use std::{collections::BTreeMap, sync::OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The document with its overlay applied, as `cargo xtask codegen` writes it.
const TEXT: &str = include_str!("document.json");

/// The checked-in document.
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
    /// By status; none where no body is described.
    answers: BTreeMap<u16, Option<Validator>>,
}

impl Document {
    /// The document, which is read once.
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
        let validator = |content: &Value| {
            let schema = content.pointer("/application~1json/schema")?;
            let schema = json!({"components": components, "allOf": [schema]});
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft7).should_validate_formats(true);
            Some(options.build(&schema).expect("the checked-in document holds schemas"))
        };
        let answers = members(&operation["responses"])
            .filter_map(|(status, response)| Some((status.parse().ok()?, validator(&response["content"]))));
        Self {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            request: validator(&operation["requestBody"]["content"]),
            answers: answers.collect(),
        }
    }

    /// Whether `body` is one that the document describes for this operation.
    pub(crate) fn takes(&self, body: &Value) -> bool {
        self.request.as_ref().is_none_or(|schema| schema.is_valid(body))
    }

    /// Whether it takes a body at all.
    pub(crate) fn has_body(&self) -> bool {
        self.request.is_some()
    }

    /// What is wrong with an answer, if the document does not describe it.
    pub(crate) fn problem_with(&self, status: u16, body: Option<&Value>) -> Option<String> {
        match (self.answers.get(&status), body) {
            (None, _) => Some(format!("{}: status {status} is not documented", self.id)),
            (Some(None), _) => None,
            (Some(Some(_)), None) => Some(format!("{}: {status} has no body", self.id)),
            (Some(Some(schema)), Some(body)) => {
                let error = schema.iter_errors(body).next()?;
                Some(format!("{}: {status} does not fit its schema at `{}`", self.id, error.instance_path()))
            }
        }
    }
}

/// Turns what only OpenAPI 3.0 says into JSON Schema, in the whole document.
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

/// `nullable: true` as one more type.
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

    #[test]
    fn judges_bodies_by_the_document() {
        let document = Document::checked_in();
        assert_eq!(document.operations().len(), 10);
        let takes = |id: &str, body: Value| document.operation(id).expect("it is there").takes(&body);
        assert!(takes("createPartnerUser", json!({"user_ref": "a", "email": "a@example.com"})));
        assert!(!takes("createPartnerUser", json!({"user_ref": "a"})));
        assert!(!takes("createPartnerUser", json!({"user_ref": "a", "email": "no address"})));
        let details = json!({"iban": "x"});
        let account = |rail: &str| json!({"rail": rail, "currency": "EUR", "details": details});
        assert!(takes("createPaymentDetails", account("iban-sepa")));
        assert!(!takes("createPaymentDetails", account("cvu-cbu")));
    }

    #[test]
    fn judges_answers_by_the_document() {
        let operation = Document::checked_in().operation("createPaymentDetails").expect("it is there");
        assert_eq!(operation.problem_with(404, None), None);
        assert!(operation.problem_with(418, None).is_some());
        assert!(operation.problem_with(201, None).is_some());
        assert!(operation.problem_with(201, Some(&json!({"success": "yes"}))).is_some());
        let saved = json!({"payment_details_id": "1", "rail": "iban-sepa", "currency": "EUR", "institution_id": null});
        assert_eq!(operation.problem_with(201, Some(&json!({"success": true, "data": saved}))), None);
    }

    #[test]
    fn judges_answers_by_the_corrections_of_the_overlay() {
        let operation = Document::checked_in().operation("createPaymentDetails").expect("it is there");
        // The vendor's document requires nothing of an account that was saved.
        assert!(operation.problem_with(201, Some(&json!({"success": true, "data": {}}))).is_some());
    }
}
