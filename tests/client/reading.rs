//! How responses are read: documented ones, ones with additions that the client does not know, and ones that are not valid.
//! What holds for all operations is tried on each of them, with bodies that are sampled from the document.

use std::{
    collections::BTreeSet,
    error,
    fmt::{self, Debug, Display},
    str::FromStr,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use unigox_client::{Error, Response, types};
use unigox_tests::{API_KEY, Call, Document, Failure, Reply, Server, client_at, facade_at};
use uuid::{Uuid, uuid};

const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");

/// Stands where personal data may stand. Its blank keeps it from passing for a key or an enum value.
const CANARY: &str = "canary Ada-Obi-DE75512108001245126199";

// ---- Enums ----------------------------------------------------------------------------------------------------------

/// Calls `$check::<T>(listed)` for some of the enums, with the values that the document lists.
macro_rules! for_some_enums {
    ($check:ident: $($name:ident),*) => {
        $($check::<types::$name>(types::$name::VALUES, &Document::checked_in().values(stringify!($name)));)*
    };
}

#[test]
fn open_enums_keep_what_the_document_does_not_list() {
    fn keeps<T: DeserializeOwned + Serialize + PartialEq>(known: &[T], _: &[&str]) {
        for value in ["ESCALATED", "", "verified", "with a blank", "Prüfung läuft", "\"\\\n\u{1f600}\u{0}", "NULL"] {
            let json = Value::from(value).to_string();
            let read: T = serde_json::from_str(&json).expect("an open enum reads any string");
            assert_eq!(serde_json::to_string(&read).expect("it can be written"), json);
            assert!(!known.contains(&read), "{value:?} is listed");
        }
    }

    for_some_enums!(keeps: KycMethod, KycStatus, VerificationStatus, BatchDocumentStatus);
}

#[test]
fn open_enums_know_what_the_document_lists() {
    fn knows<T: DeserializeOwned + Serialize + PartialEq + Debug>(known: &[T], listed: &[&str]) {
        assert!(!listed.is_empty());
        let read: Vec<T> = listed.iter().map(|&value| serde_json::from_value(value.into()).expect(value)).collect();
        assert_eq!(read, known);
        assert_eq!(serde_json::to_value(known).expect("they can be written"), json!(listed));
    }

    for_some_enums!(knows: KycMethod, KycStatus, VerificationStatus, BatchDocumentStatus);
}

#[tokio::test]
async fn every_enum_of_every_response_keeps_what_the_document_does_not_list() {
    fn replace(document: &Document, schema: &Value, value: &mut Value) -> usize {
        let schema = document.resolve(schema);
        match value {
            Value::String(text) if schema.get("enum").is_some() => {
                *text = "ESCALATED".to_owned();
                1
            }
            Value::Object(members) => {
                let known = members.iter_mut().filter(|(name, _)| schema["properties"].get(name.as_str()).is_some());
                known.map(|(name, value)| replace(document, &schema["properties"][name.as_str()], value)).sum()
            }
            Value::Array(items) => items.iter_mut().map(|item| replace(document, &schema["items"], item)).sum(),
            _ => 0,
        }
    }

    let reader = Reader::open().await;
    let mut replaced = 0;
    for response in responses() {
        let mut body = response.body.clone();
        replaced += replace(Document::checked_in(), response.schema, &mut body);
        let read = reader.read(&response, &body).await;
        assert_eq!(read.unwrap_or_else(|error| panic!("{response:?}: {error}")), body, "{response:?}");
    }
    assert!(replaced > 0, "no response has an enum in it");
}

#[test]
fn responses_with_an_unknown_enum_value_are_written_again_unchanged() {
    let user = r#""user_uuid":"6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04""#;
    let created = format!(r#"{user},"kyc_status":"ESCALATED","created_at":"2026-02-03T09:15:00Z""#);
    let stored = r#"{"document_type":"selfie","document_id":"1","file_name":"a.jpg","status":"QUEUED"}"#;
    for (again, data) in [
        (again::<types::CreateUserResponse> as Again, created),
        (again::<types::GetUserResponse>, format!(r#"{user},"kyc":{{"status":"ESCALATED","kyc_method":"by pigeon"}}"#)),
        (again::<types::KycSubmitResponse>, r#""kyc_status":"ESCALATED","message":"m""#.to_owned()),
        (again::<types::UploadDocumentResponse>, format!(r#""uploaded":[{stored}],"message":"m""#)),
        (
            again::<types::VerificationStatusResponse>,
            r#""status":"ESCALATED","verification_seconds_left":0"#.to_owned(),
        ),
    ] {
        let body = format!(r#"{{"success":true,"data":{{{data}}}}}"#);
        assert_eq!(again(&body).expect("unknown values are read"), body);
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

        server.reply(Reply::json(200, &envelope(json!({"ready": true, "status": status}))));
        let start = client.run_partner_kyc_verification(USER).await.expect(status);
        let start = start.data.status.as_ref().expect("the reply has it");
        assert_eq!(start.as_str(), status);
    }
}

#[test]
fn closed_enums_refuse_what_they_do_not_list_without_quoting_it() {
    fn refuses<T: FromStr<Err: Debug + Display> + DeserializeOwned + PartialEq + Debug>(known: &[T], listed: &[&str]) {
        let parse = |value: &&str| value.parse().unwrap_or_else(|error| panic!("{value:?} is listed: {error}"));
        assert_eq!(listed.iter().map(parse).collect::<Vec<T>>(), known);
        for value in [CANARY, "", &format!("{} ", listed[0]), &listed[0].replace(char::is_alphabetic, "x")] {
            let error = value.parse::<T>().expect_err(value);
            keeps_secret(&format!("{error} {error:?}"));
            let error = serde_json::from_value::<T>(value.into()).expect_err(value);
            keeps_secret(&format!("{error} {error:?}"));
        }
    }

    for_some_enums!(refuses: DocumentType, IdType, InstitutionOptionalRail, KycProvider, RegistryNumberType, UploadMethod);
}

#[test]
fn rails_that_need_no_institution_are_refused_where_one_is_needed() {
    for rail in types::InstitutionOptionalRail::VALUES.iter().map(types::InstitutionOptionalRail::as_str) {
        let error = types::InstitutionRequiredRail::try_from(rail.to_owned()).expect_err(rail);
        assert!(!format!("{error} {error:?}").contains(rail), "{error}");
    }
    assert!(types::InstitutionRequiredRail::try_from("iban-sepa".to_owned()).is_err());
    let rail = types::InstitutionRequiredRail::try_from("cvu-cbu".to_owned()).expect("it needs an institution");
    assert_eq!(rail.as_str(), "cvu-cbu");
}

// ---- Fields ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_object_of_every_response_keeps_unknown_fields() {
    let unknown = json!({"deep": [1, -1, 0.25, u64::MAX, "x", null, true, {"": ""}]});
    let reader = Reader::open().await;
    let mut tried = 0;
    for response in responses() {
        let mut body = response.body.clone();
        for object in response.objects() {
            tried += 1;
            body.pointer_mut(&object.pointer).expect("it was found there")["zz_new"] = unknown.clone();
        }
        let read = reader.read(&response, &body).await;
        assert_eq!(read.unwrap_or_else(|error| panic!("{response:?}: {error}")), body, "{response:?}");
    }
    assert!(tried > 0, "no response has an object");
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
    for (again, body) in [
        (
            again::<types::VerifyAuthResponse> as Again,
            r#"{"success":true,"data":{"new":{"a":[1,2.5,"ä\n",null,false]}},"new":null}"#,
        ),
        (
            again::<types::DeletePaymentDetailsResponse>,
            r#"{"success":true,"data":{"message":"m","a_new":"0.10","b_new":[]}}"#,
        ),
        (
            again::<types::UpdateKycResponse>,
            r#"{"success":true,"data":{"updated_fields":["city","newest"],"new":{}},"request_id":"r"}"#,
        ),
    ] {
        assert_eq!(again(body).expect("unknown fields are read"), body);
    }
}

#[tokio::test]
async fn null_and_absence_read_alike_where_the_document_does_not_tell_them_apart() {
    let reader = Reader::open().await;
    let mut tried = 0;
    for response in responses() {
        for object in response.objects() {
            for (name, property) in object.schema["properties"].as_object().expect("an object has properties") {
                if object.requires(name) {
                    continue;
                }
                let place = format!("{}/{name}", object.pointer);
                let expected = if is_nullable(property) { Some(Value::Null) } else { None };
                for (given, expected) in [(None, None), (Some(Value::Null), expected)] {
                    let body = response.with(&object.pointer, name, given);
                    let read = reader.read(&response, &body).await;
                    let read = read.unwrap_or_else(|error| panic!("{response:?}, {place}: {error}"));
                    assert_eq!(read, response.with(&object.pointer, name, expected), "{response:?}, {place}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 0, "no response has an optional field");
}

#[tokio::test]
async fn a_response_without_a_required_field_is_refused_unless_null_or_nothing_would_do() {
    let reader = Reader::open().await;
    let mut tried = 0;
    for response in responses() {
        // What an open union does not know as one of its variants, it keeps as it is.
        for object in response.objects().into_iter().filter(|object| !object.is_in_union) {
            for name in object.required() {
                let body = response.with(&object.pointer, name, None);
                let outcome = reader.read(&response, &body).await;
                let place = format!("{response:?}, {}/{name}", object.pointer);
                if is_nullable(&object.schema["properties"][name]) {
                    // It says nothing, in another way than it should.
                    let null = response.with(&object.pointer, name, Some(Value::Null));
                    assert_eq!(outcome.unwrap_or_else(|error| panic!("{place}: {error}")), null, "{place}");
                    continue;
                }
                match outcome {
                    Err(error) => {
                        assert_eq!(error.kind(), unigox::ErrorKind::Decode, "{place}");
                        tried += 1;
                    }
                    // What has the field may be missing as a whole, and is.
                    Ok(read) => assert_ne!(read, body, "{place} was not missed"),
                }
            }
        }
    }
    assert!(tried > 0, "no response has a required field");
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
    let profile: types::SavedPaymentDetails = serde_json::from_value(body).expect("null is no map");
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
async fn undecodable_items_of_a_list_are_left_out_and_named_by_their_index() {
    let account = json!({"payment_details_id": "40417", "rail": "iban-sepa", "currency": "EUR"});
    let mut broken = account.clone();
    broken["rail"] = json!({"of": CANARY});
    let body = json!({"success": true, "data": [account, broken]});
    let server = Server::replying(Reply::json(200, &body)).await;
    let outcome = client_at(&server.url()).get_payment_details(USER).await;
    let response = outcome.as_ref().expect("one of them can be read");
    assert_eq!(response.data.len(), 1);
    let problems: Vec<_> = response.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!(problems, ["data[1].rail", "data[1]"]);
    keeps_secret_all_over(&outcome);

    // An empty list would say that nothing is saved.
    let body = json!({"success": true, "data": [broken]});
    let server = Server::replying(Reply::json(200, &body)).await;
    let outcome = client_at(&server.url()).get_payment_details(USER).await;
    let Err(Error::Decode(error)) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(error.path(), "data[0].rail");
    keeps_secret_all_over(&outcome);
}

#[tokio::test]
async fn optional_fields_of_another_type_are_left_out_and_named() {
    let data = json!({"user_uuid": USER, "kyc_status": "VERIFIED", "created_at": CANARY, "email": {"of": CANARY}});
    let server = Server::replying(Reply::json(201, &json!({"success": true, "data": data}))).await;
    let request = types::CreateUserRequest::new("customer-42", "ada@example.com");
    let outcome = client_at(&server.url()).create_partner_user(&request).await;
    let response = outcome.as_ref().expect("what is required can be read");
    assert_eq!((response.data.email.as_deref(), response.data.created_at), (None, None));
    let problems: Vec<_> = response.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!(problems, ["data.created_at", "data.email"]);
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

#[tokio::test]
async fn a_success_that_ends_within_a_character_ends_too_early_and_one_that_is_no_text_is_no_json() {
    let body = json!({"success": true, "data": {"user_uuid": USER, "email": "ä@example.com"}}).to_string();
    let cut = body.find('ä').expect("it is there") + 1;
    let latin = [&body.as_bytes()[..cut - 1], b"\xe4", &body.as_bytes()[cut + 1..]].concat();
    for (body, problem) in [(&body.as_bytes()[..cut], "ends too early"), (&latin[..], "is not JSON")] {
        let server = Server::replying(Reply::new(200, body)).await;
        let outcome = client_at(&server.url()).get_partner_user(USER).await;
        let Err(Error::Decode(error)) = &outcome else { panic!("{problem}: {outcome:?}") };
        assert_eq!((error.path(), error.problem()), (".", problem));
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

/// A response with sample values.
struct SampledResponse {
    call: Call,
    status: u16,
    body: &'static Value,
    schema: &'static Value,
    /// Whether the facade returns what is in `data`, and not the envelope around it.
    is_opened: bool,
}

impl Debug for SampledResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.status, self.call.operation_id())
    }
}

/// Each response of success that the document describes, with all that it lists.
fn responses() -> impl Iterator<Item = SampledResponse> {
    Call::of_each_operation().flat_map(|call| {
        let mut seen = BTreeSet::new();
        let successes = call.successes().iter().filter(move |success| seen.insert(success.status));
        successes.filter_map(move |success| {
            let (body, schema) = success.body.as_ref().zip(success.schema.as_ref())?;
            let is_opened = call.is_opened(success);
            Some(SampledResponse { call, status: success.status, body, schema, is_opened })
        })
    })
}

impl SampledResponse {
    /// Every object that the facade returns whose properties the document lists.
    fn objects(&self) -> Vec<Object> {
        let mut objects = objects(self.schema, self.body, false);
        if self.is_opened {
            objects.retain(|object| object.pointer == "/data" || object.pointer.starts_with("/data/"));
        }
        objects
    }

    /// The body, with `value` or nothing under `name` in an object.
    fn with(&self, object: &str, name: &str, value: Option<Value>) -> Value {
        let mut body = self.body.clone();
        let members = body.pointer_mut(object).and_then(Value::as_object_mut).expect("it was found there");
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value)),
            None => drop(members.remove(name)),
        }
        body
    }
}

/// An object in a body.
struct Object {
    pointer: String,
    schema: &'static Value,
    is_in_union: bool,
}

impl Object {
    fn required(&self) -> impl Iterator<Item = &'static str> {
        self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    fn requires(&self, name: &str) -> bool {
        self.required().any(|required| required == name)
    }
}

/// Every object in `value` whose properties `schema` lists.
fn objects(schema: &'static Value, value: &Value, is_in_union: bool) -> Vec<Object> {
    let document = Document::checked_in();
    let schema = document.resolve(schema);
    if let Some(variants) = schema["oneOf"].as_array() {
        let variant = variants.iter().find(|variant| document.fits_variant(schema, variant, value));
        return objects(variant.expect("a sample is of some variant"), value, true);
    }
    let listed = schema["properties"].as_object().filter(|_| value.is_object());
    let mut found = Vec::new();
    let mut step = |name: &str, schema: &'static Value, value: &Value| {
        let below = objects(schema, value, is_in_union).into_iter();
        found.extend(below.map(|object| Object { pointer: format!("/{name}{}", object.pointer), ..object }));
    };
    for (name, schema) in listed.into_iter().flatten() {
        value.get(name).into_iter().for_each(|value| step(name, schema, value));
    }
    for (name, value) in value.as_object().filter(|_| listed.is_none()).into_iter().flatten() {
        step(name, &schema["additionalProperties"], value);
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        step(&index.to_string(), &schema["items"], item);
    }
    if listed.is_some() {
        found.push(Object { pointer: String::new(), schema, is_in_union });
    }
    found
}

/// Whether the document tells null and absence apart.
fn is_nullable(property: &Value) -> bool {
    [property, Document::checked_in().resolve(property)].iter().any(|schema| schema["nullable"] == true)
}

/// Reads bodies by calls of the facade, which has a method for every operation.
struct Reader {
    server: Server,
    client: unigox::Client,
}

impl Reader {
    async fn open() -> Self {
        let server = Server::start().await;
        let client = facade_at(&server.url());
        Self { server, client }
    }

    /// Reads `body` as the response, and writes it again, with what stood beside the data of an envelope.
    async fn read(&self, response: &SampledResponse, body: &Value) -> Result<Value, unigox::Error> {
        self.server.reply(Reply::json(response.status, body));
        let received = response.call.receive(&self.client).await;
        self.server.take_requests();
        let value = received?.value.expect("a response of JSON can be written");
        if !response.is_opened {
            return Ok(value);
        }
        let mut envelope = body.clone();
        envelope["data"] = value;
        Ok(envelope)
    }
}

type Again = fn(&str) -> Result<String, serde_json::Error>;

/// Reads `body` as a `T`, and writes it again.
fn again<T: DeserializeOwned + Serialize>(body: &str) -> Result<String, serde_json::Error> {
    serde_json::to_string(&serde_json::from_str::<T>(body)?)
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
    let error = match outcome {
        Ok(response) => return keeps_secret(&format!("{outcome:?} {:?}", response.problems())),
        Err(error) => error,
    };
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
