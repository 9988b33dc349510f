//! How the facade handles faults, and in particular: when it sends a request a second time.

use std::{
    collections::BTreeSet,
    io::{self, Cursor},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::TcpListener,
    time::Instant,
};
use unigox::{
    CallOptions, Client, DocumentFile, DocumentType, Effect, Environment, Error, ErrorKind, RetryBudget, RetryPolicy,
    chrono::{DateTime, Utc},
    types::{DocumentFileUpload, FilePart},
};
use unigox_tests::{
    API_KEY, Call, Clock, Document, Outcome, PICTURE, Reply, Request, ReservedAddress, Server, Stage, USER, facade_at,
};

/// The statuses that are tested, and whether a call that is safe to repeat is retried after them.
const STATUSES: [(u16, bool); 16] = [
    (302, false),
    (400, false),
    (401, false),
    (404, false),
    (408, true),
    (409, false),
    (418, false),
    (422, false),
    (425, false),
    (429, true),
    (500, false),
    (501, false),
    (502, true),
    (503, true),
    (504, true),
    (599, false),
];

/// Ways in which a connection breaks after a request has arrived.
fn breaks() -> Vec<(&'static str, Reply)> {
    let body = r#"{"success":true,"data":{}}"#;
    vec![
        ("no response", Reply::raw("")),
        ("a cut status line", Reply::raw("HTTP/1.1 2")),
        ("a cut head", Reply::raw("HTTP/1.1 200 OK\r\ncontent-type: application/js")),
        ("a head without its end", Reply::raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n")),
        ("another protocol", Reply::raw("SSH-2.0-OpenSSH_9.6\r\n")),
        ("no text at all", Reply::raw(b"\x15\x03\x03\x00\x02\x02\x50\0\xff\xfe\r\n\r\n".as_slice())),
        ("a cut body", Reply::new(200, body).cut_short()),
        (
            "a cut body of chunks",
            Reply::raw(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1a\r\n{body}")),
        ),
        ("a chunk of no length", Reply::raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}")),
    ]
}

/// Places at which a response stops, on a connection that stays open.
fn silences() -> Vec<(&'static str, Reply)> {
    let body = r#"{"success":true,"data":{}}"#;
    vec![
        ("before the response", Reply::raw("").then_silent()),
        ("in the head", Reply::raw("HTTP/1.1 200 OK\r\ncontent-ty").then_silent()),
        ("in the body", Reply::new(200, body).cut_short().then_silent()),
    ]
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The maximum sum of the pauses before the second and the third attempt.
const PAUSES: Duration = Duration::from_millis(500 + 1000 + 10);

// ---- The matrix -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_call_succeeds_at_once_when_nothing_is_wrong() {
    let stage = Stage::open().await;
    for call in Call::all() {
        stage.server.reply(call.success());
        let outcome = stage.send(call).await;
        outcome.result.unwrap_or_else(|error| panic!("{call:?}: {error}"));
        assert_eq!((outcome.requests.len(), outcome.took), (1, Duration::ZERO), "{call:?}");
    }
}

#[tokio::test]
async fn only_some_statuses_are_retried_and_only_where_repeating_is_safe() {
    let stage = Stage::open().await;
    for call in Call::all() {
        for (status, is_retried) in STATUSES {
            stage.server.reply_otherwise(Reply::new(status, ""));
            let outcome = stage.send(call).await;
            // A read is also repeated after a 500, and nothing else is.
            let is_retried = is_retried || (status == 500 && call.only_reads());
            let (took, error) = (outcome.took, failure(outcome, ErrorKind::Api, is_retried));
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}");
            assert!(!error.is_timeout(), "{call:?}: {error}");
            assert_eq!(error.is_transient(), matches!(status, 408 | 429 | 500..), "{call:?}: {error}");
            assert_eq!(error.retry_after(), None, "{call:?}");
            assert!(
                took <= if error.attempts() == 1 { Duration::ZERO } else { PAUSES },
                "{call:?}, {status}: {took:?}"
            );
        }
    }
}

#[tokio::test]
async fn broken_connections_are_retried_only_where_repeating_is_safe() {
    let stage = Stage::open().await;
    for call in Call::all().filter(|call| call.can_receive_a_body()) {
        for (name, reply) in breaks() {
            stage.server.reply_otherwise(reply);
            let outcome = stage.send(call).await;
            let (took, error) = (outcome.took, failure(outcome, ErrorKind::MaybeSent, true));
            assert!(!error.is_timeout(), "{call:?}, {name}: {error}");
            assert!(took <= if error.attempts() == 1 { Duration::ZERO } else { PAUSES }, "{call:?}, {name}: {took:?}");
        }
    }
}

#[tokio::test]
async fn time_outs_are_retried_only_where_repeating_is_safe() {
    let stage = Stage::open().await;
    for call in Call::all().filter(|call| call.can_receive_a_body()) {
        for (name, reply) in silences() {
            stage.server.reply_otherwise(reply);
            let outcome = stage.send(call).await;
            let (took, error) = (outcome.took, failure(outcome, ErrorKind::MaybeSent, true));
            assert!(error.is_timeout(), "{call:?}, {name}: {error}");
            // Three attempts of 30 s and the pauses are more than the 90 s that a call has.
            let expected = if call.is_safe_to_repeat() { 90 } else { 30 };
            is_about(took, seconds(if call.is_upload() { 120 } else { expected }), &format!("{call:?}, {name}"));
        }
    }
}

#[tokio::test]
async fn connections_that_are_closed_unread_may_have_carried_a_request() {
    let clock = Clock::pause();
    let server = Server::hanging_up().await;
    let client = facade_at(&server.url());
    for call in Call::all() {
        let error = call.send(&client).await.expect_err("there is no response");
        assert_eq!(error.kind(), ErrorKind::MaybeSent, "{call:?}: {error:?}");
        assert_eq!(server.take_connections(), if call.is_safe_to_repeat() { 3 } else { 1 }, "{call:?}");
    }
    let expected: usize = Call::all().map(|call| if call.is_safe_to_repeat() { 3 } else { 1 }).sum();
    assert_eq!(clock.attempts(), expected);
}

#[tokio::test]
async fn refused_connections_are_retried_whatever_the_operation() {
    let clock = Clock::pause();
    let nobody = ReservedAddress::new();
    let client = facade_at(&nobody.url());
    for (index, call) in Call::all().enumerate() {
        let started = Instant::now();
        let error = call.send(&client).await.expect_err("nobody is there");
        assert_eq!(error.kind(), ErrorKind::NeverSent, "{call:?}: {error:?}");
        assert_eq!(error.operation_id(), Some(call.operation_id()));
        assert_eq!((error.attempts(), clock.attempts()), (3, 3 * (index + 1)), "{call:?}");
        assert!(error.status().is_none() && error.response().is_none() && !error.is_timeout(), "{call:?}: {error:?}");
        assert!(started.elapsed() <= PAUSES, "{call:?}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn tls_handshakes_without_a_response_time_out_after_five_seconds_and_are_retried() {
    let clock = Clock::pause();
    let server = Server::silent().await;
    let client = facade_at(&server.url().replace("http://", "https://"));
    for call in Call::all() {
        let (started, attempts) = (Instant::now(), clock.attempts());
        let error = call.send(&client).await.expect_err("the server says nothing");
        assert_eq!(error.kind(), ErrorKind::NeverSent, "{call:?}: {error:?}");
        assert_eq!((error.attempts(), clock.attempts() - attempts), (3, 3), "{call:?}");
        assert_eq!(server.take_connections(), 3, "{call:?}");
        let took = started.elapsed();
        assert!(took >= seconds(15) && took <= seconds(15) + PAUSES, "{call:?}: {took:?}");
    }
}

#[tokio::test]
async fn transient_faults_are_overcome_where_repeating_is_safe() {
    let stage = Stage::open().await;
    let statuses = STATUSES.iter().filter(|(_, is_retried)| *is_retried);
    let statuses = statuses.map(|(status, _)| ("a status", Reply::new(*status, "")));
    let faults: Vec<_> = statuses.chain(breaks()).chain(silences()).collect();
    for call in Call::all().filter(|call| call.is_safe_to_repeat() && call.can_receive_a_body()) {
        for (name, fault) in &faults {
            for count in [1, 2] {
                (0..count).for_each(|_| stage.server.reply(fault.clone()));
                stage.server.reply(call.success());
                let outcome = stage.send(call).await;
                outcome.result.unwrap_or_else(|error| panic!("{call:?} after {name}: {error}"));
                assert_eq!(outcome.requests.len(), count + 1, "{call:?} after {name}");
            }
        }
    }
}

#[tokio::test]
async fn different_faults_share_the_three_attempts() {
    let clock = Clock::pause();
    let nobody = ReservedAddress::new();
    let client = facade_at(&nobody.url());
    let (outcome, server) = tokio::join!(Call::of("getPartnerUser").send(&client), async {
        clock.after_attempts(1).await;
        let server = nobody.open();
        server.reply(Reply::new(503, ""));
        server.reply_otherwise(Reply::raw(""));
        server
    });
    let error = outcome.expect_err("the third attempt is the last");
    assert_eq!((error.kind(), error.attempts(), server.take_requests().len()), (ErrorKind::MaybeSent, 3, 2));
}

// ---- Requests that must not be sent twice ---------------------------------------------------------------------------

#[tokio::test]
async fn creates_no_payment_details_twice() {
    let stage = Stage::open().await;
    let statuses =
        STATUSES.iter().map(|(status, _)| ("a status", Reply::new(*status, "").with_header("retry-after", "0")));
    for (name, fault) in statuses.chain(breaks()).chain(silences()) {
        let eager = CallOptions::new().retries(RetryPolicy::new().attempts(10)).total_timeout(seconds(3600));
        for client in [stage.client.clone(), stage.client.with_options(eager)] {
            stage.server.reply(fault.clone());
            stage.server.reply_otherwise(Call::of("createPaymentDetails").success());
            let outcome = stage.send_by(&client, Call::of("createPaymentDetails")).await;
            assert!(outcome.result.is_err(), "a second request succeeded after {name}");
            assert_eq!(outcome.requests.len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn creates_payment_details_once_a_server_is_there() {
    let clock = Clock::pause();
    let nobody = ReservedAddress::new();
    let client = facade_at(&nobody.url());
    let (outcome, server) = tokio::join!(Call::of("createPaymentDetails").send(&client), async {
        clock.after_attempts(2).await;
        let server = nobody.open();
        server.reply(Call::of("createPaymentDetails").success());
        server
    });
    outcome.expect("the third attempt has a response");
    assert_eq!(clock.attempts(), 3);
    assert_eq!(server.take_request().method, "POST");
}

#[tokio::test]
async fn a_request_that_was_sent_after_a_refused_connection_is_not_sent_again() {
    let clock = Clock::pause();
    for call in Call::all().filter(|call| !call.is_safe_to_repeat()) {
        let nobody = ReservedAddress::new();
        let client = facade_at(&nobody.url());
        let first = clock.attempts() + 1;
        let (outcome, server) = tokio::join!(call.send(&client), async {
            clock.after_attempts(first).await;
            let server = nobody.open();
            server.reply(Reply::new(503, ""));
            server.reply_otherwise(call.success());
            server
        });
        let error = outcome.expect_err("a 503 is not retried");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 2), "{call:?}: {error}");
        assert_eq!(server.take_requests().len(), 1, "{call:?}");
    }
}

#[tokio::test]
async fn the_http_client_retries_nothing_when_a_kept_connection_breaks() {
    let stage = Stage::open().await;
    for call in Call::all() {
        stage.server.reply(Call::of("verifyAuth").success().keeping_alive());
        stage.send(Call::of("verifyAuth")).await.result.expect("it has a response");
        // The connection goes back to the pool behind the call.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(stage.server.take_connections(), 1, "{call:?}");
        stage.server.reply_otherwise(Reply::raw(""));
        failure(stage.send(call).await, ErrorKind::MaybeSent, true);
        let fresh = if call.is_safe_to_repeat() { 2 } else { 0 };
        assert_eq!(stage.server.take_connections(), fresh, "{call:?}: the first attempt is on the kept connection");
    }
}

// ---- What is claimed ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_effect_is_unknown_once_one_attempt_may_have_had_it() {
    let stage = Stage::open().await;
    for call in Call::all() {
        stage.server.reply_otherwise(Reply::new(400, ""));
        let error = stage.send(call).await.result.expect_err("a 400 is an error");
        assert_eq!(error.effect(), Effect::No, "{call:?}: {error}");
        if call.is_safe_to_repeat() {
            stage.server.reply(Reply::raw(""));
            let error = stage.send(call).await.result.expect_err("a 400 is an error");
            assert_eq!((error.attempts(), error.effect()), (2, Effect::Unknown), "{call:?}: {error}");
        }
    }
}

#[tokio::test]
async fn conflicts_say_what_they_mean_for_the_operation() {
    let stage = Stage::open().await;
    let document = Document::checked_in();
    let mut described = 0;
    for call in Call::of_each_operation() {
        stage.server.reply_otherwise(Reply::new(409, ""));
        let error = stage.send(call).await.result.expect_err("a 409 is an error");
        let (printed, text) = (error.to_string(), &document.operation(call.operation_id()).conflict);
        let advice = printed.split_once("responded with 409; ").expect("it has an advice").1;
        match text {
            Some(text) => {
                let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
                let advice = advice.to_lowercase();
                assert!(words.starts_with(advice.split(". ").next().unwrap_or_default()), "{printed}: {words}");
                described += 1;
            }
            None => assert!(advice.starts_with("read the present state"), "{printed}"),
        }
    }
    assert!(described > 0, "no operation has a conflict");
}

// ---- Files ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn files_are_sent_whole_after_a_refused_connection() {
    let clock = Clock::pause();
    let on_disk = tempfile::NamedTempFile::new().expect("there is room for a file");
    std::fs::write(on_disk.path(), PICTURE.as_slice()).expect("there is room for a file");
    let from_reader = DocumentFile::from_reader("a.png", PICTURE.len() as u64, Cursor::new(PICTURE.clone())).await;
    for file in [
        from_reader.expect("it passes for a PNG"),
        DocumentFile::open(on_disk.path()).await.expect("it passes for a PNG"),
        DocumentFile::from_bytes("a.png", PICTURE.clone()).expect("it passes for a PNG"),
    ] {
        let nobody = ReservedAddress::new();
        let documents = facade_at(&nobody.url()).user(USER).documents();
        let second = clock.attempts() + 2;
        let (outcome, server) = tokio::join!(documents.upload(DocumentType::Selfie, file), async {
            clock.after_attempts(second).await;
            let server = nobody.open();
            server.reply(Call::of("uploadPartnerKYCDocument").success());
            server
        });
        outcome.expect("the third attempt has a response");
        let parts = server.take_request().parts();
        assert!(parts.iter().any(|part| part.content == *PICTURE), "no part is the file");
    }
}

#[tokio::test]
async fn a_body_that_is_not_as_stated_never_left_as_a_whole() {
    let stage = Stage::open().await;
    let length = PICTURE.len() as u64;
    let reader = |stated| DocumentFile::from_reader("a.png", stated, Cursor::new(PICTURE.clone()));
    let failing = Cursor::new(PICTURE.clone()).chain(Failing);
    let failing = DocumentFile::from_reader("a.png", length + 1, failing).await.expect("it passes for a PNG");
    let part = |stated: u64| FilePart::new("a.png", "image/png", stream_of(&PICTURE)).with_length(stated);
    let files: [(&str, FilePart); 5] = [
        ("shorter", reader(length + 1).await.expect("it passes for a PNG").into()),
        ("longer", reader(length - 1).await.expect("it passes for a PNG").into()),
        ("failing", failing.into()),
        ("a shorter part", part(length + 1)),
        ("a longer part", part(length - 1)),
    ];
    for (name, file) in files {
        stage.server.reply_otherwise(Call::of("uploadPartnerKYCDocument").success());
        let form = DocumentFileUpload::new(file, DocumentType::Selfie);
        let error = stage.client.api().upload_partner_kyc_document_multipart(USER, &form).await;
        let error = error.expect_err("the body is not as stated");
        assert_eq!(error.kind(), ErrorKind::BodyFailed, "{name}: {error:?}");
        assert_eq!((error.effect(), error.attempts()), (Effect::No, 1), "{name}: {error:?}");
        assert!(!error.is_transient() && error.check_with().is_none(), "{name}: {error}");
        assert_eq!(stage.server.take_requests().len(), 0, "{name}: no request arrived as a whole");
    }
}

#[tokio::test]
async fn an_upload_that_is_refused_before_its_end_has_the_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
    let client = facade_at(&format!("http://{}", listener.local_addr().expect("it has an address")));
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            stream.read_exact(&mut head).await.expect("a request begins");
            let response = b"HTTP/1.1 413 \r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(response).await.expect("the client is there");
            stream.shutdown().await.expect("the client is there");
            // As servers do, so that the response is not lost: what still comes is read and ignored, as long as it comes.
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        }
    });
    let large: Vec<u8> = PICTURE.iter().copied().cycle().take(5_000_000).collect();
    for _ in 0..20 {
        let file = DocumentFile::from_bytes("a.png", large.clone()).expect("it passes for a PNG");
        let error =
            client.user(USER).documents().upload(DocumentType::Selfie, file).await.expect_err("it is too large");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(413), "{error:?}");
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Api, Effect::No), "{error:?}");
    }
    serving.abort();
}

