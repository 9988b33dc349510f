//! What the generated client puts on the wire, and what it makes of every documented status.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

use std::{collections::BTreeSet, fmt::Display, pin::Pin};

use chrono::NaiveDate;
use reqwest::{Body, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};
use unigox_client::{Client, Error, FilePart, Response, operations, types};
use unigox_tests::{API_KEY, Document, Failure, Loopback, Part, Reply, Request, Server, client_at};
use uuid::{Uuid, uuid};

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
async fn every_operation_is_called_and_the_transport_is_told_which() {
    for call in calls() {
        let server = Server::replying(call.reply()).await;
        let client = client_at(&server.url());
        (call.send)(&client).await.expect("the reply is a documented one");
        let told: Vec<_> = client.transport().called().iter().map(|operation| operation.id).collect();
        assert_eq!(told, [call.operation], "{}", call.name);
    }
    let called: BTreeSet<_> = calls().iter().map(|call| call.operation.to_owned()).collect();
    let known: BTreeSet<_> = operations::ALL.iter().map(|operation| operation.id.to_owned()).collect();
    let documented: BTreeSet<_> =
        Document::effective().operations().into_iter().map(|operation| operation.id).collect();
    assert_eq!(called, known, "add the calls that an operation needs to `calls`");
    assert_eq!(known, documented);
    assert_eq!(operations::ALL.len(), known.len(), "an operation is listed twice");
}

#[test]
fn every_variant_of_every_body_is_called() {
    let document = Document::effective();
    for operation in document.operations() {
        let Some(schema) = &operation.body else { continue };
        let schema = document.resolve(schema);
        let calls: Vec<_> = calls().into_iter().filter(|call| call.operation == operation.id).collect();
        let bodies: Vec<_> = calls.iter().filter_map(|call| call.body.json()).collect();
        assert!(!bodies.is_empty(), "{} is never called with JSON", operation.id);
        for body in &bodies {
            assert!(document.fits(schema, body), "{} does not take {body}", operation.id);
        }
        for (index, variant) in schema["oneOf"].as_array().into_iter().flatten().enumerate() {
            let is_sent = bodies.iter().any(|body| document.fits_variant(schema, variant, body));
            assert!(is_sent, "{} is never called with variant {index} of its body", operation.id);
        }
    }
}

#[tokio::test]
async fn every_documented_success_is_read_and_tells_its_status() {
    for operation in Document::effective().operations() {
        for success in &operation.successes {
            for example in &success.examples {
                for call in calls().iter().filter(|call| call.operation == operation.id) {
                    let server = Server::replying(Reply::json(success.status, example)).await;
                    let summary = (call.send)(&client_at(&server.url())).await;
                    let summary = summary.unwrap_or_else(|error| panic!("{}, {}: {error}", call.name, success.status));
                    assert_eq!(summary.status.as_u16(), success.status, "{}", call.name);
                    assert_eq!(summary.value, *example, "{}, {}", call.name, success.status);
                    assert_eq!(summary.body, example.to_string().as_bytes(), "{}, {}", call.name, success.status);
                }
            }
        }
    }
}

#[tokio::test]
async fn every_documented_error_is_an_api_error_of_its_status() {
    for operation in Document::effective().operations() {
        assert!(operation.errors.contains_key(&401), "{} documents no 401: was it read?", operation.id);
        for (&status, schema) in &operation.errors {
            let body = match schema.as_deref() {
                Some("ErrorResponse") => r#"{"success":false,"data":{"error_key":"some_key"}}"#,
                Some("RecipientErrorResponse") => r#"{"success":false,"error":"a sentence"}"#,
                Some(schema) => panic!("{} has the error {status} with `{schema}`: add one here", operation.id),
                None => "",
            };
            for call in calls().iter().filter(|call| call.operation == operation.id) {
                let server = Server::replying(Reply::new(status, body)).await;
                let outcome = (call.send)(&client_at(&server.url())).await;
                let Err(Error::Api(error)) = outcome else { panic!("{}, {status}: {outcome:?}", call.name) };
                assert_eq!(error.status().as_u16(), status, "{}", call.name);
                assert_eq!(error.operation().id, operation.id, "{}", call.name);
                assert_eq!(error.body().bytes(), body, "{}, {status}", call.name);
            }
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

/// A way to call an operation, and the request that it is to become.
struct Call {
    name: &'static str,
    operation: &'static str,
    send: for<'c> fn(&'c Client<Loopback>) -> Sending<'c>,
    method: &'static str,
    target: String,
    body: Content,
}

type Sending<'c> = Pin<Box<dyn Future<Output = Result<Summary, Failure>> + 'c>>;

/// The parts that all typed responses have.
#[derive(Debug)]
struct Summary {
    status: StatusCode,
    value: Value,
    body: Vec<u8>,
}

enum Content {
    None,
    Json(Value),
    Form(Vec<Part>),
}

impl Content {
    fn json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::None | Self::Form(_) => None,
        }
    }
}

