//! How the generated client reads responses: documented ones, ones with additions that it does not know, and ones that are
//! not valid.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

use std::{
    collections::BTreeSet,
    error,
    fmt::{Debug, Display},
    str::FromStr,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use unigox_client::{Error, Response, types};
use unigox_tests::{API_KEY, Document, Failure, Reply, Server, client_at};
use uuid::{Uuid, uuid};

const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");

/// Stands where personal data may stand. Its blank keeps it from passing for a key or an enum value.
const CANARY: &str = "canary Ada-Obi-DE75512108001245126199";

// ---- Enums ----------------------------------------------------------------------------------------------------------

#[test]
fn open_enums_keep_what_the_document_does_not_list() {
    for name in Document::effective().enums(true) {
        for value in ["ESCALATED", "", "verified", "with a blank", "Prüfung läuft", "\"\\\n\u{1f600}\u{0}", "NULL"] {
            let json = Value::from(value).to_string();
            let (again, is_listed) = reread_enum(name, &json);
            assert_eq!(again, json, "{name}");
            assert!(!is_listed, "{name} lists {value:?}");
        }
    }
}

#[test]
fn open_enums_know_what_the_document_lists() {
    let document = Document::effective();
    for name in document.enums(true) {
        let values = document.values(name);
        assert!(!values.is_empty(), "{name}");
        for value in values {
            let json = Value::from(value).to_string();
            assert_eq!(reread_enum(name, &json), (json, true), "{name}");
        }
    }
}

#[test]
fn responses_with_an_unknown_enum_value_are_written_again_unchanged() {
    let user = r#""user_uuid":"6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04""#;
    for (operation, data) in [
        ("createPartnerUser", format!(r#"{{{user},"kyc_status":"ESCALATED","created_at":"2026-02-03T09:15:00Z"}}"#)),
        ("getPartnerUser", format!(r#"{{{user},"kyc":{{"status":"ESCALATED","kyc_method":"carrier pigeon"}}}}"#)),
        ("submitKYC", r#"{"kyc_status":"ESCALATED","message":"m"}"#.to_owned()),
        ("uploadPartnerKYCDocument", r#"{"document_id":"1","verification_status":"QUEUED"}"#.to_owned()),
        ("getVerificationStatus", r#"{"status":"ESCALATED","verification_seconds_left":0}"#.to_owned()),
    ] {
        let body = format!(r#"{{"success":true,"data":{data}}}"#);
        assert_eq!(reread(operation, &body).expect("unknown values are read"), body, "{operation}");
    }
}

#[tokio::test]
async fn every_status_that_the_vendor_ever_used_is_read() {
    let server = Server::start().await;
    let client = client_at(&server.url());
    for status in [
        "NOT_STARTED",
        "NOT_INITIATED",
        "PENDING",
        "PENDING_DOCUMENTS",
        "IN_PROGRESS",
        "UNDER_REVIEW",
        "COMPLETED",
        "VERIFIED",
        "FAILED",
        "VERIFICATION_REJECTED",
        "REJECTED",
        "ESCALATED_TO_THE_MOON",
    ] {
        let envelope = |data: Value| json!({"success": true, "data": data});

        server.reply(Reply::json(200, &envelope(json!({"status": status}))));
        let verification = client.get_verification_status(USER).await.expect(status);
        assert_eq!(verification.data.status.as_str(), status);
        assert_eq!(verification.data.status == types::VerificationStatus::Verified, status == "VERIFIED");

        server.reply(Reply::json(200, &envelope(json!({"user_uuid": USER, "kyc": {"status": status}}))));
        let user = client.get_partner_user(USER).await.expect(status);
        let kyc = user.data.kyc.as_ref().expect("the reply has it");
        assert_eq!(kyc.status.as_ref().map(types::KycStatus::as_str), Some(status));

        server.reply(Reply::json(200, &envelope(json!({"kyc_status": status}))));
        let submission = types::KycSubmitHandoff::new(types::Handoff::default()).into();
        let submitted = client.submit_kyc(USER, &submission).await.expect(status);
        assert_eq!(submitted.data.kyc_status.as_str(), status);

        server.reply(Reply::json(200, &envelope(json!({"verification_status": status}))));
        let url = "https://files.example.com/1";
        let link = types::DocumentLink::new(types::UploadMethod::UrlLink, types::DocumentType::Selfie, url);
        let uploaded = client.upload_partner_kyc_document(USER, &link.into()).await.expect(status);
        let uploaded = uploaded.data.verification_status.as_ref().expect("the reply has it");
        assert_eq!(uploaded.as_str(), status);
    }
}

#[test]
fn closed_enums_refuse_what_they_do_not_list_without_quoting_it() {
    fn refuses<T: FromStr<Err: Debug + Display> + DeserializeOwned + Debug>(values: &[&str]) {
        for value in values {
            value.parse::<T>().unwrap_or_else(|error| panic!("{value:?} is listed: {error}"));
        }
        for value in [CANARY, "", &format!("{} ", values[0])] {
            let error = value.parse::<T>().expect_err(value);
            keeps_secret(&format!("{error} {error:?}"));
            let error = serde_json::from_value::<T>(value.into()).expect_err(value);
            keeps_secret(&format!("{error} {error:?}"));
        }
    }

    let document = Document::effective();
    for name in document.enums(false) {
        let values = document.values(name);
        match name {
            "BatchDocumentType" => refuses::<types::BatchDocumentType>(&values),
            "DocumentType" => refuses::<types::DocumentType>(&values),
            "IdType" => refuses::<types::IdType>(&values),
            "InstitutionOptionalRail" => refuses::<types::InstitutionOptionalRail>(&values),
            "KycProvider" => refuses::<types::KycProvider>(&values),
            "UploadMethod" => refuses::<types::UploadMethod>(&values),
            other => panic!("`{other}` is new: add it here"),
        }
    }
    let refused = "voter_id".parse::<types::BatchDocumentType>();
    assert!(refused.is_err(), "a batch takes fewer types than a single upload");
}

#[test]
fn rails_that_need_no_institution_are_refused_where_one_is_needed() {
    for rail in Document::effective().values("InstitutionOptionalRail") {
        let error = types::InstitutionRequiredRail::try_from(rail.to_owned()).expect_err(rail);
        assert!(!format!("{error} {error:?}").contains(rail), "{error}");
    }
    assert!(types::InstitutionRequiredRail::try_from("iban-sepa".to_owned()).is_err());
    let rail = types::InstitutionRequiredRail::try_from("cvu-cbu".to_owned()).expect("it needs an institution");
    assert_eq!(rail.as_str(), "cvu-cbu");
}

// ---- Fields ---------------------------------------------------------------------------------------------------------

#[test]
fn every_object_of_every_response_keeps_unknown_fields() {
    let document = Document::effective();
    let unknown = json!({"deep": [1, -1, 0.25, u64::MAX, "x", null, true, {"": ""}]});
    for response in responses(&document) {
        let mut body = without_nulls(&response.example);
        let objects = objects(&document, &response.schema, &body);
        assert!(objects.len() >= 2, "{}: a response is an envelope and what is in it", response.operation);
        for (pointer, _) in objects {
            body.pointer_mut(&pointer).expect("it was found there")["zz_new"] = unknown.clone();
        }
        assert_eq!(reread_value(response.operation, &body), body, "{}", response.operation);
    }
}

#[test]
fn unknown_fields_are_in_extra() {
    let body = json!({
        "success": true,
        "new": 1,
        "data": {
            "user_uuid": USER,
            "new": 2,
            "kyc": {"new": 3},
            "payment_profiles": [{"id": "40417", "new": 4, "details": {"new": 5}}],
        },
    });
    let user: types::GetUserResponse = serde_json::from_value(body).expect("unknown fields are read");
    let kyc = user.data.kyc.as_ref().expect("it is in the body");
    let profile = &user.data.payment_profiles.as_ref().expect("it is in the body")[0];
    for (place, new) in [(&user.extra, 1), (&user.data.extra, 2), (&kyc.extra, 3), (&profile.extra, 4)] {
        assert_eq!(Value::Object(place.clone()), json!({"new": new}));
    }
    assert_eq!(profile.details.clone().map(Value::Object), Some(json!({"new": 5})));
}

#[test]
fn unknown_fields_are_written_again_as_they_were() {
    for (operation, body) in [
        ("verifyAuth", r#"{"success":true,"data":{"new":{"a":[1,2.5,"ä\n",null,false]}},"new":null}"#),
        ("deletePaymentDetails", r#"{"success":true,"data":{"message":"m","a_new":"0.10","b_new":[]}}"#),
        ("updateKYC", r#"{"success":true,"data":{"updated_fields":["city","newest"],"new":{}},"request_id":"r"}"#),
    ] {
        assert_eq!(reread(operation, body).expect("unknown fields are read"), body);
    }
}

#[test]
fn null_and_absence_read_alike_where_the_document_does_not_tell_them_apart() {
    let document = Document::effective();
    let mut tried = 0;
    for response in responses(&document) {
        for (pointer, schema) in objects(&document, &response.schema, &response.example) {
            for (name, _) in schema["properties"].as_object().expect("an object has properties") {
                if schema["required"].as_array().is_some_and(|required| required.contains(&name.as_str().into())) {
                    continue;
                }
                let [mut absent, mut null] = [response.example.clone(), response.example.clone()];
                absent.pointer_mut(&pointer).and_then(Value::as_object_mut).expect("it was found there").remove(name);
                null.pointer_mut(&pointer).expect("it was found there")[name] = Value::Null;
                let absent = reread_value(response.operation, &absent);
                let reread = reread_value(response.operation, &null);
                let is_told_apart = schema["properties"][name]["nullable"] == true;
                let expected = if is_told_apart { Some(&Value::Null) } else { None };
                let read = reread.pointer(&pointer).and_then(|object| object.get(name));
                assert_eq!(read, expected, "{}: {pointer}/{name}", response.operation);
                assert_eq!(absent.pointer(&pointer).and_then(|object| object.get(name)), None, "{pointer}/{name}");
                tried += 1;
            }
        }
    }
    assert!(tried > 30, "{tried} optional fields are too few to be all");
}

#[test]
fn a_response_without_a_required_field_is_refused() {
    let document = Document::effective();
    for response in responses(&document) {
        for (pointer, schema) in objects(&document, &response.schema, &response.example) {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let mut absent = response.example.clone();
                absent.pointer_mut(&pointer).and_then(Value::as_object_mut).expect("it was found there").remove(name);
                let outcome = reread(response.operation, &absent.to_string());
                assert!(outcome.is_err(), "{}: {pointer}/{name} was not missed: {outcome:?}", response.operation);
            }
        }
    }
}

#[test]
fn optional_lists_and_maps_may_be_absent_null_or_empty() {
    let body = json!({"success": true, "data": {"user_uuid": USER, "payment_profiles": null}});
    let user: types::GetUserResponse = serde_json::from_value(body).expect("null is no list");
    assert_eq!(user.data.payment_profiles, None);
    let body = json!({"success": true, "data": {"user_uuid": USER, "payment_profiles": []}});
    let user: types::GetUserResponse = serde_json::from_value(body).expect("an empty list is one");
    assert_eq!(user.data.payment_profiles, Some(Vec::new()));

    let body = json!({"payment_details_id": "40417", "rail": "iban-sepa", "currency": "EUR", "details": null});
    let profile: types::PaymentProfile = serde_json::from_value(body).expect("null is no map");
    assert_eq!(profile.details, None);

    let absent: types::Verification = serde_json::from_value(json!({"status": "IN_PROGRESS"})).expect("it is optional");
    assert_eq!(absent.provider_messages, None);
    for (messages, expected) in
        [(json!(null), Some(None)), (json!([]), Some(Some(vec![]))), (json!(["m"]), Some(Some(vec!["m".to_owned()])))]
    {
        let body = json!({"status": "IN_PROGRESS", "provider_messages": messages});
        let verification: types::Verification = serde_json::from_value(body).expect("it is documented as nullable");
        assert_eq!(verification.provider_messages, expected);
    }
}

/// An empty list is null where a server is written in Go and has nothing to list: a user without payment details.
#[tokio::test]
async fn required_lists_may_be_null() {
    let server = Server::start().await;
    let client = client_at(&server.url());

    server.reply(Reply::json(200, &json!({"success": true, "data": null})));
    let accounts = client.get_payment_details(USER).await.expect("null is an empty list");
    assert_eq!(accounts.data, []);

    server.reply(Reply::json(200, &json!({"success": true, "data": {"updated_fields": null}})));
    let update = client.update_kyc(USER, &types::UpdateKycRequest::default()).await.expect("null is an empty list");
    assert!(update.data.updated_fields.is_empty());
}

#[tokio::test]
async fn headers_and_body_of_a_response_can_be_read() {
    let body = r#" {"success": true, "data": {"authenticated": true, "authenticated_by": "key"}} "#;
    let reply = Reply::new(200, body).with_header("X-Request-Id", "r-1").with_header("content-type", "text/plain");
    let server = Server::replying(reply).await;
    let response = client_at(&server.url()).verify_auth().await.expect("the media type is the server's affair");
    assert_eq!(response.raw().headers()["x-request-id"], "r-1");
    assert_eq!(response.raw().body(), body);
    assert_eq!(response.value().data.authenticated, Some(true));
    assert_eq!(response.into_value().data.extra["authenticated_by"], "key");
}

// ---- Errors of the API ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn error_bodies_of_every_known_shape_are_read() {
    let none = Value::Null;
    for (body, key, message, details) in [
        (json!({"success": false, "data": {"error_key": "bad_iban"}}), Some("bad_iban"), None, none.clone()),
        (
            json!({"success": false, "data": {"error_key": "bad_iban", "message": CANARY}}),
            Some("bad_iban"),
            Some(CANARY),
            none.clone(),
        ),
        (json!({"success": false, "data": {"error_key": CANARY}}), Some(CANARY), None, none.clone()),
        (
            json!({"success": false, "error": {"code": "INVALID_STATUS", "message": CANARY}}),
            Some("INVALID_STATUS"),
            Some(CANARY),
            none.clone(),
        ),
        (
            json!({"success": false, "error": {"code": "QUOTE_EXPIRED", "message": CANARY, "details": null}}),
            Some("QUOTE_EXPIRED"),
            Some(CANARY),
            none.clone(),
        ),
        (
            json!({"success": false, "error": {"code": "ACCOUNT_CLOSING", "message": CANARY, "details": {"retry_after_seconds": 30, "of": CANARY}}}),
            Some("ACCOUNT_CLOSING"),
            Some(CANARY),
            json!({"retry_after_seconds": 30, "of": CANARY}),
        ),
        (json!({"success": false, "error": CANARY}), None, Some(CANARY), none.clone()),
        (json!({"ok": false, "source": "retail", "error": "no_account"}), Some("no_account"), None, none.clone()),
        (
            json!({"ok": false, "source": CANARY, "error": "no_account", "detail": CANARY, "upstream": {"of": CANARY}, "missing": [CANARY]}),
            Some("no_account"),
            Some(CANARY),
            none.clone(),
        ),
        (json!({"message": CANARY}), None, Some(CANARY), none.clone()),
        (json!({"success": false, "data": null}), None, None, none.clone()),
        (json!({"success": false, "data": {"error_key": 17, "message": [CANARY]}}), None, None, none.clone()),
        (json!([{"error": CANARY}]), None, None, none.clone()),
        (json!(CANARY), None, None, none.clone()),
        (json!(17), None, None, none.clone()),
        (json!(null), None, None, none.clone()),
    ] {
        let body = body.to_string();
        let error = api_error(Reply::new(422, body.as_str())).await;
        assert_eq!(error.status().as_u16(), 422, "{body}");
        assert_eq!(error.operation().id, "deletePaymentDetails", "{body}");
        assert_eq!(error.body().key(), key, "{body}");
        assert_eq!(error.body().message(), message, "{body}");
        assert_eq!(error.body().details().cloned().unwrap_or_default(), details, "{body}");
        assert_eq!(error.body().bytes(), &body, "{body}");
        assert_eq!(error.body().json().map(Value::to_string), Some(body));
    }
}

#[tokio::test]
async fn error_bodies_that_are_no_json_are_kept() {
    let html = format!("<!doctype html><title>502</title><p>{CANARY}");
    let truncated = format!(r#"{{"success":false,"data":{{"error_key":"bad_iban","message":"{CANARY}"#);
    for body in [b"".as_slice(), b" \r\n", html.as_bytes(), truncated.as_bytes(), b"\xff\xfe\0canary", b"{}{}"] {
        let error = api_error(Reply::new(500, body)).await;
        assert_eq!(error.status().as_u16(), 500);
        assert_eq!((error.body().key(), error.body().message(), error.body().details()), (None, None, None));
        assert_eq!(error.body().json(), None);
        assert_eq!(error.body().bytes(), body);
    }
}

#[tokio::test]
async fn statuses_that_no_operation_documents_are_errors_of_the_api() {
    let elsewhere = Server::start().await;
    for status in [300, 301, 302, 303, 304, 307, 308, 402, 408, 418, 425, 429, 451, 499, 501, 502, 503, 504, 599] {
        let reply = Reply::new(status, "").with_header("location", &elsewhere.url()).with_header("retry-after", "7");
        let error = api_error(reply).await;
        assert_eq!(error.status().as_u16(), status);
        assert_eq!(error.response().raw().headers()["retry-after"], "7");
        assert_eq!(error.to_string(), format!("deletePaymentDetails: the server responded with {}", error.status()));
    }
    assert!(elsewhere.take_requests().is_empty(), "a redirect was followed");
}

#[tokio::test]
async fn messages_show_a_key_and_no_sentence() {
    let message = async |body: Value| api_error(Reply::json(400, &body)).await.to_string();
    assert_eq!(
        message(json!({"data": {"error_key": "underage_not_allowed", "message": CANARY}})).await,
        "deletePaymentDetails: the server responded with 400 Bad Request, key `underage_not_allowed`"
    );
    assert_eq!(
        message(json!({"data": {"error_key": CANARY}})).await,
        "deletePaymentDetails: the server responded with 400 Bad Request"
    );
}

// ---- Responses that are not what they should be ---------------------------------------------------------------------

#[tokio::test]
async fn undecodable_successes_name_operation_status_and_place() {
    let user = |data: Value| json!({"success": true, "data": data, "note": CANARY}).to_string();
    for (body, path) in [
        (user(json!({"user_uuid": 17, "kyc_status": "VERIFIED", "email": CANARY})), "data.user_uuid"),
        (user(json!({"user_uuid": CANARY, "kyc_status": "VERIFIED"})), "data.user_uuid"),
        (user(json!({"user_uuid": USER, "kyc_status": [CANARY]})), "data.kyc_status"),
        (user(json!({"user_uuid": USER, "kyc_status": "VERIFIED", "created_at": CANARY})), "data.created_at"),
        (user(json!({"user_uuid": USER, "kyc_status": "VERIFIED", "email": {"of": CANARY}})), "data.email"),
        (user(json!({"user_uuid": USER, "email": CANARY})), "data"),
        (user(json!(CANARY)), "data"),
        (json!({"success": CANARY, "data": {"user_uuid": USER, "kyc_status": "VERIFIED"}}).to_string(), "success"),
        (json!({"success": true, "note": CANARY}).to_string(), "."),
        (json!({"success": false, "data": {"error_key": CANARY}}).to_string(), "data"),
        (json!([CANARY]).to_string(), "."),
        (json!(CANARY).to_string(), "."),
        ("null".to_owned(), "."),
        (String::new(), "."),
        (format!("<!doctype html><p>{CANARY}"), "."),
        (user(json!({"user_uuid": USER, "kyc_status": "VERIFIED"})) + CANARY, "."),
    ] {
        let server = Server::replying(Reply::new(201, body.as_str())).await;
        let request = types::CreateUserRequest::new("customer-42", "ada@example.com");
        let outcome = client_at(&server.url()).create_partner_user(&request).await;
        let Err(Error::Decode(error)) = &outcome else { panic!("{body}: {outcome:?}") };
        assert_eq!(error.operation().id, "createPartnerUser", "{body}");
        assert_eq!(error.response().http_status().as_u16(), 201, "{body}");
        assert_eq!(error.response().raw().body(), &body);
        assert_eq!(error.path(), path, "{body}");
        let message = error.to_string();
        for part in ["createPartnerUser: ", "201 Created", &format!("at `{path}`")] {
            assert!(message.contains(part), "`{part}` is missing: {message}");
        }
        keeps_secret_all_over(&outcome);
    }
}

#[tokio::test]
async fn undecodable_items_of_a_list_are_named_by_their_index() {
    let account = json!({"payment_details_id": "40417", "rail": "iban-sepa", "currency": "EUR"});
    let mut broken = account.clone();
    broken["rail"] = json!({"of": CANARY});
    let body = json!({"success": true, "data": [account, broken]});
    let server = Server::replying(Reply::json(200, &body)).await;
    let outcome = client_at(&server.url()).get_payment_details(USER).await;
    let Err(Error::Decode(error)) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(error.path(), "data[1].rail");
    keeps_secret_all_over(&outcome);
}

/// Whole bodies by their headers, whose JSON ends somewhere.
#[tokio::test]
async fn truncated_successes_are_undecodable_wherever_they_end() {
    let body = json!({
        "success": true,
        "data": {
            "user_uuid": USER,
            "email": CANARY,
            "kyc": {"status": "VERIFIED", "first_name": CANARY},
            "payment_profiles": [{"id": "40417", "details": {"iban": CANARY}}],
        },
        "new": [CANARY],
    });
    let body = body.to_string();
    let server = Server::start().await;
    let client = client_at(&server.url());
    for end in 0..body.len() {
        server.reply(Reply::new(200, &body[..end]));
        let outcome = client.get_partner_user(USER).await;
        let Err(Error::Decode(error)) = &outcome else { panic!("{}: {outcome:?}", &body[..end]) };
        assert!(!error.path().is_empty(), "{}", &body[..end]);
        keeps_secret_all_over(&outcome);
    }
}

/// What is personal may be a key as well, where keys are the server's own.
#[tokio::test]
async fn places_name_no_keys_that_the_document_does_not_have() {
    let profile = format!(r#"{{"id":"40417","details":{{"{CANARY}":{{"{CANARY}":"#);
    for body in [
        format!(r#"{{"success":true,"data":{{"user_uuid":"{USER}","payment_profiles":[{profile}"#),
        format!(r#"{{"success":true,"data":{{"user_uuid":"{USER}","{CANARY}":{{"{CANARY}":["#),
        format!(r#"{{"success":true,"{CANARY}":tru"#),
    ] {
        let server = Server::replying(Reply::new(200, body.as_str())).await;
        let outcome = client_at(&server.url()).get_partner_user(USER).await;
        assert!(matches!(outcome, Err(Error::Decode(_))), "{body}: {outcome:?}");
        keeps_secret_all_over(&outcome);
    }
}

#[tokio::test]
async fn successes_without_a_body_are_undecodable() {
    for status in [200, 201, 202, 204, 206] {
        let server = Server::replying(Reply::new(status, "")).await;
        let outcome = client_at(&server.url()).verify_auth().await;
        let Err(Error::Decode(error)) = &outcome else { panic!("{status}: {outcome:?}") };
        assert_eq!(error.response().http_status().as_u16(), status);
        assert!(error.to_string().contains("has no body"), "{error}");
    }
}

#[tokio::test]
async fn errors_show_neither_bodies_nor_headers_nor_the_key() {
    let sentence = json!({"success": false, "data": {"error_key": "bad_iban", "message": CANARY}, "of": CANARY});
    for body in [sentence.to_string(), format!("<p>{CANARY}"), json!({"error": CANARY}).to_string(), CANARY.to_owned()]
    {
        for status in [302, 400, 418, 500] {
            let reply = Reply::new(status, body.as_str())
                .with_header("set-cookie", CANARY)
                .with_header("x-request-id", CANARY)
                .with_header("location", &format!("https://files.example.com/?q={}", CANARY.replace(' ', "+")));
            let server = Server::replying(reply).await;
            let outcome = client_at(&server.url()).delete_payment_details(USER, "canary-id").await;
            assert!(outcome.is_err(), "{status} {body}");
            keeps_secret_all_over(&outcome);
        }
    }
}

// ---- No response ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn connections_that_are_refused_or_end_early_are_errors_of_the_transport() {
    let refusing = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
    let address = refusing.local_addr().expect("a bound listener has an address");
    drop(refusing);
    let silent = Server::start().await;
    let reply = Reply::json(200, &json!({"success": true, "data": {"message": CANARY}}));
    let stopping = Server::replying(reply.cut_short()).await;

    for (url, is_connect) in [(format!("http://{address}"), true), (silent.url(), false), (stopping.url(), false)] {
        let outcome = client_at(&url).delete_payment_details(USER, "canary-id").await;
        let Err(Error::Transport(error)) = &outcome else { panic!("{outcome:?}") };
        assert_eq!(error.is_connect(), is_connect, "{error:?}");
        keeps_secret_all_over(&outcome);
    }
    assert_eq!(silent.take_requests().len(), 1);
    assert_eq!(stopping.take_requests().len(), 1);
}

// ---- Support --------------------------------------------------------------------------------------------------------

/// A documented response.
struct DocumentedResponse {
    operation: &'static str,
    schema: Value,
    example: Value,
}

fn responses(document: &Document) -> Vec<DocumentedResponse> {
    let operations = document.operations();
    let known: BTreeSet<_> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let all: BTreeSet<_> = unigox_client::operations::ALL.iter().map(|operation| operation.id).collect();
    assert_eq!(known, all);
    let mut responses = Vec::new();
    for operation in unigox_client::operations::ALL {
        let documented =
            operations.iter().find(|documented| documented.id == operation.id).expect("the ids are the same");
        for success in &documented.successes {
            responses.extend(success.examples.iter().map(|example| DocumentedResponse {
                operation: operation.id,
                schema: success.schema.clone(),
                example: example.clone(),
            }));
        }
    }
    responses
}

/// Every object in `value` whose properties `schema` lists, by its pointer, with its schema.
fn objects<'d>(document: &'d Document, schema: &'d Value, value: &Value) -> Vec<(String, &'d Value)> {
    let schema = document.resolve(schema);
    let mut found = Vec::new();
    let mut step = |name: &str, schema: &'d Value, value: &Value| {
        let below = objects(document, schema, value).into_iter();
        found.extend(below.map(|(pointer, schema)| (format!("/{name}{pointer}"), schema)));
    };
    if let (Some(properties), true) = (schema["properties"].as_object(), value.is_object()) {
        for (name, schema) in properties.iter().filter(|(name, _)| value.get(name.as_str()).is_some()) {
            step(name, schema, &value[name]);
        }
        found.push((String::new(), schema));
    } else {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            step(&index.to_string(), &schema["items"], item);
        }
    }
    found
}

/// Reads `body` as the response of `operation`, and writes it again.
fn reread(operation: &str, body: &str) -> Result<String, serde_json::Error> {
    match operation {
        "verifyAuth" => through::<types::VerifyAuthResponse>(body),
        "createPartnerUser" => through::<types::CreateUserResponse>(body),
        "getPartnerUser" => through::<types::GetUserResponse>(body),
        "submitKYC" => through::<types::KycSubmitResponse>(body),
        "uploadPartnerKYCDocument" => through::<types::UploadDocumentResponse>(body),
        "updateKYC" => through::<types::UpdateKycResponse>(body),
        "getVerificationStatus" => through::<types::VerificationStatusResponse>(body),
        "getPaymentDetails" => through::<types::GetPaymentDetailsResponse>(body),
        "createPaymentDetails" => through::<types::CreatePaymentDetailsResponse>(body),
        "deletePaymentDetails" => through::<types::DeletePaymentDetailsResponse>(body),
        other => panic!("`{other}` is new: add its response here"),
    }
}

fn through<T: DeserializeOwned + Serialize>(body: &str) -> Result<String, serde_json::Error> {
    serde_json::to_string(&serde_json::from_str::<T>(body)?)
}

fn reread_value(operation: &str, body: &Value) -> Value {
    let again = reread(operation, &body.to_string()).unwrap_or_else(|error| panic!("{operation}: {error}: {body}"));
    serde_json::from_str(&again).expect("what was written is JSON")
}

/// What `json` is written as when it was read as the open enum `name`, and whether it is a value that is listed there.
fn reread_enum(name: &str, json: &str) -> (String, bool) {
    fn through<T: DeserializeOwned + Serialize + PartialEq>(json: &str, listed: &[T]) -> (String, bool) {
        let value: T = serde_json::from_str(json).expect("an open enum reads any string");
        (serde_json::to_string(&value).expect("it can be written"), listed.contains(&value))
    }
    match name {
        "KycMethod" => through(json, types::KycMethod::VALUES),
        "KycStatus" => through(json, types::KycStatus::VALUES),
        "UploadVerificationStatus" => through(json, types::UploadVerificationStatus::VALUES),
        "VerificationStatus" => through(json, types::VerificationStatus::VALUES),
        other => panic!("`{other}` is new: add it here"),
    }
}

/// The error of a call whose response is `reply`.
async fn api_error(reply: Reply) -> Box<unigox_client::ApiError> {
    let server = Server::replying(reply).await;
    let outcome = client_at(&server.url()).delete_payment_details(USER, "canary-id").await;
    if outcome.is_err() {
        keeps_secret_all_over(&outcome);
    }
    match outcome {
        Err(Error::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Fails if anything that can be printed of the error in `outcome` has something of a body, a header or a parameter.
fn keeps_secret_all_over<T: Debug>(outcome: &Result<Response<T>, Failure>) {
    let error = outcome.as_ref().expect_err("only errors are looked at");
    keeps_secret(&format!("{outcome:?} {error} {error:?} {error:#?}"));
    let mut source = error::Error::source(error);
    while let Some(error) = source {
        keeps_secret(&format!("{error} {error:?}"));
        source = error.source();
    }
}

fn keeps_secret(printed: &str) {
    let words = CANARY.split(' ').chain([API_KEY, "canary-id"]);
    for word in words {
        assert!(!printed.to_lowercase().contains(&word.to_lowercase()), "`{word}` is printed: {printed}");
    }
}

/// `value` without the members that are null: an optional field is read from null and not written again.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