/// A reader that fails.
struct Failing;

impl AsyncRead for Failing {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::Error::other("the disk is gone")))
    }
}

/// A body that streams `bytes`, and does not know its length.
fn stream_of(bytes: &[u8]) -> reqwest::Body {
    let pieces: Vec<_> = bytes.chunks(4096).map(|piece| Ok::<_, io::Error>(piece.to_vec())).collect();
    reqwest::Body::wrap_stream(futures_util::stream::iter(pieces))
}

// ---- Retry-After ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn retry_after_in_seconds_is_waited_for() {
    let stage = Stage::open().await;
    for (header, least, most) in [("7", 7000, 7001), (" 60 ", 60_000, 60_001), ("0", 0, 501), ("soon", 0, 501)] {
        for (status, _) in STATUSES.iter().filter(|(_, is_retried)| *is_retried) {
            stage.server.reply(Reply::new(*status, "").with_header("retry-after", header));
            stage.server.reply(Call::of("updateKYC").success());
            let outcome = stage.send(Call::of("updateKYC")).await;
            outcome.result.expect("the second attempt has a response");
            let took = outcome.took.as_millis();
            assert!((least..=most).contains(&took), "`{header}`: {took} ms");
        }
    }
}

#[tokio::test]
async fn retry_after_as_a_date_is_waited_for() {
    let stage = Stage::open().await;
    let date = Utc::now() + seconds(31);
    stage.server.reply(Reply::new(503, "").with_header("retry-after", &http_date(date)));
    stage.server.reply(Call::of("getPaymentDetails").success());
    let outcome = stage.send(Call::of("getPaymentDetails")).await;
    outcome.result.expect("the second attempt has a response");
    // A date has no fractions, and what is left until then shrinks while the test runs.
    let least = (date - seconds(1) - Utc::now()).to_std().expect("31 s are not over yet");
    assert!(outcome.took >= least && outcome.took <= seconds(31) + Duration::from_millis(10), "{:?}", outcome.took);
}

