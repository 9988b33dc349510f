//! What a rule gets and returns: a call of an operation, and a response.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Listed;
use crate::{
    document::Query,
    rails::Rails,
    webhooks::Event,
    world::{User, World},
};

/// A call of an operation by a partner. The document accepts its body.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) partner: &'a str,
    pub(crate) user: Option<Uuid>,
    pub(crate) payment_details_id: Option<&'a str>,
    pub(crate) query: &'a Query<'a>,
    pub(crate) rails: &'a Rails,
    pub(crate) listed: Listed,
    pub(crate) body: &'a Body,
    pub(crate) now: DateTime<Utc>,
}

impl Call<'_> {
    pub(super) fn user(&mut self) -> Option<&mut User> {
        self.world.user(self.partner, self.user?)
    }
}

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// No body, or a body of bytes.
    None,
    Json(Value),
    Form {
        /// The value of each part by its name, as an object. It is empty text for a file.
        fields: Value,
        files: BTreeMap<String, Vec<File>>,
    },
    /// Text, as a JSON string.
    Text(Value),
}

/// A file in a form.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content: Bytes,
}

impl Body {
    /// The JSON, the fields of the form, or the text; null without a body.
    pub(crate) fn value(&self) -> &Value {
        match self {
            Self::None => &Value::Null,
            Self::Json(value) | Self::Form { fields: value, .. } | Self::Text(value) => value,
        }
    }
}

/// The response of a rule: a status, and a JSON body if there is one.
#[derive(Debug)]
pub(crate) struct RuleResponse {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    /// The JSON pointer in the body of the request to what is refused; empty for a response that is about no field.
    pub(crate) field: String,
    /// An event that is sent before there is a response.
    pub(crate) sends: Option<Box<Event>>,
}

impl RuleResponse {
    pub(crate) fn new(status: u16, body: Option<Value>) -> Self {
        Self { status, body, field: String::new(), sends: None }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, None)
    }

    /// Says what is refused: a JSON pointer in the body of the request.
    pub(super) fn about(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    pub(crate) fn error(status: u16, key: &str) -> Self {
        Self::new(status, Some(json!({"success": false, "data": {"error_key": key}})))
    }

    /// An error in words.
    pub(super) fn sentence(status: u16, sentence: &str) -> Self {
        Self::new(status, Some(json!({"success": false, "error": sentence})))
    }

    /// The error key, if it has one.
    pub(crate) fn key(&self) -> Option<&str> {
        self.body.as_ref()?.pointer("/data/error_key")?.as_str()
    }

    pub(super) fn data(status: u16, data: Value) -> Self {
        Self::new(status, Some(json!({"success": true, "data": data})))
    }
}

/// A member of an object, if it is text.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}
