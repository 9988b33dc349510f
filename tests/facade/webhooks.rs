//! Receiving webhook events: which are genuine, what they say, and that each is handled once.

mod address;
mod deduplication;
mod events;
mod extractor;
mod mutations;
mod processes;
mod refusals;
mod tampering;
mod waking;

use serde_json::{Value, json};
use unigox::{
    chrono::{DateTime, Utc},
    http::HeaderMap,
    test_util::webhook_headers,
    webhooks::{Event, WebhookVerifier},
};
use unigox_tests::USER;

const SECRET: &str = "whsec_canary-secret-5b1d";

/// When the events of these tests are received.
const NOW: i64 = 1_769_947_205;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("it is a time")
}

/// A verifier whose clock stands still.
fn verifier() -> WebhookVerifier {
    WebhookVerifier::new(SECRET).expect("it is a secret").clock(|| at(NOW))
}

fn headers(body: &[u8]) -> HeaderMap {
    webhook_headers(SECRET, at(NOW), body)
}

/// The event with this body.
fn read(body: &Value) -> Event {
    let body = body.to_string().into_bytes();
    verifier().verify(&headers(&body), &body).expect("it is genuine")
}

fn kyc_updated(status: &str) -> Value {
    json!({
        "event_id": "evt_1",
        "event_type": "user.kyc.updated",
        "created_at": "2026-02-01T12:00:05Z",
        "data": {"user_uuid": USER, "kyc_status": status},
    })
}
