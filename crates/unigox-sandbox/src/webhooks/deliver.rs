//! Delivers events when they are due, by the clock of the sandbox.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{
    address::loopback,
    event::Event,
    fault::DeliveryFault,
    log::DeliveryOutcome,
    queue::{Delivery, Due},
    send::{Message, send},
    signature::signature,
};
use crate::{rules, shared::Shared};

/// How long a receiver may take to respond, by the clock of the sandbox.
const RESPONSE_TIMEOUT: TimeDelta = TimeDelta::seconds(10);

/// How many deliveries are sent at the same time.
const MAX_CONNECTIONS: usize = 64;

/// What is signed with under [`DeliveryFault::WrongSecret`], behind the right secret.
const WRONG_SECRET: &str = "-but-wrong";

/// What became of an attempt, and the status of the response.
type Ended = (DeliveryOutcome, Option<u16>);

/// Delivers events until the sandbox stops. Deliveries that are in progress then are given up.
pub(crate) async fn deliver(shared: Arc<Shared>) {
    let (attempts, connections) = (TaskTracker::new(), Arc::new(Semaphore::new(MAX_CONNECTIONS)));
    let wake = Arc::clone(&shared.lock().webhooks.wake);
    loop {
        let now = shared.clock.now();
        let Due { deliveries, users } = shared.lock().webhooks.take_due(now);
        for user in users {
            rules::follow_up(&mut shared.lock(), user, now);
        }
        for delivery in deliveries {
            attempts.spawn(attempt(Arc::clone(&shared), delivery, Arc::clone(&connections)));
        }
        shared.report_deliveries();
        let next = shared.lock().webhooks.next_due();
        tokio::select! {
            () = shared.stop.cancelled() => break,
            () = wake.notified() => {}
            () = shared.clock.reached(next) => {}
        }
    }
    attempts.close();
    attempts.wait().await;
}

async fn attempt(shared: Arc<Shared>, delivery: Delivery, connections: Arc<Semaphore>) {
    let sending = async {
        let _connection = connections.acquire().await;
        send_event(&shared, &delivery.event, delivery.fault.as_ref()).await
    };
    let (outcome, status) = tokio::select! {
        () = shared.stop.cancelled() => return,
        ended = sending => ended,
    };
    shared.lock().webhooks.end(delivery, outcome, status, shared.clock.now());
    shared.report_deliveries();
}

/// Sends an event that is not queued, once. The status of the response, if the receiver accepted it.
pub(crate) async fn ping(shared: &Shared, event: Event) -> Option<u16> {
    let (outcome, status) = tokio::select! {
        () = shared.stop.cancelled() => (DeliveryOutcome::NotSent, None),
        ended = send_event(shared, &event, None) => ended,
    };
    shared.lock().webhooks.log_ping(event, outcome, status, shared.clock.now());
    shared.report_deliveries();
    status.filter(|_| outcome == DeliveryOutcome::Delivered)
}

async fn send_event(shared: &Shared, event: &Event, fault: Option<&DeliveryFault>) -> Ended {
    let address = shared.lock().webhooks.address(&event.partner).and_then(loopback);
    let Some((url, address)) = address else {
        return (DeliveryOutcome::NotSent, None);
    };
    let deadline = shared.clock.now().checked_add_signed(RESPONSE_TIMEOUT);
    let message = message(&shared.webhook_secret, event, fault);
    tokio::select! {
        status = send(address, &url, message) => match status {
            Some(200..300) => (DeliveryOutcome::Delivered, status),
            Some(_) => (DeliveryOutcome::Refused, status),
            None => (DeliveryOutcome::Unreachable, None),
        },
        () = shared.clock.reached(deadline) => (DeliveryOutcome::TimedOut, None),
    }
}

/// The message of an attempt. Its timestamp is that of the system, and not of the sandbox's clock: receivers compare it with
/// their own.
fn message(secret: &str, event: &Event, fault: Option<&DeliveryFault>) -> Message {
    let now = Utc::now().timestamp();
    let (mut timestamp, mut secret, mut body) = (now, secret.to_owned(), event.body.clone());
    match fault {
        Some(DeliveryFault::WrongSecret) => secret.push_str(WRONG_SECRET),
        Some(DeliveryFault::OldTimestamp { seconds }) => {
            timestamp = now.saturating_sub_unsigned(*seconds);
        }
        Some(DeliveryFault::ChangedBody) => body = [&body[..], b" "].concat().into(),
        _ => {}
    }
    let signed: &Bytes = &event.body;
    Message { timestamp, signature: signature(&secret, timestamp, signed), body }
}
