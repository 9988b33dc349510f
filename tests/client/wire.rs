//! What the generated client puts on the wire for the operations on users, against expectations written by hand, and what it
//! makes of every documented status. `facade_api` covers all operations, from the table that is generated.

mod calls;

use std::{collections::BTreeSet, fmt::Display, pin::Pin};

use chrono::NaiveDate;
use reqwest::{Body, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use unigox_client::{Client, Error, FilePart, Response, operations, types};
use unigox_tests::{
    API_KEY, Call as SampleCall, Document, DocumentedOperation, Failure, Loopback, Part, Reply, Request, Server,
    client_at,
};
use uuid::{Uuid, uuid};

use self::calls::{called, calls, under_user};

const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");

/// Starts like a JPEG, and has in it what a careless form would trip over.
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\r\n--boundary--\r\n\r\n\0\xff\xfe";

#[tokio::test]
async fn every_call_arrives_as_documented() {
    let mut differences = Vec::new();
    for call in calls() {
        let server = Server::replying(call.reply()).await;
        let outcome = (call.send)(&client_at(&server.url())).await;
        assert!(outcome.is_ok(), "{}: {outcome:?}", call.name);
        let found = call.differences(&server.take_request());
        differences.extend(found.into_iter().map(|difference| format!("{}: {difference}", call.name)));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn the_transport_is_told_which_operation_is_called() {
    for call in calls() {
        let server = Server::replying(call.reply()).await;
        let client = client_at(&server.url());
        (call.send)(&client).await.expect("the reply is a documented one");
        let told: Vec<_> = client.transport().called().iter().map(|operation| operation.id).collect();
        assert_eq!(told, [call.operation], "{}", call.name);
    }
}

#[test]
fn the_table_of_operations_is_that_of_the_document() {
    let known: Vec<_> = operations::ALL.iter().map(|operation| operation.id).collect();
    let documented: Vec<_> =
        Document::checked_in().operations().iter().map(|operation| operation.id.as_str()).collect();
    let sorted = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(sorted(&known), sorted(&documented));
    assert_eq!(known.len(), documented.len(), "an operation is listed twice");
}

#[test]
fn every_body_is_one_that_its_operation_takes() {
    let document = Document::checked_in();
    for operation in called() {
        let Some(schema) = &operation.body else { continue };
        let schema = document.resolve(schema);
        let calls: Vec<_> = calls().into_iter().filter(|call| call.operation == operation.id).collect();
        let bodies: Vec<_> = calls.iter().filter_map(|call| call.body.json()).collect();
        assert!(!bodies.is_empty(), "{} is never called with JSON", operation.id);
        for body in &bodies {
            assert!(document.fits(schema, body), "{} does not take {body}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_success_tells_its_status_its_value_and_its_body() {
    for call in calls() {
        for success in call.sampled().successes() {
            let body = success.body.as_ref().expect("these operations respond with JSON");
            let server = Server::replying(Reply::json(success.status, body)).await;
            let summary = (call.send)(&client_at(&server.url())).await;
            let summary = summary.unwrap_or_else(|error| panic!("{}, {}: {error}", call.name, success.status));
            assert_eq!(summary.status.as_u16(), success.status, "{}", call.name);
            assert_eq!(summary.value, *body, "{}, {}", call.name, success.status);
            assert_eq!(summary.body, body.to_string().as_bytes(), "{}, {}", call.name, success.status);
        }
    }
}

#[tokio::test]
async fn every_documented_error_is_an_api_error_of_its_status() {
    for call in calls() {
        let errors = &Document::checked_in().operation(call.operation).errors;
        assert!(errors.contains_key(&401), "{} documents no 401: was it read?", call.operation);
        for (&status, schema) in errors {
            let body = if schema.is_some() { r#"{"success":false,"data":{"error_key":"some_key"}}"# } else { "" };
            let server = Server::replying(Reply::new(status, body)).await;
            let outcome = (call.send)(&client_at(&server.url())).await;
            let Err(Error::Api(error)) = outcome else { panic!("{}, {status}: {outcome:?}", call.name) };
            assert_eq!(error.status().as_u16(), status, "{}", call.name);
            assert_eq!(error.operation().id, call.operation, "{}", call.name);
            assert_eq!(error.body().bytes(), body, "{}, {status}", call.name);
        }
    }
}

#[tokio::test]
async fn created_and_found_users_are_told_apart() {
    let server = Server::start().await;
    let client = client_at(&server.url());
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let body = json!({"success": true, "data": {"user_uuid": USER, "kyc_status": "NOT_INITIATED"}});
        server.reply(Reply::json(status.as_u16(), &body));
        let user = client.create_partner_user(&types::CreateUserRequest::new("customer-42", "ada@example.com")).await;
        let user = user.expect("both are a success");
        assert_eq!(user.http_status(), status);
        assert_eq!(user.data.user_uuid, USER);
    }
}

#[tokio::test]
async fn a_submission_says_its_method_before_its_data() {
    for call in calls().iter().filter(|call| call.operation == "submitKYC") {
        let server = Server::replying(call.reply()).await;
        (call.send)(&client_at(&server.url())).await.expect("the reply is a documented one");
        let request = server.take_request();
        let body = String::from_utf8_lossy(&request.body);
        assert!(body.starts_with(r#"{"method":""#), "{}: {body}", call.name);
    }
}

#[tokio::test]
async fn path_parameters_are_one_segment_whatever_is_in_them() {
    for (id, segment) in [
        ("40417", "40417"),
        ("a/b?c", "a%2Fb%3Fc"),
        ("/", "%2F"),
        ("../../x", "..%2F..%2Fx"),
        ("a b", "a%20b"),
        ("ä", "%C3%A4"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("a#b", "a%23b"),
        ("a\\b", "a%5Cb"),
        ("..\\x", "..%5Cx"),
        ("a;b=c", "a%3Bb%3Dc"),
        ("a&b=c+d", "a%26b%3Dc%2Bd"),
        ("...", "..."),
        (".hidden", ".hidden"),
        ("{user_uuid}", "%7Buser_uuid%7D"),
    ] {
        let target = deleting(id).await.unwrap_or_else(|error| panic!("{id:?} is refused: {error}"));
        assert_eq!(target, under_user(&format!("/payment-details/{segment}")), "{id:?}");
    }
}

/// A URL parser drops tabs and line breaks, which makes another segment of the one that was given.
#[tokio::test]
async fn control_characters_call_no_other_path() {
    for (id, segment) in [
        ("a\tb", "a%09b"),
        ("404\n17", "404%0A17"),
        ("40417\r", "40417%0D"),
        (".\t.", ".%09."),
        ("\n..", "%0A.."),
        ("\t.", "%09."),
        ("\n", "%0A"),
        ("a\0b", "a%00b"),
    ] {
        match deleting(id).await {
            Ok(target) => assert_eq!(target, under_user(&format!("/payment-details/{segment}")), "{id:?}"),
            Err(Error::InvalidRequest(error)) => assert_eq!(error.parameter(), "payment_details_id", "{id:?}"),
            Err(error) => panic!("{id:?}: {error}"),
        }
    }
}

#[tokio::test]
async fn steps_and_nothing_are_refused_as_path_parameters_before_sending() {
    for id in ["", ".", ".."] {
        let server = Server::start().await;
        let outcome = client_at(&server.url()).delete_payment_details(USER, id).await;
        let Err(Error::InvalidRequest(error)) = outcome else { panic!("{id:?}: {outcome:?}") };
        assert_eq!(error.parameter(), "payment_details_id");
        assert_eq!(error.operation().id, "deletePaymentDetails");
        let message = error.to_string();
        assert!(message.starts_with("deletePaymentDetails: `payment_details_id` "), "{message}");
        assert!(server.take_requests().is_empty(), "{id:?} was sent");
    }
}

#[tokio::test]
async fn a_base_url_keeps_its_path() {
    for (base, prefix) in
        [("", ""), ("/", ""), ("/gateway/v2", "/gateway/v2"), ("/gateway/v2/", "/gateway/v2"), ("/a%20b", "/a%20b")]
    {
        let server = Server::replying(Reply::json(200, &json!({"success": true, "data": {}}))).await;
        client_at(&format!("{}{base}", server.url())).verify_auth().await.expect("the reply is a documented one");
        assert_eq!(server.take_request().target, format!("{prefix}/api/v1/partner/verify-auth"), "{base:?}");
    }
}

#[test]
fn a_base_url_is_host_port_and_path_alone() {
    for base in [
        "",
        "api.unigox.com",
        "/api",
        "ftp://api.unigox.com",
        "file:///etc/passwd",
        "https://",
        "https://api.unigox.com/?key=canary",
        "https://api.unigox.com/#canary",
        "https://canary@api.unigox.com",
        "https://user:canary@api.unigox.com",
    ] {
        let error = Client::new(base, Loopback::new()).err().unwrap_or_else(|| panic!("{base:?} is taken"));
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_verification_is_asked_for_only_if_it_is_given() {
    for (verification_id, query) in [
        (None, ""),
        (Some("c7e1f0b4"), "?verification_id=c7e1f0b4"),
        (Some(""), "?verification_id="),
        (Some("a b&c=d+e"), "?verification_id=a%20b%26c%3Dd%2Be"),
        (Some("#?/%ä;"), "?verification_id=%23%3F%2F%25%C3%A4%3B"),
        (Some("\r\n\t"), "?verification_id=%0D%0A%09"),
    ] {
        let server =
            Server::replying(Reply::json(200, &json!({"success": true, "data": {"status": "VERIFIED"}}))).await;
        let mut params = types::GetVerificationStatusParams::new();
        params.verification_id = verification_id.map(str::to_owned);
        let outcome = client_at(&server.url()).get_verification_status_with(USER, &params).await;
        outcome.expect("the reply is a documented one");
        let target = under_user(&format!("/verification-status{query}"));
        assert_eq!(server.take_request().target, target, "{verification_id:?}");
    }
}

#[tokio::test]
async fn a_file_of_unknown_length_streams() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/effective.json");
    let content = std::fs::read(path).expect("the document is there");
    let file = tokio::fs::File::open(path).await.expect("the document is there");

    let request = uploading(FilePart::new("document.pdf", "application/pdf", file)).await;

    assert_eq!(request.header("transfer-encoding"), Some("chunked"));
    assert_eq!(request.header("content-length"), None);
    assert_eq!(request.parts()[0], file_part("document.pdf", "application/pdf", &content));
}

#[tokio::test]
async fn a_streamed_file_of_stated_length_makes_the_request_state_its_own() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/effective.json");
    let content = std::fs::read(path).expect("the document is there");
    let file = tokio::fs::File::open(path).await.expect("the document is there");
    let file = FilePart::new("document.pdf", "application/pdf", file).with_length(content.len() as u64);

    let request = uploading(file).await;

    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.header("content-length"), Some(request.body.len().to_string().as_str()));
    assert_eq!(request.parts()[0], file_part("document.pdf", "application/pdf", &content));
}

#[tokio::test]
async fn an_empty_file_is_a_part_all_the_same() {
    let request = uploading(FilePart::new("empty.gif", "image/gif", Body::from(""))).await;
    assert_eq!(request.parts()[0], file_part("empty.gif", "image/gif", b""));
}

#[tokio::test]
async fn file_names_keep_their_characters() {
    for (name, quoted) in [
        ("Ausweis Müller.jpg", "Ausweis Müller.jpg"),
        ("護照.png", "護照.png"),
        (r#"the "front".jpg"#, r#"the \"front\".jpg"#),
        (r"a\b.jpg", r"a\\b.jpg"),
        ("a;b=c.jpg", "a;b=c.jpg"),
    ] {
        let request = uploading(FilePart::new(name, "image/jpeg", PHOTO)).await;
        assert_eq!(request.parts()[0], file_part(quoted, "image/jpeg", PHOTO), "{name:?}");
    }
}

/// A line break that reaches the header of a part as it is lets a file name write the rest of that header.
#[tokio::test]
async fn file_names_write_no_headers() {
    for name in ["a\r\nContent-Type: text/html\r\n\r\n.jpg", "a\nb.jpg", "a\rb.jpg"] {
        let server = Server::replying(upload_reply()).await;
        let outcome = upload(&client_at(&server.url()), FilePart::new(name, "image/jpeg", PHOTO)).await;
        if let Err(Error::InvalidRequest(error)) = &outcome {
            assert_eq!(error.parameter(), "document", "{name:?}");
            assert!(server.take_requests().is_empty(), "{name:?} was sent");
            continue;
        }
        let parts = server.take_request().parts();
        assert_eq!(parts.len(), 2, "{name:?}");
        assert_eq!(parts[0].head.len(), 2, "{name:?} {:?}", parts[0].head);
        assert!(!parts[0].head.iter().any(|line| line.contains(['\r', '\n'])), "{name:?} {:?}", parts[0].head);
        assert_eq!(parts[0].content, PHOTO, "{name:?}");
    }
}

#[tokio::test]
async fn a_file_type_that_is_none_is_refused_before_sending() {
    for content_type in ["", "canary", "image/jpeg\r\nX-Canary: 1", " canary/x"] {
        let server = Server::start().await;
        let outcome = upload(&client_at(&server.url()), FilePart::new("a.jpg", content_type, PHOTO)).await;
        let Err(Error::InvalidRequest(error)) = outcome else { panic!("{content_type:?}: {outcome:?}") };
        assert_eq!(error.parameter(), "document");
        assert!(!format!("{error} {error:?}").to_lowercase().contains("canary"), "{error:?}");
        assert!(server.take_requests().is_empty(), "{content_type:?} was sent");
    }
}

/// The target of the request that deletes `id`.
async fn deleting(id: &str) -> Result<String, Failure> {
    let server = Server::replying(Reply::json(200, &json!({"success": true, "data": {}}))).await;
    client_at(&server.url()).delete_payment_details(USER, id).await?;
    Ok(server.take_request().target)
}

async fn upload(client: &Client<Loopback>, file: FilePart) -> Result<Response<types::UploadDocumentResponse>, Failure> {
    let form = types::DocumentFileUpload::new(file, types::DocumentType::IdentityFront);
    client.upload_partner_kyc_document_multipart(USER, &form).await
}

/// The request that uploads `file`.
async fn uploading(file: FilePart) -> Request {
    let server = Server::replying(upload_reply()).await;
    upload(&client_at(&server.url()), file).await.expect("the reply is a documented one");
    let request = server.take_request();
    assert_eq!(request.parts()[1].content, b"identity_front");
    request
}

fn upload_reply() -> Reply {
    Reply::json(200, &json!({"success": true, "data": {}}))
}

fn file_part(quoted_name: &str, content_type: &str, content: &[u8]) -> Part {
    Part {
        head: vec![
            format!(r#"Content-Disposition: form-data; name="document"; filename="{quoted_name}""#),
            format!("Content-Type: {content_type}"),
        ],
        content: content.to_vec(),
    }
}
