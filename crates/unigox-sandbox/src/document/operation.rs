//! An operation: what it takes, and what it responds.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{
    parameter::Parameter,
    path::PathTemplate,
    request_body::RequestBody,
    response::{DocumentedResponse, Response},
    sample::hash,
    schema::Schema,
    security::Security,
    tree::Tree,
    value::{items, members},
};
use crate::refusal::Place;

/// An operation, as the document describes it.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The `operationId`; the method and the path of an operation that has none.
    pub(crate) id: String,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) security: Security,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    responses: Responses,
}

/// The responses of an operation.
#[derive(Debug, Default)]
struct Responses {
    by_status: BTreeMap<u16, Response>,
    /// By the first digit of the status, as in `4XX`.
    by_range: BTreeMap<u16, Response>,
    default: Option<Response>,
}

impl Operation {
    /// The operation of `method` in a path item, whose parameters are `shared`.
    pub(crate) fn new(
        tree: &Arc<Tree>,
        (method, path): (&str, &str),
        operation: &Value,
        shared: &[&Value],
    ) -> Result<Self, String> {
        let id = operation.get("operationId").and_then(Value::as_str);
        let method = method.to_ascii_uppercase();
        let security = operation.get("security").or_else(|| tree.root().get("security"));
        let body = operation.get("requestBody").map(|body| RequestBody::new(tree, tree.resolve(body)?)).transpose()?;
        Ok(Self {
            id: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
            security: Security::new(tree, security)?,
            parameters: parameters(tree, &PathTemplate::new(path), operation, shared)?,
            body,
            responses: Responses::new(tree, operation.get("responses").unwrap_or(&Value::Null))?,
            method,
        })
    }

    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let Responses { by_status, by_range, default } = &self.responses;
        let responses = by_status.values().chain(by_range.values()).chain(default).flat_map(Response::schemas);
        let body = self.body.iter().flat_map(RequestBody::schemas);
        self.parameters.iter().map(Parameter::schema).chain(body).chain(responses)
    }

    /// Whether the document describes a response with exactly this status.
    pub(crate) fn names_status(&self, status: u16) -> bool {
        self.responses.by_status.contains_key(&status)
    }

    /// Whether the document describes a response with this status, by itself or among others.
    pub(crate) fn has_status(&self, status: u16) -> bool {
        self.responses.of(status).is_some()
    }

    /// The first success of the document; if it has none, the first redirect, or else 200.
    pub(crate) fn success(&self) -> u16 {
        let within =
            |first: u16, last: u16| self.responses.by_status.range(first..=last).next().map(|(status, _)| *status);
        let range = || self.responses.by_range.contains_key(&2).then_some(200);
        let default = || self.responses.default.as_ref().map(|_| 200);
        within(200, 299).or_else(range).or_else(default).or_else(|| within(300, 399)).unwrap_or(200)
    }

    /// What is wrong with a response that the document does not describe.
    pub(crate) fn problem_with(&self, status: u16, body: Option<&Value>) -> Option<String> {
        let Some(response) = self.responses.of(status) else {
            return Some(format!("{}: status {status} is not documented", self.id));
        };
        response.problem(status, body).map(|problem| format!("{}: {status} {problem}", self.id))
    }

    /// The examples that the document has for the body of a response with this status.
    pub(crate) fn examples(&self, status: u16) -> impl Iterator<Item = &Value> {
        self.responses.of(status).into_iter().flat_map(Response::examples)
    }

    /// Whether the document describes a property in the body of a response with this status, by the names that lead to it.
    pub(crate) fn describes(&self, status: u16, names: &[&str]) -> bool {
        self.responses.of(status).is_some_and(|response| response.describes(names))
    }

    /// A response with this status that the document describes. It is the same one for the same seed. A status that is not
    /// documented has no body.
    ///
    /// # Errors
    ///
    /// If no value was found that the schema accepts.
    pub(crate) fn make(&self, status: u16, seed: u64) -> Result<DocumentedResponse, String> {
        let Some(response) = self.responses.of(status) else {
            return Ok(DocumentedResponse { status, body: None, headers: Vec::new() });
        };
        let bytes = seed.to_le_bytes().into_iter().chain(status.to_le_bytes()).chain(self.id.bytes());
        response.make(status, hash(bytes)).map_err(|problem| format!("{}: {status}: {problem}", self.id))
    }
}

impl Responses {
    fn new(tree: &Arc<Tree>, responses: &Value) -> Result<Self, String> {
        let mut read = Self::default();
        for (status, response) in members(responses).filter(|(status, _)| !status.starts_with("x-")) {
            let response = Response::new(tree, tree.resolve(response)?)?;
            let range = status.strip_suffix("XX").or_else(|| status.strip_suffix("xx"));
            match (status.parse(), range.map(str::parse)) {
                (Ok(status @ 100..=599), _) => drop(read.by_status.insert(status, response)),
                (_, Some(Ok(range @ 1..=5))) => drop(read.by_range.insert(range, response)),
                _ if status == "default" => read.default = Some(response),
                _ => return Err(format!("`{status}` is not a status")),
            }
        }
        Ok(read)
    }

    fn of(&self, status: u16) -> Option<&Response> {
        let range = || self.by_range.get(&(status / 100));
        self.by_status.get(&status).or_else(range).or(self.default.as_ref())
    }
}

/// The parameters of an operation, and those of its path that it does not describe itself.
fn parameters(
    tree: &Arc<Tree>,
    template: &PathTemplate,
    operation: &Value,
    shared: &[&Value],
) -> Result<Vec<Parameter>, String> {
    let mut parameters = Vec::<Parameter>::new();
    for parameter in items(operation.get("parameters")).chain(shared.iter().copied()) {
        let Some(mut parameter) = Parameter::new(tree, tree.resolve(parameter)?)? else { continue };
        let (name, place) = parameter.name_and_place();
        if place == Place::Path && !template.has(name) {
            parameter.move_to_query();
        }
        let (name, place) = parameter.name_and_place();
        if !parameters.iter().any(|known| known.is(place, name)) {
            parameters.push(parameter);
        }
    }
    Ok(parameters)
}
