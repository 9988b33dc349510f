//! What the API does: a function for each operation, from what is known and what was asked to the answer.
//!
//! Statuses, keys and shapes are the documented ones. Where the documents name no key for a refusal, it is
//! [`INVALID_REQUEST`].

mod documents;
mod kyc;
mod payment_details;
mod users;
mod verification;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{User, World};

/// The key of a refusal for which the documents name none.
const INVALID_REQUEST: &str = "invalid_request";

/// The key of a date of birth that is none, or not past.
const INVALID_BIRTH: &str = "invalid_date_of_birth";

/// A call of an operation by a partner, whose body fits the document.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) partner: &'a str,
    pub(crate) user: Option<Uuid>,
    pub(crate) payment_details: Option<&'a str>,
    /// The verification that is asked for, if it is not simply the latest.
    pub(crate) verification: Option<&'a str>,
    pub(crate) body: &'a Body,
    pub(crate) now: DateTime<Utc>,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Json(Value),
    /// A multipart form with one document in it.
    File {
        document_type: String,
        name: String,
        content: Bytes,
    },
}

impl Body {
    pub(crate) fn json(&self) -> &Value {
        match self {
            Self::Json(value) => value,
            Self::None | Self::File { .. } => &Value::Null,
        }
    }
}

/// A status, and a body if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Answer {
    fn data(status: u16, data: Value) -> Self {
        Self { status, body: Some(json!({"success": true, "data": data})) }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, body: None }
    }

    pub(crate) fn refused(status: u16, key: &str) -> Self {
        Self { status, body: Some(json!({"success": false, "data": {"error_key": key}})) }
    }
}

impl Call<'_> {
    /// What `operation` answers.
    pub(crate) fn answer(self, operation: &str) -> Answer {
        match operation {
            "verifyAuth" => Answer::data(200, json!({"message": "API key accepted", "authenticated": true})),
            "createPartnerUser" => users::create(self),
            "getPartnerUser" => users::get(self),
            "submitKYC" => kyc::submit(self),
            "updateKYC" => kyc::update(self),
            "uploadPartnerKYCDocument" => documents::upload(self),
            "getVerificationStatus" => verification::status(self),
            "createPaymentDetails" => payment_details::create(self),
            "getPaymentDetails" => payment_details::list(self),
            "deletePaymentDetails" => payment_details::delete(self),
            // The document has an operation that nobody has taught the sandbox.
            _ => Answer::empty(501),
        }
    }

    /// The answer to a request whose body is none that the document describes; `body` is null if it is no JSON.
    pub(crate) fn refuse(operation: &str, body: &Value) -> Answer {
        match operation {
            "submitKYC" if kyc::has_unreal_birth(&body["data"]["pii"]) => Answer::refused(400, INVALID_BIRTH),
            "updateKYC" if kyc::has_unreal_birth(body) => Answer::refused(400, INVALID_BIRTH),
            "submitKYC" => Answer::refused(400, INVALID_REQUEST),
            "createPaymentDetails" => Answer::refused(400, "invalid_payment_details"),
            _ => Answer::empty(400),
        }
    }

    fn user(&mut self) -> Option<&mut User> {
        self.world.user(self.partner, self.user?)
    }
}

/// The text in a member of an object.
fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}
