//! Routes that control the sandbox over HTTP, for clients in other languages.
//!
//! They need no key, take and return JSON, and are all below [`PREFIX`].

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    body::{self, IncompleteBody, MAX_JSON_BYTES},
    fault::Fault,
    operation_id,
    scenario::Scenario,
    script::Script,
    shared::Shared,
    webhooks::{DeliveryFault, WebhookEvent},
};

/// The path that all of these routes begin with.
const PREFIX: &str = "/_sandbox";

pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let routes = Router::new()
        .route("/requests", get(list_requests).delete(clear_requests))
        .route("/faults", get(list_faults).post(queue_fault))
        .route("/users", delete(reset_users))
        .route("/script", post(set_script))
        .route("/advance", post(advance))
        .route("/hold", post(hold))
        .route("/institution", post(set_institution_live))
        .route("/events", post(send_event))
        .route("/deliveries", get(list_deliveries).delete(clear_deliveries))
        .route("/delivery-faults", get(list_delivery_faults).post(queue_delivery_fault))
        .route("/scenario", post(apply_scenario));
    Router::new().nest(PREFIX, routes).with_state(Arc::clone(shared))
}

async fn list_requests(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(shared.lock().requests()).into_response()
}

async fn clear_requests(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.lock().clear_requests();
    StatusCode::NO_CONTENT
}

async fn list_faults(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(shared.lock().faults()).into_response()
}

async fn reset_users(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.lock().reset_users();
    StatusCode::NO_CONTENT
}

/// A fault for the next call of an operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NextFault {
    operation: String,
    fault: Fault,
}

async fn queue_fault(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let queue = |next: NextFault| {
        operation_id::check(&next.operation, &shared.document)?;
        shared.lock().queue_fault(&next.operation, next.fault);
        Ok(())
    };
    try_with_json(body, queue).await
}

/// The outcome of verifications.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptFor {
    /// The user; all users without it.
    #[serde(default)]
    user_ref: Option<String>,
    script: Script,
}

async fn set_script(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    with_json(body, |ScriptFor { user_ref, script }| match user_ref {
        Some(user_ref) => shared.lock().set_user_script(user_ref, script),
        None => shared.lock().set_script(script),
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

async fn advance(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    with_json(body, |by: Advance| shared.clock.advance(Duration::from_secs(by.seconds))).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hold {
    payment_details_id: String,
    held: bool,
}

async fn hold(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    with_json(body, |hold: Hold| shared.lock().hold(hold.payment_details_id, hold.held)).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstitutionState {
    institution_id: String,
    live: bool,
}

async fn set_institution_live(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let set = |InstitutionState { institution_id, live }| {
        if shared.rails.institution(&institution_id).is_none() {
            return Err(format!("there is no institution `{institution_id}`"));
        }
        shared.lock().set_live(&institution_id, live);
        Ok(())
    };
    try_with_json(body, set).await
}

async fn send_event(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let send = |event: WebhookEvent| shared.send_event(event).map(drop);
    try_with_json(body, send).await
}

async fn list_deliveries(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(shared.lock().webhooks.log()).into_response()
}

async fn clear_deliveries(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.lock().webhooks.clear_log();
    StatusCode::NO_CONTENT
}

async fn list_delivery_faults(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(shared.lock().webhooks.faults()).into_response()
}

/// A fault for the deliveries of the next event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NextDeliveryFault {
    fault: DeliveryFault,
}

async fn queue_delivery_fault(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    with_json(body, |next: NextDeliveryFault| shared.lock().webhooks.queue_fault(next.fault)).await
}

async fn apply_scenario(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let apply = |scenario: Scenario| scenario.apply(&shared);
    try_with_json(body, apply).await
}

/// Calls `act` with the value of a JSON body, or responds with what is wrong with it.
async fn with_json<V: DeserializeOwned>(body: Body, act: impl FnOnce(V)) -> Response {
    try_with_json(body, |value| {
        act(value);
        Ok(())
    })
    .await
}

/// The same for what may not be possible.
async fn try_with_json<V: DeserializeOwned>(body: Body, act: impl FnOnce(V) -> Result<(), String>) -> Response {
    let read = body::read_body(body, MAX_JSON_BYTES).await.map_err(|IncompleteBody| {
        format!("the body is larger than {MAX_JSON_BYTES} bytes, was sent too slowly, or is not complete")
    });
    match read.and_then(|body| serde_json::from_slice(&body).map_err(|error| error.to_string())).and_then(act) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => (StatusCode::BAD_REQUEST, axum::Json(json!({"problem": problem}))).into_response(),
    }
}
