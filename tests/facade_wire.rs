//! The requests of the facade for every operation and every variant of its body, and how it reads responses.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

use std::{
    collections::BTreeSet,
    fs,
    io::Cursor,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::NaiveDate;
use serde_json::{Value, json};
use unigox::{
    AccountDetails, ApiKey, BatchDocumentType, CallOptions, Client, ClientBuilder, CvuCbuAccount, DocumentFile,
    DocumentLinks, DocumentType, DocumentsHandle, Environment, Error, ErrorKind, HttpSettings, IdType,
    InstitutionOptionalRail, KycHandle, KycSubmission, KycUpdate, NipAccount, PaymentDetails, PaymentDetailsBuilder,
    PaymentDetailsHandle, Pii, Prefill, Progress, RawResponse, Response, Result, RetryPolicy, SepaAccount,
    StatusChanges, UserHandle, UsersHandle, VerificationHandle, VerificationOutcome, WaitPolicy,
    http::{StatusCode, header},
    types::{
        CreatedUser, DeletedPaymentDetails, KycMethod, KycStatus, KycSubmissionResult, PartnerUser,
        SavedPaymentDetails, UpdatedKyc, UploadedDocument, Verification, VerificationStatus, VerifyAuthData,
    },
};
use unigox_tests::{API_KEY, Document, Judge, Reply, Request, Server, USER, facade_at};

/// Starts like a JPEG, and has bytes in it that a form has to encode right.
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\r\n--boundary--\r\n\r\n\0\xff\xfe";

// ---- Requests -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_request_is_as_reviewed_and_its_body_is_accepted() {
    let judge = Judge::checked_in();
    for operation in Document::effective().operations() {
        let mut rendered = Vec::new();
        for call in calls().into_iter().filter(|call| call.operation == operation.id) {
            let request = call.request().await;
            if let Some(body) = body(&request) {
                assert_eq!(judge.complaints(&operation.id, &body), [""; 0], "{}, {}", operation.id, call.name);
            }
            rendered.push(format!("# {}\n\n{}", call.name, render(&request)));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(operation.id, rendered.join("\n\n")));
    }
}

#[test]
fn every_operation_is_called() {
    let called: BTreeSet<_> = calls().iter().map(|call| call.operation.to_owned()).collect();
    let documented: BTreeSet<_> =
        Document::effective().operations().into_iter().map(|operation| operation.id).collect();
    assert_eq!(called, documented, "add the calls that an operation needs to `calls`");
    let names: BTreeSet<_> = calls().iter().map(|call| (call.operation, call.name)).collect();
    assert_eq!(names.len(), calls().len(), "two calls have the same name");
}

#[tokio::test]
async fn every_variant_of_every_body_is_sent() {
    let judge = Judge::checked_in();
    let document = Document::effective();
    let with_a_body = document.operations().into_iter().filter(|known| known.takes_a_body);
    let with_a_body: BTreeSet<_> = with_a_body.map(|operation| operation.id).collect();
    assert_eq!(
        judge.operations().map(str::to_owned).collect::<BTreeSet<_>>(),
        with_a_body,
        "teach the judge of the rest"
    );
    for operation in &with_a_body {
        let mut bodies = Vec::new();
        for call in calls().into_iter().filter(|call| call.operation == operation) {
            bodies.extend(body(&call.request().await));
        }
        assert!(!bodies.is_empty(), "{operation} is never sent with a body; add calls to `calls`");
        let sent: BTreeSet<_> = bodies.iter().flat_map(|body| judge.variants(operation, body)).collect();
        let documented = (0..judge.variant_count(operation)).collect();
        assert_eq!(sent, documented, "{operation} has variants of its body that are never sent; add calls to `calls`");
    }
}

#[tokio::test]
async fn requests_have_the_headers_that_they_need_and_no_others() {
    for call in calls() {
        let request = call.request().await;
        let mut expected = BTreeSet::from(["accept", "host", "user-agent", "x-api-key"].map(str::to_owned));
        if request.method != "GET" && request.method != "DELETE" {
            expected.extend(["content-length", "content-type"].map(str::to_owned));
        }
        assert_eq!(request.header_names(), expected, "{}", call.name);
        assert_eq!(request.headers.len(), expected.len(), "{}: a header is there twice", call.name);
        assert_eq!(request.header("accept"), Some("application/json"), "{}", call.name);
        assert_eq!(request.header("x-api-key"), Some(API_KEY), "{}", call.name);
        let length = request.body.len().to_string();
        let stated = request.header("content-length").unwrap_or("0");
        assert_eq!(stated, length, "{}", call.name);
    }
}

