//! Validates a request against the document, and passes a valid one to the rules.

use axum::extract::RawPathParams;
use serde_json::Value;

use super::read::ReceivedBody;
use crate::{
    document::Operation,
    log::LoggedRequest,
    rules::{self, Body, Call, RuleResponse},
    shared::Shared,
};

/// The response of the operation, without any fault.
pub(super) fn judge(
    shared: &Shared,
    operation: &Operation,
    path: &RawPathParams,
    entry: &LoggedRequest,
    received: ReceivedBody,
) -> RuleResponse {
    let Some(partner) = entry.partner.as_deref() else {
        return match operation.has_response_body(401) {
            true => RuleResponse::error(401, "unauthorized"),
            false => RuleResponse::empty(401),
        };
    };
    let parameter = |name: &str| path.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let user = parameter("user_uuid").map(str::parse);
    if matches!(user, Some(Err(_))) {
        return RuleResponse::empty(404);
    }
    let Ok(body) = received.body else { return rules::refuse(&operation.id, &Value::Null) };
    let is_valid = match &body {
        Body::None => true,
        Body::Json(json) => operation.accepts(json),
        Body::Form { fields, .. } => operation.form().is_some_and(|form| form.accepts(fields)),
    };
    if !is_valid {
        return rules::refuse(&operation.id, body.value());
    }
    let mut query = url::form_urlencoded::parse(entry.query.as_deref().unwrap_or_default().as_bytes());
    let verification = query.find(|(name, _)| name == "verification_id").map(|(_, value)| value);
    let now = shared.clock.now();
    let call = Call {
        world: &mut shared.lock(),
        partner,
        user: user.and_then(Result::ok),
        payment_details_id: parameter("payment_details_id"),
        verification_id: verification.as_deref(),
        body: &body,
        now,
    };
    rules::respond(&operation.id, call)
}