impl Call {
    /// The first documented success.
    fn reply(&self) -> Reply {
        let operations = Document::effective().operations();
        let operation = operations.iter().find(|operation| operation.id == self.operation);
        let operation = operation.unwrap_or_else(|| panic!("{} is not in the document", self.operation));
        let success = operation.successes.first().expect("an operation can succeed");
        Reply::json(success.status, &success.examples[0])
    }

    /// Everything in which `request` is not what it is to be.
    fn differences(&self, request: &Request) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, actual: &dyn Display, expected: &dyn Display| {
            let (actual, expected) = (actual.to_string(), expected.to_string());
            if actual != expected {
                found.push(format!("{what} is {actual:?} and not {expected:?}"));
            }
        };
        compare("method", &request.method, &self.method);
        compare("target", &request.target, &self.target);

        let always = ["accept", "host", "x-api-key"].as_slice();
        let with_body = ["accept", "content-length", "content-type", "host", "x-api-key"].as_slice();
        let expected = if matches!(self.body, Content::None) { always } else { with_body };
        let names = request.header_names().into_iter().collect::<Vec<_>>();
        compare("the list of headers", &names.join(" "), &expected.join(" "));
        let header = |name| request.header(name).unwrap_or("absent");
        compare("accept", &header("accept"), &"application/json");
        compare("x-api-key", &header("x-api-key"), &API_KEY);

        match &self.body {
            Content::None => compare("length of the body", &request.body.len(), &0),
            Content::Json(body) => {
                compare("content-type", &header("content-type"), &"application/json");
                compare("content-length", &header("content-length"), &request.body.len());
                compare("body", &request.json(), body);
            }
            Content::Form(parts) => {
                compare("content-length", &header("content-length"), &request.body.len());
                compare("form", &format!("{:?}", request.parts()), &format!("{parts:?}"));
            }
        }
        found
    }
}

/// `calls().name` by `client.method(arguments)`.
macro_rules! send {
    (|$client:ident| $call:expr) => {
        |$client| Box::pin(async move { summary($call.await) })
    };
}

fn summary<T: Serialize>(outcome: Result<Response<T>, Failure>) -> Result<Summary, Failure> {
    outcome.map(|response| Summary {
        status: response.http_status(),
        value: serde_json::to_value(response.value()).expect("a response can be written"),
        body: response.raw().body().to_vec(),
    })
}

