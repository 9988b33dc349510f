//! Turns the response of a rule into an HTTP response.

use axum::{
    body::Body as HttpBody,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::rules::RuleResponse;

pub(super) fn to_http(response: &RuleResponse) -> Response {
    match &response.body {
        Some(body) => json(response.status, body.to_string().into()),
        None => (status_code(response.status), HttpBody::empty()).into_response(),
    }
}

/// A response with a body that is declared as JSON.
pub(super) fn json(status: u16, body: HttpBody) -> Response {
    (status_code(status), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The bytes of the body: `null` if there is no body.
pub(super) fn body_bytes(response: &RuleResponse) -> Vec<u8> {
    serde_json::to_vec(&response.body).unwrap_or_default()
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
