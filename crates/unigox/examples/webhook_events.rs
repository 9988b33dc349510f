//! An event that is delivered three times is handled once:
//! `cargo run -p unigox --features test-util,webhooks --example webhook_events`.
//!
//! With the variable `REDIS_URL` or `POSTGRES_URL`, what was handled is kept there, so that another run handles nothing.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod postgres_events;
mod redis_events;

use std::{convert::Infallible, env, error::Error, time::Duration};

use unigox::{
    chrono::Utc,
    http::{HeaderMap, StatusCode},
    test_util::webhook_headers,
    webhooks::{Deduplicate, EventData, Handled, MemoryDeduplicate, WebhookVerifier},
};

use crate::{postgres_events::PostgresEvents, redis_events::RedisEvents};

const SECRET: &str = "not a real secret";

/// How long an event may be handled for.
const LEASE: Duration = Duration::from_secs(20);

const BODY: &str = r#"{
    "event_id": "evt_a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "event_type": "user.kyc.updated",
    "created_at": "2026-02-01T12:00:05Z",
    "data": {"user_uuid": "550e8400-e29b-41d4-a716-446655440000", "kyc_status": "VERIFIED"}
}"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(url) = env::var("REDIS_URL") {
        return deliver(&RedisEvents::connect(&url).await?.with_lease(LEASE)).await;
    }
    if let Ok(url) = env::var("POSTGRES_URL") {
        PostgresEvents::create_table(&url).await?;
        let events = PostgresEvents::connect(&url).await?.with_lease(LEASE);
        println!("{} events forgotten", events.delete_what_ended().await?);
        return deliver(&events).await;
    }
    deliver(&MemoryDeduplicate::new()).await
}

/// Delivers the event three times, as the vendor may.
async fn deliver(events: &impl Deduplicate) -> Result<(), Box<dyn Error>> {
    let verifier = WebhookVerifier::new(SECRET)?;
    for _ in 0..3 {
        let headers = webhook_headers(SECRET, Utc::now(), BODY.as_bytes());
        println!("responded with {}", receive(&verifier, events, &headers, BODY.as_bytes()).await);
    }
    Ok(())
}

/// What a service does with a request to the address that it registered.
async fn receive(
    verifier: &WebhookVerifier,
    events: &impl Deduplicate,
    headers: &HeaderMap,
    body: &[u8],
) -> StatusCode {
    let event = match verifier.verify(headers, body) {
        Ok(event) => event,
        Err(error) => {
            println!("{error}");
            return error.status();
        }
    };
    let handling = async {
        if let EventData::UserKycUpdated(update) = event.data() {
            println!("the user is now {}", update.status());
        }
        Ok::<_, Infallible>(())
    };
    match events.handle_once(event.id(), handling).await {
        Ok(handled) => {
            if handled == Handled::Before {
                println!("handled before");
            }
            handled.status()
        }
        Err(error) => {
            println!("{error}");
            error.status()
        }
    }
}