/// Every operation, in each way that its parameters and its body allow.
fn calls() -> Vec<Call> {
    vec![
        Call {
            name: "verifyAuth",
            operation: "verifyAuth",
            send: send!(|client| client.verify_auth()),
            method: "GET",
            target: "/api/v1/partner/verify-auth".to_owned(),
            body: Content::None,
        },
        Call {
            name: "createPartnerUser",
            operation: "createPartnerUser",
            send: send!(|client| client
                .create_partner_user(&types::CreateUserRequest::new("customer/42 ä\"\n", "ada@example.com"))),
            method: "POST",
            target: "/api/v1/partner/users".to_owned(),
            body: Content::Json(json!({"user_ref": "customer/42 ä\"\n", "email": "ada@example.com"})),
        },
        Call {
            name: "getPartnerUser",
            operation: "getPartnerUser",
            send: send!(|client| client.get_partner_user(USER)),
            method: "GET",
            target: under_user(""),
            body: Content::None,
        },
        Call {
            name: "submitKYC: direct data, as little as possible",
            operation: "submitKYC",
            send: send!(|client| client
                .submit_kyc(USER, &types::KycSubmitDirectData::new(types::DirectData::new(pii())).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "direct_data",
                "data": {"pii": {"first_name": "Ada", "last_name": "Obi", "country_code": "NG"}},
            })),
        },
        Call {
            name: "submitKYC: direct data, everything",
            operation: "submitKYC",
            send: send!(|client| client
                .submit_kyc(USER, &types::KycSubmitDirectData::new(types::DirectData::new(full_pii())).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "direct_data",
                "data": {"pii": {
                    "first_name": "Ada",
                    "last_name": "Obi",
                    "country_code": "NG",
                    "dob": "1990-02-03",
                    "middle_name": "Ngozi",
                    "phone_number": "+2348012345678",
                    "id_number": "007",
                    "id_type": "NATIONAL_ID",
                    "address": "1 Marina",
                    "city": "Lagos",
                    "postal_code": "03229",
                }},
            })),
        },
        Call {
            name: "submitKYC: token of Sumsub",
            operation: "submitKYC",
            send: send!(|client| client.submit_kyc(USER, &types::KycSubmitExternalToken::new(sumsub()).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "external_token",
                "data": {"provider": "sumsub", "token": "share-token"},
            })),
        },
        Call {
            name: "submitKYC: inquiry of Persona",
            operation: "submitKYC",
            send: send!(|client| client.submit_kyc(USER, &types::KycSubmitExternalToken::new(persona()).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "external_token",
                "data": {"provider": "persona", "inquiry_id": "inq_1"},
            })),
        },
        Call {
            name: "submitKYC: handoff of a stranger",
            operation: "submitKYC",
            send: send!(
                |client| client.submit_kyc(USER, &types::KycSubmitHandoff::new(types::Handoff::default()).into())
            ),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({"method": "handoff", "data": {}})),
        },
        Call {
            name: "submitKYC: handoff of someone known",
            operation: "submitKYC",
            send: send!(|client| client.submit_kyc(USER, &types::KycSubmitHandoff::new(handoff()).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "handoff",
                "data": {"pii": {"first_name": "Ada", "last_name": "Obi", "country_code": "NG"}},
            })),
        },
        Call {
            name: "uploadPartnerKYCDocument: link",
            operation: "uploadPartnerKYCDocument",
            send: send!(|client| client.upload_partner_kyc_document(USER, &link().into())),
            method: "POST",
            target: under_user("/kyc/documents"),
            body: Content::Json(json!({
                "upload_method": "url_link",
                "document_type": "voter_id",
                "url": "https://files.example.com/1?sig=a%2Fb&x=ä",
            })),
        },
        Call {
            name: "uploadPartnerKYCDocument: links",
            operation: "uploadPartnerKYCDocument",
            send: send!(|client| client.upload_partner_kyc_document(USER, &links().into())),
            method: "POST",
            target: under_user("/kyc/documents"),
            body: Content::Json(json!({
                "upload_method": "url_link",
                "documents": [
                    {"document_type": "selfie", "url": "https://files.example.com/1"},
                    {"document_type": "identity_front", "url": "https://files.example.com/2"},
                ],
            })),
        },
        Call {
            name: "uploadPartnerKYCDocument: file",
            operation: "uploadPartnerKYCDocument",
            send: send!(|client| upload(client, FilePart::new("front.jpg", "image/jpeg", PHOTO))),
            method: "POST",
            target: under_user("/kyc/documents"),
            body: Content::Form(vec![
                file_part("front.jpg", "image/jpeg", PHOTO),
                Part {
                    head: vec![r#"Content-Disposition: form-data; name="document_type""#.to_owned()],
                    content: b"identity_front".to_vec(),
                },
            ]),
        },
        Call {
            name: "updateKYC: one field",
            operation: "updateKYC",
            send: send!(|client| client.update_kyc(USER, &move_to("Lagos"))),
            method: "PATCH",
            target: under_user("/kyc"),
            body: Content::Json(json!({"city": "Lagos"})),
        },
        Call {
            name: "updateKYC: everything",
            operation: "updateKYC",
            send: send!(|client| client.update_kyc(USER, &full_update())),
            method: "PATCH",
            target: under_user("/kyc"),
            body: Content::Json(json!({
                "address": "1 Marina",
                "city": "Lagos",
                "postal_code": "03229",
                "dob": "1990-02-03",
                "phone_number": "+2348012345678",
                "middle_name": "Ngozi",
                "id_number": "007",
                "id_type": "PASSPORT",
            })),
        },
        Call {
            name: "getVerificationStatus: latest",
            operation: "getVerificationStatus",
            send: send!(|client| client.get_verification_status(USER)),
            method: "GET",
            target: under_user("/verification-status"),
            body: Content::None,
        },
        Call {
            name: "getVerificationStatus: a certain one",
            operation: "getVerificationStatus",
            send: send!(|client| client.get_verification_status_with(
                USER,
                &types::GetVerificationStatusParams::new().verification_id("c7e1f0b4")
            )),
            method: "GET",
            target: under_user("/verification-status?verification_id=c7e1f0b4"),
            body: Content::None,
        },
        Call {
            name: "getPaymentDetails",
            operation: "getPaymentDetails",
            send: send!(|client| client.get_payment_details(USER)),
            method: "GET",
            target: under_user("/payment-details"),
            body: Content::None,
        },
        Call {
            name: "createPaymentDetails: without an institution",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &on_sepa().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "EUR",
                "rail": "iban-sepa",
                "details": {"iban": "DE75512108001245126199", "nested": {"list": [1, "2", null]}},
            })),
        },
        Call {
            name: "createPaymentDetails: with an institution that could be left out",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &at_a_nigerian_bank().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "NGN",
                "rail": "nip-nigeria",
                "details": {},
                "country_code": "NG",
                "institution_id": "gtbank",
            })),
        },
        Call {
            name: "createPaymentDetails: with an institution that is needed",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &via_uala().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "ARS",
                "rail": "cvu-cbu",
                "details": {"cvu": "0000003100010000000001"},
                "country_code": "AR",
                "institution_id": "uala",
            })),
        },
        Call {
            name: "deletePaymentDetails",
            operation: "deletePaymentDetails",
            send: send!(|client| client.delete_payment_details(USER, "40417")),
            method: "DELETE",
            target: under_user("/payment-details/40417"),
            body: Content::None,
        },
    ]
}

