//! The requests of the handles, for every variant of their bodies, and how they read responses. `facade_api` covers the
//! methods that are generated.

mod calls;

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
    AccountDetails, ApiKey, CallOptions, Client, ClientBuilder, CvuCbuAccount, DocumentFile, DocumentLinks,
    DocumentType, DocumentUpload, DocumentsHandle, Environment, Error, ErrorKind, Gender, HttpSettings, IdType,
    InstitutionOptionalRail, InstitutionQuery, KycHandle, KycSubmission, KycUpdate, NipAccount, PaymentDetails,
    PaymentDetailsBuilder, PaymentDetailsHandle, PersonSourceOfFunds, Pii, Prefill, Progress, RailQuery, RawResponse,
    RegistryNumberType, Response, Result, RetryPolicy, SepaAccount, StatusChanges, UserHandle, UsersHandle,
    VerificationHandle, VerificationOutcome, WaitPolicy,
    futures_util::TryStreamExt,
    http::{StatusCode, header},
    types::{
        CreatedUser, DeletedPaymentDetails, KycMethod, KycStatus, KycSubmissionResult, MissingItem, PartnerUser,
        RampDirection, SavedPaymentDetails, UpdatedKyc, Verification, VerificationStart, VerificationStartStatus,
        VerificationStatus, VerifyAuthData,
    },
};
use unigox_tests::{API_KEY, Document, Judge, Reply, Request, Server, USER, facade_at};
use xtask::coverage::Coverage;

use self::calls::{Body, body, called, calls, success};

/// Starts like a JPEG, and has bytes in it that a form has to encode right.
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\r\n--boundary--\r\n\r\n\0\xff\xfe";

// ---- Requests -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_request_is_as_reviewed_and_its_body_is_accepted() {
    let judge = Judge::checked_in();
    for operation in called() {
        let mut rendered = Vec::new();
        for call in calls().into_iter().filter(|call| call.operation == operation) {
            let request = call.request().await;
            let complaints = match body(&request) {
                Body::None => Vec::new(),
                Body::Json(body) => judge.complaints(operation, &body),
                Body::Form(form) => judge.complaints_about_form(operation, &form),
            };
            assert_eq!(complaints, [""; 0], "{operation}, {}", call.name);
            rendered.push(format!("# {}\n\n{}", call.name, render(&request)));
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(operation, rendered.join("\n\n")));
    }
}

#[test]
fn every_operation_with_a_method_written_by_hand_is_called() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let coverage = Coverage::read(&root).expect("the sources of the facade can be read");
    let documented = Document::checked_in().operations().iter().map(|operation| operation.id.as_str());
    let by_hand: BTreeSet<_> = documented.filter(|operation| !coverage.of(operation).is_empty()).collect();
    assert_eq!(called(), by_hand, "add the calls that an operation needs to `calls`");
}

#[test]
fn every_call_has_a_name_of_its_own() {
    let names: BTreeSet<_> = calls().iter().map(|call| (call.operation, call.name)).collect();
    assert_eq!(names.len(), calls().len(), "two calls have the same name");
}

/// Variants that no method written by hand is for yet are sent by `Api`: see `tests/operations`.
#[tokio::test]
async fn json_and_forms_are_sent_where_they_are_documented() {
    for operation in called() {
        let documented = Document::checked_in().operation(operation);
        let (mut sends_json, mut sends_forms) = (false, false);
        for call in calls().into_iter().filter(|call| call.operation == operation) {
            match body(&call.request().await) {
                Body::None => assert!(!documented.takes_a_body, "{operation} is sent without a body"),
                Body::Json(_) => sends_json = true,
                Body::Form(_) => sends_forms = true,
            }
        }
        assert_eq!(sends_json, documented.body.is_some(), "{operation}: add calls to `calls`");
        assert_eq!(sends_forms, documented.takes_a_file, "{operation}: add calls to `calls`");
    }
}

