//! The documented operations, and the sequence that every request of them goes through.

mod form;
mod inject;
mod judge;
mod made;
mod read;
mod respond;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::Response,
};
use serde_json::Value;

use self::judge::Received;
use crate::{
    document::{Found, Operation, PathParameters},
    fault::Fault,
    log::LoggedRequest,
    rules::{Rule, RuleResponse},
    server::{NoResponse, ResetFlag},
    shared::Shared,
    webhooks,
};

/// Handles every request that is not one of the control routes.
pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match shared.document.find(request.method().as_str(), request.uri().path()) {
        Found::Operation(operation, path) => {
            let operation = Arc::clone(operation);
            call(&shared, &operation, &path, request).await
        }
        Found::OtherMethods(methods) => {
            let (head, _) = request.into_parts();
            shared.log(LoggedRequest { status: Some(405), ..shared.log_entry(&head) });
            let mut response = respond::to_http(&RuleResponse::empty(405).into());
            response.headers_mut().extend(HeaderValue::from_str(&methods).map(|methods| (header::ALLOW, methods)));
            response
        }
        Found::Nothing => {
            let (head, _) = request.into_parts();
            shared.log(LoggedRequest { status: Some(404), ..shared.log_entry(&head) });
            respond::to_http(&RuleResponse::error(404, "not_found").into())
        }
    }
}

/// Handles a request of a documented operation: takes the fault that is queued for it, reads the body, responds.
async fn call(shared: &Shared, operation: &Operation, path: &PathParameters, request: Request) -> Response {
    let fault = shared.lock().take_fault(&operation.id);
    let (head, body) = request.into_parts();
    let reset = head.extensions.get::<ResetFlag>().cloned().unwrap_or_default();
    let entry = shared.log_entry(&head);
    let complete = |body: &Value| Rule::of(&operation.id)?.complete(&shared.rails, body);
    let body = read::read(body, operation, &head.headers, complete).await;
    let entry = LoggedRequest {
        operation_id: Some(operation.id.clone()),
        fault: fault.as_ref().map(Fault::name),
        body_bytes: body.bytes,
        ..entry
    };
    let is_incomplete = body.is_incomplete;
    let received = Received { head: &head, path, body, partner: entry.partner.clone().unwrap_or_default() };
    let mut response = respond(shared, operation, entry, received, fault, &reset).await;
    if is_incomplete {
        // The rest of the body would be taken for the next request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The response of the operation, or that of the fault, which is logged in either case.
async fn respond(
    shared: &Shared,
    operation: &Operation,
    entry: LoggedRequest,
    received: Received<'_>,
    fault: Option<Fault>,
    reset: &ResetFlag,
) -> Response {
    if let Some(response) = inject::replacement(fault.as_ref(), reset) {
        let status = (!NoResponse::replaces(&response)).then(|| response.status().as_u16());
        shared.log(LoggedRequest { status, body: received.body.into_json(), ..entry });
        return response;
    }
    let mut judged = judge::judge(shared, operation, &received);
    if let Some(event) = judged.sends.take() {
        judged = judge::after_event(shared, operation, webhooks::ping(shared, *event).await);
    }
    let status = inject::altered_status(&judged.response, fault.as_ref());
    let body = received.body.into_json();
    shared.log(LoggedRequest { status: Some(status), body, reason: judged.refusal, ..entry });
    inject::alter(&judged.response, fault.as_ref(), reset).await
}
