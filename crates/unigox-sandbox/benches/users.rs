//! The time that creating a user takes, by how many there are, and the memory of the log: `cargo bench -p unigox-sandbox`.
//!
//! Requests are sent over one connection, several at once, so that what is measured is the sandbox and not its client.

#![allow(missing_docs, clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    io::{Read, Write},
    net::TcpStream,
    ops::Range,
    time::{Duration, Instant},
};

use peak_alloc::PeakAlloc;
use unigox_sandbox::Sandbox;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// How many users there are when the time is measured.
const USERS: [usize; 3] = [1_000, 10_000, 100_000];

/// How many users are created while it is measured.
const MEASURED: usize = 1_000;

/// How many requests are sent before their responses are read.
const AT_ONCE: usize = 50;

/// How many bodies of 1 MB the log gets.
const BODIES: usize = 32;

#[tokio::main]
async fn main() {
    measure_log().await;
    measure_users().await;
}

/// The time that creating a user takes.
async fn measure_users() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let (address, key) = (address(&sandbox), sandbox.key().to_owned());
    let measure = move || {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let mut created = 0;
        for users in USERS {
            create(&mut stream, &key, created..users - MEASURED);
            let time = create(&mut stream, &key, users - MEASURED..users);
            created = users;
            println!(
                "{users:>7} users: {:6.1} µs for each that is created",
                time.as_secs_f64() * 1e6 / MEASURED as f64
            );
        }
    };
    tokio::task::spawn_blocking(measure).await.expect("it does not panic");
}

/// The memory of the log.
async fn measure_log() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let (address, key) = (address(&sandbox), sandbox.key().to_owned());
    let send = |body: String, count: usize| {
        let (address, key) = (address.clone(), key.clone());
        let send = move || {
            let mut stream = TcpStream::connect(address).expect("it listens");
            for _ in 0..count {
                stream.write_all(request(&key, &body).as_bytes()).expect("it is read");
                read_responses(&mut stream, 1, "HTTP/1.1 400");
            }
        };
        tokio::task::spawn_blocking(send)
    };
    // The first request compiles the schema.
    send("[]".to_owned(), 1).await.expect("it does not panic");
    let idle = HEAP.current_usage_as_mb();
    HEAP.reset_peak_usage();
    let body = format!("[{}[]]", "[],".repeat(1_000_000 / 3));
    send(body, BODIES).await.expect("it does not panic");
    let (now, peak) = (HEAP.current_usage_as_mb() - idle, HEAP.peak_usage_as_mb() - idle);
    println!("{BODIES} bodies of 1 MB of `[]`: {now:.1} MiB are kept, {peak:.1} MiB at the peak");
    assert_eq!(sandbox.requests().last().and_then(|request| request.status), Some(400));
}

fn address(sandbox: &Sandbox) -> String {
    sandbox.base_url().trim_start_matches("http://").to_owned()
}

/// Creates users with these numbers, and returns the time that it took.
fn create(stream: &mut TcpStream, key: &str, numbers: Range<usize>) -> Duration {
    let start = Instant::now();
    let numbers: Vec<_> = numbers.collect();
    for numbers in numbers.chunks(AT_ONCE) {
        let bodies =
            numbers.iter().map(|number| format!(r#"{{"user_ref":"user-{number}","email":"ada@example.com"}}"#));
        let requests: String = bodies.map(|body| request(key, &body)).collect();
        stream.write_all(requests.as_bytes()).expect("it is read");
        read_responses(stream, numbers.len(), "HTTP/1.1 201");
    }
    start.elapsed()
}

fn request(key: &str, body: &str) -> String {
    format!(
        "POST /api/v1/partner/users HTTP/1.1\r\nhost: sandbox\r\nx-api-key: {key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads until so many responses with this status line have begun.
fn read_responses(stream: &mut TcpStream, count: usize, status: &str) {
    let (mut text, mut buffer) = (String::new(), [0; 64 * 1024]);
    while text.matches("HTTP/1.1 ").count() < count || !text.ends_with(['}', '\n']) {
        let length = stream.read(&mut buffer).expect("there is a response");
        assert!(length > 0, "the connection is open");
        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    assert_eq!(text.matches(status).count(), count, "{text}");
}
