//! The extractor in an axum server on the loopback.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::post,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use unigox::{
    WaitSignals,
    http::{HeaderMap, HeaderValue},
    test_util::webhook_headers,
    webhooks::{
        Deduplicate, EventData, MemoryDeduplicate, SIGNATURE_HEADER, TIMESTAMP_HEADER, VerifiedEvent, WebhookError,
        WebhookVerifier,
    },
};

use super::{NOW, SECRET, at, headers, kyc_updated, verifier};

/// A service that receives events.
pub(super) struct Receiver {
    address: SocketAddr,
    handled: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Service {
    verifier: WebhookVerifier,
    events: MemoryDeduplicate,
    signals: WaitSignals,
    handled: Arc<AtomicUsize>,
}

impl FromRef<Service> for WebhookVerifier {
    fn from_ref(service: &Service) -> Self {
        service.verifier.clone()
    }
}

async fn receive(State(service): State<Service>, VerifiedEvent(event): VerifiedEvent) -> StatusCode {
    let handling = async {
        service.signals.wake_for(&event);
        service.handled.fetch_add(1, Ordering::SeqCst);
        match event.data() {
            EventData::Unknown(_) => Err(std::io::Error::other("not today")),
            _ => Ok(()),
        }
    };
    match service.events.handle_once(event.id(), handling).await {
        Ok(handled) => handled.status(),
        Err(error) => error.status(),
    }
}

async fn explain(event: Result<VerifiedEvent, WebhookError>) -> (StatusCode, String) {
    match event {
        Ok(VerifiedEvent(event)) => (StatusCode::OK, event.id().to_owned()),
        Err(error) => (error.status(), error.kind().to_string()),
    }
}

impl Receiver {
    pub(super) async fn start(verifier: WebhookVerifier, signals: WaitSignals) -> Self {
        let handled = Arc::<AtomicUsize>::default();
        let events = MemoryDeduplicate::new();
        let service = Service { verifier, events, signals, handled: Arc::clone(&handled) };
        let router = Router::new().route("/webhooks", post(receive)).route("/explained", post(explain));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let serving = async move {
            axum::serve(listener, router.with_state(service)).await.expect("it serves until it is dropped");
        };
        Self { address, handled, serving: tokio::spawn(serving) }
    }

    /// The status of the response.
    pub(super) async fn post(&self, headers: HeaderMap, body: Vec<u8>) -> u16 {
        self.ask("webhooks", headers, body).await.0
    }

    async fn ask(&self, path: &str, headers: HeaderMap, body: Vec<u8>) -> (u16, String) {
        let request = reqwest::Client::new().post(format!("http://{}/{path}", self.address));
        let response = request.headers(headers).body(body).send().await.expect("a response");
        (response.status().as_u16(), response.text().await.expect("it is text"))
    }

    /// The response to a request that is not sent to its end: the beginning of its head, and its body as far as it goes.
    async fn response_to_a_part(&self, more: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        let headers = headers(b"{}");
        let lines = headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("it is text")));
        let head: String = lines.collect();
        let head = format!("POST /explained HTTP/1.1\r\nhost: a\r\n{head}{more}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("it reads");
        stream.write_all(body).await.expect("it reads");
        let mut response = vec![0; 1024];
        let length = stream.read(&mut response).await.expect("a response");
        String::from_utf8_lossy(&response[..length]).into_owned()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[tokio::test]
async fn an_event_reaches_the_handler_once_and_gets_200() {
    let receiver = Receiver::start(verifier(), WaitSignals::new()).await;
    let body = kyc_updated("VERIFIED").to_string().into_bytes();
    for _ in 0..3 {
        assert_eq!(receiver.post(headers(&body), body.clone()).await, 200);
    }
    // Signed anew, as the vendor may do.
    assert_eq!(receiver.post(webhook_headers(SECRET, at(NOW + 9), &body), body.clone()).await, 200);
    assert_eq!(receiver.handled.load(Ordering::SeqCst), 1);
    // One whose handling fails is delivered again.
    let body = br#"{"event_id": "evt_2", "event_type": "a.new.one"}"#;
    assert_eq!(receiver.post(headers(body), body.to_vec()).await, 500);
    assert_eq!(receiver.post(headers(body), body.to_vec()).await, 500, "at once, since its claim was released");
    assert_eq!(receiver.handled.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_is_no_event_gets_its_status_alone_and_reaches_no_handler() {
    let receiver = Receiver::start(verifier(), WaitSignals::new()).await;
    let body = kyc_updated("VERIFIED").to_string().into_bytes();
    let without = |name: &str| {
        let mut headers = headers(&body);
        headers.remove(name);
        headers
    };
    let mut twice = headers(&body);
    twice.append(SIGNATURE_HEADER, headers(&body)[SIGNATURE_HEADER].clone());
    let mut odd = headers(&body);
    odd.insert(TIMESTAMP_HEADER, HeaderValue::from_static("canary"));
    for (headers, body, status, kind) in [
        (without(SIGNATURE_HEADER), body.clone(), 400, "missing_header"),
        (without(TIMESTAMP_HEADER), body.clone(), 400, "missing_header"),
        (twice, body.clone(), 400, "repeated_header"),
        (odd, body.clone(), 400, "malformed_timestamp"),
        (webhook_headers("another", at(NOW), &body), body.clone(), 401, "wrong_signature"),
        (webhook_headers(SECRET, at(NOW - 301), &body), body.clone(), 401, "timestamp_too_old"),
        (webhook_headers(SECRET, at(NOW + 301), &body), body.clone(), 401, "timestamp_in_future"),
        (headers(&body), b"{}".to_vec(), 401, "wrong_signature"),
        (headers(b"canary"), b"canary".to_vec(), 400, "not_json"),
        (headers(b"[]"), b"[]".to_vec(), 400, "not_an_event"),
        (headers(&[b'['; 9_999]), vec![b'['; 9_999], 400, "not_json"),
    ] {
        assert_eq!(receiver.ask("webhooks", headers.clone(), body.clone()).await, (status, String::new()), "{kind}");
        assert_eq!(receiver.ask("explained", headers, body).await, (status, kind.to_owned()));
    }
    assert_eq!(receiver.handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_read_to_its_end() {
    let receiver = Receiver::start(verifier(), WaitSignals::new()).await;
    // Nothing of the body is sent at all.
    let response = receiver.response_to_a_part("content-length: 10000000", b"").await;
    assert!(response.starts_with("HTTP/1.1 413 ") && response.ends_with("body_too_large"), "{response}");
    let chunk = [format!("{:x}\r\n", 1024 * 1024 + 1).as_bytes(), &vec![b' '; 1024 * 1024 + 1]].concat();
    let response = receiver.response_to_a_part("transfer-encoding: chunked", &chunk).await;
    assert!(response.starts_with("HTTP/1.1 413 ") && response.ends_with("body_too_large"), "{response}");
    // Of a length that is no number, and of one that the body does not have.
    let response = receiver.response_to_a_part("transfer-encoding: chunked", b"zz\r\n").await;
    assert!(response.starts_with("HTTP/1.1 400 ") && response.ends_with("body_broken"), "{response}");
}

#[tokio::test]
async fn the_limit_is_that_of_the_verifier() {
    let receiver = Receiver::start(verifier().max_body_bytes(3_000_000), WaitSignals::new()).await;
    let body = format!("{}{}", kyc_updated("VERIFIED"), " ".repeat(2_500_000)).into_bytes();
    assert_eq!(receiver.post(headers(&body), body.clone()).await, 200, "more than axum allows by default");
}
