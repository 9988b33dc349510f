//! The start and the stop of a sandbox, and its incomplete responses.

use std::{
    io::ErrorKind as IoErrorKind,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
};
use unigox::ErrorKind;
use unigox_sandbox::{DEFAULT_KEY, Fault, Sandbox};

use super::fixture::{Fixture, assert_documented, client_of};

#[tokio::test]
async fn each_sandbox_has_a_port_and_a_state_of_its_own() {
    let (one, two) = (Fixture::start().await, Fixture::start().await);
    assert_ne!(one.sandbox.base_url(), two.sandbox.base_url());
    assert_eq!(one.sandbox.key(), DEFAULT_KEY);
    let user = one.user("customer-42").await;
    assert!(two.client.user(user.uuid()).get().await.expect_err("it is in the other").is_not_found());
    assert_eq!(two.sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_dropped_sandbox_has_closed_its_port() {
    for is_used in [false, true] {
        let sandbox = Sandbox::start().await.expect("the loopback has a free port");
        if is_used {
            client_of(&sandbox, sandbox.key()).verify_auth().await.expect("the key is known");
        }
        let client = client_of(&sandbox, sandbox.key());
        let address = address_of(&sandbox);
        drop(sandbox);
        // Without a delay in which the port might still be closing.
        let refusal = std::net::TcpStream::connect(address).expect_err("the port is closed");
        assert_eq!(refusal.kind(), IoErrorKind::ConnectionRefused);
        let error = client.verify_auth().await.expect_err("the port is closed");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::NeverSent, 3));
    }
}

#[tokio::test]
async fn a_port_can_be_used_again_at_once() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let address = address_of(&sandbox);
    sandbox.stop_and_wait().await;
    let next = Sandbox::builder().address(address).start().await.expect("the port is free again");
    client_of(&next, next.key()).verify_auth().await.expect("the key is known");
    let error = Sandbox::builder().address(address).start().await.expect_err("the port is taken");
    assert_eq!(error.kind(), IoErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_stop_completes_requests_in_progress_and_accepts_no_more() {
    let arrived = Arc::new(Notify::new());
    let notify = Arc::clone(&arrived);
    let builder = Sandbox::builder().on_request(move |_| notify.notify_one());
    let sandbox = builder.start().await.expect("the loopback has a free port");
    let (delay, started) = (Duration::from_millis(50), Instant::now());
    sandbox.fault("verifyAuth", Fault::delay(delay));
    let (client, other) = (client_of(&sandbox, sandbox.key()), client_of(&sandbox, sandbox.key()));
    let stop = async {
        tokio::time::timeout(Duration::from_secs(5), arrived.notified()).await.expect("the observer is called");
        assert_documented(&sandbox.requests());
        sandbox.stop_and_wait().await;
        assert!(started.elapsed() >= delay, "it did not wait");
        other.verify_auth().await.expect_err("the port is closed").kind()
    };
    let (response, later) = tokio::join!(client.verify_auth(), stop);
    assert_eq!(response.expect("it was in progress").authenticated, Some(true));
    assert_eq!(later, ErrorKind::NeverSent);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_connections_without_a_request() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let client = client_of(&sandbox, sandbox.key());
    client.verify_auth().await.expect("the key is known");
    let _idle = connect(&sandbox).await;
    let stop = sandbox.stop_and_wait();
    tokio::time::timeout(Duration::from_secs(5), stop).await.expect("idle connections don't count");
    drop(client);
}

// ---- Incomplete responses -------------------------------------------------------------------------------------------

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(address_of(sandbox)).await.expect("it listens")
}

fn address_of(sandbox: &Sandbox) -> SocketAddr {
    sandbox.base_url().trim_start_matches("http://").parse().expect("it is an address")
}

/// What is received on a connection until it is closed, and how it is closed.
async fn exchange(sandbox: &Sandbox) -> (String, std::io::Result<()>) {
    let mut stream = connect(sandbox).await;
    let request = format!("GET /api/v1/partner/verify-auth HTTP/1.1\r\nhost: a\r\nx-api-key: {DEFAULT_KEY}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it listens");
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received).await.map(drop);
    (String::from_utf8(received).expect("it is text"), end)
}

#[tokio::test]
async fn a_reset_and_a_lost_response_are_resets_without_a_byte() {
    for fault in [Fault::Reset, Fault::ResponseLost] {
        let sandbox = Sandbox::start().await.expect("the loopback has a free port");
        sandbox.fault("verifyAuth", fault);
        let (received, end) = exchange(&sandbox).await;
        assert_eq!((received.as_str(), end.expect_err("it is reset").kind()), ("", IoErrorKind::ConnectionReset));
    }
}

#[tokio::test]
async fn a_truncated_response_has_a_head_and_half_of_the_body_that_it_declares() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    sandbox.fault("verifyAuth", Fault::Truncated);
    let (received, _) = exchange(&sandbox).await;
    let (head, body) = received.split_once("\r\n\r\n").expect("there is a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let declared = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("it declares a length");
    let declared: usize = declared.parse().expect("it is a number");
    assert_eq!(body.len(), declared / 2);
    assert!(body.starts_with('{'), "{body}");
}