#[tokio::test]
async fn the_application_is_named_before_this_crate() {
    let server = Server::replying(success("verifyAuth")).await;
    let builder = Client::builder(Environment::Custom(server.url())).api_key(API_KEY).application("payouts/1.4");
    builder.build().expect("these settings go together").verify_auth().await.expect("the reply is a documented one");
    let request = server.take_request();
    let agent = request.header("user-agent").expect("it says who calls");
    assert!(agent.starts_with("payouts/1.4 unigox-rust/"), "{agent}");
}

#[tokio::test]
async fn a_base_url_keeps_its_path() {
    for (base, prefix) in [("", ""), ("/", ""), ("/gateway/v2", "/gateway/v2"), ("/gateway/v2/", "/gateway/v2")] {
        let server = Server::replying(success("getPartnerUser")).await;
        let client = facade_at(&format!("{}{base}", server.url()));
        client.user(USER).get().await.expect("the reply is a documented one");
        assert_eq!(server.take_request().target, format!("{prefix}/api/v1/partner/users/{USER}"), "{base:?}");
    }
}

#[tokio::test]
async fn an_identifier_is_one_segment_of_the_path_or_refused() {
    for (id, segment) in [
        ("40417", Some("40417")),
        ("a/b?c#d", Some("a%2Fb%3Fc%23d")),
        ("../../x", Some("..%2F..%2Fx")),
        ("100%", Some("100%25")),
        ("ä b", Some("%C3%A4%20b")),
        ("", None),
        (" ", None),
        (".", None),
        ("..", None),
    ] {
        let server = Server::replying(success("deletePaymentDetails")).await;
        let outcome = facade_at(&server.url()).user(USER).payment_details().delete(id).await;
        match segment {
            Some(segment) => {
                outcome.unwrap_or_else(|error| panic!("{id:?}: {error}"));
                let target = format!("/api/v1/partner/users/{USER}/payment-details/{segment}");
                assert_eq!(server.take_request().target, target, "{id:?}");
            }
            None => {
                let error = outcome.map(|_| ()).expect_err("it would lead elsewhere");
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
                assert_eq!(error.field(), Some("payment_details_id"), "{id:?}");
                assert_eq!(error.operation_id(), Some("deletePaymentDetails"), "{id:?}");
                assert!(server.take_requests().is_empty(), "{id:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_call_names_its_operation() {
    let server = Server::start().await;
    let client = facade_at(&server.url());
    let user = client.user(USER);
    let documents = user.documents();
    let sumsub = KycSubmission::sumsub(" ");
    let blank_account = PaymentDetails::sepa(SepaAccount::new(" ", "DE75512108001245126199"));
    for (operation, error) in [
        ("createPartnerUser", client.users().create("", "ada@example.com").await.map(drop)),
        ("submitKYC", user.kyc().submit(&sumsub).await.map(drop)),
        ("updateKYC", user.kyc().update(&KycUpdate::new()).await.map(drop)),
        ("uploadPartnerKYCDocument", documents.link(DocumentType::Selfie, "http://example.com").await.map(drop)),
        ("uploadPartnerKYCDocument", documents.link_batch(&DocumentLinks::new()).await.map(drop)),
        ("createPaymentDetails", user.payment_details().create(&blank_account).await.map(drop)),
        ("deletePaymentDetails", user.payment_details().delete(" ").await.map(drop)),
    ] {
        let error = error.expect_err("it is refused");
        assert_eq!((error.kind(), error.operation_id()), (ErrorKind::InvalidRequest, Some(operation)));
        assert!(error.to_string().starts_with(&format!("{operation}: `")), "{error}");
    }
    assert!(server.take_requests().is_empty());
}

// ---- Files ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_file_from_disk_from_memory_and_from_a_reader_make_the_same_form() {
    let content = long_photo();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("same-form").join("front.jpg");
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be written to");
    fs::write(&path, &content).expect("the folder can be written to");
    let reader = Trickle(Cursor::new(content.clone()));
    let files = [
        DocumentFile::open(&path).await,
        DocumentFile::from_bytes("front.jpg", content.clone()),
        DocumentFile::from_reader("front.jpg", content.len() as u64, reader).await,
    ];
    let mut forms = Vec::new();
    for file in files {
        let (outcome, request) = upload(file.expect("it is a JPEG")).await;
        outcome.expect("the reply is a documented one");
        let request = request.expect("it was sent");
        assert_eq!(request.header("content-length"), Some(request.body.len().to_string().as_str()));
        assert_eq!(request.parts()[0].content, content);
        forms.push(request.parts());
    }
    assert_eq!(forms[0], forms[1]);
    assert_eq!(forms[0], forms[2]);
}

#[tokio::test]
async fn only_the_name_of_a_file_travels() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home-of-ada");
    fs::create_dir_all(&folder).expect("the folder can be written to");
    let path = folder.join("Müller \"front\".jpg");
    fs::write(&path, PHOTO).expect("the folder can be written to");
    for path in [path.clone(), folder.join("..").join("home-of-ada").join("Müller \"front\".jpg")] {
        let (outcome, request) = upload(DocumentFile::open(path).await.expect("it is a JPEG")).await;
        outcome.expect("the reply is a documented one");
        let request = request.expect("it was sent");
        let name = r#"Content-Disposition: form-data; name="document"; filename="Müller \"front\".jpg""#;
        assert_eq!(request.parts()[0].head[0], name);
        assert!(!String::from_utf8_lossy(&request.body).contains("home-of-ada"));
    }
}

#[tokio::test]
async fn a_file_is_sent_as_what_its_content_is() {
    for (media_type, content) in [
        ("image/jpeg", PHOTO),
        ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("image/gif", b"GIF89a\x01\0\x01\0"),
        ("application/pdf", b"%PDF-1.7\n"),
    ] {
        let file = DocumentFile::from_bytes("misnamed.txt", content).expect("it is of one of the four types");
        let (outcome, request) = upload(file).await;
        outcome.expect("the reply is a documented one");
        let parts = request.expect("it was sent").parts();
        assert_eq!(parts[0].head[1], format!("Content-Type: {media_type}"));
        assert_eq!(parts[0].content, content);
    }
}

#[tokio::test]
async fn every_type_of_document_is_sent_with_a_file_and_by_link() {
    for kind in DocumentType::VALUES {
        let server = Server::start().await;
        server.reply_otherwise(success("uploadPartnerKYCDocument"));
        let documents = facade_at(&server.url()).user(USER).documents();
        let file = DocumentFile::from_bytes("front.jpg", PHOTO).expect("it is a JPEG");
        documents.upload(*kind, file).await.expect("the reply is a documented one");
        documents.link(*kind, "https://files.example.com/1").await.expect("the reply is a documented one");
        let requests = server.take_requests();
        assert_eq!(requests[0].parts()[1].content, kind.as_str().as_bytes());
        assert_eq!(requests[1].json()["document_type"], kind.as_str());
    }
}

#[test]
fn a_file_name_writes_no_headers() {
    for name in ["a\r\nContent-Type: text; x.jpg", "a\nb.jpg", "a\rb.jpg", "a\0b.jpg"] {
        let error = DocumentFile::from_bytes(name, PHOTO).expect_err("it can't be sent");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("document")), "{name:?}");
    }
}

