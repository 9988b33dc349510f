//! Turns a response into an HTTP response.

use axum::{
    body::Body as HttpBody,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::{
    document::{DocumentedBody, DocumentedResponse, may_have_body},
    fault,
};

pub(super) fn to_http(response: &DocumentedResponse) -> Response {
    match &response.body {
        Some(_) => with_body(response, body_bytes(response).into()),
        None => with_headers((status_code(response.status), HttpBody::empty()).into_response(), response),
    }
}

/// The response with another body, which is declared as that of the response; as JSON, if it has none. There is no body with
/// a status that HTTP does not allow one with.
pub(super) fn with_body(response: &DocumentedResponse, body: HttpBody) -> Response {
    if !may_have_body(response.status) {
        return with_headers((status_code(response.status), HttpBody::empty()).into_response(), response);
    }
    let media_type = response.body.as_ref().map_or("application/json", |body| &body.media_type);
    let whole = (status_code(response.status), [(header::CONTENT_TYPE, media_type)], body).into_response();
    with_headers(whole, response)
}

/// The bytes of the body: `null` if there is no body.
pub(super) fn body_bytes(response: &DocumentedResponse) -> Vec<u8> {
    match &response.body {
        Some(DocumentedBody { value: Value::String(text), is_json: false, .. }) => text.clone().into_bytes(),
        Some(body) => body.value.to_string().into_bytes(),
        None => b"null".to_vec(),
    }
}

fn with_headers(mut http: Response, response: &DocumentedResponse) -> Response {
    http.headers_mut().extend(response.headers.iter().filter_map(|(name, value)| fault::header(name, value)));
    http
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