#[tokio::test]
async fn retry_after_that_is_over_is_not_waited_for() {
    let stage = Stage::open().await;
    stage.server.reply(Reply::new(429, "").with_header("retry-after", &http_date(Utc::now() - seconds(3600))));
    stage.server.reply(Call::of("verifyAuth").success());
    let outcome = stage.send(Call::of("verifyAuth")).await;
    outcome.result.expect("the second attempt has a response");
    assert!(outcome.took <= PAUSES, "{:?}", outcome.took);
}

#[tokio::test]
async fn retry_after_above_a_minute_ends_the_call_at_once() {
    let stage = Stage::open().await;
    let tomorrow = http_date(Utc::now() + seconds(86_400));
    for (header, least, most) in [
        ("61", 61, 61),
        ("86400", 86_400, 86_400),
        (&tomorrow, 86_300, 86_400),
        ("9".repeat(40).as_str(), u64::MAX, u64::MAX),
    ] {
        stage.server.reply_otherwise(Reply::new(503, "").with_header("retry-after", header));
        let outcome = stage.send(Call::of("getPartnerUser")).await;
        assert_eq!((outcome.requests.len(), outcome.took), (1, Duration::ZERO), "`{header}`");
        let error = outcome.result.expect_err("a 503 is an error");
        let asked = error.retry_after().map(|time| time.as_secs());
        assert!(asked.is_some_and(|asked| (least..=most).contains(&asked)), "`{header}`: {asked:?}");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Api, 1));
    }
}

