//! Fault injection: the outcome of a call for its caller, and whether it takes effect in the sandbox.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use unigox::{CallOptions, Client, Effect, Error, ErrorKind, RetryPolicy};
use unigox_sandbox::{Fault, Sandbox};

use super::{
    fixture::{Fixture, NOON},
    person::{Act, Person, sepa},
};

/// A fault, and the expected outcome of every call.
struct Case {
    fault: Fault,
    /// Its name in the log.
    name: &'static str,
    /// The status in the log.
    logged: Logged,
    /// Whether a call that is safe to repeat is retried.
    is_repeated: bool,
    /// The error of a call that is not retried.
    kind: ErrorKind,
    /// Whether the call took effect although it failed.
    is_done: bool,
    options: CallOptions,
}

#[derive(Clone, Copy)]
enum Logged {
    Status(u16),
    Nothing,
    /// That of the operation without the fault.
    OfOperation,
}

impl Case {
    fn new(fault: Fault, name: &'static str) -> Self {
        Self {
            fault,
            name,
            logged: Logged::OfOperation,
            is_repeated: false,
            kind: ErrorKind::Api,
            is_done: false,
            options: CallOptions::new(),
        }
    }

    /// Runs the case for every call, and returns the errors of those that failed.
    async fn run(&self) -> Vec<Error> {
        let fixture = Arc::new(Fixture::at(NOON).await);
        let mut errors = Vec::new();
        for call in Act::ALL {
            errors.extend(self.run_for(call, Person::on(&fixture).await).await);
        }
        errors
    }

    /// The same, for all calls at once.
    async fn run_at_once(&self) -> Vec<Error> {
        let outcomes = Act::ALL.map(|call| async move { self.run_for(call, Person::new().await).await });
        futures_util::future::join_all(outcomes).await.into_iter().flatten().collect()
    }

    async fn run_for(&self, call: Act, person: Person) -> Option<Error> {
        let operation = call.operation_id();
        let before = person.fixture.requests_of(operation).len();
        person.fixture.sandbox.fault(operation, self.fault.clone());
        let client = person.fixture.client.with_options(self.options);
        let outcome = person.act_by(call, &client).await;

        let responses = person.fixture.requests_of(operation).split_off(before);
        let is_repeated = self.is_repeated && call.is_safe_to_repeat();
        assert_eq!(responses.len(), if is_repeated { 2 } else { 1 }, "{call:?}: {responses:?}");
        let (name, status) = responses[0];
        assert_eq!(name, Some(self.name), "{call:?}");
        match self.logged {
            Logged::Status(expected) => assert_eq!(status, Some(expected), "{call:?}"),
            Logged::Nothing => assert_eq!(status, None, "{call:?}"),
            Logged::OfOperation => assert!(matches!(status, Some(200 | 201)), "{call:?}: {status:?}"),
        }
        let is_done = person.is_done(call).await;
        if is_repeated {
            outcome.unwrap_or_else(|error| panic!("{call:?}: {error}"));
            assert_eq!(responses[1].0, None, "{call:?}");
            assert_ne!(is_done, Some(false), "{call:?} was retried without effect");
            return None;
        }
        let error = outcome.expect_err("it is not retried");
        assert_eq!((error.kind(), error.attempts()), (self.kind, 1), "{call:?}: {error}");
        assert_eq!(error.operation_id(), Some(operation), "{call:?}");
        assert_eq!(is_done.unwrap_or(self.is_done), self.is_done, "{call:?}");
        Some(error)
    }
}

#[tokio::test]
async fn a_transient_status_is_retried_where_that_is_safe_and_the_call_had_no_effect() {
    for status in [408, 429, 502, 503, 504] {
        let fault = Fault::status(status).with_header("retry-after", "0").with_header("x-request-id", "r-1");
        let case = Case { logged: Logged::Status(status), is_repeated: true, ..Case::new(fault, "status") };
        for error in case.run().await {
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert_eq!((error.retry_after(), error.request_id()), (Some(Duration::ZERO), Some("r-1")));
        }
    }
}

#[tokio::test]
async fn a_status_after_the_effect_leaves_the_caller_in_doubt() {
    let fault = Fault::status(503).with_header("retry-after", "0").after_effect();
    let case = Case { logged: Logged::Status(503), is_repeated: true, is_done: true, ..Case::new(fault, "status") };
    for error in case.run().await {
        assert_eq!((error.effect(), error.is_safe_to_repeat()), (Effect::Unknown, false), "{error}");
    }
}