#[tokio::test]
async fn progress_is_seen_and_ends_with_the_whole_file() {
    let content = long_photo();
    let total = content.len() as u64;
    let reader = Trickle(Cursor::new(content.clone()));
    for file in [
        DocumentFile::from_bytes("front.jpg", content.clone()),
        DocumentFile::from_reader("front.jpg", total, reader).await,
    ] {
        let seen = Arc::<Mutex<Vec<Progress>>>::default();
        let seer = Arc::clone(&seen);
        let file = file.expect("it is a JPEG").on_progress(move |progress| {
            seer.lock().expect("nothing panics with the lock in hand").push(progress);
        });
        let (outcome, _) = upload(file).await;
        outcome.expect("the reply is a documented one");
        let seen = seen.lock().expect("nothing panics with the lock in hand");
        assert!(seen.len() > 1, "{seen:?}");
        assert!(seen.is_sorted_by(|one, next| one.sent < next.sent), "{seen:?}");
        assert!(seen.iter().all(|progress| progress.total == total), "{seen:?}");
        assert_eq!(seen.last().map(|progress| progress.sent), Some(total), "{seen:?}");
    }
}

#[tokio::test]
async fn a_reader_of_another_length_than_stated_is_no_success() {
    let content = long_photo();
    let chunk = 64 * 1024;
    for stated in [1, content.len() - 1, content.len() + 1, 2 * content.len(), chunk, 3 * chunk] {
        let reader = Cursor::new(content.clone());
        let file = DocumentFile::from_reader("front.jpg", stated as u64, reader).await.expect("it is a JPEG");
        let (outcome, request) = upload(file).await;
        let error = outcome.map(drop).expect_err("the form would be broken");
        // Whether the server did anything with a part of it is not known.
        assert_eq!(error.kind(), ErrorKind::MaybeSent, "{stated} of {}: {error}", content.len());
        assert_eq!(error.attempts(), 1, "{stated} of {}", content.len());
        assert!(request.is_none(), "a whole request came from {stated} of {}", content.len());
    }
}