#[tokio::test]
async fn retry_after_is_exposed_and_not_waited_for_where_repeating_is_not_safe() {
    let stage = Stage::open().await;
    stage.server.reply_otherwise(Reply::new(429, "").with_header("retry-after", "5"));
    for call in Call::all().filter(|call| !call.is_safe_to_repeat()) {
        let outcome = stage.send(call).await;
        assert_eq!((outcome.requests.len(), outcome.took), (1, Duration::ZERO), "{call:?}");
        let error = outcome.result.expect_err("a 429 is an error");
        assert_eq!(error.retry_after(), Some(seconds(5)), "{call:?}");
        assert!(error.is_rate_limited(), "{call:?}");
    }
}

#[tokio::test]
async fn retry_after_that_the_call_has_no_time_for_ends_it_at_once() {
    let stage = Stage::open().await;
    stage.server.reply_otherwise(Reply::new(503, "").with_header("retry-after", "50"));
    let outcome = stage.send(Call::of("getPartnerUser")).await;
    // After one wait of 50 s, 40 s of 90 s are left.
    is_about(outcome.took, seconds(50), "two attempts");
    let error = outcome.result.expect_err("a 503 is an error");
    assert_eq!((error.attempts(), error.retry_after()), (2, Some(seconds(50))));
}

