//! Webhooks: addresses, signed deliveries, retries on the sandbox's clock, and faults.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener as AsyncListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use unigox::{DocumentType, KycSubmission, chrono::Utc};
use unigox_sandbox::{
    Clock, DEFAULT_WEBHOOK_SECRET, DeliveryFault, DeliveryOutcome, LoggedDelivery, Sandbox, Script, WebhookEvent,
};

use crate::journey::fixture::{Fixture, NOON, ada, date};

/// A receiver of events, on the loopback.
struct Receiver {
    url: String,
    state: Arc<State>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Received>>,
    /// The statuses of the next responses; 200 after them. Without a response for 0.
    statuses: Mutex<Vec<u16>>,
    arrived: Notify,
}

#[derive(Clone, Debug)]
struct Received {
    head: String,
    body: Vec<u8>,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next()
            .expect("it is there")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("it is JSON")
    }

    fn timestamp(&self) -> i64 {
        self.header("x-unigox-timestamp").parse().expect("it is a number")
    }

    /// Whether the signature is that of the body, with this secret.
    fn is_signed_with(&self, secret: &str) -> bool {
        use hmac::{KeyInit, Mac};
        let mut hmac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any key is valid");
        hmac.update(self.header("x-unigox-timestamp").as_bytes());
        hmac.update(b".");
        hmac.update(&self.body);
        let expected = format!("sha256={}", hex::encode(hmac.finalize().into_bytes()));
        self.header("x-unigox-signature") == expected
    }
}

