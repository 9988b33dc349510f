//! Headers, keys and transports of the caller.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use unigox::{
    CallOptions, Client, DocumentFile, DocumentType, Effect, Environment, ErrorKind, HttpTransport, RequestBody,
    Sending, TransportError,
    bytes::Bytes,
    http::{Request, Response},
};
use unigox_tests::{API_KEY, Call, Clock, PICTURE, Server, USER};

fn builder(url: &str) -> unigox::ClientBuilder {
    Client::builder(Environment::Custom(url.to_owned())).api_key(API_KEY)
}

// ---- Headers and keys -----------------------------------------------------------------------------------------------

#[tokio::test]
async fn headers_of_a_client_and_of_a_call_are_sent_and_hidden() {
    let server = Server::start().await;
    let client = builder(&server.url()).header("x-gateway", "canary-token").build().expect("the header is allowed");
    let traced = client.with_header("traceparent", "canary-1").expect("the header is allowed");
    let again = traced.with_header("Traceparent", "canary-2").expect("the header is allowed");
    for (client, parent) in [(&client, None), (&traced, Some("canary-1")), (&again, Some("canary-2"))] {
        for call in Call::of_each_kind() {
            server.reply(call.success());
            call.send(client).await.expect("it has a response");
            let request = server.take_request();
            assert_eq!((request.header("x-gateway"), request.header("traceparent")), (Some("canary-token"), parent));
            assert_eq!(request.header("x-api-key"), Some(API_KEY));
        }
        assert!(!format!("{client:?}").contains("canary"), "{client:?}");
    }
    assert!(!format!("{:?}", builder("http://localhost").header("x-gateway", "canary")).contains("canary"));
    for name in ["x-api-key", "Host", "content-type", "user-agent", "no name"] {
        let error = client.with_header(name, "canary").expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn fields_are_added_to_bodies_that_are_objects() {
    let server = Server::start().await;
    let client = builder(&server.url()).build().expect("these settings go together");
    let more = client.with_body_field("added_1", "old").with_body_field("added_2", json!({"canary": [1.50]}));
    let more = more.with_body_field("added_1", "canary");
    assert!(!format!("{more:?}").contains("canary"), "{more:?}");
    for call in Call::all() {
        server.reply(call.success());
        call.send(&client).await.expect("it has a response");
        let plain = server.take_request();
        let is_object = serde_json::from_slice::<Value>(&plain.body).is_ok_and(|body| body.is_object());
        server.reply(call.success());
        let outcome = call.send(&more).await;
        if plain.body.is_empty() {
            outcome.expect("it has no body");
            assert!(server.take_request().body.is_empty(), "{call:?}");
        } else if is_object {
            outcome.expect("it has a response");
            let (mut expected, request) = (plain.json(), server.take_request());
            expected["added_1"] = "canary".into();
            expected["added_2"] = json!({"canary": [1.50]});
            assert_eq!(request.json(), expected, "{call:?}");
            assert_eq!(request.header("content-length"), Some(&*request.body.len().to_string()), "{call:?}");
        } else {
            refused(&outcome.map(drop).expect_err("it is no object"), "body");
            server.forget_replies();
        }
    }
    let error = client.with_body_field("email", "canary").users().create("customer-42", "ada@example.com").await;
    refused(&error.map(drop).expect_err("the field is there already"), "email");
    assert!(server.take_requests().is_empty(), "something was sent");
}

/// Nothing was sent, because of `field`.
fn refused(error: &unigox::Error, field: &str) {
    assert_eq!((error.kind(), error.field(), error.effect()), (ErrorKind::InvalidRequest, Some(field), Effect::No));
    assert!(error.operation_id().is_some() && !format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_key_can_be_replaced_for_all_clones() {
    let server = Server::start().await;
    let client = builder(&server.url()).build().expect("these settings go together");
    let clone = client.with_options(CallOptions::new());
    client.set_api_key("another-key").expect("a header can hold it");
    client.set_api_key("no\nkey").expect_err("a header can't hold it");
    for client in [client, clone] {
        server.reply(Call::of("verifyAuth").success());
        client.verify_auth().await.expect("it has a response");
        assert_eq!(server.take_request().header("x-api-key"), Some("another-key"));
    }
}

// ---- Transports -----------------------------------------------------------------------------------------------------

/// Never sends anything, and counts how often it should have.
struct Nowhere {
    attempts: Arc<AtomicUsize>,
    may_have_arrived: bool,
}

impl HttpTransport for Nowhere {
    fn send(&self, request: Request<RequestBody>) -> Sending<'_> {
        assert!(request.headers().contains_key("x-api-key"), "{request:?}");
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let error = if self.may_have_arrived { TransportError::maybe_sent } else { TransportError::never_sent };
        Box::pin(async move { Err(error("nobody is there")) })
    }
}

#[tokio::test]
async fn a_transport_is_below_the_retries() {
    let _clock = Clock::pause();
    for may_have_arrived in [false, true] {
        for call in Call::all() {
            let attempts = Arc::<AtomicUsize>::default();
            let transport = Nowhere { attempts: Arc::clone(&attempts), may_have_arrived };
            let client = builder("https://a.example").transport(transport).build().expect("these settings go together");
            let error = call.send(&client).await.expect_err("nobody is there");
            let (kind, effect) = match may_have_arrived {
                true => (ErrorKind::MaybeSent, Effect::Unknown),
                false => (ErrorKind::NeverSent, Effect::No),
            };
            assert_eq!((error.kind(), error.effect()), (kind, effect), "{call:?}: {error}");
            let expected = if !may_have_arrived || call.is_safe_to_repeat() { 3 } else { 1 };
            assert_eq!(attempts.load(Ordering::Relaxed), expected, "{call:?}");
        }
    }
}

/// Responds with the length of the body.
struct Measuring;

impl HttpTransport for Measuring {
    fn send(&self, request: Request<RequestBody>) -> Sending<'_> {
        Box::pin(async move {
            let body = request.into_body().bytes().await.map_err(TransportError::never_sent)?;
            let response = Response::builder().status(422).header("x-length", body.len());
            response.body(Bytes::from_static(b"{}")).map_err(TransportError::maybe_sent)
        })
    }
}

#[tokio::test]
async fn a_transport_reads_files_and_their_faults() {
    let client = builder("https://a.example").transport(Measuring).build().expect("these settings go together");
    let documents = client.user(USER).documents();
    let file = DocumentFile::from_bytes("a.png", PICTURE.clone()).expect("it passes for a PNG");
    let error = documents.upload(DocumentType::Selfie, file).await.expect_err("a 422 is an error");
    let length = error.headers().and_then(|headers| headers.get("x-length")?.to_str().ok()?.parse::<usize>().ok());
    assert!(length.is_some_and(|length| length > PICTURE.len()), "{error:?}");
    let reader = std::io::Cursor::new(PICTURE.clone());
    let file = DocumentFile::from_reader("a.png", PICTURE.len() as u64 + 1, reader).await.expect("it passes for a PNG");
    let error = documents.upload(DocumentType::Selfie, file).await.expect_err("it is too short");
    assert_eq!(error.kind(), ErrorKind::BodyFailed, "{error:?}");
    let short = client.with_options(CallOptions::new().max_response_bytes(1));
    let error = short.verify_auth().await.expect_err("it is too long");
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::TooLarge, Some(422)));
}
