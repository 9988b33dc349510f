//! Routes to script the sandbox from outside, for clients in other languages.
//!
//! They need no key, take and answer JSON, and are all below [`PREFIX`].

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use crate::{Fault, Script, sandbox::Shared, scenario::Scenario};

/// Where these routes are.
const PREFIX: &str = "/_sandbox";

pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let routes = Router::new()
        .route("/requests", get(requests).delete(forget))
        .route("/faults", post(fault))
        .route("/script", post(script))
        .route("/advance", post(advance))
        .route("/hold", post(hold))
        .route("/scenario", post(scenario));
    Router::new().nest(PREFIX, routes).with_state(Arc::clone(shared))
}

async fn requests(State(shared): State<Arc<Shared>>) -> Response {
    axum::Json(&shared.lock().log).into_response()
}

async fn forget(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.lock().log.clear();
    StatusCode::NO_CONTENT
}

/// What goes wrong with the next call of an operation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NextFault {
    /// The `operationId`.
    pub(crate) operation: String,
    /// What goes wrong.
    pub(crate) fault: Fault,
}

async fn fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    taking(&body, |next: NextFault| enqueue(&shared, next))
}

pub(crate) fn enqueue(shared: &Shared, next: NextFault) -> Result<(), String> {
    if shared.document.operation(&next.operation).is_none() {
        return Err(format!("there is no operation `{}`", next.operation));
    }
    shared.lock().faults.entry(next.operation).or_default().push_back(next.fault);
    Ok(())
}

/// What becomes of verifications.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptFor {
    /// Whose; everybody's without it.
    #[serde(default)]
    pub(crate) user_ref: Option<String>,
    /// What becomes of them.
    pub(crate) script: Script,
}

async fn script(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    taking(&body, |given: ScriptFor| {
        let mut world = shared.lock();
        match given.user_ref {
            Some(user_ref) => drop(world.scripts.insert(user_ref, given.script)),
            None => world.script = given.script,
        }
        Ok(())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

async fn advance(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    taking(&body, |by: Advance| {
        shared.clock.advance(Duration::from_secs(by.seconds));
        Ok(())
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hold {
    payment_details_id: String,
    held: bool,
}

async fn hold(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    taking(&body, |hold: Hold| {
        let held = &mut shared.lock().held;
        match hold.held {
            true => drop(held.insert(hold.payment_details_id)),
            false => drop(held.remove(&hold.payment_details_id)),
        }
        Ok(())
    })
}

async fn scenario(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    taking(&body, |scenario: Scenario| scenario.apply(&shared))
}

/// Does `act` with a body that is what it should be.
fn taking<V: DeserializeOwned>(body: &[u8], act: impl FnOnce(V) -> Result<(), String>) -> Response {
    match serde_json::from_slice(body).map_err(|error| error.to_string()).and_then(act) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => (StatusCode::BAD_REQUEST, axum::Json(json!({"problem": problem}))).into_response(),
    }
}