impl Receiver {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    async fn with(statuses: &[u16]) -> Self {
        let listener = AsyncListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
        let url = format!("http://{}/events?from=sandbox", listener.local_addr().expect("it has an address"));
        let state = Arc::new(State { statuses: Mutex::new(statuses.to_vec()), ..State::default() });
        let of_task = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(receive(stream, Arc::clone(&of_task)));
            }
        });
        Self { url, state, serving }
    }

    fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn ids(&self) -> Vec<String> {
        self.received().iter().map(|event| event.json()["event_id"].as_str().expect("it is text").to_owned()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn receive(mut stream: TcpStream, state: Arc<State>) -> Option<()> {
    let mut bytes = Vec::new();
    let end = loop {
        stream.read_buf(&mut bytes).await.ok().filter(|count| *count > 0)?;
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut received = Received { head, body: bytes[end + 4..].to_vec() };
    let length: usize = received.header("content-length").parse().ok()?;
    while received.body.len() < length {
        stream.read_buf(&mut received.body).await.ok().filter(|count| *count > 0)?;
    }
    state.received.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    let status = {
        let mut statuses = state.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        if statuses.is_empty() { 200 } else { statuses.remove(0) }
    };
    state.arrived.notify_one();
    if status == 0 {
        // Until the sandbox gives up.
        while stream.read_buf(&mut bytes).await.ok()? > 0 {}
        return None;
    }
    let location = if status == 307 { "location: http://127.0.0.1:1/\r\n" } else { "" };
    let response = format!("HTTP/1.1 {status} Status\r\n{location}content-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(response.as_bytes()).await.ok()
}

/// A sandbox with a paused clock that has the address of the receiver.
async fn registered(receiver: &Receiver) -> Fixture {
    let fixture = Fixture::at(NOON).await;
    register(&fixture, &receiver.url).await;
    fixture
}

async fn register(fixture: &Fixture, url: &str) {
    let outcome = fixture.send_json("POST", "/webhooks", &json!({"url": url})).await;
    assert_eq!(outcome.status, 200, "{outcome:?}");
}

/// A POST of the first partner, without a fixture.
fn request(sandbox: &Sandbox, path: &str) -> reqwest::RequestBuilder {
    let http = reqwest::Client::builder().no_proxy().build().expect("these settings go together");
    http.post(format!("{}/api/v1/partner/webhooks{path}", sandbox.base_url())).header("x-api-key", sandbox.key())
}

async fn call(fixture: &Fixture, method: &str, path: &str) -> (u16, Value) {
    let response = fixture.request(method, path).send().await.expect("the sandbox responds");
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("the response is complete");
    (status, serde_json::from_slice(&body).expect("it is JSON"))
}

fn order() -> WebhookEvent {
    WebhookEvent::new("order.status.changed")
}

/// The attempt, the outcome and the status of each delivery.
fn attempts(fixture: &Fixture) -> Vec<(u32, DeliveryOutcome, Option<u16>)> {
    let attempt = |delivery: LoggedDelivery| (delivery.attempt, delivery.outcome, delivery.status);
    fixture.sandbox.deliveries().into_iter().map(attempt).collect()
}

// ---- Addresses ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_address_is_registered_read_replaced_and_removed() {
    let fixture = Fixture::start().await;
    let none = json!({"success": true, "data": {"url": null, "enabled": false}});
    assert_eq!(call(&fixture, "GET", "/webhooks").await, (200, none.clone()));
    for url in ["https://partner.example.com", "http://127.0.0.1:4000/events"] {
        register(&fixture, url).await;
        let data = json!({"success": true, "data": {"url": url, "enabled": true}});
        assert_eq!(call(&fixture, "GET", "/webhooks").await, (200, data));
    }
    for _ in 0..2 {
        assert_eq!(call(&fixture, "DELETE", "/webhooks/anything").await.0, 200);
        assert_eq!(call(&fixture, "GET", "/webhooks").await, (200, none.clone()));
    }
}

#[tokio::test]
async fn an_address_that_is_not_https_and_not_on_the_loopback_is_refused() {
    let fixture = Fixture::start().await;
    for body in [
        json!({"url": "http://partner.example.com/"}),
        json!({"url": "http://10.0.0.1/"}),
        json!({"url": "https://10.0.0.1/"}),
        json!({"url": "http://0.0.0.0:80/"}),
        json!({"url": "ftp://127.0.0.1/"}),
        json!({"url": "not a URL"}),
        json!({"url": 1}),
        json!({}),
    ] {
        let outcome = fixture.send_json("POST", "/webhooks", &body).await;
        assert_eq!((outcome.status, outcome.message.is_some()), (400, true), "{body}: {outcome:?}");
        let reason = fixture.sandbox.requests().pop().and_then(|request| request.reason).expect("it is refused");
        assert!(reason.pointer == "/url", "{body}: {reason}");
    }
    assert_eq!(call(&fixture, "GET", "/webhooks").await.1["data"]["url"], Value::Null);
}

#[tokio::test]
async fn partners_have_addresses_of_their_own() {
    let (one, two) = (Receiver::start().await, Receiver::start().await);
    let fixture = Fixture::with(Sandbox::builder().partner("alice", "a").partner("bob", "b")).await;
    register(&fixture, &one.url).await;
    let bob = request(&fixture.sandbox, "").header("content-type", "application/json");
    let mut bob = bob.body(json!({"url": two.url}).to_string()).build().expect("it is a request");
    bob.headers_mut().insert("x-api-key", "b".parse().expect("it is a header"));
    assert_eq!(reqwest::Client::new().execute(bob).await.expect("there is a response").status(), 200);
    fixture.sandbox.send_event(order()).expect("it is queued");
    let to_bob = fixture.sandbox.send_event(order().partner("bob")).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!((one.received().len(), two.ids()), (1, vec![to_bob]));
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_outside_of_the_loopback() {
    let fixture = Fixture::at(NOON).await;
    register(&fixture, "https://partner.invalid/events").await;
    fixture.sandbox.send_event(order()).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(attempts(&fixture), [(1, DeliveryOutcome::NotSent, None)]);
    let (status, body) = call(&fixture, "POST", "/webhooks/test").await;
    assert_eq!((status, &body["data"]["error_key"]), (502, &json!("webhook delivery failed")));
}

// ---- The test event -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_test_event_is_signed_and_its_response_says_what_became_of_it() {
    let receiver = Receiver::with(&[204, 500, 307]).await;
    let fixture = Fixture::at(NOON).await;
    let (status, body) = call(&fixture, "POST", "/webhooks/test").await;
    assert_eq!((status, &body["data"]["error_key"]), (400, &json!("webhook URL is not set")));
    register(&fixture, &receiver.url).await;
    let delivered = json!({"success": true, "data": {"delivered": true, "http_status": 204}});
    assert_eq!(call(&fixture, "POST", "/webhooks/test").await, (200, delivered));
    assert!(receiver.received()[0].is_signed_with(DEFAULT_WEBHOOK_SECRET));
    for _ in ["refused", "redirected"] {
        let (status, body) = call(&fixture, "POST", "/webhooks/test").await;
        assert_eq!((status, &body["data"]["error_key"]), (502, &json!("webhook delivery failed")));
    }
    fixture.sandbox.advance(Duration::from_secs(100_000));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().len(), 3, "a test event is not repeated, and a redirect not followed");
    assert_eq!(receiver.ids().into_iter().collect::<BTreeSet<_>>().len(), 3, "each is an event of its own");
}

// ---- Deliveries -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_event_has_the_documented_envelope_and_signature() {
    let receiver = Receiver::start().await;
    let fixture =
        Fixture::with(Sandbox::builder().webhook_secret("a secret").clock(Clock::paused_at(date(NOON)))).await;
    register(&fixture, &receiver.url).await;
    let id = fixture
        .sandbox
        .send_event(order().field("status", "completed").field("extra", json!([1])))
        .expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    let [event] = &receiver.received()[..] else { panic!("there is not one event") };
    assert!(event.head.starts_with("POST /events?from=sandbox HTTP/1.1\r\n"), "{}", event.head);
    assert_eq!(event.header("user-agent"), "unigox-webhooks/1.0");
    assert_eq!(event.header("content-type"), "application/json");
    assert_eq!(format!("http://{}/events?from=sandbox", event.header("host")), receiver.url);
    assert!(event.is_signed_with("a secret") && !event.is_signed_with(DEFAULT_WEBHOOK_SECRET));
    assert!((Utc::now().timestamp() - event.timestamp()).abs() < 60, "receivers compare it with their own clocks");
    let json = event.json();
    assert!(id.starts_with("evt_"), "{id}");
    assert_eq!(
        (&json["event_id"], &json["event_type"], &json["created_at"]),
        (&json!(id), &json!("order.status.changed"), &json!(NOON))
    );
    assert_eq!((&json["data"]["status"], &json["data"]["extra"]), (&json!("completed"), &json!([1])));
    assert!(json["data"]["order_id"].is_string(), "the rest is an example of the document: {json}");
    let [delivery] = &fixture.sandbox.deliveries()[..] else { panic!("there is not one delivery") };
    assert_eq!((delivery.partner.as_str(), delivery.event_type.as_str()), ("partner", "order.status.changed"));
    assert_eq!((&delivery.event_id, delivery.outcome, delivery.retry_at), (&id, DeliveryOutcome::Delivered, None));
}

#[tokio::test]
async fn every_type_of_event_has_data() {
    let receiver = Receiver::start().await;
    let fixture = registered(&receiver).await;
    for (event_type, name) in [
        ("order.refund.required", "action_required"),
        ("user.kyc.updated", "kyc_status"),
        ("fiat_account.updated", "status"),
        ("fiat_account.closing", "fiat_account_id"),
        ("fiat_account.deposit.received", "transaction_id"),
    ] {
        let id = fixture.sandbox.send_event(WebhookEvent::new(event_type)).expect("it is queued");
        fixture.sandbox.wait_for_deliveries().await;
        let event = receiver.received().pop().expect("it is sent").json();
        assert_eq!((&event["event_id"], event["data"].get(name).is_some()), (&json!(id), true), "{event}");
    }
    let own = WebhookEvent::new("of.my.own").event_id("evt_42").field("a", 1);
    assert_eq!(fixture.sandbox.send_event(own).expect("it is queued"), "evt_42");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().pop().expect("it is sent").json()["data"], json!({"a": 1}));
}