#[tokio::test]
async fn an_error_status_is_not_retried_and_the_call_had_no_effect() {
    for status in [400, 409, 418, 501] {
        let body = serde_json::json!({"success": false, "data": {"error_key": "on_purpose", "message": "No."}});
        let fault = Fault::status(status).with_body(body);
        let case = Case { logged: Logged::Status(status), ..Case::new(fault, "status") };
        let errors = case.run().await;
        assert_eq!(errors.len(), Act::ALL.len());
        for error in errors {
            assert_eq!((error.key(), error.message()), (Some("on_purpose"), Some("No.")));
        }
    }
}

#[tokio::test]
async fn a_response_that_is_too_late_is_a_timeout_and_the_call_took_effect() {
    let case = Case {
        is_repeated: true,
        kind: ErrorKind::MaybeSent,
        is_done: true,
        options: CallOptions::new().attempt_timeout(Duration::from_millis(700)),
        ..Case::new(Fault::delay(Duration::from_secs(3600)), "delay")
    };
    for error in case.run_at_once().await {
        assert!(error.is_timeout(), "{error}");
    }
}

#[tokio::test]
async fn a_response_that_is_late_but_in_time_is_returned() {
    let person = Person::new().await;
    for call in Act::ALL {
        let before = person.fixture.requests_of(call.operation_id()).len();
        person.fixture.sandbox.fault(call.operation_id(), Fault::delay(Duration::from_millis(5)));
        person.act(call).await.unwrap_or_else(|error| panic!("{call:?}: {error}"));
        let responses = person.fixture.requests_of(call.operation_id()).split_off(before);
        assert!(matches!(responses[..], [(Some("delay"), Some(200 | 201))]), "{call:?}: {responses:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_reset_before_it_is_handled_has_no_effect() {
    let case = Case {
        logged: Logged::Nothing,
        is_repeated: true,
        kind: ErrorKind::MaybeSent,
        ..Case::new(Fault::Reset, "reset")
    };
    assert!(case.run().await.iter().all(|error| !error.is_timeout()));
}

#[tokio::test]
async fn a_call_whose_response_is_lost_takes_effect() {
    let case = Case {
        is_repeated: true,
        kind: ErrorKind::MaybeSent,
        is_done: true,
        ..Case::new(Fault::ResponseLost, "response_lost")
    };
    assert!(case.run().await.iter().all(|error| error.status().is_none()));
}

#[tokio::test]
async fn a_call_whose_response_is_truncated_takes_effect() {
    let case = Case {
        is_repeated: true,
        kind: ErrorKind::MaybeSent,
        is_done: true,
        ..Case::new(Fault::Truncated, "truncated")
    };
    case.run().await;
}

#[tokio::test]
async fn a_response_that_is_not_json_can_not_be_read_and_the_call_takes_effect() {
    let case = Case { kind: ErrorKind::Decode, is_done: true, ..Case::new(Fault::InvalidJson, "invalid_json") };
    for error in case.run().await {
        assert!(error.status().is_some_and(|status| status.is_success()), "{error}");
        assert_eq!(error.response().expect("it was received").json(), None);
    }
}

#[tokio::test]
async fn a_response_that_is_too_large_is_not_read_and_the_call_takes_effect() {
    let case = Case {
        kind: ErrorKind::TooLarge,
        is_done: true,
        options: CallOptions::new().max_response_bytes(50_000),
        ..Case::new(Fault::HugeBody { bytes: 200_000 }, "huge_body")
    };
    case.run().await;
}

#[tokio::test]
async fn a_response_is_too_large_above_ten_mebibytes_and_read_below() {
    let person = Person::new().await;
    let mebibytes = |count: u64| Fault::HugeBody { bytes: count * 1024 * 1024 };
    person.fixture.sandbox.fault("getPartnerUser", mebibytes(9));
    person.fixture.sandbox.fault("getPartnerUser", mebibytes(10));
    let read = person.user.get().await.expect("spaces after JSON are ignored");
    assert!(read.raw().body().len() > 9 * 1024 * 1024);
    assert_eq!(read.user_uuid, person.user.uuid());
    let error = person.user.get().await.expect_err("it is too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_redirect_is_an_error_and_the_other_origin_gets_no_request() {
    let other = Sandbox::start().await.expect("the loopback has a free port");
    for status in [301, 302, 303, 307, 308] {
        let fault = Fault::Redirect { status, location: format!("{}/api/v1/partner/verify-auth", other.base_url()) };
        let case = Case { logged: Logged::Status(status), ..Case::new(fault, "redirect") };
        for error in case.run().await {
            assert!(error.is_redirect(), "{error}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        }
    }
    assert_eq!(other.requests(), []);
}

#[tokio::test]
async fn a_user_whose_response_was_lost_is_found_by_the_next_attempt() {
    let fixture = Fixture::start().await;
    fixture.sandbox.fault("createPartnerUser", Fault::ResponseLost);
    let found = fixture.client.users().create("customer-42", "ada@example.com").await.expect("it is retried");
    assert!(!found.is_new());
    assert_eq!(found.http_status(), 200);
    let lost = (Some("response_lost"), Some(201));
    assert_eq!(fixture.requests_of("createPartnerUser"), [lost, (None, Some(200))]);
    assert_eq!(fixture.client.user(found.user_uuid).get().await.expect("it is there").user_uuid, found.user_uuid);
}

#[tokio::test]
async fn payment_details_whose_response_was_lost_are_saved_once_and_found_in_the_list() {
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    fixture.sandbox.fault("createPaymentDetails", Fault::ResponseLost);
    let error = user.payment_details().create(&sepa()).await.expect_err("it is not retried");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::MaybeSent, 1));
    let saved = user.payment_details().list().await.expect("it can be read");
    assert_eq!(saved.len(), 1);
    assert_eq!(
        (saved[0].rail.as_str(), saved[0].details.as_ref().map(|details| &details["full_name"])),
        ("iban-sepa", Some(&"Ada Obi".into()))
    );
    assert_eq!(fixture.requests_of("createPaymentDetails"), [(Some("response_lost"), Some(201))]);
}

#[tokio::test]
async fn attempts_end_after_the_third() {
    let fixture = Fixture::start().await;
    for _ in 0..4 {
        fixture.sandbox.fault("verifyAuth", Fault::Reset);
    }
    let error = fixture.client.verify_auth().await.expect_err("there are only three attempts");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::MaybeSent, 3));
    assert_eq!(fixture.requests_of("verifyAuth"), [(Some("reset"), None); 3]);
    fixture.client.verify_auth().await.expect("only one fault is left");
}

#[tokio::test]
async fn a_retry_after_of_more_than_a_minute_is_not_waited_for() {
    let fixture = Fixture::start().await;
    fixture.sandbox.fault("verifyAuth", Fault::status(429).with_header("retry-after", "61"));
    let error = fixture.client.verify_auth().await.expect_err("the time is too long");
    assert!(error.is_rate_limited());
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(61))));
}

