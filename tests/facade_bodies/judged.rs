//! The judge itself: it accepts the examples of the document, and refuses what the document forbids.

use super::*;

#[test]
fn the_judge_accepts_every_example_of_the_document() {
    let operations: BTreeSet<_> = JUDGE.operations().collect();
    assert_eq!(operations, BTreeSet::from([CREATE, SUBMIT, UPDATE, UPLOAD, SAVE]), "claim something of the others");
    for operation in operations {
        assert!(!JUDGE.examples(operation).is_empty(), "{operation} has no example");
        for example in JUDGE.examples(operation) {
            assert_eq!(JUDGE.complaints(operation, example), [""; 0], "{operation}: {example}");
        }
    }
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
        (SUBMIT, pii("middlename", json!("Chidi"))),
        (SUBMIT, pii("middle_name", Value::Null)),
        (SUBMIT, token(json!({"provider": "sumsub"}))),
        (SUBMIT, token(json!({"provider": "sumsub", "inquiry_id": "inq_1"}))),
        (SUBMIT, token(json!({"provider": "persona", "token": "t"}))),
        (SUBMIT, token(json!({"provider": "persona", "token": "t", "inquiry_id": "inq_1"}))),
        (SUBMIT, token(json!({"provider": "onfido", "token": "t"}))),
        (SUBMIT, json!({"method": "handoff", "data": {"pii": {"dob": "1990-12-10"}}})),
        (UPDATE, json!({})),
        (UPDATE, json!({"first_name": "Ada"})),
        (UPDATE, json!({"city": ""})),
        (UPLOAD, links(0, "selfie", "https://example.com/1")),
        (UPLOAD, links(11, "selfie", "https://example.com/1")),
        (UPLOAD, links(1, "voter_id", "https://example.com/1")),
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
