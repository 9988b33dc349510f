//! The routes of the documented operations, and the sequence that every request of them goes through.

mod inject;
mod judge;
mod read;
mod respond;

use std::sync::Arc;

use axum::{
    Router,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderValue, header},
    response::Response,
    routing::{MethodFilter, on},
};
use serde_json::Value;

use self::read::ReceivedBody;
use crate::{
    document::Operation,
    fault::Fault,
    log::LoggedRequest,
    rules::RuleResponse,
    server::{NoResponse, ResetFlag},
    shared::Shared,
};

/// The status in place of a response that the document does not describe: a mistake in the rules, which tests find.
const UNDOCUMENTED_RESPONSE: u16 = 599;

/// The routes of the documented operations. All others respond 404 or 405.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let mut routes = Router::new();
    for operation in shared.document.operations() {
        let Ok(method) = MethodFilter::try_from(operation.method.parse::<axum::http::Method>().unwrap_or_default())
        else {
            continue;
        };
        let handler = move |shared: State<Arc<Shared>>, path: Result<RawPathParams, _>, request: Request| async move {
            // A path parameter that is not UTF-8.
            let Ok::<_, RawPathParamsRejection>(path) = path else { return unknown_path(shared, request).await };
            handle(&shared, operation, &path, request).await
        };
        routes = routes.route(&operation.path, on(method, handler));
    }
    routes.method_not_allowed_fallback(unknown_method).with_state(Arc::clone(shared))
}

/// Responds to a request for a path that is not documented.
pub(crate) async fn unknown_path(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    shared.log(LoggedRequest { status: Some(404), ..shared.log_entry(&head) });
    respond::to_http(&RuleResponse::error(404, "not_found"))
}

/// Responds to a request with a method that is not documented for its path.
async fn unknown_method(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    shared.log(LoggedRequest { status: Some(405), ..shared.log_entry(&head) });
    respond::to_http(&RuleResponse::empty(405))
}

/// Handles a request of a documented operation: takes the fault that is queued for it, reads the body, responds.
async fn handle(shared: &Shared, operation: &Operation, path: &RawPathParams, request: Request) -> Response {
    let fault = shared.lock().take_fault(&operation.id);
    let (head, body) = request.into_parts();
    let reset = head.extensions.get::<ResetFlag>().cloned().unwrap_or_default();
    let entry = shared.log_entry(&head);
    let received = read::read(body, operation, &head.headers).await;
    let entry = LoggedRequest {
        operation_id: Some(operation.id.clone()),
        fault: fault.as_ref().map(Fault::name),
        body: received.json().cloned(),
        body_bytes: received.bytes,
        ..entry
    };
    let is_incomplete = received.is_incomplete();
    let mut response = respond(shared, operation, path, entry, received, fault, &reset).await;
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
    path: &RawPathParams,
    entry: LoggedRequest,
    received: ReceivedBody,
    fault: Option<Fault>,
    reset: &ResetFlag,
) -> Response {
    if let Some(response) = inject::replacement(fault.as_ref(), reset) {
        let status = (!NoResponse::replaces(&response)).then(|| response.status().as_u16());
        shared.log(LoggedRequest { status, ..entry });
        return response;
    }
    let response = judge::judge(shared, operation, path, &entry, received);
    let response = match operation.problem_with(response.status, response.body.as_ref()) {
        None => response,
        Some(problem) => RuleResponse { status: UNDOCUMENTED_RESPONSE, body: Some(Value::String(problem)) },
    };
    shared.log(LoggedRequest { status: Some(response.status), ..entry });
    inject::alter(&response, fault.as_ref(), reset).await
}