#[tokio::test]
async fn a_reader_that_fails_is_no_success() {
    struct Failing;

    impl tokio::io::AsyncRead for Failing {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            _: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            std::task::Poll::Ready(Err(std::io::Error::other("the disk is gone")))
        }
    }

    let error = DocumentFile::from_reader("front.jpg", 1000, Failing).await.map(drop).expect_err("nothing can be read");
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("document")));

    let reader = tokio::io::AsyncReadExt::chain(Cursor::new(long_photo()), Failing);
    let file = DocumentFile::from_reader("front.jpg", 1_000_000, reader).await.expect("it begins like a JPEG");
    let (outcome, request) = upload(file).await;
    assert_eq!(outcome.map(drop).expect_err("its end can't be read").kind(), ErrorKind::MaybeSent);
    assert!(request.is_none(), "a whole request came from half of a file");
}

// ---- Responses ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn users_are_created_by_201_and_found_by_200() {
    for (status, is_created) in [(201, true), (200, false)] {
        let body = json!({"success": true, "data": {"user_uuid": USER, "kyc_status": "NOT_INITIATED"}});
        let server = Server::replying(Reply::json(status, &body)).await;
        let user = facade_at(&server.url()).users().create("customer-42", "ada@example.com").await;
        let user = user.expect("both are a success");
        assert_eq!((user.is_new(), user.http_status().as_u16(), user.user_uuid), (is_created, status, USER));
    }
}

#[tokio::test]
async fn a_response_can_be_read_as_it_was_received() {
    let body = r#" {"success":true, "data":{"status":"VERIFIED","status_since":1.50},"took_ms":12} "#;
    let reply = Reply::new(200, body).with_header("content-type", "application/json; charset=utf-8");
    let server = Server::replying(reply.with_header("x-request-id", "req-1").with_header("x-more", "less")).await;
    let verification = facade_at(&server.url()).user(USER).verification().status().await.expect("it is a success");

    let response = verification.raw();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers().get("x-more").and_then(|value| value.to_str().ok()), Some("less"));
    assert!(response.headers().contains_key(header::CONTENT_TYPE));
    assert_eq!(response.request_id(), Some("req-1"));
    assert_eq!(response.body(), body.as_bytes());
    assert_eq!(response.json().map(|json| json["took_ms"].clone()), Some(json!(12)));
    assert_eq!(verification.into_value().status, VerificationStatus::Verified);
}

#[tokio::test]
async fn a_request_id_is_found_under_each_of_its_names() {
    for (headers, id) in [
        (&["x-request-id"][..], Some("x-request-id")),
        (&["x-correlation-id"], Some("x-correlation-id")),
        (&["request-id"], Some("request-id")),
        (&["request-id", "x-correlation-id", "x-request-id"], Some("x-request-id")),
        (&["x-trace"], None),
        (&[], None),
    ] {
        let reply = |reply: Reply| headers.iter().fold(reply, |reply, name| reply.with_header(name, name));
        let server = Server::replying(reply(success("verifyAuth"))).await;
        let client = facade_at(&server.url());
        let response = client.verify_auth().await.expect("the reply is a documented one");
        assert_eq!(response.raw().request_id(), id, "{headers:?}");
        server.reply(reply(Reply::new(401, "")));
        let error = client.verify_auth().await.map(drop).expect_err("401 is no success");
        assert_eq!(error.request_id(), id, "{headers:?}");
    }
}

