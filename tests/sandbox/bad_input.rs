//! Malformed and excessive requests to the sandbox: each gets a documented refusal or another 4xx, and nothing else fails.

use std::{io, time::Duration};

use futures_util::{future::join_all, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};
use unigox_sandbox::Sandbox;
use unigox_tests::{Document, PICTURE};
use uuid::Uuid;

const MIB: usize = 1024 * 1024;

/// How long an exchange may take, except where a test is about time.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(20);

// ---- Routes ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn undocumented_routes_and_methods_are_refused() {
    let fixture = Fixture::start().await;
    let long = format!("/{}", "a".repeat(20_000));
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "//", 404),
        ("GET", "/api/v1/partner", 404),
        ("GET", "/api/v1/partner/users/", 404),
        ("POST", "/api/v1/partner/users/", 404),
        ("POST", "/API/V1/partner/users", 404),
        ("GET", "/api/v1/partner/../partner/verify-auth", 404),
        ("GET", "/%2e%2e/%00", 404),
        ("GET", long.as_str(), 404),
        ("GET", "/_sandbox", 404),
        ("GET", "/_sandbox/nothing", 404),
        ("OPTIONS", "*", 404),
        ("GET", "/api/v1/partner/users", 405),
        ("POST", "/api/v1/partner/verify-auth", 405),
        ("OPTIONS", "/api/v1/partner/verify-auth", 405),
        ("TRACE", "/api/v1/partner/verify-auth", 405),
        ("NONSENSE", "/api/v1/partner/verify-auth", 405),
        ("PUT", "/_sandbox/faults", 405),
    ] {
        let response = fixture.one(method, path, "", b"").await;
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(response.header("allow").is_some(), status == 405, "{method} {path}: {}", response.head);
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn a_head_request_gets_no_body() {
    let fixture = Fixture::start().await;
    let bytes = fixture.exchange(&fixture.request("HEAD", "/api/v1/partner/verify-auth", "", b"")).await;
    let text = String::from_utf8(bytes).expect("a head is text");
    assert!(text.starts_with("HTTP/1.1 200 ") && text.ends_with("\r\n\r\n"), "{text}");
}

#[tokio::test]
async fn path_parameters_that_are_not_a_uuid_are_not_found() {
    let fixture = Fixture::start().await;
    let uuid = fixture.user;
    let long = "7".repeat(20_000);
    for id in ["x", "%00", "%ff%fe", "%2F", "..", "%2e%2e", "null", "';--", &format!("{uuid}0"), &long] {
        for (method, rest) in [("GET", ""), ("GET", "/verification-status"), ("DELETE", "/payment-details/1")] {
            let path = format!("/api/v1/partner/users/{id}{rest}");
            assert_eq!(fixture.one(method, &path, "", b"").await.status, 404, "{method} {path}");
        }
        let path = format!("/api/v1/partner/users/{uuid}/payment-details/{id}");
        assert_eq!(fixture.one("DELETE", &path, "", b"").await.status, 404, "DELETE {path}");
    }
    fixture.still_works().await;
}

// ---- JSON -----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn bodies_that_are_not_the_documented_json_are_refused_as_documented() {
    let fixture = Fixture::start().await;
    let deep = "[".repeat(100_000);
    let closed = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let json = "application/json";
    let bodies: [(&str, &str, &[u8]); 16] = [
        ("an empty body", json, b""),
        ("half an object", json, br#"{"user_ref": "a", "#),
        ("not JSON", json, b"user_ref=a&email=a@example.com"),
        ("more than one value", json, b"{} {}"),
        ("not UTF-8", json, b"{\"user_ref\": \"\xff\xfe\"}"),
        ("a lone surrogate", json, br#"{"user_ref": "\ud800", "email": "a@example.com"}"#),
        ("a byte-order mark", json, b"\xef\xbb\xbf{}"),
        ("a number that is too large", json, br#"{"user_ref": 1e999}"#),
        ("not a number", json, br#"{"user_ref": NaN}"#),
        ("an array", json, b"[]"),
        ("null", json, b"null"),
        ("text", json, br#""text""#),
        ("depth", json, deep.as_bytes()),
        ("closed depth", json, closed.as_bytes()),
        ("another type", "text/plain", b"{}"),
        ("no type", "", b"{}"),
    ];
    for (id, method, path) in fixture.operations_with_a_body() {
        for (name, content_type, body) in &bodies {
            let response = fixture.one(method, &path, content_type, body).await;
            assert_eq!(response.status, 400, "{id}: {name}");
            assert_documented(id, &response, name);
        }
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn a_body_has_to_be_declared_as_json() {
    let fixture = Fixture::start().await;
    for (content_type, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/json ;charset=utf-8", 200),
        ("", 400),
        ("json", 400),
        ("text/json", 400),
        ("application/x-www-form-urlencoded", 400),
        ("application/jsonp", 400),
        ("multipart/form-data; boundary=x", 400),
    ] {
        let response = fixture.one("POST", USERS, content_type, USER.as_bytes()).await;
        assert_eq!(response.status, status, "`{content_type}`");
    }
}

#[tokio::test]
async fn an_email_is_an_address_and_unknown_fields_are_ignored() {
    let fixture = Fixture::start().await;
    for (email, is_accepted) in [
        (json!("ada@example.com"), true),
        (json!("ada.obi+test@mail.example.com"), true),
        (json!("ada"), false),
        (json!("ada@"), false),
        (json!("@example.com"), false),
        (json!("ada obi@example.com"), false),
        (json!("ada@example.com, b@example.com"), false),
        (json!(""), false),
        (json!(null), false),
        (json!(42), false),
        (json!(["ada@example.com"]), false),
    ] {
        // All schemas of the document allow additional properties.
        let body = json!({"user_ref": email.to_string(), "email": email, "unknown": {"is": "ignored"}});
        let response = fixture.json("POST", USERS, &body).await;
        assert_eq!(response.status, if is_accepted { 201 } else { 400 }, "{email}");
    }
}

// ---- Sizes ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_body_with_a_declared_length_that_is_too_large_is_refused_before_it_is_sent() {
    let fixture = Fixture::start().await;
    for (id, method, path) in fixture.operations_with_a_body() {
        for (content_type, length) in
            [("application/json", MIB + 1), ("application/json", usize::MAX / 2), (FORM, 17 * MIB + 1)]
        {
            let head = fixture.head(method, &path, content_type, &format!("content-length: {length}\r\n"));
            let responses = fixture.responses(head.as_bytes()).await;
            let [response] = responses.as_slice() else { panic!("{id}, {length}: {responses:?}") };
            assert_eq!(response.status, 400, "{id}, {length}");
            assert_eq!(response.header("connection"), Some("close"), "{id}: what follows is not a request");
            assert_documented(id, response, content_type);
        }
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn a_connection_with_an_unread_body_is_declared_as_closed_although_the_client_would_keep_it() {
    let fixture = Fixture::start().await;
    let head = format!("POST {USERS} HTTP/1.1\r\nhost: a\r\nx-api-key: sandbox-key\r\n");
    for length in [USER.len(), MIB + 1] {
        let mut request = format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{USER}");
        let is_unread = length > USER.len();
        if !is_unread {
            request += "GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        }
        let responses = fixture.responses(request.as_bytes()).await;
        let expected = is_unread.then_some("close");
        assert_eq!(responses[0].header("connection"), expected, "{length}: {responses:?}");
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn json_of_one_mebibyte_is_accepted_with_and_without_a_length() {
    let fixture = Fixture::start().await;
    for (size, status) in [(MIB, 200), (MIB + 1, 400)] {
        let mut body = USER.as_bytes().to_vec();
        body.resize(size, b' ');
        assert_eq!(fixture.one("POST", USERS, "application/json", &body).await.status, status, "{size} bytes");
        let mut request =
            fixture.head("POST", USERS, "application/json", "transfer-encoding: chunked\r\n").into_bytes();
        body.chunks(100_000).for_each(|chunk| {
            request.extend(format!("{:x}\r\n", chunk.len()).bytes());
            request.extend(chunk);
            request.extend(b"\r\n");
        });
        request.extend(b"0\r\n\r\n");
        let responses = fixture.responses(&request).await;
        assert_eq!(
            responses.iter().map(|response| response.status).collect::<Vec<_>>(),
            [status],
            "{size} bytes in chunks"
        );
    }
}

#[tokio::test]
async fn two_hundred_megabytes_in_chunks_are_refused_early() {
    const CHUNK: usize = 64 * 1024;
    let fixture = Fixture::start().await;
    let mut chunk = format!("{CHUNK:x}\r\n").into_bytes();
    chunk.resize(chunk.len() + CHUNK, b' ');
    chunk.extend(b"\r\n");
    for (path, content_type) in [(USERS, "application/json"), (&*fixture.documents(), FORM)] {
        let mut stream = fixture.connect().await;
        let head = fixture.head("POST", path, content_type, "transfer-encoding: chunked\r\n");
        stream.write_all(head.as_bytes()).await.expect("the head is taken");
        // This client does not read while it can write.
        let mut accepted = 0;
        let writing = async {
            while accepted < 200_000_000 && stream.write_all(&chunk).await.is_ok() {
                accepted += CHUNK;
            }
        };
        tokio::time::timeout(EXCHANGE_TIMEOUT, writing).await.expect("the connection is closed");
        assert!(accepted < 26_000_000, "{accepted} bytes of {content_type} were accepted");
        fixture.still_works().await;
        let last = fixture.sandbox.requests().into_iter().rfind(|request| request.status != Some(200));
        assert_eq!(last.and_then(|request| request.status), Some(400), "{content_type}");
    }
}

#[tokio::test]
async fn a_client_that_sends_too_large_a_file_receives_the_refusal() {
    let fixture = Fixture::start().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("{}{}", fixture.sandbox.base_url(), fixture.documents());
    for size in [10 * MIB + 1, 12 * MIB, 40 * MIB] {
        let mut file = PICTURE.to_vec();
        file.resize(size, 0);
        let body = form(&[("document_type", None, b"selfie"), ("document", Some("a.png"), &file)]);
        let chunks: Vec<_> = body.chunks(MIB).map(|chunk| Ok::<_, io::Error>(chunk.to_vec())).collect();
        let with_length = reqwest::Body::from(body);
        let without_length = reqwest::Body::wrap_stream(stream::iter(chunks));
        for (name, body) in [("with", with_length), ("without", without_length)] {
            let request = client.post(&url).header("x-api-key", fixture.sandbox.key()).header("content-type", FORM);
            let response = request.body(body).send().await;
            let status = response.map(|response| response.status().as_u16());
            assert!(matches!(status, Ok(400)), "{size} bytes {name} a length: {status:?}");
        }
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn a_client_that_reads_only_after_it_has_sent_everything_receives_the_refusal() {
    let fixture = Fixture::start().await;
    let body = vec![b' '; MIB + MIB / 2];
    let details = format!("{USERS}/{}/payment-details", fixture.user);
    for (path, size, status) in [
        (USERS, body.len(), 400),
        (&*details, body.len(), 400),
        ("/nothing", MIB, 404),
        ("/_sandbox/faults", body.len(), 400),
    ] {
        let request = fixture.request("POST", path, "application/json", &body[..size]);
        let mut stream = fixture.connect().await.into_std().expect("a socket");
        let exchange = tokio::task::spawn_blocking(move || {
            stream.set_nonblocking(false)?;
            // The response is there before most of the body is sent.
            io::Write::write_all(&mut stream, &request[..1000])?;
            stream.peek(&mut [0])?;
            request[1000..].chunks(8192).try_for_each(|chunk| io::Write::write_all(&mut stream, chunk))?;
            let mut received = Vec::new();
            io::Read::read_to_end(&mut stream, &mut received).map(|_| received)
        });
        let received = exchange.await.expect("it does not panic");
        let statuses = received.map(|received| Response::read_all(&received)[0].status);
        assert!(matches!(statuses, Ok(found) if found == status), "{path}: {statuses:?}");
    }
}

#[tokio::test]
async fn a_body_where_none_is_documented_changes_nothing() {
    let fixture = Fixture::start().await;
    for body in [b"{}".to_vec(), b"\xff".to_vec(), vec![b'['; 3 * MIB]] {
        let response = fixture.one("GET", "/api/v1/partner/verify-auth", "application/json", &body).await;
        assert_eq!(response.status, 200, "{} bytes", body.len());
    }
    fixture.still_works().await;
}

// ---- Forms ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_form_has_a_picture_and_a_known_type_once_each() {
    let fixture = Fixture::start().await;
    let (kind, file) = (("document_type", None, &b"selfie"[..]), ("document", Some("a.png"), &PICTURE[..]));
    let with_type = |kind: &'static [u8]| form(&[("document_type", None, kind), file]);
    let with_file = |content: &[u8]| form(&[kind, ("document", Some("a.png"), content)]);
    let sized = |size: usize| {
        let mut content = PICTURE.to_vec();
        content.resize(size, 0);
        with_file(&content)
    };
    let whole = form(&[kind, file]);
    let cases: [(&str, u16, &str, Vec<u8>); 24] = [
        ("as it should be", 200, FORM, whole.clone()),
        ("in the other order", 200, FORM, form(&[file, kind])),
        ("with another part", 200, FORM, form(&[kind, ("note", None, b"hello"), file])),
        ("without a name", 200, FORM, form(&[kind, ("document", None, &PICTURE)])),
        ("of the maximum size", 200, FORM, sized(10 * MIB)),
        ("a byte too large", 400, FORM, sized(10 * MIB + 1)),
        ("no boundary", 400, "multipart/form-data", whole.clone()),
        ("an empty boundary", 400, "multipart/form-data; boundary=", whole.clone()),
        ("another boundary", 400, "multipart/form-data; boundary=other", whole.clone()),
        ("another multipart", 400, "multipart/mixed; boundary=limit", whole.clone()),
        ("no end", 400, FORM, whole[..whole.len() - 20].to_vec()),
        ("nothing", 400, FORM, Vec::new()),
        ("garbage", 400, FORM, vec![0xff; 1000]),
        ("no part", 400, FORM, form(&[])),
        ("no document", 400, FORM, form(&[kind])),
        ("no type", 400, FORM, form(&[file])),
        ("two documents", 400, FORM, form(&[kind, file, file])),
        ("two types", 400, FORM, form(&[kind, kind, file])),
        ("an unknown type", 400, FORM, with_type(b"birth_certificate")),
        ("a type in capitals", 400, FORM, with_type(b"SELFIE")),
        ("an empty type", 400, FORM, with_type(b"")),
        ("a type that is not text", 400, FORM, with_type(b"\xff\xfe")),
        ("a text", 400, FORM, with_file(b"not a picture")),
        ("an empty file", 400, FORM, with_file(b"")),
    ];
    for (name, status, content_type, body) in cases {
        let response = fixture.one("POST", &fixture.documents(), content_type, &body).await;
        assert_eq!(response.status, status, "{name}");
        assert_documented("uploadPartnerKYCDocument", &response, name);
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn a_file_can_not_be_sent_as_json() {
    let fixture = Fixture::start().await;
    let file = json!({"document": "base64", "document_type": "selfie"});
    assert_eq!(fixture.json("POST", &fixture.documents(), &file).await.status, 400);
}

// ---- HTTP -----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn malformed_http_is_refused_or_the_connection_is_closed() {
    let fixture = Fixture::start().await;
    let auth = "/api/v1/partner/verify-auth";
    let head = |headers: &str| format!("GET {auth} HTTP/1.1\r\nhost: a\r\n{headers}\r\n").into_bytes();
    let post = |headers: &str, body: &str| {
        let head = format!("POST {USERS} HTTP/1.1\r\nhost: a\r\nx-api-key: sandbox-key\r\n");
        format!("{head}content-type: application/json\r\n{headers}\r\n{body}").into_bytes()
    };
    for (name, bytes) in [
        ("garbage", vec![0xff; 5000]),
        ("zeros", vec![0; 5000]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("another version", format!("GET {auth} HTTP/9.9\r\n\r\n").into_bytes()),
        ("no version", format!("GET {auth}\r\n\r\n").into_bytes()),
        ("no target", b"GET HTTP/1.1\r\n\r\n".to_vec()),
        ("text", b"not a request\r\n\r\n".to_vec()),
        ("a huge header", head(&format!("x-large: {}\r\n", "a".repeat(MIB)))),
        ("many headers", head(&"x-one: 1\r\n".repeat(5000))),
        ("a huge target", format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(MIB)).into_bytes()),
        ("a header without a name", head(": a\r\n")),
        ("a header with a zero", head("x-zero: \0\r\n")),
        ("a length that is not a number", post("content-length: ten\r\n", USER)),
        ("a negative length", post("content-length: -1\r\n", USER)),
        ("two lengths", post("content-length: 1\r\ncontent-length: 2\r\n", USER)),
        ("an unknown coding", post("transfer-encoding: brotli\r\n", USER)),
        ("a chunk without a size", post("transfer-encoding: chunked\r\n", "x\r\n{}\r\n0\r\n\r\n")),
        ("a chunk without an end", post("transfer-encoding: chunked\r\n", "ffffffffffffffffff\r\n{}")),
    ] {
        let responses = fixture.responses(&bytes).await;
        assert!(responses.len() < 2, "{name}: {responses:?}");
        assert!(responses.iter().all(|response| (400..500).contains(&response.status)), "{name}: {responses:?}");
    }
    let statuses = fixture.sandbox.requests().into_iter().map(|request| request.status);
    assert_eq!(
        statuses.filter(|status| *status == Some(200)).count(),
        1,
        "only that of the fixture was a valid request"
    );
    fixture.still_works().await;
}

#[tokio::test]
async fn pipelined_requests_get_their_responses_in_order() {
    let fixture = Fixture::start().await;
    let get =
        format!("GET /api/v1/partner/users/{} HTTP/1.1\r\nhost: a\r\nx-api-key: sandbox-key\r\n\r\n", fixture.user);
    let length = USER.len();
    let post = |content_type: &str| {
        let head = format!("POST {USERS} HTTP/1.1\r\nhost: a\r\nx-api-key: sandbox-key\r\n");
        format!("{head}content-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{USER}")
    };
    let mut bytes = [post("application/json"), post("text/plain"), get.repeat(50), post("application/json")].concat();
    bytes += "GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let statuses: Vec<_> = fixture.responses(bytes.as_bytes()).await.iter().map(|response| response.status).collect();
    let mut wanted = vec![200, 400];
    wanted.extend([200; 50]);
    wanted.extend([200, 404]);
    assert_eq!(statuses, wanted);
}

// ---- Time -----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_incomplete_head_ends_the_connection() {
    let fixture = Fixture::start().await;
    for beginning in ["", "G", "GET /api/v1/partner/verify-auth HTTP/1.1\r\nhost: a\r\n"] {
        let mut stream = fixture.connect().await;
        stream.write_all(beginning.as_bytes()).await.expect("it is accepted");
        fixture.still_works().await;
        let waited = until_closed(&mut stream).await;
        assert!(waited < Duration::from_secs(11), "`{beginning}`: {waited:?}");
    }
    fixture.still_works().await;
}

#[tokio::test]
async fn an_incomplete_body_is_refused() {
    let fixture = Fixture::start().await;
    let bodies = [(USERS, "application/json"), (&*fixture.documents(), FORM)];
    for (before, (path, content_type)) in bodies.into_iter().enumerate() {
        let mut stream = fixture.connect().await;
        let head = fixture.head("POST", path, content_type, "content-length: 1000\r\n");
        stream.write_all(format!("{head}{{").as_bytes()).await.expect("it is accepted");
        fixture.still_works().await;
        let waited = until_closed(&mut stream).await;
        assert!(waited < Duration::from_secs(32), "{content_type}: {waited:?}");
        assert_eq!(fixture.refused_bodies(), before + 1, "{content_type}");
    }
}

#[tokio::test]
async fn slow_clients_do_not_block_others_and_are_served() {
    let fixture = Fixture::start().await;
    let request = fixture.request("POST", USERS, "application/json", USER.as_bytes());
    // One after another: one byte, all but one byte of the head, all but one byte of the body.
    let stops = [1, request.len() - USER.len() - 1, request.len() - 1];
    let mut slow = Vec::new();
    for stop in stops.into_iter().cycle().take(300) {
        let mut stream = fixture.connect().await;
        stream.write_all(&request[..stop]).await.expect("it is accepted");
        slow.push((stream, stop));
        fixture.still_works().await;
    }
    for (mut stream, stop) in slow {
        stream.write_all(&request[stop..]).await.expect("the rest is taken");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("there is a response");
        assert!(bytes.starts_with(b"HTTP/1.1 200 "), "it stopped at {stop}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn a_client_that_disconnects_during_an_upload_stores_nothing() {
    let fixture = Fixture::start().await;
    let both = |kind: &'static [u8]| form(&[("document_type", None, kind), ("document", Some("a.png"), &PICTURE)]);
    assert_eq!(fixture.one("POST", &fixture.documents(), FORM, &both(b"selfie")).await.status, 200);
    let request = fixture.request("POST", &fixture.documents(), FORM, &both(b"identity_front"));
    join_all((1..=20).map(async |cut| {
        let mut stream = fixture.connect().await;
        stream.write_all(&request[..request.len() - cut]).await.expect("it is accepted");
    }))
    .await;
    for _ in 0..1000 {
        if fixture.refused_bodies() == 20 {
            break;
        }
        fixture.still_works().await;
    }
    assert_eq!(fixture.refused_bodies(), 20, "each of them was noticed");
    let path = format!("/api/v1/partner/users/{}/verification-status", fixture.user);
    let status = fixture.one("GET", &path, "", b"").await.json();
    assert_eq!(status["data"]["status"], "PENDING_DOCUMENTS");
}

// ---- Fixture ---------------------------------------------------------------------------------------------------------

const USERS: &str = "/api/v1/partner/users";

/// The user that exists already.
const USER: &str = r#"{"user_ref": "customer-42", "email": "ada@example.com"}"#;

const FORM: &str = "multipart/form-data; boundary=limit";

/// A sandbox with a user whose verification waits for documents.
struct Fixture {
    sandbox: Sandbox,
    user: Uuid,
}

impl Fixture {
    async fn start() -> Self {
        let sandbox = Sandbox::start().await.expect("the loopback has a free port");
        let mut fixture = Self { sandbox, user: Uuid::nil() };
        let created = fixture.one("POST", USERS, "application/json", USER.as_bytes()).await;
        assert_eq!(created.status, 201, "{created:?}");
        fixture.user = created.json()["data"]["user_uuid"].as_str().and_then(|uuid| uuid.parse().ok()).expect("a user");
        let pii = json!({"first_name": "Ada", "last_name": "Obi", "country_code": "DE"});
        let submission = json!({"method": "direct_data", "data": {"pii": pii}});
        let path = format!("{USERS}/{}/kyc-submissions", fixture.user);
        assert_eq!(fixture.json("POST", &path, &submission).await.status, 200);
        fixture
    }

    fn documents(&self) -> String {
        format!("{USERS}/{}/kyc/documents", self.user)
    }

    /// The operations with a body for which the sandbox has rules.
    fn operations_with_a_body(&self) -> [(&'static str, &'static str, String); 5] {
        let of_user = |rest: &str| format!("{USERS}/{}{rest}", self.user);
        [
            ("createPartnerUser", "POST", USERS.to_owned()),
            ("submitKYC", "POST", of_user("/kyc-submissions")),
            ("uploadPartnerKYCDocument", "POST", self.documents()),
            ("updateKYC", "PATCH", of_user("/kyc")),
            ("createPaymentDetails", "POST", of_user("/payment-details")),
        ]
    }

    /// The number of requests that were refused with 400.
    fn refused_bodies(&self) -> usize {
        self.sandbox.requests().iter().filter(|request| request.status == Some(400)).count()
    }

    /// Asserts that a normal request succeeds, and that no request has failed so far.
    async fn still_works(&self) {
        assert_eq!(self.one("POST", USERS, "application/json", USER.as_bytes()).await.status, 200);
        for request in self.sandbox.requests() {
            assert!(request.status.is_some_and(|status| status < 500), "{request:?}");
        }
    }

    async fn connect(&self) -> TcpStream {
        let address = self.sandbox.base_url().strip_prefix("http://").expect("a base URL");
        TcpStream::connect(address).await.expect("the sandbox listens")
    }

    /// The head of a request after which the connection is closed.
    fn head(&self, method: &str, path: &str, content_type: &str, more: &str) -> String {
        let key = self.sandbox.key();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: a\r\nx-api-key: {key}\r\nconnection: close\r\n{more}");
        match content_type {
            "" => head + "\r\n",
            content_type => format!("{head}content-type: {content_type}\r\n\r\n"),
        }
    }

    fn request(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
        let length = format!("content-length: {}\r\n", body.len());
        let mut request = self.head(method, path, content_type, &length).into_bytes();
        request.extend(body);
        request
    }

    /// Sends `bytes` until the sandbox stops reading, and reads until the connection is closed.
    async fn exchange(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut reading, mut writing) = self.connect().await.into_split();
        let mut received = Vec::new();
        let write = async {
            // A refusal may arrive before everything is sent.
            let _ = writing.write_all(bytes).await;
        };
        let read = async { reading.read_to_end(&mut received).await };
        let both = tokio::time::timeout(EXCHANGE_TIMEOUT, async { tokio::join!(write, read) });
        let _ = both.await.expect("the connection is closed").1;
        received
    }

    async fn responses(&self, bytes: &[u8]) -> Vec<Response> {
        let received = self.exchange(bytes).await;
        Response::read_all(&received)
    }

    async fn one(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Response {
        let mut responses = self.responses(&self.request(method, path, content_type, body)).await;
        assert_eq!(responses.len(), 1, "{method} {path} has no response, or more than one");
        responses.remove(0)
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> Response {
        self.one(method, path, "application/json", body.to_string().as_bytes()).await
    }
}

/// Waits in paused time until the sandbox closes the connection.
async fn until_closed(stream: &mut TcpStream) -> Duration {
    tokio::time::pause();
    let start = Instant::now();
    let _ = stream.read_to_end(&mut Vec::new()).await;
    let waited = start.elapsed();
    tokio::time::resume();
    waited
}

fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        form.extend(format!("--limit\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        form.extend(*content);
        form.extend(b"\r\n");
    }
    form.extend(b"--limit--\r\n");
    form
}

#[derive(Debug)]
struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn read_all(mut bytes: &[u8]) -> Vec<Self> {
        let mut responses = Vec::new();
        while !bytes.is_empty() {
            let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").expect("a head has an end");
            let head = String::from_utf8(bytes[..end].to_vec()).expect("a head is text");
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
            let mut response = Self { status, head, body: Vec::new() };
            let length = response.header("content-length").map_or(0, |length| length.parse().expect("a length"));
            (response.body, bytes) = (bytes[end + 4..][..length].to_vec(), &bytes[end + 4 + length..]);
            responses.push(response);
        }
        responses
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// Asserts that the status is documented for the operation, and that there is a body if one is described.
fn assert_documented(operation_id: &str, response: &Response, name: &str) {
    let operation = Document::checked_in().operation(operation_id);
    if (200..300).contains(&response.status) {
        assert!(operation.success_statuses.contains(&response.status), "{operation_id}: {name}");
        return;
    }
    let schema =
        operation.errors.get(&response.status).unwrap_or_else(|| panic!("{operation_id}: {name}: {response:?}"));
    match schema.as_deref() {
        None => assert!(response.body.is_empty(), "{operation_id}: {name}: {response:?}"),
        Some(_) => assert!(response.json()["data"]["error_key"].is_string(), "{operation_id}: {name}: {response:?}"),
    }
}