#[tokio::test]
async fn an_event_that_is_refused_is_sent_again_by_the_documented_schedule() {
    let receiver = Receiver::with(&[500; 20]).await;
    let fixture = registered(&receiver).await;
    let id = fixture.sandbox.send_event(order()).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    for (sent, minutes) in [1, 5, 15, 60, 360, 720, 1440, 1440, 1440].into_iter().enumerate() {
        fixture.sandbox.advance(Duration::from_secs(minutes * 60 - 1));
        fixture.sandbox.wait_for_deliveries().await;
        assert_eq!(receiver.received().len(), sent + 1, "it is too early after {minutes} minutes");
        fixture.sandbox.advance(Duration::from_secs(1));
        fixture.sandbox.wait_for_deliveries().await;
        assert_eq!(receiver.received().len(), sent + 2, "it is due after {minutes} minutes");
    }
    fixture.sandbox.advance(Duration::from_secs(1_000_000));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.ids(), vec![id; 10], "ten attempts are made, and no more");
    assert!(receiver.received().iter().all(|event| event.is_signed_with(DEFAULT_WEBHOOK_SECRET)));
    let last = fixture.sandbox.deliveries().pop().expect("it is logged");
    assert_eq!(
        (last.attempt, last.outcome, last.status, last.retry_at),
        (10, DeliveryOutcome::Refused, Some(500), None)
    );
}