#[tokio::test]
async fn the_response_of_an_error_can_be_read_as_it_was_received() {
    let body = r#"{"success":false,"data":{"error_key":"underage_not_allowed","more":[1]}}"#;
    let server = Server::replying(Reply::new(400, body).with_header("x-request-id", "req-2")).await;
    let kyc = facade_at(&server.url()).user(USER).kyc();
    let error = kyc.submit(&KycSubmission::handoff()).await.map(drop).expect_err("400 is no success");
    let response = error.response().expect("there was a response");
    assert_eq!(
        (error.kind(), error.status(), error.key()),
        (ErrorKind::Api, Some(StatusCode::BAD_REQUEST), Some("underage_not_allowed"))
    );
    assert_eq!((response.request_id(), &response.body()[..]), (Some("req-2"), body.as_bytes()));
    assert_eq!(response.json().map(|json| json["data"]["more"].clone()), Some(json!([1])));
}

#[tokio::test]
async fn fields_that_are_not_documented_are_kept() {
    let body = json!({"success": true, "data": {
        "user_uuid": USER,
        "kyc": {"status": "VERIFIED", "tier": 2},
        "payment_profiles": [{"id": "1", "nickname": "main"}],
        "wallet": {"status": "linked"},
    }});
    let server = Server::replying(Reply::json(200, &body)).await;
    let user = facade_at(&server.url()).user(USER).get().await.expect("more is no less");
    assert_eq!(user.extra["wallet"], json!({"status": "linked"}));
    assert_eq!(user.kyc.as_ref().map(|kyc| kyc.extra["tier"].clone()), Some(json!(2)));
    assert_eq!(user.payment_profiles.as_ref().expect("it is there")[0].extra["nickname"], "main");
}

#[tokio::test]
async fn a_batch_with_a_result_for_each_document_is_no_error() {
    let data = json!({"uploaded": [{"document_id": "1"}], "errors": [{"error": "too large"}], "message": "stored"});
    let server = Server::replying(Reply::json(200, &json!({"success": true, "data": data}))).await;
    let links = DocumentLinks::new().add(BatchDocumentType::Selfie, "https://files.example.com/1");
    let stored = facade_at(&server.url()).user(USER).documents().link_batch(&links).await.expect("more is no less");
    assert_eq!(stored.extra["uploaded"], data["uploaded"]);
    assert_eq!(stored.extra["errors"], data["errors"]);
}

#[tokio::test]
async fn values_that_are_not_documented_are_kept() {
    let server = Server::start().await;
    let user = facade_at(&server.url()).user(USER);
    let reply = |data: Value| server.reply(Reply::json(200, &json!({"success": true, "data": data})));

    reply(json!({"status": "UNDER_REVIEW"}));
    let verification = user.verification().status().await.expect("a new value is no error");
    assert_eq!(verification.status.as_str(), "UNDER_REVIEW");
    assert!(matches!(verification.status, VerificationStatus::Unknown(_)));

    reply(json!({"user_uuid": USER, "kyc": {"status": "PAUSED", "kyc_method": "in_person"}}));
    let user = user.get().await.expect("a new value is no error");
    let kyc = user.kyc.as_ref().expect("there is KYC");
    assert_eq!(kyc.status.as_ref().map(KycStatus::as_str), Some("PAUSED"));
    assert_eq!(kyc.kyc_method.as_ref().map(KycMethod::as_str), Some("in_person"));
}

// ---- Threads --------------------------------------------------------------------------------------------------------

#[test]
fn a_client_is_shared_between_threads() {
    fn is<T: Clone + Send + Sync + 'static>() {}
    is::<Client>();
    is::<UserHandle>();
    is::<UsersHandle>();
    is::<KycHandle>();
    is::<DocumentsHandle>();
    is::<VerificationHandle>();
    is::<PaymentDetailsHandle>();
}

