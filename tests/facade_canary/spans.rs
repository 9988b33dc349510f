//! What the span of a call says.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tracing_subscriber::fmt::format::FmtSpan;
use unigox::{CallOptions, RetryPolicy};
use unigox_tests::{Reply, Server};

use crate::{
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
    let expected: [&[(&str, &str)]; 3] = [
        &[
            ("operation_id", "\"getPartnerUser\""),
            ("method", "\"GET\""),
            ("path", &format!("{user:?}")),
            ("attempts", "2"),
            ("status", "200"),
            ("bytes", &length),
        ],
        &[
            ("operation_id", "\"deletePaymentDetails\""),
            ("method", "\"DELETE\""),
            ("path", &format!("{:?}", format!("{user}/payment-details/{{payment_details_id}}"))),
            ("attempts", "1"),
            ("status", "404"),
            ("bytes", &message),
            ("error", "Api"),
        ],
        &[
            ("operation_id", "\"createPartnerUser\""),
            ("method", "\"POST\""),
            ("path", "\"/api/v1/partner/users\""),
            ("attempts", "3"),
            ("error", "MaybeSent"),
        ],
    ];
    assert_eq!(spans.len(), expected.len(), "{printed}");
    for (span, expected) in spans.iter().zip(expected) {
        let elapsed = span.iter().find(|(name, _)| name == "elapsed_ms").unwrap_or_else(|| panic!("{span:?}"));
        elapsed.1.parse::<u64>().expect("milliseconds are a number");
        let mut rest: Vec<_> = span.iter().filter(|(name, _)| name != "elapsed_ms").cloned().collect();
        let mut expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        rest.sort();
        expected.sort();
        assert_eq!(rest, expected);
    }
    assert_eq!(leak(&printed), None);
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