#[tokio::test]
async fn every_2xx_ends_the_attempts_and_every_other_status_is_one_more() {
    let receiver = Receiver::with(&[307, 404, 204]).await;
    let fixture = registered(&receiver).await;
    fixture.sandbox.send_event(order()).expect("it is queued");
    for minutes in [1, 5, 15, 60] {
        fixture.sandbox.wait_for_deliveries().await;
        fixture.sandbox.advance(Duration::from_secs(minutes * 60));
    }
    fixture.sandbox.wait_for_deliveries().await;
    let (refused, delivered) = (DeliveryOutcome::Refused, DeliveryOutcome::Delivered);
    assert_eq!(attempts(&fixture), [(1, refused, Some(307)), (2, refused, Some(404)), (3, delivered, Some(204))]);
}

#[tokio::test]
async fn a_receiver_has_ten_seconds_by_the_clock_of_the_sandbox() {
    let receiver = Receiver::with(&[0]).await;
    let fixture = registered(&receiver).await;
    fixture.sandbox.send_event(order()).expect("it is queued");
    receiver.state.arrived.notified().await;
    fixture.sandbox.advance(Duration::from_secs(9));
    assert_eq!(attempts(&fixture), []);
    fixture.sandbox.advance(Duration::from_secs(1));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(attempts(&fixture), [(1, DeliveryOutcome::TimedOut, None)]);
    fixture.sandbox.advance(Duration::from_secs(60));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(attempts(&fixture)[1..], [(2, DeliveryOutcome::Delivered, Some(200))]);
}

#[tokio::test]
async fn an_event_waits_for_a_receiver_that_is_away_and_follows_it_to_a_new_address() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    let address = closed.local_addr().expect("it has an address");
    drop(closed);
    let fixture = Fixture::at(NOON).await;
    register(&fixture, &format!("http://{address}/")).await;
    fixture.sandbox.send_event(order()).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(attempts(&fixture), [(1, DeliveryOutcome::Unreachable, None)]);
    let receiver = Receiver::start().await;
    register(&fixture, &receiver.url).await;
    fixture.sandbox.advance(Duration::from_secs(60));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!((receiver.received().len(), attempts(&fixture).len()), (1, 2));
}

