//! How the facade handles responses that are complete but not valid.

use std::{error::Error as _, time::Duration};

use serde_json::{Value, json};
use unigox::{CallOptions, Effect, Error, ErrorKind, FieldProblem};
use unigox_tests::{Call, Outcome, Reply, Stage, USER};

/// Stands where personal data may stand. It has a blank, so it does not look like a key.
const CANARY: &str = "canary Ada-Obi-DE75512108001245126199";

/// The maximum size of the body of a response.
const MAX_RESPONSE_BYTES: usize = 10 * 1024 * 1024;

#[tokio::test]
async fn errors_of_successes_that_can_not_be_read_have_status_and_path() {
    let html = format!("<!doctype html><title>Welcome</title><p>{CANARY}");
    let deep = format!(r#"{{"success":true,"data":{{"deep":{}{}}}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let json = |body: &Value| Reply::json(200, body);
    let text = |body: &[u8]| Reply::new(200, body).with_header("content-type", "application/json");
    let responses = [
        ("no body", Reply::new(200, ""), Some(".")),
        ("no content", Reply::new(204, ""), Some(".")),
        ("no body that says it is JSON", text(b""), Some(".")),
        ("blanks", text(b" \r\n"), Some(".")),
        ("truncated JSON", text(br#"{"success":true,"canary":"canar"#), Some(".")),
        ("JSON and more", text(br#"{"success":true,"data":{}} canary"#), None),
        ("HTML", Reply::new(200, html.as_bytes()).with_header("content-type", "text/html; charset=utf-8"), Some(".")),
        ("HTML that says it is JSON", text(html.as_bytes()), Some(".")),
        ("bytes that are no text", text(b"{\"success\":true,\"data\":{\"message\":\"canary \xff\xfe\"}}"), None),
        ("nesting without end", text(deep.as_bytes()), None),
        ("null", json(&Value::Null), Some(".")),
        ("a number", json(&json!(17)), Some(".")),
        ("a text", json(&json!(CANARY)), Some(".")),
        ("a list", json(&json!([CANARY])), Some(".")),
        ("an empty object", json(&json!({})), Some(".")),
        ("no data", json(&json!({"success": true, "other": CANARY})), Some(".")),
        ("data that is a text", json(&json!({"success": true, "data": CANARY})), Some("data")),
        ("data that is a number", json(&json!({"success": true, "data": 17})), Some("data")),
        ("data that is a list of texts", json(&json!({"success": true, "data": [CANARY]})), None),
        ("success that is a text", text(br#"{"success":"canary","data":{}}"#), Some("success")),
        ("success that is null", text(br#"{"success":null,"data":{}}"#), Some("success")),
    ];
    // A page, half of a response or another envelope is no evidence that the API did anything.
    let evidence = ["no data", "data that is a text", "data that is a number", "data that is a list of texts"];
    let stage = Stage::open().await;
    for call in Call::all().filter(|call| call.returns_data()) {
        for (name, response, place) in &responses {
            stage.server.reply_otherwise(response.clone());
            let error = failure(stage.send(call).await, ErrorKind::Decode, name);
            let status = if *name == "no content" { 204 } else { 200 };
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}, {name}");
            if let Some(place) = place {
                assert_eq!(error.field(), Some(*place), "{call:?}, {name}");
            }
            assert!(error.response().is_some(), "{call:?}, {name}: it was received");
            let effect = if evidence.contains(name) { Effect::Yes } else { Effect::Unknown };
            assert_eq!(error.effect(), effect, "{call:?}, {name}: {error}");
            let claims_effect = error.to_string().contains("the call took effect");
            // A read has none.
            let is_read = call.sample().method == "GET";
            assert_eq!(claims_effect, effect == Effect::Yes && !is_read, "{call:?}, {name}: {error}");
            assert_eq!((error.key(), error.message()), (None, None), "{call:?}, {name}");
        }
    }
}

#[tokio::test]
async fn successes_of_another_content_type_are_not_read() {
    let stage = Stage::open().await;
    for call in Call::all().filter(|call| call.returns_json()) {
        for content_type in ["text/html", "text/plain; charset=utf-8", "application/xml", "", "application/jsonp"] {
            stage.server.reply_otherwise(call.success_as(Some(content_type)));
            let error = failure(stage.send(call).await, ErrorKind::Decode, content_type);
            assert_eq!(error.field(), Some("."), "{call:?}, {content_type}");
            assert_eq!(error.effect(), Effect::Unknown, "{call:?}, {content_type}");
        }
        for content_type in
            [None, Some("application/json"), Some("Application/JSON ; charset=utf-8"), Some("application/problem+json")]
        {
            stage.server.reply_otherwise(call.success_as(content_type));
            let outcome = stage.send(call).await;
            outcome.result.unwrap_or_else(|error| panic!("{call:?}, {content_type:?}: {error}"));
        }
    }
}

#[tokio::test]
async fn successes_without_a_documented_body_have_none_or_one_of_the_api() {
    let stage = Stage::open().await;
    let mut calls = 0;
    for call in Call::all().filter(|call| !call.returns_a_body() && call.can_receive_a_body()) {
        calls += 1;
        let page = Reply::new(200, "<!doctype html>").with_header("content-type", "text/html");
        for (name, response) in [("a page", page), ("a text", Reply::new(200, "OK"))] {
            stage.server.reply_otherwise(response);
            let error = failure(stage.send(call).await, ErrorKind::Decode, name);
            assert_eq!(error.effect(), Effect::Unknown, "{call:?}, {name}: {error}");
        }
        for response in [Reply::new(200, ""), Reply::new(204, ""), Reply::json(200, &json!({"success": true}))] {
            stage.server.reply_otherwise(response);
            stage.send(call).await.result.unwrap_or_else(|error| panic!("{call:?}: {error}"));
        }
    }
    assert!(calls > 0, "every operation has a documented body");
}

#[tokio::test]
async fn refusals_with_a_success_status_are_errors_of_the_api() {
    let refusals = [
        (json!({"success": false, "data": {"error_key": "bad_iban"}}), Some("bad_iban"), None),
        (
            json!({"success": false, "data": {"error_key": "bad_iban", "message": CANARY}}),
            Some("bad_iban"),
            Some(CANARY),
        ),
        (json!({"success": false, "data": {"error_key": CANARY}}), Some(CANARY), None),
        (json!({"success": false, "error": {"code": "BUSY", "message": CANARY}}), Some("BUSY"), Some(CANARY)),
        (
            json!({"success": false, "error": {"code": "BUSY", "message": CANARY, "details": {"of": CANARY}}}),
            Some("BUSY"),
            Some(CANARY),
        ),
        (json!({"success": false, "error": CANARY}), None, Some(CANARY)),
        (json!({"success": false, "data": null}), None, None),
        (json!({"success": false, "data": {}}), None, None),
        (json!({"success": false}), None, None),
    ];
    let stage = Stage::open().await;
    for call in Call::all().filter(|call| call.can_receive_a_body()) {
        for (body, key, message) in &refusals {
            for (status, content_type) in [(200, "application/json"), (201, "application/json"), (202, "text/html")] {
                let name = format!("{status}, {body}");
                let reply = Reply::new(status, body.to_string()).with_header("content-type", content_type);
                stage.server.reply_otherwise(reply);
                let error = failure(stage.send(call).await, ErrorKind::Api, &name);
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}, {name}");
                assert_eq!((error.key(), error.message()), (*key, *message), "{call:?}, {name}");
                let printed = error.to_string();
                assert!(printed.contains("`success: false`"), "{printed}");
                assert_eq!(printed.contains("key `"), key.is_some_and(|key| key != CANARY), "{printed}");
            }
        }
    }
}

#[tokio::test]
async fn bodies_of_errors_may_be_anything() {
    let html = format!("<!doctype html><title>Oh no</title><p>{CANARY}");
    let truncated = format!(r#"{{"success":false,"data":{{"error_key":"{CANARY}"#);
    let deep = "[".repeat(100_000);
    let stage = Stage::open().await;
    for call in Call::all().filter(|call| call.can_receive_a_body()) {
        for status in [400, 401, 404, 409, 422, 501] {
            for body in ["", " ", "null", "17", "[]", "{}", &html, &truncated, &deep] {
                stage.server.reply_otherwise(Reply::new(status, body).with_header("content-type", "text/html"));
                let error = failure(stage.send(call).await, ErrorKind::Api, body);
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}, {body}");
                assert_eq!((error.key(), error.message()), (None, None), "{call:?}, {body}");
                assert_eq!(error.response().map(|response| &response.body()[..]), Some(body.as_bytes()), "{call:?}");
            }
        }
    }
}

// ---- Fields of another type ----------------------------------------------------------------------------------------

#[tokio::test]
async fn a_field_of_another_type_does_not_lose_the_response() {
    let stage = Stage::open().await;
    let user = stage.client.user(USER);
    let json = |data: Value| Reply::json(200, &json!({"success": true, "data": data}));

    stage.server.reply(json(json!({
        "user_uuid": USER, "email": "ada@example.com", "created_at": "2026-07-13 10:00", "payment_profiles": CANARY,
        "kyc": {"status": "VERIFIED", "first_name": 17, "last_name": "Obi"},
    })));
    let read = user.get().await.expect("it can be read in part");
    let places: Vec<_> = read.problems().iter().map(FieldProblem::path).collect();
    assert_eq!(places, ["data.created_at", "data.kyc.first_name", "data.payment_profiles"]);
    assert_eq!((read.email.as_deref(), read.created_at), (Some("ada@example.com"), None));
    assert_eq!(read.kyc.as_ref().and_then(|kyc| kyc.last_name.as_deref()), Some("Obi"));
    assert!(read.raw().json().is_some_and(|json| json["data"]["payment_profiles"] == CANARY), "it is kept as it was");
    assert!(!format!("{:?} {:?}", read.problems(), read).contains("canary"), "no value is shown");

    stage.server.reply(json(json!({"status": "IN_PROGRESS", "verification_seconds_left": 3599.5})));
    let status = user.verification().status().await.expect("it can be read in part");
    assert_eq!(status.problems().len(), 1);
    assert_eq!(status.problems()[0].path(), "data.verification_seconds_left");

    stage.server.reply(json(json!({"status": "IN_PROGRESS"})));
    let status = user.verification().status().await.expect("it is as documented");
    assert!(status.problems().is_empty());
}

#[tokio::test]
async fn a_required_field_of_another_type_is_an_error_that_says_that_the_call_took_effect() {
    let stage = Stage::open().await;
    let body = json!({"success": true, "data": {"user_uuid": 17, "email": CANARY}});
    stage.server.reply_otherwise(Reply::json(201, &body));
    let error = failure(stage.send(Call::of("createPartnerUser")).await, ErrorKind::Decode, "a required field");
    assert_eq!((error.field(), error.effect()), (Some("data.user_uuid"), Effect::Yes));
    assert!(error.to_string().contains("the call took effect"), "{error}");
}

// ---- Length ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn responses_above_ten_mebibytes_are_refused() {
    let one_more = vec![b' '; MAX_RESPONSE_BYTES + 1];
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\n{}";
    let responses = [
        ("a length", Reply::new(200, one_more.as_slice())),
        ("chunks", Reply::new(200, one_more.as_slice()).in_chunks()),
        ("chunks without end", Reply::new(200, r#"{"success":true,"data":{}}"#).endless()),
        ("an error without end", Reply::new(501, CANARY).endless()),
        ("a length that nobody has room for", Reply::raw(announced).then_silent()),
    ];
    let stage = Stage::open().await;
    for call in Call::of_each_kind().filter(|call| call.can_receive_a_body()) {
        for (name, response) in &responses {
            stage.server.reply_otherwise(response.clone());
            let error = failure(stage.send(call).await, ErrorKind::TooLarge, name);
            assert!(error.response().is_none(), "{call:?}, {name}: an incomplete response is not exposed");
            assert!(error.to_string().contains("10485760"), "{error}");
            let status = if *name == "an error without end" { 501 } else { 200 };
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}, {name}");
            assert_eq!(error.effect(), Effect::Unknown, "{call:?}, {name}: {error}");
        }
    }
}

#[tokio::test]
async fn responses_that_are_too_long_keep_their_head_and_are_retried_by_their_status() {
    let stage = Stage::open().await;
    let short = stage.client.with_options(CallOptions::new().max_response_bytes(10));
    for call in Call::of_each_kind().filter(|call| call.can_receive_a_body()) {
        for (status, effect) in [(503, Effect::Unknown), (404, Effect::No)] {
            let response = Reply::new(status, "more than ten bytes").with_header("x-request-id", "r-1");
            stage.server.reply_otherwise(response.with_header("retry-after", "1"));
            let outcome = stage.send_by(&short, call).await;
            let error = outcome.result.expect_err("it is too long");
            assert_eq!((error.kind(), error.effect()), (ErrorKind::TooLarge, effect), "{call:?}: {error}");
            let requests = if status == 503 && call.is_safe_to_repeat() { 3 } else { 1 };
            assert_eq!(outcome.requests.len(), requests, "{call:?}, {status}");
            assert_eq!(error.headers().map(|headers| headers.len()), Some(4), "{error:?}");
            assert_eq!((error.request_id(), error.retry_after()), (Some("r-1"), Some(Duration::from_secs(1))));
            assert_eq!((error.is_transient(), error.is_not_found()), (status == 503, status == 404), "{error}");
        }
    }
}

#[tokio::test]
async fn responses_of_ten_mebibytes_are_read() {
    let mut longest = br#"{"success":true,"data":{}}"#.to_vec();
    longest.resize(MAX_RESPONSE_BYTES, b' ');
    let stage = Stage::open().await;
    for response in [Reply::new(200, longest.as_slice()), Reply::new(200, longest.as_slice()).in_chunks()] {
        stage.server.reply_otherwise(response);
        stage.send(Call::of("verifyAuth")).await.result.expect("it is as long as it may be");
    }
    stage.server.reply_otherwise(Reply::new(400, longest.as_slice()).in_chunks());
    let error = failure(stage.send(Call::of("verifyAuth")).await, ErrorKind::Api, "the longest error");
    assert_eq!(error.response().map(|response| response.body().len()), Some(MAX_RESPONSE_BYTES));
}

#[tokio::test]
async fn the_maximum_size_of_a_response_can_be_set() {
    let body = r#"{"success":true,"data":{}}"#;
    let stage = Stage::open().await;
    for response in [Reply::new(200, body), Reply::new(200, body).in_chunks()] {
        stage.server.reply_otherwise(response);
        let limited = |bytes| stage.client.with_options(CallOptions::new().max_response_bytes(bytes));
        let outcome = stage.send_by(&limited(body.len()), Call::of("verifyAuth")).await;
        outcome.result.expect("it is as long as it may be");
        let outcome = stage.send_by(&limited(body.len() - 1), Call::of("verifyAuth")).await;
        failure(outcome, ErrorKind::TooLarge, "one byte more");
    }
}

// ---- Heads ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn heads_that_are_too_large_or_contradict_themselves_end_the_connection() {
    let stage = Stage::open().await;
    let call = Call::of("createPaymentDetails");
    for head in [
        format!("x-canary: {}\r\n", "a".repeat(4 << 20)),
        (0..10_000).map(|n| format!("x-canary-{n}: {n}\r\n")).collect(),
        "content-length: 2\r\ncontent-length: 3\r\n".to_owned(),
        "content-length: 99999999999999999999999999\r\n".to_owned(),
        "content-length: -1\r\n".to_owned(),
    ] {
        stage.server.reply_otherwise(Reply::raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n{{}}")));
        failure(stage.send(call).await, ErrorKind::MaybeSent, &head[..20]);
    }
}

#[tokio::test]
async fn interim_responses_are_skipped() {
    let stage = Stage::open().await;
    let last = "HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n{\"success\":true,\"data\":{}}";
    let interim = "HTTP/1.1 103 Early Hints\r\nlink: </canary>\r\n\r\n".repeat(3);
    stage.server.reply_otherwise(Reply::raw(format!("HTTP/1.1 100 Continue\r\n\r\n{interim}{last}")));
    stage.send(Call::of("verifyAuth")).await.result.expect("the last response counts");
}

// ---- Expectations ---------------------------------------------------------------------------------------------------

/// The error of a call that failed as expected: at once, after a single request, without a word of the response.
fn failure(outcome: Outcome, kind: ErrorKind, name: &str) -> Error {
    let Outcome { call, result, requests, took } = outcome;
    let Err(error) = result else { panic!("{call:?} succeeded: {name}") };
    assert_eq!(error.kind(), kind, "{call:?}, {name}: {error:?}");
    assert_eq!((requests.len(), error.attempts(), took), (1, 1, Duration::ZERO), "{call:?}, {name}: {error:?}");
    assert_eq!(error.operation_id(), Some(call.operation_id()), "{name}");
    let mut printed = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        printed += &format!(" {error} {error:?}");
        source = error.source();
    }
    let printed = printed.to_lowercase();
    for word in CANARY.to_lowercase().split(' ') {
        assert!(!printed.contains(word), "`{word}` is printed: {printed}");
    }
    error
}