#[test]
fn arguments_and_results_can_be_sent_between_threads() {
    fn is<T: Send + Sync + 'static>() {}
    is::<ApiKey>();
    is::<Environment>();
    is::<CallOptions>();
    is::<RetryPolicy>();
    is::<WaitPolicy>();
    is::<(Pii, Prefill, KycSubmission, KycUpdate)>();
    is::<(DocumentFile, DocumentLinks, Progress)>();
    is::<(PaymentDetails, PaymentDetailsBuilder, AccountDetails, SepaAccount, NipAccount, CvuCbuAccount)>();
    is::<(RawResponse, Error, ErrorKind, VerificationOutcome)>();
    is::<(Response<CreatedUser>, Response<PartnerUser>, Response<VerifyAuthData>)>();
    is::<(Response<KycSubmissionResult>, Response<UpdatedKyc>, Response<UploadedDocument>, Response<Verification>)>();
    is::<(Response<SavedPaymentDetails>, Response<Vec<SavedPaymentDetails>>, Response<DeletedPaymentDetails>)>();

    // What only one can have at a time.
    fn moves<T: Send + 'static>() {}
    moves::<ClientBuilder>();
    moves::<HttpSettings>();
    moves::<StatusChanges>();
}

/// The futures of `calls` can be as well, because of the type that they are boxed as.
#[test]
fn the_futures_of_waiting_and_of_opening_can_be_sent_between_threads() {
    fn is<T: Send>(_: T) {}
    let client = facade_at("http://127.0.0.1:1");
    let verification = client.user(USER).verification();
    is(verification.wait(WaitPolicy::within(Duration::from_secs(1))));
    is(verification.changes(WaitPolicy::within(Duration::from_secs(1))));
    is(DocumentFile::open("front.jpg"));
    is(DocumentFile::from_reader("front.jpg", 1, Cursor::new(PHOTO)));
}

// ---- The calls ------------------------------------------------------------------------------------------------------

/// A way to call an operation.
struct Call {
    operation: &'static str,
    name: &'static str,
    send: fn(Client) -> Sending,
}

type Sending = Pin<Box<dyn Future<Output = Result<StatusCode>> + Send>>;

impl Call {
    /// The request that it becomes.
    async fn request(&self) -> Request {
        let server = Server::replying(success(self.operation)).await;
        let status = (self.send)(facade_at(&server.url())).await;
        status.unwrap_or_else(|error| panic!("{}, {}: {error}", self.operation, self.name));
        server.take_request()
    }
}

/// The body of `request`, if it has one. A form becomes the object that the document describes.
fn body(request: &Request) -> Option<Value> {
    if request.header("content-type")? == "application/json" {
        return Some(request.json());
    }
    let members = request.parts().into_iter().map(|part| {
        let name = part.name().expect("a part of a form has a name").to_owned();
        (name, Value::String(String::from_utf8_lossy(&part.content).into_owned()))
    });
    Some(Value::Object(members.collect()))
}

/// The first documented success of `operation`.
fn success(operation: &str) -> Reply {
    let operations = Document::effective().operations();
    let operation = operations.iter().find(|known| known.id == operation).expect("the document has the operation");
    let success = operation.successes.first().expect("an operation can succeed");
    Reply::json(success.status, &success.examples[0])
}

/// `calls().send` by a call of `client`, or of a user.
macro_rules! send {
    (|$client:ident| $call:expr) => {
        |$client| Box::pin(async move { Ok($call?.http_status()) })
    };
}

macro_rules! send_of {
    (|$user:ident| $call:expr) => {
        |client| {
            let $user = client.user(USER);
            Box::pin(async move { Ok($call?.http_status()) })
        }
    };
}

