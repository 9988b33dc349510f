//! The log of requests, and reproducible responses.

use std::sync::{Arc, Mutex};

use serde_json::json;
use unigox::{DocumentType, KycSubmission};
use unigox_sandbox::{Clock, Fault, Sandbox, SandboxBuilder};

use super::{
    fixture::{Fixture, NOON, date},
    person::{Person, sepa},
};

#[tokio::test]
async fn the_log_has_each_request_with_the_status_of_its_response_in_order() {
    let fixture = Fixture::with(Sandbox::builder().partner("one", "key-one").partner("two", "key-two")).await;
    fixture.sandbox.fault("createPartnerUser", Fault::status(503));
    let user = fixture.user("customer-42").await;
    user.kyc().submit(&KycSubmission::sumsub("a token")).await.expect("it is accepted");
    user.verification().of_session("s 1").status().await.expect_err("it does not exist");
    fixture.client_with("key-two").verify_auth().await.expect("the key is known");
    fixture.client_with("key-of-nobody").verify_auth().await.expect_err("the key is unknown");
    user.documents().link(DocumentType::Selfie, "https://example.com/1").await.expect("it is accepted");

    let requests = fixture.sandbox.requests();
    let logged: Vec<_> = requests
        .iter()
        .map(|request| {
            let operation = request.operation_id.as_deref().unwrap_or_default();
            (operation, request.method.as_str(), request.partner.as_deref(), request.status, request.fault)
        })
        .collect();
    assert_eq!(
        logged,
        [
            ("createPartnerUser", "POST", Some("one"), Some(503), Some("status")),
            ("createPartnerUser", "POST", Some("one"), Some(201), None),
            ("submitKYC", "POST", Some("one"), Some(200), None),
            ("getVerificationStatus", "GET", Some("one"), Some(404), None),
            ("verifyAuth", "GET", Some("two"), Some(200), None),
            ("verifyAuth", "GET", None, Some(401), None),
            ("uploadPartnerKYCDocument", "POST", Some("one"), Some(200), None),
        ]
    );
    assert_eq!(requests[2].path, format!("/api/v1/partner/users/{}/kyc-submissions", user.uuid()));
    assert_eq!(requests[3].query.as_deref(), Some("verification_id=s%201"));
    let body = requests[1].body.as_ref().expect("it was JSON");
    assert_eq!((&body["user_ref"], requests[1].body_bytes), (&"customer-42".into(), body.to_string().len()));
    assert_eq!((&requests[4].body, requests[4].body_bytes), (&None, 0));
}

#[tokio::test]
async fn a_refusal_names_the_field_and_the_rule() {
    let fixture = Fixture::at(NOON).await;
    let user = fixture.known_user().await;
    let path = |rest: &str| format!("/users/{}{rest}", user.uuid());
    let account = |currency: &str, iban: &str| json!({"rail": "iban-sepa", "currency": currency, "details": {"full_name": "Ada", "iban": iban}});
    for (method, path, body, reason) in [
        ("POST", "/users".to_owned(), json!({"user_ref": "a", "email": "ada"}), "body /email: format"),
        ("POST", "/users".to_owned(), json!({"user_ref": " ", "email": "ada@example.com"}), "state /user_ref: 400"),
        ("PATCH", path("/kyc"), json!({"dob": "2020-01-01"}), "state /dob: underage_not_allowed"),
        ("POST", path("/payment-details"), account("EUR", "DE00"), "state /details/iban: 422"),
        ("POST", path("/payment-details"), account("USD", "DE00"), "state /currency: invalid_payment_details"),
    ] {
        fixture.send_json(method, &path, &body).await;
        let logged = fixture.sandbox.requests().pop().expect("it is logged");
        assert_eq!(logged.reason.map(|reason| reason.to_string()).as_deref(), Some(reason), "{body}");
    }
}