// ---- Time -----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_call_without_time_sends_nothing() {
    let stage = Stage::open().await;
    let options = CallOptions::new();
    for options in [options.total_timeout(Duration::ZERO), options.attempt_timeout(Duration::ZERO)] {
        let client = stage.client.with_options(options);
        for call in Call::all() {
            stage.server.reply_otherwise(call.success());
            let outcome = stage.send_by(&client, call).await;
            let error = outcome.result.expect_err("there is no time");
            assert_eq!((error.kind(), error.effect()), (ErrorKind::NoTimeLeft, Effect::No), "{call:?}: {error:?}");
            assert_eq!((error.attempts(), outcome.requests.len()), (0, 0), "{call:?}");
            assert!(error.to_string().ends_with("nothing was sent; give the call more time"), "{error}");
        }
    }
}

#[tokio::test]
async fn connections_that_are_idle_for_longer_than_servers_keep_them_are_not_reused() {
    let stage = Stage::open().await;
    for (idle, connections) in [(3, 0), (5, 1)] {
        stage.server.reply_otherwise(Call::of("verifyAuth").success().keeping_alive());
        stage.send(Call::of("verifyAuth")).await.result.expect("it has a response");
        // The connection goes back to the pool behind the call.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        stage.server.take_connections();
        tokio::time::advance(seconds(idle)).await;
        stage.send(Call::of("createPaymentDetails")).await.result.expect_err("it is another response");
        assert_eq!(stage.server.take_connections(), connections, "after {idle} s");
    }
}

