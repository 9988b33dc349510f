//! What the span of a call says.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tracing_subscriber::fmt::format::FmtSpan;
use unigox::{CallOptions, RetryPolicy};
use unigox_tests::{Reply, Server};

use super::{
    calls::{self, success},
    canaries::{ACCOUNT, EMAIL, ERROR_MESSAGE, USER, USER_REF, leak},
    client_at,
};

/// Each field has its value, and there is no field more.
#[tokio::test]
async fn spans_say_operation_path_status_attempts_time_and_bytes_and_no_more() {
    let printed = Arc::<Mutex<Vec<u8>>>::default();
    let subscriber = {
        let printed = Arc::clone(&printed);
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::CLOSE)
            .with_writer(move || Shared(Arc::clone(&printed)))
            .without_time()
            .finish()
    };
    let server = Server::start().await;
    let retries = RetryPolicy::new().base_delay(Duration::ZERO);
    let client = client_at(&server.url()).with_options(CallOptions::new().retries(retries));
    let guard = tracing::subscriber::set_default(subscriber);
    server.reply(Reply::new(503, ERROR_MESSAGE));
    server.reply(success(calls::partner_user()));
    let length = client.user(USER).get().await.expect("the second response is a success").raw().body().len();
    server.reply(Reply::new(404, ERROR_MESSAGE));
    client.user(USER).payment_details().delete(ACCOUNT).await.expect_err("there is no such account");
    client.users().create(USER_REF, EMAIL).await.expect_err("the server is silent");
    drop(guard);

    let printed = String::from_utf8_lossy(&printed.lock().expect("nothing panics with the lock in hand")).into_owned();
    let spans: Vec<_> = printed.lines().filter(|line| line.ends_with(" close")).map(fields).collect();
    let user = "/api/v1/partner/users/{user_uuid}";
    let length = length.to_string();
    let message = ERROR_MESSAGE.len().to_string();
    let port = server.address().port().to_string();
    let same = [("otel.kind", "\"client\""), ("server.address", "\"127.0.0.1\""), ("server.port", &*port)];
    let expected: [&[(&str, &str)]; 3] = [
        &[
            ("operation_id", "\"getPartnerUser\""),
            ("http.request.method", "\"GET\""),
            ("url.template", &format!("{user:?}")),
            ("http.request.resend_count", "1"),
            ("http.response.status_code", "200"),
            ("http.response.body.size", &length),
        ],
        &[
            ("operation_id", "\"deletePaymentDetails\""),
            ("http.request.method", "\"DELETE\""),
            ("url.template", &format!("{:?}", format!("{user}/payment-details/{{payment_details_id}}"))),
            ("http.response.status_code", "404"),
            ("http.response.body.size", &message),
            ("error.type", "\"404\""),
        ],
        &[
            ("operation_id", "\"createPartnerUser\""),
            ("http.request.method", "\"POST\""),
            ("url.template", "\"/api/v1/partner/users\""),
            ("http.request.resend_count", "2"),
            ("error.type", "\"maybe_sent\""),
        ],
    ];
    assert_eq!(spans.len(), expected.len(), "{printed}");
    for (span, expected) in spans.iter().zip(expected) {
        let elapsed = span.iter().find(|(name, _)| name == "elapsed_ms").unwrap_or_else(|| panic!("{span:?}"));
        elapsed.1.parse::<u64>().expect("milliseconds are a number");
        let mut rest: Vec<_> = span.iter().filter(|(name, _)| name != "elapsed_ms").cloned().collect();
        let mut expected: Vec<_> =
            expected.iter().chain(&same).map(|(name, value)| ((*name).into(), (*value).into())).collect();
        rest.sort();
        expected.sort();
        assert_eq!(rest, expected);
    }
    assert_eq!(leak(&printed), None);
}

/// What fails is one event, whatever came before; what succeeds after a retry is not an event.
#[tokio::test]
async fn a_call_that_failed_is_one_event_at_warn_or_error() {
    let printed = Arc::<Mutex<Vec<u8>>>::default();
    let subscriber = {
        let printed = Arc::clone(&printed);
        let writer = move || Shared(Arc::clone(&printed));
        tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(writer).without_time().finish()
    };
    let server = Server::start().await;
    let retries = RetryPolicy::new().base_delay(Duration::ZERO);
    let client = client_at(&server.url()).with_options(CallOptions::new().retries(retries));
    let _guard = tracing::subscriber::set_default(subscriber);
    let take = || {
        let bytes = std::mem::take(&mut *printed.lock().expect("nothing panics with the lock in hand"));
        String::from_utf8(bytes).expect("it is text")
    };
    let body = r#"{"success":false,"data":{"error_key":"no_such_user"}}"#;
    let refused = |status| Reply::new(status, body).with_header("x-request-id", "r-42");
    let (unclear, page) = (Reply::raw(""), Reply::new(200, "<html>"));
    for (reply, level, kind, rest) in [
        (
            refused(404),
            " WARN",
            "api",
            r#"http.response.status_code=404 key="no_such_user" request_id="r-42" attempts=1"#,
        ),
        (
            refused(401),
            "ERROR",
            "api",
            r#"http.response.status_code=401 key="no_such_user" request_id="r-42" attempts=1"#,
        ),
        (
            refused(503),
            " WARN",
            "api",
            r#"http.response.status_code=503 key="no_such_user" request_id="r-42" attempts=3"#,
        ),
        (unclear, " WARN", "maybe_sent", "attempts=3"),
        (page, "ERROR", "decode", "http.response.status_code=200 attempts=1"),
    ] {
        server.reply_otherwise(reply);
        client.user(USER).get().await.expect_err("it is no success");
        let text = take();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with(level) && text.contains(&format!(r#"kind="{kind}""#)), "{text}");
        assert!(
            text.contains(r#"call failed operation_id="getPartnerUser""#) && text.trim_end().ends_with(rest),
            "{text}"
        );
        assert_eq!(leak(&text), None);
    }
    server.reply(refused(503));
    server.reply(success(calls::partner_user()));
    client.user(USER).get().await.expect("the second response is a success");
    assert_eq!(take(), "");
}

/// The fields of a span, from the line that says that it is closed.
fn fields(line: &str) -> Vec<(String, String)> {
    let (_, rest) = line.split_once("unigox{").expect("the line is of a span of this crate");
    let (fields, _) = rest.rsplit_once("}: ").expect("the fields end");
    let pairs = fields.split(' ').map(|pair| pair.split_once('=').expect("a field has a value"));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nothing panics with the lock in hand").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