#[tokio::test]
async fn faults_are_injected_in_their_order_each_into_its_own_operation() {
    let fixture = Fixture::start().await;
    let client = without_retries(&fixture.client);
    let user = client.user(fixture.user("customer-42").await.uuid());
    for status in [500, 502, 503] {
        fixture.sandbox.fault("getPartnerUser", Fault::status(status));
    }
    fixture.sandbox.fault("getPaymentDetails", Fault::status(504));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        client.verify_auth().await.expect("it has no fault");
        statuses.push(status_of(user.get()).await);
    }
    assert_eq!(statuses, [500, 502, 503, 200]);
    assert_eq!(status_of(user.payment_details().list()).await, 504);
    assert_eq!(status_of(user.payment_details().list()).await, 200);
}

#[tokio::test]
async fn a_fault_for_an_unknown_operation_panics_with_its_name() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let outcome = catch_unwind(AssertUnwindSafe(|| sandbox.fault("createPartnerUsr", Fault::Reset)));
    let panic = outcome.expect_err("there is no such operation");
    let message = panic.downcast_ref::<String>().expect("the panic has a message");
    assert!(message.contains("there is no operation `createPartnerUsr`"), "{message}");
}

#[tokio::test]
async fn a_fault_that_no_response_can_have_panics_with_what_is_wrong() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let impossible = [
        (Fault::status(99), "99 is not a status from 200 to 599"),
        (Fault::status(503).with_header("content-length", "3"), "`content-length` is not allowed"),
        (Fault::redirect("a\nb"), "the location is not a valid header value"),
    ];
    for (fault, reason) in impossible {
        let outcome = catch_unwind(AssertUnwindSafe(|| sandbox.fault("verifyAuth", fault)));
        let panic = outcome.expect_err(reason);
        let message = panic.downcast_ref::<String>().expect("the panic has a message");
        assert!(message.contains(reason), "{message}");
    }
    assert!(sandbox.faults().is_empty(), "a fault was queued");
}

#[tokio::test]
async fn a_fault_is_injected_before_the_key_is_checked() {
    let fixture = Fixture::start().await;
    let client = without_retries(&fixture.client_with("another-key"));
    fixture.sandbox.fault("verifyAuth", Fault::status(503));
    assert_eq!(status_of(client.verify_auth()).await, 503);
    assert_eq!(status_of(client.verify_auth()).await, 401);
}

fn without_retries(client: &Client) -> Client {
    client.with_options(CallOptions::new().retries(RetryPolicy::none()))
}

async fn status_of<T>(call: impl Future<Output = unigox::Result<unigox::Response<T>>>) -> u16 {
    match call.await {
        Ok(response) => response.http_status().as_u16(),
        Err(error) => error.status().expect("there was a response").as_u16(),
    }
}
