//! The responses of an operation: which ones the document describes, and one that is made from it.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, header};
use serde_json::Value;

use super::{
    coerce::merged,
    json_schema::Direction,
    media_type::Kind,
    sample::{hash, sample},
    schema::Schema,
    tree::Tree,
    value::members,
};

/// The response with a status.
#[derive(Debug)]
pub(crate) struct Response {
    /// JSON first.
    contents: Vec<Content>,
    /// The headers that a response has to have.
    headers: Vec<(String, Schema)>,
}

/// The body of a response in one media type.
#[derive(Debug)]
struct Content {
    media_type: String,
    kind: Kind,
    /// None if the document says nothing about it.
    schema: Option<Schema>,
    examples: Vec<Value>,
}

/// A response that the document describes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DocumentedResponse {
    pub(crate) status: u16,
    pub(crate) body: Option<DocumentedBody>,
    pub(crate) headers: Vec<(String, String)>,
}

/// The body of such a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DocumentedBody {
    pub(crate) media_type: String,
    pub(crate) value: Value,
    /// Whether the value is written as JSON; otherwise it is text.
    pub(crate) is_json: bool,
}

impl DocumentedBody {
    pub(crate) fn json(value: Value) -> Self {
        Self { media_type: "application/json".to_owned(), value, is_json: true }
    }
}

/// Whether a response with this status may have a body, by HTTP (RFC 9110, 6.4.1).
pub(crate) fn may_have_body(status: u16) -> bool {
    !matches!(status, 100..=199 | 204 | 304)
}

impl Response {
    pub(crate) fn new(tree: &Arc<Tree>, response: &Value) -> Result<Self, String> {
        let mut contents = Vec::new();
        for (media_type, content) in response.get("content").into_iter().flat_map(members) {
            contents.push(Content::new(tree, media_type, content)?);
        }
        contents.sort_by_key(|content| match content.kind {
            Kind::Json => 0,
            Kind::Text => 1,
            _ => 2,
        });
        let mut headers = Vec::new();
        for (name, header) in tree.resolved_members(response.get("headers").unwrap_or(&Value::Null))? {
            let Ok(parsed) = name.parse::<HeaderName>() else {
                return Err(format!("`{}` is not the name of a header", name.escape_debug()));
            };
            // The server sets these.
            let is_set = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&parsed);
            if header.get("required") == Some(&Value::Bool(true)) && !is_set {
                let schema = header.get("schema").filter(|schema| !schema.is_null()).unwrap_or(&Value::Bool(true));
                headers.push((name.to_owned(), Schema::new(tree, schema, Direction::Response)));
            }
        }
        Ok(Self { contents, headers })
    }

    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let headers = self.headers.iter().map(|(_, schema)| schema);
        self.contents.iter().filter_map(|content| content.schema.as_ref()).chain(headers)
    }

    /// What is wrong with a JSON body that is not as described.
    pub(crate) fn problem(&self, status: u16, body: Option<&Value>) -> Option<String> {
        if !may_have_body(status) {
            return body.map(|_| "has a body, which HTTP does not allow".to_owned());
        }
        let content = self.contents.first()?;
        let Some(body) = body else { return Some("has no body".to_owned()) };
        let problem = content.schema.as_ref()?.problem(body)?;
        Some(format!("does not match its schema at `{}`: {}", problem.pointer, problem.rule))
    }

    /// A response as described: the first example that is valid, or else a value that is made from the schema.
    ///
    /// # Errors
    ///
    /// If no value was found that the schema accepts, or the value of a header can't be sent.
    pub(crate) fn make(&self, status: u16, seed: u64) -> Result<DocumentedResponse, String> {
        let headers = self.headers.iter().map(|(name, schema)| {
            let value = sample(schema, seed ^ hash(name.bytes()))?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match HeaderValue::from_str(&text) {
                Ok(_) => Ok((name.clone(), text)),
                Err(_) => Err(format!(
                    "{}: the header `{name}` would have a control character, which HTTP does not allow: correct its example \
                     or its schema",
                    schema.place()
                )),
            }
        });
        let headers = headers.collect::<Result<_, String>>()?;
        let content = self.contents.first().filter(|_| may_have_body(status));
        let body = content.map(|content| content.make(seed)).transpose()?;
        Ok(DocumentedResponse { status, body, headers })
    }

    /// The examples of the body.
    pub(crate) fn examples(&self) -> impl Iterator<Item = &Value> {
        self.contents.first().into_iter().flat_map(|content| &content.examples)
    }

    /// Whether the schema of the body has a property, by the names that lead to it.
    pub(crate) fn describes(&self, names: &[&str]) -> bool {
        let schema = self.contents.first().and_then(|content| content.schema.as_ref());
        let Some(whole) = schema.and_then(|schema| schema.compiled().ok()).map(|compiled| &compiled.json) else {
            return false;
        };
        let mut schemas = vec![whole];
        for name in names {
            let properties = merged(whole, &schemas).properties().remove(name);
            let Some(found) = properties else { return false };
            schemas = found;
        }
        true
    }
}

impl Content {
    fn new(tree: &Arc<Tree>, media_type: &str, content: &Value) -> Result<Self, String> {
        let named = tree.resolved_members(content.get("examples").unwrap_or(&Value::Null))?;
        let named = named.into_iter().filter_map(|(_, example)| example.get("value"));
        if HeaderValue::from_str(media_type).is_err() || !media_type.contains('/') {
            return Err(format!("`{}` is not a media type", media_type.escape_debug()));
        }
        Ok(Self {
            media_type: if media_type.contains('*') { "application/json".to_owned() } else { media_type.to_owned() },
            kind: Kind::of(media_type),
            schema: content
                .get("schema")
                .filter(|schema| !schema.is_null())
                .map(|schema| Schema::new(tree, schema, Direction::Response)),
            examples: content.get("example").into_iter().chain(named).cloned().collect(),
        })
    }

    fn make(&self, seed: u64) -> Result<DocumentedBody, String> {
        let is_json = self.kind == Kind::Json;
        let is_valid = |example: &&Value| {
            (is_json || example.is_string()) && self.schema.as_ref().is_none_or(|schema| schema.accepts(example))
        };
        let value = match (self.examples.iter().find(is_valid), &self.schema) {
            (Some(example), _) => example.clone(),
            (None, Some(schema)) => sample(schema, seed)?,
            (None, None) => {
                if is_json {
                    Value::Object(Default::default())
                } else {
                    "sample".into()
                }
            }
        };
        Ok(DocumentedBody { media_type: self.media_type.clone(), value, is_json })
    }
}