#[tokio::test]
async fn a_logged_request_shows_nothing_personal() {
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    user.kyc().submit(&KycSubmission::sumsub("canary-token")).await.expect("it is accepted");
    user.verification().of_session("canary-session").status().await.expect_err("it does not exist");
    let shown = format!("{:?}", fixture.sandbox.requests());
    assert!(shown.contains("submitKYC") && shown.contains("getVerificationStatus"));
    for secret in ["canary", "ada@example.com", "customer-42", fixture.sandbox.key()] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

#[tokio::test]
async fn undocumented_requests_get_a_response_and_are_logged_without_an_operation() {
    let fixture = Fixture::start().await;
    let mut statuses = Vec::new();
    for (method, path) in [("GET", "/no-such-thing"), ("DELETE", "/users"), ("GET", "/users/")] {
        statuses.push(fixture.request(method, path).send().await.expect("there is a response").status().as_u16());
    }
    assert_eq!(statuses, [404, 405, 404]);
    let logged: Vec<_> =
        fixture.sandbox.requests().into_iter().map(|r| (r.operation_id, r.status, r.partner)).collect();
    let partner = || Some("partner".to_owned());
    assert_eq!(logged, [404, 405, 404].map(|status| (None, Some(status), partner())));
}

#[tokio::test]
async fn an_observer_gets_what_is_logged() {
    let observed = Arc::new(Mutex::new(Vec::new()));
    let observer = Arc::clone(&observed);
    let builder = Sandbox::builder().on_request(move |request| {
        observer.lock().expect("no other thread panicked").push(request.clone());
    });
    let person = Person::on(&Arc::new(Fixture::with(builder).await)).await;
    person.fixture.sandbox.fault("verifyAuth", Fault::Reset);
    person.fixture.client.verify_auth().await.expect("it is retried");
    let observed = observed.lock().expect("no other thread panicked").clone();
    assert_eq!(observed, person.fixture.sandbox.requests());
    assert!(observed.iter().any(|request| request.status.is_none()));
}

// ---- Reproducible responses -----------------------------------------------------------------------------------------

/// Every response to the same calls, byte for byte.
async fn response_bodies(builder: SandboxBuilder) -> Vec<String> {
    let fixture = Fixture::with(builder.clock(Clock::paused_at(date(NOON)))).await;
    let created = fixture.client.users().create("customer-42", "ada@example.com").await.expect("it is new");
    let user = fixture.client.user(created.user_uuid);
    let submitted = user.kyc().submit(&KycSubmission::handoff()).await.expect("it is taken");
    let stored = user.documents().link(DocumentType::Selfie, "https://example.com/1").await.expect("it is taken");
    let saved = user.payment_details().create(&sepa()).await.expect("it is taken");
    let status = user.verification().status().await.expect("it can be read");
    let read = user.get().await.expect("it can be read");
    let responses = [created.raw(), submitted.raw(), stored.raw(), saved.raw(), status.raw(), read.raw()];
    responses.map(|response| String::from_utf8_lossy(response.body()).into_owned()).to_vec()
}

#[tokio::test]
async fn the_same_seed_and_calls_bring_the_same_responses() {
    assert_eq!(response_bodies(Sandbox::builder()).await, response_bodies(Sandbox::builder().seed(0)).await);
    assert_eq!(response_bodies(Sandbox::builder().seed(7)).await, response_bodies(Sandbox::builder().seed(7)).await);
}

#[tokio::test]
async fn another_seed_brings_other_identifiers() {
    let (one, two) =
        (response_bodies(Sandbox::builder().seed(1)).await, response_bodies(Sandbox::builder().seed(2)).await);
    // The identifiers of payment details are consecutive numbers; all other responses differ.
    for (place, (one, two)) in one.iter().zip(&two).enumerate() {
        assert_eq!(one == two, place == 3, "{one}\n{two}");
    }
}

#[tokio::test]
async fn debug_of_a_sandbox_shows_its_address_and_nothing_else() {
    let fixture = Fixture::with(Sandbox::builder().partner("one", "key-one")).await;
    fixture.user("customer-42").await;
    let shown = format!("{:?}", fixture.sandbox);
    assert_eq!(shown, format!("Sandbox {{ base_url: {:?}, .. }}", fixture.sandbox.base_url()));
}
