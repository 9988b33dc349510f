//! Every operation through `client.api()`: what it puts on the wire, and what it makes of every documented response. The
//! calls are those of the generated table; what is expected of them comes from the document.

use std::collections::BTreeSet;

use serde_json::Value;
use unigox::ErrorKind;
use unigox_tests::{API_KEY, Call, Document, PICTURE, Part, Reply, Request, Server, facade_at};
use xtask::calls::SampleBody;

#[test]
fn every_operation_has_a_call() {
    let called: BTreeSet<_> = Call::all().map(Call::operation_id).collect();
    let documented: BTreeSet<_> =
        Document::checked_in().operations().iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(called, documented);
}

#[test]
fn every_variant_of_every_body_is_called() {
    let document = Document::checked_in();
    for operation in document.operations() {
        let Some(schema) = &operation.body else { continue };
        let calls = Call::all().filter(|call| call.operation_id() == operation.id);
        let bodies: Vec<&Value> = calls.filter_map(json_body).collect();
        assert!(!bodies.is_empty(), "{} is never called with JSON", operation.id);
        let schema = document.resolve(schema);
        for (index, variant) in schema["oneOf"].as_array().into_iter().flatten().enumerate() {
            let is_sent = bodies.iter().any(|body| document.fits_variant(schema, variant, body));
            assert!(is_sent, "{} is never called with variant {index} of its body", operation.id);
        }
    }
}

#[tokio::test]
async fn every_call_arrives_as_the_document_says() {
    let mut differences = Vec::new();
    for call in Call::all() {
        let server = Server::replying(call.success()).await;
        call.send(&facade_at(&server.url())).await.unwrap_or_else(|error| panic!("{call:?}: {error}"));
        differences
            .extend(difference(call, &server.take_request()).map(|difference| format!("{call:?}: {difference}")));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn every_documented_success_is_read_without_loss() {
    for call in Call::of_each_operation() {
        for success in call.successes() {
            let body = success.body.as_ref();
            let reply = match body {
                Some(body) => Reply::json(success.status, body),
                None => Reply::new(success.status, ""),
            };
            let server = Server::replying(reply).await;
            let received = call.receive(&facade_at(&server.url())).await;
            let received = received.unwrap_or_else(|error| panic!("{call:?}, {}: {error}", success.status));
            assert_eq!(received.status, success.status, "{call:?}");
            let (Some(body), Some(value)) = (body, &received.value) else { continue };
            let returned = if call.is_opened(success) { &body["data"] } else { body };
            assert_eq!(value, returned, "{call:?}, {}", success.status);
        }
    }
}

#[tokio::test]
async fn no_success_that_is_declared_as_a_page_is_read() {
    for call in Call::of_each_operation() {
        for success in call.successes() {
            let Some(body) = &success.body else { continue };
            let reply = Reply::new(success.status, body.to_string()).with_header("content-type", "text/html");
            let server = Server::replying(reply).await;
            let outcome = call.send(&facade_at(&server.url())).await;
            let kind = outcome.as_ref().map_err(unigox::Error::kind);
            assert_eq!(kind, Err(ErrorKind::Decode), "{call:?}, {}", success.status);
        }
    }
}

#[tokio::test]
async fn every_documented_error_is_an_error_of_the_api_with_its_status() {
    let bodies = [
        "",
        r#"{"success":false,"data":{"error_key":"some_key"}}"#,
        r#"{"success":false,"error":{"code":"SOME_CODE"}}"#,
    ];
    for call in Call::of_each_operation() {
        let documented = &Document::checked_in().operation(call.operation_id()).errors;
        for (index, &status) in documented.keys().enumerate() {
            let body = bodies[index % bodies.len()];
            let server = Server::start().await;
            server.reply_otherwise(Reply::new(status, body).with_header("retry-after", "3600"));
            let error = call.send(&facade_at(&server.url())).await.expect_err("an error is documented");
            assert_eq!(error.kind(), ErrorKind::Api, "{call:?}, {status}: {error}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}");
            assert_eq!(error.operation_id(), Some(call.operation_id()));
            assert_eq!(error.response().map(|response| &response.body()[..]), Some(body.as_bytes()), "{call:?}");
        }
    }
}

/// What is in `request` and was not to be, or the other way round.
fn difference(call: Call, request: &Request) -> Option<String> {
    let sample = call.sample();
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    if (request.method.as_str(), path) != (sample.method.as_str(), sample.path.as_str()) {
        return Some(format!("{} {path} and not {} {}", request.method, sample.method, sample.path));
    }
    let pairs = |text: &str| -> Vec<(String, String)> {
        url::form_urlencoded::parse(text.as_bytes()).map(|(a, b)| (a.into_owned(), b.into_owned())).collect()
    };
    if sample.query.as_ref().is_some_and(|expected| *expected != pairs(query)) {
        return Some(format!("the query {query:?} and not {:?}", sample.query));
    }
    let mut expected = vec!["accept", "host", "user-agent", "x-api-key"];
    expected.extend(sample.headers.iter().map(|(name, _)| name.as_str()));
    if !matches!(sample.body, SampleBody::None) {
        expected.extend(["content-length", "content-type"]);
    } else if request.header("content-length") == Some("0") {
        // Where a body is usual, its length is stated.
        expected.push("content-length");
    }
    let names: BTreeSet<String> = request.header_names().into_iter().map(|name| name.to_string()).collect();
    if names != expected.iter().map(|name| (*name).to_owned()).collect() {
        return Some(format!("the headers {names:?} and not {expected:?}"));
    }
    for (name, value) in &sample.headers {
        if value.is_some() && request.header(name) != value.as_deref() {
            return Some(format!("another value in the header {name:?}"));
        }
    }
    if request.header("x-api-key") != Some(API_KEY) {
        return Some("another key".to_owned());
    }
    match &sample.body {
        SampleBody::None if request.body.is_empty() => None,
        SampleBody::None => Some("a body".to_owned()),
        SampleBody::Json(media_type, body) => {
            let is_right = request.header("content-type") == Some(media_type) && request.json() == *body;
            (!is_right).then(|| format!("{} {} and not {body}", media_type, request.json()))
        }
        SampleBody::Other(media_type) => {
            let declared = request.header("content-type").unwrap_or_default();
            (!declared.starts_with(media_type.as_str())).then(|| format!("{declared} and not {media_type}"))
        }
        SampleBody::Form(parts) => {
            let sent: Vec<(String, Option<String>)> = request.parts().iter().map(named).collect();
            (sent != *parts).then(|| format!("the parts {sent:?} and not {parts:?}"))
        }
    }
}

/// The name and the text of a part, or no text for the file.
fn named(part: &Part) -> (String, Option<String>) {
    let name = part.name().unwrap_or_default().to_owned();
    let is_file = part.content == *PICTURE;
    (name, (!is_file).then(|| String::from_utf8_lossy(&part.content).into_owned()))
}

fn json_body(call: Call) -> Option<&'static Value> {
    match &call.sample().body {
        SampleBody::Json(_, body) => Some(body),
        _ => None,
    }
}