#[tokio::test]
async fn requests_have_the_headers_that_they_need_and_no_others() {
    for call in calls() {
        let request = call.request().await;
        let mut expected = BTreeSet::from(["accept", "host", "user-agent", "x-api-key"].map(str::to_owned));
        // By RFC 9110, a POST without a body says so.
        expected.extend((request.method == "POST").then(|| "content-length".to_owned()));
        let documented = Document::checked_in().operation(call.operation);
        if documented.takes_a_body {
            expected.extend(["content-length", "content-type"].map(str::to_owned));
        }
        assert_eq!(request.header_names(), expected, "{}", call.name);
        assert_eq!(request.headers.len(), expected.len(), "{}: a header is there twice", call.name);
        assert_eq!(request.header("accept"), Some(&*documented.accept), "{}", call.name);
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
        (&"x".repeat(66_000), None),
    ] {
        let server = Server::start().await;
        let payment_details = facade_at(&server.url()).user(USER).payment_details();
        server.reply(success("getPaymentDetailById"));
        let got = payment_details.get(id).await.map(drop);
        server.forget_replies();
        server.reply(success("deletePaymentDetails"));
        let deleted = payment_details.delete(id).await.map(drop);
        let requests = server.take_requests();
        match segment {
            Some(segment) => {
                got.and(deleted).unwrap_or_else(|error| panic!("{id:?}: {error}"));
                let sent: Vec<_> = requests.iter().map(|sent| (sent.method.as_str(), sent.target.clone())).collect();
                let target = format!("/api/v1/partner/users/{USER}/payment-details/{segment}");
                assert_eq!(sent, [("GET", target.clone()), ("DELETE", target)], "{id:?}");
            }
            None => {
                for (operation, outcome) in [("getPaymentDetailById", got), ("deletePaymentDetails", deleted)] {
                    let error = outcome.expect_err("it would lead elsewhere");
                    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
                    let is_too_long = id.len() > 65_000;
                    assert_eq!(error.field(), Some(if is_too_long { "url" } else { "payment_details_id" }), "{id:?}");
                    assert!(error.attempts() <= 1, "{id:?} was tried again");
                    assert_eq!(error.operation_id(), Some(operation), "{id:?}");
                }
                assert!(requests.is_empty(), "{id:?}");
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
        ("getPaymentDetailById", user.payment_details().get(" ").await.map(drop)),
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
        assert_eq!(error.kind(), ErrorKind::BodyFailed, "{stated} of {}: {error}", content.len());
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
    assert_eq!(outcome.map(drop).expect_err("its end can't be read").kind(), ErrorKind::BodyFailed);
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
async fn an_upload_says_what_was_stored_and_what_was_not() {
    let server = Server::start().await;
    let documents = facade_at(&server.url()).user(USER).documents();
    let reply = |data: Value| server.reply(Reply::json(200, &json!({"success": true, "data": data})));
    let links = DocumentLinks::new().add(DocumentType::Selfie, "https://files.example.com/1");

    let one = json!({"document_id": "1", "document_type": "selfie", "file_name": "a.jpg", "message": "m", "size": 7});
    reply(one);
    let stored = documents.link(DocumentType::Selfie, "https://files.example.com/1").await.expect("it is a success");
    assert_eq!((stored.document_id(), stored.document().document_id.as_deref()), (Some("1"), Some("1")));
    assert_eq!(stored.document_type(), Some(DocumentType::Selfie));
    assert_eq!(stored.document().file_name.as_deref(), Some("a.jpg"));
    assert_eq!(stored.document().extra["size"], 7);

    // A single document that the server says it has not stored.
    for data in [json!({"uploaded": [], "errors": [{"error": "a"}]}), json!({"uploaded": []})] {
        reply(data);
        let outcome = documents.link(DocumentType::Selfie, "https://files.example.com/1").await;
        let error = outcome.expect_err("it is not stored");
        assert_eq!(error.kind(), ErrorKind::NotStored);
        assert!(error.to_string().contains("of 1 documents, 1 not stored: `selfie`"), "{error}");
    }

    let first = json!({"document_id": "1", "document_type": "selfie", "status": "uploaded", "size": 7});
    let error = json!({"document_type": "identity_front", "error": "too large", "limit": 9});
    reply(json!({"uploaded": [first], "errors": [error], "message": "m"}));
    let stored = documents.link_batch(&links).await.expect("a part of a batch is no error");
    assert_eq!((stored.uploaded().len(), stored.all_uploaded()), (1, false));
    assert_eq!(stored.uploaded()[0].extra["size"], 7);
    assert_eq!(stored.errors().len(), 1);
    assert_eq!(stored.errors()[0].document_type.as_deref(), Some("identity_front"));
    assert_eq!(stored.errors()[0].error.as_deref(), Some("too large"));
    assert_eq!(stored.errors()[0].extra["limit"], 9);

    let links = DocumentLinks::from([
        (DocumentType::Selfie, "https://files.example.com/1"),
        (DocumentType::IdentityFront, "https://files.example.com/2"),
    ]);
    let (selfie, front) = (DocumentType::Selfie, DocumentType::IdentityFront);
    for (data, uploaded, errors, not_uploaded) in [
        (json!({"uploaded": [{"document_id": "1"}, {"document_id": "2"}], "message": "m"}), 2, 0, vec![]),
        (json!({"uploaded": [{"document_type": "identity_front"}, {}]}), 2, 0, vec![]),
        (json!({"uploaded": [{"document_type": "a_name_of_tomorrow"}, {"document_id": "2"}]}), 2, 0, vec![]),
        (json!({"uploaded": [{"document_type": "identity_front"}]}), 1, 0, vec![selfie]),
        (json!({"uploaded": [{}], "errors": [{"document_type": "selfie"}]}), 1, 1, vec![selfie]),
        (json!({"uploaded": [], "message": "m"}), 0, 0, vec![selfie, front]),
        (
            json!({"uploaded": [], "errors": [{"error": "a"}, {"error": "b"}], "message": "m"}),
            0,
            2,
            vec![selfie, front],
        ),
        (json!({"uploaded": null, "errors": [{"error": "a"}], "message": "m"}), 0, 1, vec![selfie, front]),
        (json!({"errors": [{"error": "a"}]}), 0, 1, vec![selfie, front]),
        (json!({"uploaded": [{}, {}], "errors": [{"error": "a"}]}), 2, 1, vec![]),
    ] {
        reply(data.clone());
        let stored = documents.link_batch(&links).await.expect("a batch without success is no error of the call");
        assert_eq!((stored.uploaded().len(), stored.errors().len()), (uploaded, errors), "{data}");
        assert_eq!(stored.not_uploaded(), not_uploaded, "{data}");
        let is_whole = errors == 0 && not_uploaded.is_empty();
        assert_eq!((stored.all_uploaded(), stored.raw().status().as_u16()), (is_whole, 200), "{data}");
        match stored.into_result() {
            Ok(stored) => assert!(is_whole && stored.len() == uploaded, "{data}"),
            Err(error) => assert!(!is_whole && error.kind() == ErrorKind::NotStored, "{data}"),
        }
    }
}

#[tokio::test]
async fn after_an_upload_that_may_have_taken_effect_the_message_says_that_nothing_lists_documents() {
    for reply in [Reply::raw(""), Reply::new(500, ""), Reply::new(200, "<html>")] {
        let server = Server::replying(reply).await;
        let documents = facade_at(&server.url()).user(USER).documents();
        let outcome = documents.link(DocumentType::Selfie, "https://files.example.com/1").await;
        let error = outcome.expect_err("it is not known whether it was stored");
        assert!(error.to_string().contains("no operation lists documents: ask runPartnerKYCVerification"), "{error}");
        assert_eq!(error.check_with(), None);
    }
}

#[tokio::test]
async fn an_upload_whose_response_says_nothing_of_documents_is_no_success() {
    for data in [json!("stored"), json!(["1"]), json!({"document_id": 1}), json!({"errors": "none"}), json!(null)] {
        let server = Server::replying(Reply::json(200, &json!({"success": true, "data": data}))).await;
        let documents = facade_at(&server.url()).user(USER).documents();
        let outcome = documents.link(DocumentType::Selfie, "https://files.example.com/1").await;
        let error = outcome.map(drop).expect_err("whether it was stored is not known");
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("data")), "{data}: {error}");
    }
}

#[tokio::test]
async fn a_verification_starts_or_says_what_is_missing() {
    let server = Server::start().await;
    let verification = facade_at(&server.url()).user(USER).verification();
    let reply = |data: Value| server.reply(Reply::json(200, &json!({"success": true, "data": data})));
    reply(json!({"ready": true, "status": "IN_PROGRESS"}));
    let start = verification.start().await.expect("it is a success");
    assert!(start.ready);
    assert_eq!(start.status.as_ref().map(VerificationStartStatus::as_str), Some("IN_PROGRESS"));
    reply(json!({"ready": false, "missing": ["selfie", "a_stamp"]}));
    let start = verification.start().await.expect("something missing is no error");
    assert!(!start.ready);
    let missing: Vec<_> = start.missing.iter().flatten().map(MissingItem::as_str).collect();
    assert_eq!(missing, ["selfie", "a_stamp"]);
}

#[tokio::test]
async fn values_that_are_not_documented_are_kept() {
    let server = Server::start().await;
    let user = facade_at(&server.url()).user(USER);
    let reply = |data: Value| server.reply(Reply::json(200, &json!({"success": true, "data": data})));

    reply(json!({"status": "ESCALATED"}));
    let verification = user.verification().status().await.expect("a new value is no error");
    assert_eq!(verification.status.as_str(), "ESCALATED");
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
    is::<(Response<KycSubmissionResult>, Response<UpdatedKyc>, Response<DocumentUpload>, Response<Verification>)>();
    is::<Response<VerificationStart>>();
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

// ---- Files to send ---------------------------------------------------------------------------------------------------

/// Sends `file`. There is a request if a whole one came.
async fn upload(file: DocumentFile) -> (Result<Response<DocumentUpload>>, Option<Request>) {
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

/// Calls are spawned and joined as they are written: their futures own the handle.
#[tokio::test]
async fn the_futures_of_handles_do_not_borrow_them() {
    fn owned<F: Future + Send + 'static>(_: F) {}
    let server = Server::start().await;
    let client = facade_at(&server.url());
    let picture = || DocumentFile::from_bytes("front.jpg", PHOTO).expect("it is a JPEG");
    owned(client.user(USER).get());
    owned(client.users().create("customer-42", "ada@example.com"));
    owned(client.user(USER).documents().upload(DocumentType::Selfie, picture()));
    owned(client.user(USER).documents().link(DocumentType::Selfie, "https://files.example.com/1"));
    owned(client.user(USER).verification().start());
    owned(client.user(USER).verification().status());
    owned(client.user(USER).verification().wait(WaitPolicy::within(Duration::ZERO)));
    owned(client.user(USER).payment_details().list());
    owned(client.user(USER).payment_details().get("40417"));
    owned(client.user(USER).payment_details().delete(String::from("40417")));

    // A body is borrowed, and the handle is not.
    let (submission, update, links) = (KycSubmission::handoff(), KycUpdate::new().city("Lagos"), DocumentLinks::new());
    let account = PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75512108001245126199"));
    drop(client.user(USER).kyc().submit(&submission));
    drop(client.user(USER).kyc().update(&update));
    drop(client.user(USER).documents().link_batch(&links));
    let create = client.user(USER).payment_details().create(&account);
    let ensure = client.user(USER).payment_details().ensure(&account);
    drop((create, ensure));

    server.reply_otherwise(Reply::json(200, &json!({"success": true, "data": {"user_uuid": USER}})));
    let users = [USER; 3].into_iter().map(|id| client.user(id).get());
    let users = futures_util::future::join_all(users).await;
    assert!(users.iter().all(|user| user.as_ref().is_ok_and(|user| user.user_uuid == USER)));
    let spawned = tokio::spawn(client.user(USER).get());
    assert_eq!(spawned.await.expect("no panic").expect("it is there").user_uuid, USER);
}