fn under_user(path: &str) -> String {
    format!("/api/v1/partner/users/6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04{path}")
}

fn pii() -> types::Pii {
    types::Pii::new("Ada", "Obi", "NG")
}

fn full_pii() -> types::Pii {
    let mut pii = pii();
    pii.dob = NaiveDate::from_ymd_opt(1990, 2, 3);
    pii.middle_name = Some("Ngozi".to_owned());
    pii.phone_number = Some("+2348012345678".to_owned());
    pii.id_number = Some("007".to_owned());
    pii.id_type = Some(types::IdType::NationalId);
    pii.address = Some("1 Marina".to_owned());
    pii.city = Some("Lagos".to_owned());
    pii.postal_code = Some("03229".to_owned());
    pii
}

fn sumsub() -> types::ExternalToken {
    let mut token = types::ExternalToken::new(types::KycProvider::Sumsub);
    token.token = Some("share-token".to_owned());
    token
}

fn persona() -> types::ExternalToken {
    let mut token = types::ExternalToken::new(types::KycProvider::Persona);
    token.inquiry_id = Some("inq_1".to_owned());
    token
}

fn handoff() -> types::Handoff {
    let mut pii = types::HandoffPii::default();
    pii.first_name = Some("Ada".to_owned());
    pii.last_name = Some("Obi".to_owned());
    pii.country_code = Some("NG".to_owned());
    let mut handoff = types::Handoff::default();
    handoff.pii = Some(pii);
    handoff
}

fn link() -> types::DocumentLink {
    let url = "https://files.example.com/1?sig=a%2Fb&x=ä";
    types::DocumentLink::new(types::UploadMethod::UrlLink, types::DocumentType::VoterId, url)
}

fn links() -> types::DocumentLinkBatch {
    let item = types::DocumentLinkItem::new;
    let selfie = item(types::BatchDocumentType::Selfie, "https://files.example.com/1");
    let front = item(types::BatchDocumentType::IdentityFront, "https://files.example.com/2");
    types::DocumentLinkBatch::new(types::UploadMethod::UrlLink, vec![selfie, front])
}

fn move_to(city: &str) -> types::UpdateKycRequest {
    let mut update = types::UpdateKycRequest::default();
    update.city = Some(city.to_owned());
    update
}

fn full_update() -> types::UpdateKycRequest {
    let mut update = move_to("Lagos");
    update.address = Some("1 Marina".to_owned());
    update.postal_code = Some("03229".to_owned());
    update.dob = NaiveDate::from_ymd_opt(1990, 2, 3);
    update.phone_number = Some("+2348012345678".to_owned());
    update.middle_name = Some("Ngozi".to_owned());
    update.id_number = Some("007".to_owned());
    update.id_type = Some(types::IdType::Passport);
    update
}

fn on_sepa() -> types::CreatePaymentDetailsRequestInstitutionOptional {
    let details = object(json!({"iban": "DE75512108001245126199", "nested": {"list": [1, "2", null]}}));
    let rail = types::InstitutionOptionalRail::IbanSepa;
    types::CreatePaymentDetailsRequestInstitutionOptional::new("EUR", rail, details)
}

fn at_a_nigerian_bank() -> types::CreatePaymentDetailsRequestInstitutionOptional {
    let rail = types::InstitutionOptionalRail::NipNigeria;
    let mut account = types::CreatePaymentDetailsRequestInstitutionOptional::new("NGN", rail, Map::new());
    account.country_code = Some("NG".to_owned());
    account.institution_id = Some("gtbank".to_owned());
    account
}

fn via_uala() -> types::CreatePaymentDetailsRequestInstitutionRequired {
    let rail = types::InstitutionRequiredRail::try_from("cvu-cbu".to_owned()).expect("the rail needs an institution");
    let details = object(json!({"cvu": "0000003100010000000001"}));
    let mut account = types::CreatePaymentDetailsRequestInstitutionRequired::new("ARS", rail, details, "uala");
    account.country_code = Some("AR".to_owned());
    account
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
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
    client.upload_partner_kyc_document_multipart(USER, form).await
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
