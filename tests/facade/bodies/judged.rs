//! The judge itself: it accepts what the document allows, and refuses what it forbids.

use std::collections::BTreeSet;

use unigox_tests::Call;
use xtask::calls::SampleBody;

use super::*;

#[test]
fn the_judge_accepts_bodies_as_they_should_be() {
    let document = json!({"document_type": "selfie", "url": "https://files.example.com/1"});
    for (operation, body) in [
        (CREATE, json!({"user_ref": "customer-42", "email": "ada@example.com"})),
        (
            SUBMIT,
            json!({"method": "direct_data", "data": {"pii": {
                "first_name": "Ada", "last_name": "Obi", "country_code": "NG", "id_type": "NIN", "id_number": "12345678901",
            }}}),
        ),
        (SUBMIT, json!({"method": "external_token", "data": {"provider": "sumsub", "token": "t"}})),
        (SUBMIT, json!({"method": "external_token", "data": {"provider": "persona", "inquiry_id": "inq_1"}})),
        (SUBMIT, json!({"method": "handoff", "data": {}})),
        (UPDATE, json!({"city": "Vilnius", "id_type": "PASSPORT", "id_number": "1", "nationality": "LT"})),
        (UPLOAD, json!({"upload_method": "url_link", "documents": [document]})),
        (SAVE, json!({"currency": "EUR", "rail": "iban-sepa", "details": {"iban": "DE75512108001245126199"}})),
        (SAVE, json!({"currency": "ARS", "rail": "cvu-cbu", "details": {}, "institution_id": "uala"})),
    ] {
        assert_eq!(JUDGE.complaints(operation, &body), [""; 0], "{operation}: {body}");
    }
    let form = json!({"document": "JFIF", "document_type": "selfie"});
    assert_eq!(JUDGE.complaints_about_form(UPLOAD, &form), [""; 0]);
    for form in [json!({"document": "JFIF"}), json!({"document": "JFIF", "document_type": "face"}), json!({"x": "y"})] {
        assert!(!JUDGE.complaints_about_form(UPLOAD, &form).is_empty(), "{form}");
    }
}

/// Two readers of the document agree, of which one reads what lowering has made of it.
#[test]
fn the_judge_accepts_what_is_sampled_for_any_operation_and_nothing_beside_it() {
    let (mut sampled, mut wrong) = (BTreeSet::new(), Vec::new());
    for call in Call::all() {
        let SampleBody::Json(_, body) = &call.sample().body else { continue };
        sampled.insert(call.operation_id());
        let complaints = JUDGE.complaints_by_schema(call.operation_id(), body);
        wrong.extend(complaints.iter().map(|complaint| format!("{call:?}: {complaint}: {body}")));
        let mut more = body.clone();
        let object = if more.is_array() { more.get_mut(0) } else { Some(&mut more) };
        let Some(object) = object.filter(|object| object.is_object()) else { continue };
        object["zz_of_nobody"] = true.into();
        assert!(!JUDGE.complaints_by_schema(call.operation_id(), &more).is_empty(), "{call:?}: {more}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(sampled, JUDGE.operations().collect());
}

#[test]
fn the_judge_refuses_what_schema_and_prose_forbid() {
    let pii = |field: &str, value: Value| {
        let mut pii = json!({"first_name": "Ada", "last_name": "Obi", "country_code": "NG"});
        pii[field] = value;
        json!({"method": "direct_data", "data": {"pii": pii}})
    };
    let token = |data: Value| json!({"method": "external_token", "data": data});
    let links = |count: usize, kind: &str, url: &str| {
        let document = json!({"document_type": kind, "url": url});
        json!({"upload_method": "url_link", "documents": vec![document; count]})
    };
    let account = |rail: &str, institution: Option<&str>| {
        let mut account = json!({"currency": "ARS", "rail": rail, "details": {}});
        institution.into_iter().for_each(|id| account["institution_id"] = id.into());
        account
    };
    for (operation, body) in [
        (CREATE, json!({"user_ref": "1"})),
        (CREATE, json!({"user_ref": "1", "email": "ada"})),
        (CREATE, json!({"user_ref": " ", "email": "ada@example.com"})),
        (SUBMIT, json!({"method": "direct_data", "data": {}})),
        (SUBMIT, json!({"method": "direct_data", "data": {"provider": "sumsub", "token": "t"}})),
        (SUBMIT, pii("first_name", json!(" "))),
        (SUBMIT, pii("country_code", json!("ng"))),
        (SUBMIT, pii("dob", json!("1990-02-30"))),
        (SUBMIT, pii("dob", json!(Utc::now().date_naive().to_string()))),
        (SUBMIT, pii("phone_number", json!("37012345678"))),
        (SUBMIT, pii("id_type", json!("VISA"))),
        (SUBMIT, pii("id_type", json!("PASSPORT"))),
        (SUBMIT, pii("middlename", json!("Chidi"))),
        (SUBMIT, pii("middle_name", Value::Null)),
        (SUBMIT, token(json!({"provider": "sumsub"}))),
        (SUBMIT, token(json!({"provider": "sumsub", "inquiry_id": "inq_1"}))),
        (SUBMIT, token(json!({"provider": "persona", "token": "t"}))),
        (SUBMIT, token(json!({"provider": "persona", "token": "t", "inquiry_id": "inq_1"}))),
        (SUBMIT, token(json!({"provider": "no-such-provider", "token": "t"}))),
        (SUBMIT, json!({"method": "handoff", "data": {"pii": {"dob": "1990-12-10"}}})),
        (UPDATE, json!({})),
        (UPDATE, json!({"first_name": "Ada"})),
        (UPDATE, json!({"city": ""})),
        (UPDATE, json!({"id_type": "NIN"})),
        (UPDATE, json!({"nationality": "lt"})),
        (UPDATE, json!({"gender": "f"})),
        (UPLOAD, links(0, "selfie", "https://example.com/1")),
        (UPLOAD, links(11, "selfie", "https://example.com/1")),
        (UPLOAD, links(1, "library_card", "https://example.com/1")),
        (UPLOAD, links(1, "selfie", "http://example.com/1")),
        (UPLOAD, links(1, "selfie", "https://example.com/a b")),
        (UPLOAD, json!({"document_type": "selfie", "url": "https://example.com/1"})),
        (SAVE, account("cvu-cbu", None)),
        (SAVE, account("cvu-cbu", Some(""))),
        (SAVE, account("", Some("uala"))),
        (SAVE, json!({"currency": "EUR", "rail": "iban-sepa"})),
        (SAVE, json!({"currency": "EUR", "rail": "iban-sepa", "details": []})),
        (SAVE, json!({"currency": "eur", "rail": "iban-sepa", "details": {}})),
        (SAVE, json!({"currency": "EUR", "rail": "iban-sepa", "details": {}, "beneficiary_type": "business"})),
    ] {
        assert!(!JUDGE.complaints(operation, &body).is_empty(), "{operation} accepts {body}");
    }
}