// ---- The retry budget -----------------------------------------------------------------------------------------------

fn with_budget(stage: &Stage, budget: RetryBudget) -> Client {
    let builder = Client::builder(Environment::Custom(stage.server.url())).api_key(API_KEY);
    builder.retry_budget(budget).build().expect("these settings go together")
}

#[tokio::test]
async fn clones_share_a_budget_of_retries_that_failures_use_up() {
    let stage = Stage::open().await;
    let client = with_budget(&stage, RetryBudget::default());
    let clone = client.with_options(CallOptions::new().max_response_bytes(1000));
    let mut retries = 0;
    for n in 0..200 {
        stage.server.reply_otherwise(Reply::new(503, ""));
        let outcome = stage.send_by(if n % 2 == 0 { &client } else { &clone }, Call::of("verifyAuth")).await;
        retries += outcome.requests.len() - 1;
    }
    assert_eq!(retries, 100, "500 tokens, of which a retry takes 5");
    let metrics = client.metrics();
    assert_eq!((metrics.calls, metrics.failed_calls, metrics.retries), (200, 200, 100));
    assert_eq!((metrics.refused_retries, metrics.retry_tokens), (150, Some(0)));
    assert!(metrics.retry_delays > Duration::ZERO && metrics == clone.metrics());

    // What never fails gives them back, one by one.
    for _ in 0..5 {
        stage.server.reply(Call::of("verifyAuth").success());
        stage.send_by(&clone, Call::of("verifyAuth")).await.result.expect("it has a response");
    }
    stage.server.reply(Reply::new(503, ""));
    stage.server.reply(Call::of("verifyAuth").success());
    let outcome = stage.send_by(&client, Call::of("verifyAuth")).await;
    assert_eq!((outcome.requests.len(), outcome.result.is_ok()), (2, true));
    assert_eq!(client.metrics().retry_tokens, Some(5), "a retry that succeeds gives back what it took");
}