#[tokio::test]
async fn a_removed_address_gets_nothing_more() {
    let receiver = Receiver::with(&[500]).await;
    let fixture = registered(&receiver).await;
    fixture.sandbox.send_event(order()).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    call(&fixture, "DELETE", "/webhooks/1").await;
    fixture.sandbox.advance(Duration::from_secs(60));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(attempts(&fixture)[1..], [(2, DeliveryOutcome::NotSent, None)]);
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn an_event_that_nobody_can_receive_is_refused_and_not_queued() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    for (event, problem) in [
        (order(), "the partner `partner` has registered no address for events"),
        (order().partner("nobody"), "there is no partner `nobody`"),
        (WebhookEvent::new("two words"), "the type and the identifier of an event are"),
        (order().event_id(""), "the type and the identifier of an event are"),
    ] {
        let error = sandbox.send_event(event).expect_err("it can't be sent");
        assert!(error.to_string().starts_with(problem), "{error}");
    }
    sandbox.wait_for_deliveries().await;
    assert!(sandbox.deliveries().is_empty());
}

// ---- Verifications --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_verdict_of_a_verification_is_told_once() {
    for (script, status, reasons) in [
        (Script::verified(), Some("VERIFIED"), None),
        (Script::rejected("The photo is blurred"), Some("REJECTED"), Some(json!(["The photo is blurred"]))),
        (Script::under_review(), Some("UNDER_REVIEW"), None),
        (Script::failed("It broke"), None, None),
        (Script::completed(), None, None),
    ] {
        let receiver = Receiver::start().await;
        let fixture = registered(&receiver).await;
        // The verdict comes by time alone: nobody polls.
        fixture.sandbox.script(script.after(Duration::from_secs(600)).after_polls(1000));
        let user = fixture.new_user().await;
        user.kyc().submit(&KycSubmission::sumsub("a token")).await.expect("the data is complete");
        fixture.sandbox.advance(Duration::from_secs(599));
        fixture.sandbox.wait_for_deliveries().await;
        assert_eq!(receiver.received().len(), 0, "{status:?}: it is too early");
        fixture.sandbox.advance(Duration::from_secs(1));
        fixture.sandbox.wait_for_deliveries().await;
        for _ in 0..2 {
            user.verification().status().await.expect("it can be read");
            fixture.sandbox.advance(Duration::from_secs(3600));
            fixture.sandbox.wait_for_deliveries().await;
        }
        let events: Vec<_> = receiver.received().iter().map(Received::json).collect();
        assert_eq!(events.len(), usize::from(status.is_some()), "{status:?}");
        let Some(status) = status else { continue };
        assert_eq!(events[0]["event_type"], "user.kyc.updated");
        let data = &events[0]["data"];
        assert_eq!((&data["user_uuid"], &data["kyc_status"]), (&json!(user.uuid()), &json!(status)));
        assert_eq!(data.get("rejection_reasons"), reasons.as_ref());
    }
}

#[tokio::test]
async fn a_verdict_by_documents_and_polls_is_told_as_well() {
    let receiver = Receiver::start().await;
    let fixture = registered(&receiver).await;
    fixture.sandbox.script(Script::verified().after_polls(0));
    let user = fixture.new_user().await;
    user.kyc().submit(&ada()).await.expect("the data is complete");
    user.documents().link(DocumentType::IdentityFront, "https://example.com/1").await.expect("it is taken");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().len(), 0, "a document is missing");
    user.documents().link(DocumentType::Selfie, "https://example.com/2").await.expect("it is taken");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().len(), 1);
    fixture.sandbox.script(Script::rejected("no").after_polls(1));
    let other = fixture.new_user().await;
    other.kyc().submit(&KycSubmission::handoff()).await.expect("the data is complete");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().len(), 1, "nobody has polled");
    other.verification().status().await.expect("it can be read");
    fixture.sandbox.wait_for_deliveries().await;
    let last = receiver.received().pop().expect("it is sent").json();
    assert_eq!((&last["data"]["user_uuid"], receiver.received().len()), (&json!(other.uuid()), 2));
    // The next submission has a verdict of its own.
    other.kyc().submit(&KycSubmission::handoff()).await.expect("the data is complete");
    other.verification().status().await.expect("it can be read");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().len(), 3);
}

