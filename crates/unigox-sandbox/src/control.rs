//! Routes to script the sandbox from outside, for clients in other languages.
//!
//! They need no key, take and answer JSON, and are all below [`PREFIX`].

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    Fault, Script,
    api::{self, Unread},
    sandbox::Shared,
    scenario::{OperationId, Scenario},
};

/// Where these routes are.
const PREFIX: &str = "/_sandbox";

/// How large a body may be here.
const MOST: usize = 1024 * 1024;

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
    axum::Json(shared.lock().log.requests()).into_response()
}

async fn forget(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.lock().log.clear();
    StatusCode::NO_CONTENT
}

/// What goes wrong with the next call of an operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NextFault {
    operation: OperationId,
    fault: Fault,
}

async fn fault(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    taking(body, |next: NextFault| {
        shared.lock().faults.entry(next.operation.into_string()).or_default().push_back(next.fault);
    })
    .await
}

/// What becomes of verifications.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScriptFor {
    /// Whose; everybody's without it.
    #[serde(default)]
    user_ref: Option<String>,
    script: Script,
}

async fn script(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    taking(body, |given: ScriptFor| {
        let mut world = shared.lock();
        match given.user_ref {
            Some(user_ref) => drop(world.scripts.insert(user_ref, given.script)),
            None => world.script = given.script,
        }
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

async fn advance(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    taking(body, |by: Advance| {
        shared.clock.advance(Duration::from_secs(by.seconds));
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hold {
    payment_details_id: String,
    held: bool,
}

async fn hold(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    taking(body, |hold: Hold| {
        let held = &mut shared.lock().held;
        match hold.held {
            true => drop(held.insert(hold.payment_details_id)),
            false => drop(held.remove(&hold.payment_details_id)),
        }
    })
    .await
}

async fn scenario(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    taking(body, |scenario: Scenario| scenario.apply(&shared)).await
}

/// Does `act` with a body that is what it should be.
async fn taking<V: DeserializeOwned>(body: Body, act: impl FnOnce(V)) -> Response {
    let read =
        api::collect(body, MOST).await.map_err(|Unread| format!("a body has at most {MOST} bytes, and arrives soon"));
    match read.and_then(|body| serde_json::from_slice(&body).map_err(|error| error.to_string())) {
        Ok(value) => {
            act(value);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problem) => (StatusCode::BAD_REQUEST, axum::Json(json!({"problem": problem}))).into_response(),
    }
}