#[tokio::test]
async fn a_retry_after_a_time_out_takes_ten_tokens() {
    let stage = Stage::open().await;
    let client = with_budget(&stage, RetryBudget::tokens(15));
    stage.server.reply_otherwise(Reply::raw("").then_silent());
    let outcome = stage.send_by(&client, Call::of("verifyAuth")).await;
    assert_eq!((outcome.requests.len(), client.metrics().retry_tokens), (2, Some(5)));
}

#[tokio::test]
async fn without_tokens_nothing_is_retried_and_without_a_budget_everything() {
    let stage = Stage::open().await;
    for (budget, requests) in [(RetryBudget::tokens(0), 1), (RetryBudget::unlimited(), 3)] {
        let client = with_budget(&stage, budget);
        for _ in 0..100 {
            stage.server.reply_otherwise(Reply::new(503, ""));
            let outcome = stage.send_by(&client, Call::of("verifyAuth")).await;
            assert_eq!(outcome.requests.len(), requests, "{budget:?}");
        }
    }
}

// ---- Options --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_total_time_bounds_everything() {
    let stage = Stage::open().await;
    let retries = RetryPolicy::new().attempts(1000);
    let options = CallOptions::new().retries(retries).attempt_timeout(seconds(4));
    let client = stage.client.with_options(options.total_timeout(seconds(10)));
    let faults = breaks().into_iter().chain(silences()).chain([("a status", Reply::new(503, ""))]);
    for (name, fault) in faults {
        stage.server.reply_otherwise(fault);
        for call in Call::all().filter(|call| call.can_receive_a_body()) {
            let outcome = stage.send_by(&client, call).await;
            assert!(outcome.took <= Duration::from_millis(10_001), "{call:?}, {name}: {:?}", outcome.took);
            assert_eq!(outcome.requests.len() > 1, call.is_safe_to_repeat(), "{call:?}, {name}");
            assert!(outcome.result.is_err(), "{call:?}, {name}");
        }
    }
    let patient = stage.client.with_options(CallOptions::new().attempt_timeout(seconds(10_000)));
    stage.server.reply_otherwise(Reply::raw("").then_silent());
    for call in Call::all() {
        let outcome = stage.send_by(&patient, call).await;
        is_about(outcome.took, seconds(if call.is_upload() { 300 } else { 90 }), &format!("{call:?}"));
        assert_eq!(outcome.requests.len(), 1, "{call:?}");
    }
}

#[tokio::test]
async fn options_hold_for_a_client_a_derived_client_or_a_user() {
    let stage = Stage::open().await;
    stage.server.reply_otherwise(Reply::raw("").then_silent());
    let options = CallOptions::new().attempt_timeout(seconds(3)).retries(RetryPolicy::none());
    let once = Client::builder(Environment::Custom(stage.server.url())).api_key(API_KEY).options(options);
    let once = once.build().expect("these settings go together");
    for client in [&once, &stage.client.with_options(options)] {
        for call in Call::all() {
            let outcome = stage.send_by(client, call).await;
            is_about(outcome.took, seconds(3), &format!("{call:?}"));
            let error = outcome.result.expect_err("there is no response");
            assert_eq!((error.attempts(), error.is_timeout(), outcome.requests.len()), (1, true, 1), "{call:?}");
        }
    }
    let started = Instant::now();
    let error = stage.client.user(USER).with_options(options).get().await.expect_err("there is no response");
    is_about(started.elapsed(), seconds(3), "a user");
    assert_eq!((error.attempts(), stage.server.take_requests().len()), (1, 1));

    // What is nearer to the call counts, and leaves the rest as it was.
    let eager = CallOptions::new().retries(RetryPolicy::new().attempts(5).base_delay(Duration::ZERO));
    let outcome = stage.send_by(&once.with_options(eager), Call::of("verifyAuth")).await;
    is_about(outcome.took, seconds(5 * 3), "five attempts");
    assert_eq!(outcome.requests.len(), 5);
    let outcome =
        stage.send_by(&once.with_options(CallOptions::new().total_timeout(seconds(1))), Call::of("verifyAuth")).await;
    is_about(outcome.took, seconds(1), "a total below that of an attempt");
}