#[tokio::test]
async fn a_verdict_that_is_due_by_the_system_clock_is_told_without_a_call() {
    let receiver = Receiver::start().await;
    let fixture = Fixture::start().await;
    register(&fixture, &receiver.url).await;
    fixture.sandbox.script(Script::verified().after(Duration::from_secs(1)).after_polls(1000));
    fixture.new_user().await.kyc().submit(&KycSubmission::handoff()).await.expect("the data is complete");
    let arrived = tokio::time::timeout(Duration::from_secs(20), receiver.state.arrived.notified()).await;
    arrived.expect("it is told in time");
    assert_eq!(receiver.received()[0].json()["data"]["kyc_status"], "VERIFIED");
}

// ---- Faults ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_duplicate_is_the_same_event_twice() {
    let receiver = Receiver::start().await;
    let fixture = registered(&receiver).await;
    fixture.sandbox.fault_delivery(DeliveryFault::Duplicate);
    let (twice, once) = (
        fixture.sandbox.send_event(order()).expect("it is queued"),
        fixture.sandbox.send_event(order()).expect("it is queued"),
    );
    fixture.sandbox.wait_for_deliveries().await;
    let mut ids = receiver.ids();
    ids.sort();
    let mut expected = vec![twice.clone(), twice.clone(), once];
    expected.sort();
    assert_eq!(ids, expected);
    let bodies: BTreeSet<_> = receiver.received().into_iter().map(|event| event.body).collect();
    assert_eq!(bodies.len(), 2, "the second one is the same to the byte");
    let faults = fixture.sandbox.deliveries().into_iter().filter(|delivery| delivery.fault == Some("duplicate"));
    assert_eq!(faults.map(|delivery| delivery.event_id).collect::<Vec<_>>(), [twice.clone(), twice]);
}

#[tokio::test]
async fn an_event_can_be_late_out_of_order_or_lost() {
    let receiver = Receiver::start().await;
    let fixture = registered(&receiver).await;
    let send = |fault| {
        fixture.sandbox.fault_delivery(fault);
        fixture.sandbox.send_event(order()).expect("it is queued")
    };
    send(DeliveryFault::Lost);
    let late = send(DeliveryFault::Late { seconds: 7200 });
    let second = send(DeliveryFault::OutOfOrder);
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.ids(), Vec::<String>::new());
    let first = fixture.sandbox.send_event(order()).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.ids(), [first.clone(), second.clone()]);
    fixture.sandbox.advance(Duration::from_secs(7199));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.ids().len(), 2);
    fixture.sandbox.advance(Duration::from_secs(1));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.ids(), [first, second, late]);
    fixture.sandbox.advance(Duration::from_secs(1_000_000));
    fixture.sandbox.wait_for_deliveries().await;
    assert_eq!(receiver.received().len(), 3);
    let outcomes: Vec<_> =
        fixture.sandbox.deliveries().iter().map(|delivery| (delivery.outcome, delivery.fault)).collect();
    let delivered = DeliveryOutcome::Delivered;
    assert_eq!(
        outcomes,
        [
            (DeliveryOutcome::Lost, Some("lost")),
            (delivered, None),
            (delivered, Some("out_of_order")),
            (delivered, Some("late"))
        ]
    );
}

#[tokio::test]
async fn a_wrong_signature_is_that_of_the_first_attempt_alone() {
    for (fault, name) in [
        (DeliveryFault::WrongSecret, "wrong_secret"),
        (DeliveryFault::ChangedBody, "changed_body"),
        (DeliveryFault::OldTimestamp { seconds: 4000 }, "old_timestamp"),
    ] {
        let receiver = Receiver::with(&[401]).await;
        let fixture = registered(&receiver).await;
        fixture.sandbox.fault_delivery(fault);
        fixture.sandbox.send_event(order()).expect("it is queued");
        fixture.sandbox.wait_for_deliveries().await;
        fixture.sandbox.advance(Duration::from_secs(60));
        fixture.sandbox.wait_for_deliveries().await;
        let [wrong, right] = &receiver.received()[..] else { panic!("{name}: there are not two attempts") };
        let is_old = Utc::now().timestamp() - wrong.timestamp() >= 4000;
        assert_eq!(
            (wrong.is_signed_with(DEFAULT_WEBHOOK_SECRET), is_old),
            match name {
                "old_timestamp" => (true, true),
                _ => (false, false),
            },
            "{name}"
        );
        assert_eq!(wrong.json(), right.json(), "{name}");
        assert!(right.is_signed_with(DEFAULT_WEBHOOK_SECRET), "{name}");
        assert!((Utc::now().timestamp() - right.timestamp()).abs() < 60, "{name}");
        let faults: Vec<_> = fixture.sandbox.deliveries().iter().map(|delivery| delivery.fault).collect();
        assert_eq!(faults, [Some(name), None]);
    }
}

