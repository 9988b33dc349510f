//! The methods that are generated, one for each operation.

use unigox::{Client, ErrorKind};
use unigox_tests::{Call, Reply, ReservedAddress, Server};

use super::{
    calls::with_headers,
    canaries::{DETAIL_NAME, ERROR_MESSAGE, UNKNOWN, leak},
    client_at,
    output::{Output, error_shows_nothing},
};

/// What every text and every date of a sampled call is; what is at the end of every address.
const SAMPLES: [&str; 2] = ["sample", "1990-12-10"];

#[tokio::test]
async fn every_operation_fails_without_a_word_of_request_or_response() {
    let output = Output::begin();
    let server = Server::start().await;
    let client = client_at(&server.url());
    let mut sent = String::new();
    for call in Call::all() {
        let words =
            format!(r#"{{"success":false,"data":{{"error_key":"{ERROR_MESSAGE}","{DETAIL_NAME}":"{UNKNOWN}"}}}}"#);
        for status in [400, 500] {
            server.reply(with_headers(Reply::new(status, words.clone())));
            fails(call, &client, ErrorKind::Api).await;
        }
        if call.returns_json() {
            server.reply(with_headers(Reply::new(200, words)));
            fails(call, &client, ErrorKind::Api).await;
        }
        server.reply(with_headers(call.success()).cut_short());
        if call.returns_json() {
            fails(call, &client, ErrorKind::MaybeSent).await;
            server.reply(with_headers(Reply::new(200, format!(r#"{{"success":true,"{DETAIL_NAME}":["{UNKNOWN}""#))));
            fails(call, &client, ErrorKind::Decode).await;
        } else {
            // Nobody reads the body, so nothing is missed.
            let shown = call.receive(&client).await.map(|received| received.shown);
            shows_nothing(call, &format!("{shown:?}"));
        }
        for request in server.take_requests() {
            sent += &format!("{} {}\n", request.target, String::from_utf8_lossy(&request.body));
        }
        server.forget_replies();
    }
    let text = output.text();
    let found = SAMPLES.iter().find(|sample| text.contains(**sample));
    assert!(
        found.is_none(),
        "printed: {found:?} in {:?}",
        text.lines().find(|line| line.contains(found.unwrap_or(&"")))
    );
    output.shows_nothing();
    // Without this, nothing would have been there to be shown.
    SAMPLES.iter().for_each(|sample| assert!(sent.contains(sample), "`{sample}` was never sent"));
}

#[tokio::test]
async fn every_operation_without_a_connection_fails_without_a_word_of_the_request() {
    let output = Output::begin();
    let nowhere = ReservedAddress::new();
    let client = client_at(&nowhere.url());
    for call in Call::all() {
        fails(call, &client, ErrorKind::NeverSent).await;
    }
    output.shows_nothing();
}

async fn fails(call: Call, client: &Client, kind: ErrorKind) {
    let error = call.send(client).await.err().unwrap_or_else(|| panic!("{call:?} is no {kind:?}"));
    assert_eq!(error.kind(), kind, "{call:?}");
    error_shows_nothing(call.name(), &error);
    shows_nothing(call, &format!("{error} {error:?} {error:#?}"));
}

fn shows_nothing(call: Call, printed: &str) {
    let is_shown = SAMPLES.iter().any(|sample| printed.contains(sample)) || leak(printed).is_some();
    assert!(!is_shown, "{call:?} shows what was sent or received");
}