#[tokio::test]
async fn a_policy_of_no_attempts_sends_once() {
    let stage = Stage::open().await;
    let client = stage.client.with_options(CallOptions::new().retries(RetryPolicy::new().attempts(0)));
    stage.server.reply_otherwise(Reply::new(503, ""));
    assert_eq!(stage.send_by(&client, Call::of("verifyAuth")).await.requests.len(), 1);
}

#[tokio::test]
async fn a_policy_says_how_long_a_retry_after_may_be() {
    let stage = Stage::open().await;
    let policy = RetryPolicy::new().max_retry_after(seconds(4));
    let client = stage.client.with_options(CallOptions::new().retries(policy));
    for (header, requests) in [("4", 3), ("5", 1)] {
        stage.server.reply_otherwise(Reply::new(503, "").with_header("retry-after", header));
        assert_eq!(stage.send_by(&client, Call::of("verifyAuth")).await.requests.len(), requests, "`{header}`");
    }
}

#[tokio::test]
async fn pauses_spread_below_a_ceiling_that_doubles() {
    let stage = Stage::open().await;
    let client = stage.client.with_options(CallOptions::new().retries(RetryPolicy::new().attempts(6)));
    stage.server.reply_otherwise(Reply::new(503, ""));
    let mut pauses = BTreeSet::new();
    for _ in 0..20 {
        let outcome = stage.send_by(&client, Call::of("verifyAuth")).await;
        assert_eq!(outcome.requests.len(), 6);
        assert!(outcome.took <= Duration::from_millis(500 + 1000 + 2000 + 4000 + 8000 + 10), "{:?}", outcome.took);
        pauses.insert(outcome.took);
    }
    assert!(pauses.len() > 10, "the pauses are the same: {pauses:?}");
}

#[tokio::test]
async fn the_time_to_connect_is_the_clients() {
    let _clock = Clock::pause();
    let server = Server::silent().await;
    let builder = Client::builder(Environment::Custom(server.url().replace("http://", "https://"))).api_key(API_KEY);
    let options = CallOptions::new().retries(RetryPolicy::none());
    let client = builder.connect_timeout(seconds(2)).options(options).build().expect("these settings go together");
    let started = Instant::now();
    let error = Call::of("verifyAuth").send(&client).await.expect_err("the server says nothing");
    is_about(started.elapsed(), seconds(2), "one attempt");
    assert_eq!((error.kind(), error.attempts(), server.take_connections()), (ErrorKind::NeverSent, 1, 1));
}

// ---- Expectations ---------------------------------------------------------------------------------------------------

/// The error of a call that failed as expected, after as many equal requests as expected.
fn failure(outcome: Outcome, kind: ErrorKind, is_retried: bool) -> Error {
    let Outcome { call, result, requests, .. } = outcome;
    let Err(error) = result else { panic!("{call:?} succeeded, which was to be {kind:?}") };
    let expected = if is_retried && call.is_safe_to_repeat() { 3 } else { 1 };
    assert_eq!(error.kind(), kind, "{call:?}: {error:?}");
    assert_eq!((requests.len(), error.attempts()), (expected, expected as u32), "{call:?}: {error:?}");
    assert_eq!(error.operation_id(), Some(call.operation_id()), "{error:?}");
    assert_eq!(error.check_with(), call.check_with(), "{error:?}");
    if kind == ErrorKind::MaybeSent {
        let advice = match call.check_with() {
            _ if call.is_safe_to_repeat() => "; the call is safe to repeat".to_owned(),
            Some(id) => format!("; it may have taken effect; check with {id} before repeating the call"),
            None => "; it may have taken effect, and no operation is known to show whether it did".to_owned(),
        };
        assert!(error.to_string().ends_with(&advice), "{call:?}: {error}");
    }
    for pair in requests.windows(2) {
        let content = |request: &Request| (request.method.clone(), request.target.clone(), request.body.clone());
        assert_eq!(content(&pair[0]), content(&pair[1]), "{call:?}");
    }
    error
}

/// Fails unless `time` is `expected`, but that a timer has a resolution.
fn is_about(time: Duration, expected: Duration, of: &str) {
    let tolerance = Duration::from_millis(10);
    assert!(time >= expected && time <= expected + tolerance, "{of}: {time:?}, not {expected:?}");
}

fn http_date(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
