//! Every operation against the sandbox, whether it has a rule for it or not: the calls of the generated table.

use unigox::{CallOptions, Error, ErrorKind, RetryPolicy};
use unigox_sandbox::{Fault, Place};
use unigox_tests::Call;

use super::fixture::{Fixture, NOON};

#[tokio::test]
async fn every_call_is_accepted_and_answered_as_documented() {
    let fixture = Fixture::start().await;
    for call in Call::all() {
        let Err(error) = call.receive(&fixture.client).await else { continue };
        let refused = fixture.sandbox.requests().pop().expect("it was logged");
        if is_about_a_user(call) {
            // Nobody has created the user that the samples are about.
            assert!(error.is_not_found(), "{call:?}: {error}\n{refused:#?}");
        } else {
            // By a rule that the document can't say: one of several values, an address that was deleted.
            let is_by_rule = refused.reason.as_ref().is_some_and(|reason| reason.place == Place::State);
            assert!(is_by_rule && !error.is_transient(), "{call:?}: {error}\n{refused:#?}");
        }
    }
    assert_eq!(fixture.sandbox.requests().len(), Call::all().count());
}

#[tokio::test]
async fn the_same_call_is_answered_the_same_by_the_same_seed() {
    let (one, other) = (Fixture::at(NOON).await, Fixture::at(NOON).await);
    for call in Call::of_each_operation().filter(|call| !is_about_a_user(*call)) {
        let [one, other] = [&one, &other].map(|fixture| call.receive(&fixture.client));
        let (one, other) = tokio::join!(one, other);
        let [one, other] = [one, other].map(|received| received.map(|it| it.value).map_err(|error| error.status()));
        assert_eq!(one, other, "{call:?}");
    }
}

#[tokio::test]
async fn every_fault_works_on_every_operation() {
    let fixture = Fixture::start().await;
    let client = fixture.client.with_options(CallOptions::new().retries(RetryPolicy::none()));
    for call in Call::of_each_operation() {
        for (fault, kind) in [
            (Fault::status(503), ErrorKind::Api),
            (Fault::Reset, ErrorKind::MaybeSent),
            (Fault::ResponseLost, ErrorKind::MaybeSent),
        ] {
            fixture.sandbox.fault(call.operation_id(), fault.clone());
            let error: Error = call.send(&client).await.expect_err("a fault is injected");
            assert_eq!(error.kind(), kind, "{call:?}, {fault:?}: {error}");
        }
    }
}

fn is_about_a_user(call: Call) -> bool {
    call.sample().path.contains("/users/")
}