/// Every operation, in each way that its parameters and its body allow.
fn calls() -> Vec<Call> {
    let call = |operation, name, send| Call { operation, name, send };
    vec![
        call("verifyAuth", "the key", send!(|client| client.verify_auth().await)),
        call(
            "createPartnerUser",
            "a user",
            send!(|client| client.users().create("customer-42", "ada@example.com").await),
        ),
        call("getPartnerUser", "a user", send_of!(|user| user.get().await)),
        call(
            "submitKYC",
            "direct data, as little as possible",
            send_of!(|user| user.kyc().submit(&KycSubmission::direct(Pii::new("Ada", "Obi", "NG"))).await),
        ),
        call(
            "submitKYC",
            "direct data, everything",
            send_of!(|user| user.kyc().submit(&KycSubmission::direct(full_pii())).await),
        ),
        call("submitKYC", "Sumsub", send_of!(|user| user.kyc().submit(&KycSubmission::sumsub("share-token")).await)),
        call(
            "submitKYC",
            "Persona",
            send_of!(|user| user.kyc().submit(&KycSubmission::persona("inq_Example42")).await),
        ),
        call("submitKYC", "handoff", send_of!(|user| user.kyc().submit(&KycSubmission::handoff()).await)),
        call(
            "submitKYC",
            "handoff of someone known",
            send_of!(|user| {
                let prefill = Prefill::new().first_name("Ada").last_name("Obi").country("NG");
                user.kyc().submit(&KycSubmission::handoff_with(prefill)).await
            }),
        ),
        call(
            "updateKYC",
            "an address",
            send_of!(|user| {
                let update = KycUpdate::new().address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
                user.kyc().update(&update).await
            }),
        ),
        call("updateKYC", "everything", send_of!(|user| user.kyc().update(&full_update()).await)),
        call(
            "uploadPartnerKYCDocument",
            "a file",
            send_of!(|user| {
                let file = DocumentFile::from_bytes("front.jpg", PHOTO)?;
                user.documents().upload(DocumentType::IdentityFront, file).await
            }),
        ),
        call(
            "uploadPartnerKYCDocument",
            "a link",
            send_of!(|user| user
                .documents()
                .link(DocumentType::VoterId, "https://files.example.com/1?sig=a%2Fb")
                .await),
        ),
        call(
            "uploadPartnerKYCDocument",
            "several links",
            send_of!(|user| {
                let links = DocumentLinks::new()
                    .add(BatchDocumentType::IdentityFront, "https://files.example.com/1")
                    .add(BatchDocumentType::Selfie, "https://files.example.com/2");
                user.documents().link_batch(&links).await
            }),
        ),
        call("getVerificationStatus", "the latest session", send_of!(|user| user.verification().status().await)),
        call(
            "getVerificationStatus",
            "a certain session",
            send_of!(|user| user.verification().of_session("c7e1f0b4 & more").status().await),
        ),
        call("getPaymentDetails", "all of a user", send_of!(|user| user.payment_details().list().await)),
        call(
            "createPaymentDetails",
            "SEPA",
            send_of!(|user| {
                let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
                user.payment_details().create(&PaymentDetails::sepa(account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "SEPA, of a business in a country",
            send_of!(|user| {
                let account = SepaAccount::new("Obi GmbH", "DE75512108001245126199").business().country("DE");
                user.payment_details().create(&PaymentDetails::sepa(account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "a Nigerian bank",
            send_of!(|user| {
                let account = NipAccount::new("0000000042").full_name("Ada Obi");
                user.payment_details().create(&PaymentDetails::nip_nigeria(account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an Argentine wallet",
            send_of!(|user| {
                let account = CvuCbuAccount::cvu("0000099900000000000042").alias("ada.obi.ejemplo").country("AR");
                user.payment_details().create(&PaymentDetails::cvu_cbu("uala", account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an Argentine bank",
            send_of!(|user| {
                let account = CvuCbuAccount::cbu("0000099900000000000042").phone_number("+5491100000000");
                user.payment_details().create(&PaymentDetails::cvu_cbu("example-bank", account.business())).await
            }),
        ),
        call(
            "createPaymentDetails",
            "a rail that needs no institution",
            send_of!(|user| {
                let details = AccountDetails::new().field("account_number", "0000000042");
                let builder = PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN");
                user.payment_details().create(&builder.details(details)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an institution on a rail that needs none",
            send_of!(|user| {
                let details = AccountDetails::new().field("account_number", "0000000042");
                let builder = PaymentDetails::via("nip-nigeria", "example-bank", "NGN").country("NG");
                user.payment_details().create(&builder.details(details)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an institution on another rail",
            send_of!(|user| {
                let branch = json!({"code": "0042", "open": [1, 2.5, null]});
                let details = AccountDetails::new().field("branch", branch).field("vpa", "ada@example").business();
                let builder = PaymentDetails::via("upi-india", "example-bank", "INR");
                user.payment_details().create(&builder.details(details)).await
            }),
        ),
        call("deletePaymentDetails", "one account", send_of!(|user| user.payment_details().delete("40417").await)),
    ]
}

fn full_pii() -> Pii {
    let pii = Pii::new("Ada", "Obi", "NG")
        .dob(NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date"))
        .middle_name("Chidi")
        .phone_number("+2348031234567")
        .id_number(IdType::Passport, "SPECIMEN-00042");
    pii.address("12 Marina Road").city("Lagos").postal_code("01067")
}

fn full_update() -> KycUpdate {
    let update = KycUpdate::new()
        .dob(NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date"))
        .middle_name("Chidi")
        .phone_number("+2348031234567")
        .id_number(IdType::DriverLicense, "SPECIMEN-00042");
    update.address("Musterweg 5 \"Hof\"").city("Zürich").postal_code("01067")
}

/// Sends `file`. There is a request if a whole one came.
async fn upload(file: DocumentFile) -> (Result<Response<UploadedDocument>>, Option<Request>) {
    let server = Server::replying(success("uploadPartnerKYCDocument")).await;
    let outcome = facade_at(&server.url()).user(USER).documents().upload(DocumentType::IdentityFront, file).await;
    (outcome, server.take_requests().pop())
}

/// Longer than what is read at a time.
fn long_photo() -> Vec<u8> {
    PHOTO.iter().copied().cycle().take(200_001).collect()
}

/// A reader that gives a little at a time.
struct Trickle(Cursor<Vec<u8>>);

impl tokio::io::AsyncRead for Trickle {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let mut some = vec![0; buffer.remaining().min(997)];
        let count = std::io::Read::read(&mut self.0, &mut some)?;
        buffer.put_slice(&some[..count]);
        std::task::Poll::Ready(Ok(()))
    }
}

// ---- A request to read ----------------------------------------------------------------------------------------------

/// The request as it came, without what differs from run to run, and with its headers in the order of their names.
fn render(request: &Request) -> String {
    let mut headers: Vec<_> = request.headers.iter().map(|(name, value)| render_header(name, value)).collect();
    headers.retain(|header| !header.is_empty());
    headers.sort();
    let head = format!("{} {}\n{}", request.method, request.target, headers.join("\n"));
    let body = match request.header("content-type") {
        None => return head,
        Some("application/json") => pretty(str::from_utf8(&request.body).expect("JSON is UTF-8")),
        Some(_) => render_form(request),
    };
    format!("{head}\n\n{body}")
}

fn render_header(name: &str, value: &str) -> String {
    let value = match name {
        "host" | "content-length" => return String::new(),
        "x-api-key" => value.replace(API_KEY, "[key]"),
        "user-agent" => value.replace(env!("CARGO_PKG_VERSION"), "[version]"),
        "content-type" => {
            value.split_once("boundary=").map_or(value.to_owned(), |(kind, _)| format!("{kind}boundary=[…]"))
        }
        _ => value.to_owned(),
    };
    format!("{name}: {value}")
}

fn render_form(request: &Request) -> String {
    let parts = request.parts().into_iter().map(|part| {
        let content = match String::from_utf8(part.content) {
            Ok(text) => text,
            Err(error) => format!("[{} bytes]", error.as_bytes().len()),
        };
        format!("--[…]\n{}\n\n{content}\n", part.head.join("\n"))
    });
    parts.collect::<String>() + "--[…]--"
}

/// `json` over several lines, with nothing of it in another order.
fn pretty(json: &str) -> String {
    let (mut pretty, mut depth) = (String::new(), 0);
    let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    let (mut in_text, mut is_escaped, mut before) = (false, false, ' ');
    for c in json.chars() {
        let is_empty = matches!((before, c), ('{', '}') | ('[', ']'));
        match c {
            _ if in_text => {}
            '}' | ']' => {
                depth -= 1;
                pretty += &if is_empty { String::new() } else { line(depth) };
            }
            _ if matches!(before, '{' | '[') => pretty += &line(depth),
            _ => {}
        }
        pretty.push(c);
        match c {
            '"' if !is_escaped => in_text = !in_text,
            _ if in_text => {}
            '{' | '[' => depth += 1,
            ',' => pretty += &line(depth),
            ':' => pretty.push(' '),
            _ => {}
        }
        is_escaped = in_text && c == '\\' && !is_escaped;
        before = if in_text { '"' } else { c };
    }
    pretty
}