// ---- Lifetime -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn deliveries_end_with_the_sandbox() {
    for is_dropped in [true, false] {
        let receiver = Receiver::with(&[0, 0]).await;
        let held = Arc::new(());
        let of_observer = Arc::downgrade(&held);
        let builder = Sandbox::builder().on_delivery(move |_| drop(Arc::clone(&held)));
        let builder = builder.clock(Clock::paused_at(date(NOON)));
        let sandbox = builder.start().await.expect("the loopback has a free port");
        let body = json!({"url": receiver.url}).to_string();
        let request = request(&sandbox, "").header("content-type", "application/json").body(body);
        assert_eq!(request.send().await.expect("there is a response").status(), 200);
        sandbox.send_event(order()).expect("it is queued");
        receiver.state.arrived.notified().await;
        if is_dropped {
            drop(sandbox);
        } else {
            tokio::time::timeout(Duration::from_secs(10), sandbox.stop_and_wait())
                .await
                .expect("nothing is waited for");
        }
        // Its tasks hold what the observer holds until they end.
        let ended = async {
            while of_observer.strong_count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the tasks have ended");
    }
}

#[tokio::test]
async fn a_test_event_that_waits_for_its_receiver_ends_with_the_sandbox() {
    let receiver = Receiver::with(&[0]).await;
    let builder = Sandbox::builder().clock(Clock::paused_at(date(NOON)));
    let sandbox = builder.start().await.expect("the loopback has a free port");
    let body = json!({"url": receiver.url}).to_string();
    let registration = request(&sandbox, "").header("content-type", "application/json").body(body);
    assert_eq!(registration.send().await.expect("there is a response").status(), 200);
    let request = request(&sandbox, "/test").send();
    let stop = async {
        receiver.state.arrived.notified().await;
        sandbox.stop_and_wait().await;
    };
    let (response, ()) = tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(request, stop) })
        .await
        .expect("nothing is waited for");
    assert_eq!(response.expect("there is a response").status(), 502);
}

#[tokio::test]
async fn the_observer_is_called_with_each_delivery_and_no_output_has_data_of_an_event() {
    let receiver = Receiver::start().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of_observer = Arc::clone(&seen);
    let builder = Sandbox::builder().webhook_secret("canary-secret").on_delivery(move |delivery| {
        of_observer.lock().unwrap_or_else(PoisonError::into_inner).push(delivery.clone());
    });
    let fixture = Fixture::with(builder).await;
    register(&fixture, &receiver.url).await;
    let event = WebhookEvent::new("user.kyc.updated").field("rejection_reasons", json!(["canary-reason"]));
    assert!(!format!("{event:?}").contains("canary"), "{event:?}");
    fixture.sandbox.fault_delivery(DeliveryFault::Duplicate);
    fixture.sandbox.send_event(event).expect("it is queued");
    fixture.sandbox.fault_delivery(DeliveryFault::Late { seconds: 1000 });
    fixture.sandbox.send_event(order().field("user_id", "canary-user")).expect("it is queued");
    fixture.sandbox.wait_for_deliveries().await;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!((seen.len(), &seen), (2, &fixture.sandbox.deliveries()));
    for output in [format!("{:?}", fixture.sandbox), format!("{seen:?}"), json!(seen).to_string()] {
        assert!(!output.contains("canary"), "{output}");
    }
}
