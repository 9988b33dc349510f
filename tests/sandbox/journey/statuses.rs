//! Every documented status of every operation is reached.

use std::{collections::BTreeSet, future::Future, pin::Pin, sync::Arc};

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use unigox::{
    AccountDetails, DocumentType, InstitutionOptionalRail, KycSubmission, KycUpdate, PaymentDetails, Pii,
    chrono::NaiveDate,
};
use unigox_sandbox::Fault;
use unigox_tests::Document;

use super::{
    fixture::{Fixture, NOON, Outcome, path_of},
    person::{Act, Person, sepa},
};

/// How a status of an operation is reached.
struct Entry {
    operation: &'static str,
    status: u16,
    key: Option<&'static str>,
    /// What the message has to contain.
    names: Option<&'static str>,
    run: Pin<Box<dyn Future<Output = Run>>>,
}

/// The response, and the fixture that it came from.
type Run = (Arc<Fixture>, Outcome);

fn entry(
    operation: &'static str,
    status: u16,
    key: impl Into<Option<&'static str>>,
    run: impl Future<Output = Run> + 'static,
) -> Entry {
    Entry { operation, status, key: key.into(), names: None, run: Box::pin(run) }
}

#[tokio::test]
async fn every_documented_status_is_reached() {
    let fixture = Arc::new(Fixture::at(NOON).await);
    let mut reached = BTreeSet::new();
    for Entry { operation, status, key, names, run } in entries(&fixture) {
        let (fixture, outcome) = run.await;
        assert_eq!((outcome.status, outcome.key.as_deref()), (status, key), "{operation}");
        let message = outcome.message.unwrap_or_default();
        assert!(names.is_none_or(|name| message.contains(name)), "{operation}, {status}: {message}");
        let last = fixture.sandbox.requests().pop().expect("there was a request");
        assert_eq!((last.operation_id.as_deref(), last.status), (Some(operation), Some(status)));
        reached.insert((operation.to_owned(), status));
    }
    let mut documented = BTreeSet::new();
    for call in Act::ALL {
        let operation = Document::checked_in().operation(call.operation_id());
        documented.extend(operation.success_statuses.iter().map(|status| (operation.id.clone(), *status)));
        for &status in operation.errors.keys() {
            let place = (operation.id.clone(), status);
            // What no rule of the mock server leads to, a fault does.
            if !reached.contains(&place) {
                with_a_fault(&fixture, call, status).await;
                reached.insert(place.clone());
            }
            documented.insert(place);
        }
    }
    assert_eq!(reached, documented, "add to `entries` what reaches the statuses that are new");
}

fn entries(fixture: &Arc<Fixture>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for call in Act::ALL {
        let (id, fixture) = (call.operation_id(), || Arc::clone(fixture));
        let created = matches!(call, Act::CreatePartnerUser | Act::CreatePaymentDetails);
        entries.push(entry(id, if created { 201 } else { 200 }, None, whole(fixture(), call)));
        let key = (call == Act::VerifyAuth).then_some("unauthorized");
        entries.push(entry(id, 401, key, with_a_wrong_key(fixture(), call)));
        if !matches!(call, Act::VerifyAuth | Act::CreatePartnerUser) {
            entries.push(entry(id, 404, None, of_an_unknown_user(fixture(), call)));
        }
    }
    entries.extend(users(fixture));
    entries.extend(submissions(fixture));
    entries.extend(uploads(fixture));
    entries.extend(updates(fixture));
    entries.extend(accounts(fixture));
    entries
}

/// Sends JSON that the facade would not send, for a user with KYC data.
fn raw(
    fixture: &Arc<Fixture>,
    method: &'static str,
    rest: &'static str,
    body: Value,
) -> impl Future<Output = Run> + use<> {
    let fixture = Arc::clone(fixture);
    async move {
        let user = fixture.known_user().await;
        let outcome = fixture.send_json(method, &path_of(&user, rest), &body).await;
        (fixture, outcome)
    }
}

// ---- For every call -------------------------------------------------------------------------------------------------

async fn whole(fixture: Arc<Fixture>, call: Act) -> Run {
    Person::on(&fixture).await.act(call).await.unwrap_or_else(|error| panic!("{call:?}: {error}"));
    let status = fixture.sandbox.requests().last().and_then(|request| request.status);
    (fixture, Outcome { status: status.expect("there was a response"), key: None, message: None })
}

async fn with_a_wrong_key(fixture: Arc<Fixture>, call: Act) -> Run {
    let client = fixture.client_with("a-key-of-nobody");
    let person = Person::on(&fixture).await;
    let error = person.act_by(call, &client).await.expect_err("the key is unknown");
    assert!(error.is_unauthorized(), "{call:?}: {error}");
    (fixture, Outcome::of_error(&error))
}

async fn of_an_unknown_user(fixture: Arc<Fixture>, call: Act) -> Run {
    let person = Person::on(&fixture).await;
    let error = person.act_on_nobody(call, &fixture.client).await.expect_err("there is no such user");
    assert!(error.is_not_found(), "{call:?}: {error}");
    (fixture, Outcome::of_error(&error))
}

async fn with_a_fault(fixture: &Arc<Fixture>, call: Act, status: u16) {
    let person = Person::on(fixture).await;
    fixture.sandbox.fault(call.operation_id(), Fault::status(status));
    let once = fixture.client.with_options(unigox::CallOptions::new().retries(unigox::RetryPolicy::none()));
    let error = person.act_by(call, &once).await.expect_err("the server fails");
    assert_eq!(
        (error.status().map(|status| status.as_u16()), error.attempts()),
        (Some(status), 1),
        "{call:?}: {error}"
    );
    let last = fixture.sandbox.requests().pop().expect("there was a request");
    assert_eq!((last.operation_id.as_deref(), last.status), (Some(call.operation_id()), Some(status)));
}

// ---- Users ----------------------------------------------------------------------------------------------------------

fn users(fixture: &Arc<Fixture>) -> Vec<Entry> {
    let id = "createPartnerUser";
    let refused = |body: Value| {
        let fixture = Arc::clone(fixture);
        entry(id, 400, None, async move {
            let outcome = fixture.send_json("POST", "/users", &body).await;
            (fixture, outcome)
        })
    };
    let known = Arc::clone(fixture);
    vec![
        entry(id, 200, None, async move {
            let name = known.name();
            known.user(&name).await;
            let outcome = Outcome::of(known.client.users().create(name, "ada@example.com").await);
            (known, outcome)
        }),
        refused(json!({"user_ref": "customer-42", "email": "no address"})),
        refused(json!({"user_ref": " ", "email": "ada@example.com"})),
        refused(json!({"email": "ada@example.com"})),
        refused(json!({"user_ref": "customer-42"})),
        refused(json!({"user_ref": 42, "email": "ada@example.com"})),
        refused(json!("customer-42")),
    ]
}

// ---- KYC ------------------------------------------------------------------------------------------------------------

/// The facade accepts this date; a sandbox whose clock is set to the past does not.
fn dob() -> NaiveDate {
    NaiveDate::from_ymd_opt(1990, 12, 10).expect("it is a date")
}

fn submissions(fixture: &Arc<Fixture>) -> Vec<Entry> {
    let id = "submitKYC";
    let at = |time: &'static str| async move {
        let fixture = Arc::new(Fixture::at(time).await);
        let pii = Pii::new("Ada", "Obi", "NG").dob(dob());
        let seen = Outcome::of(fixture.new_user().await.kyc().submit(&KycSubmission::direct(pii)).await);
        (fixture, seen)
    };
    let raw = |body: Value| raw(fixture, "POST", "/kyc-submissions", body);
    let token = |data: Value| raw(json!({"method": "external_token", "data": data}));
    let direct = |dob: &str| {
        let pii = json!({"first_name": "Ada", "last_name": "Obi", "country_code": "NG", "dob": dob});
        raw(json!({"method": "direct_data", "data": {"pii": pii}}))
    };
    let (invalid, unreal, underage) = ("invalid_request", "invalid_date_of_birth", "underage_not_allowed");
    vec![
        entry(id, 400, unreal, at("1990-12-09T23:59:59Z")),
        entry(id, 400, underage, at("2008-12-09T23:59:59Z")),
        entry(id, 200, None, at("2008-12-10T00:00:00Z")),
        entry(id, 400, underage, direct("2008-02-04")),
        entry(id, 200, None, direct("2008-02-03")),
        entry(id, 400, unreal, direct("2026-02-04")),
        entry(id, 400, unreal, direct("1990-02-30")),
        entry(id, 400, unreal, direct("1990-2-3")),
        entry(id, 400, unreal, direct("yesterday")),
        entry(id, 400, unreal, direct("")),
        entry(id, 400, invalid, token(json!({"provider": "sumsub"}))),
        entry(id, 400, invalid, token(json!({"provider": "sumsub", "token": " "}))),
        entry(id, 400, invalid, token(json!({"provider": "sumsub", "inquiry_id": "inq_1"}))),
        entry(id, 400, invalid, token(json!({"provider": "persona"}))),
        entry(id, 400, invalid, token(json!({"provider": "persona", "token": "a token"}))),
        entry(id, 400, invalid, token(json!({"provider": "no-such-provider", "token": "a token"}))),
        entry(id, 400, invalid, raw(json!({"method": "direct_data", "data": {}}))),
        entry(id, 400, invalid, raw(json!({"method": "no_such_method", "data": {}}))),
        entry(id, 400, invalid, raw(json!({}))),
    ]
}

fn updates(fixture: &Arc<Fixture>) -> Vec<Entry> {
    let id = "updateKYC";
    let raw = |body: Value| raw(fixture, "PATCH", "/kyc", body);
    let at = |time: &'static str| async move {
        let fixture = Arc::new(Fixture::at(time).await);
        let update = KycUpdate::new().dob(dob());
        let seen = Outcome::of(fixture.known_user().await.kyc().update(&update).await);
        (fixture, seen)
    };
    let unknown = Arc::clone(fixture);
    vec![
        entry(id, 400, None, async move {
            let seen = Outcome::of(unknown.new_user().await.kyc().update(&KycUpdate::new().city("Vilnius")).await);
            (unknown, seen)
        }),
        entry(id, 400, "underage_not_allowed", at("2008-12-09T23:59:59Z")),
        entry(id, 400, "invalid_date_of_birth", at("1990-12-09T23:59:59Z")),
        entry(id, 400, "underage_not_allowed", raw(json!({"dob": "2008-02-04"}))),
        entry(id, 400, "invalid_date_of_birth", raw(json!({"dob": "1990-02-30"}))),
        entry(id, 400, "invalid_date_of_birth", raw(json!({"dob": "2026-02-04"}))),
        entry(id, 400, "no_valid_kyc_fields", raw(json!({}))),
        entry(id, 400, "no_valid_kyc_fields", raw(json!({"favourite_colour": "blue"}))),
        entry(id, 400, "invalid_field_value", raw(json!({"city": ["Vilnius"]}))),
        entry(id, 400, "invalid_gender", raw(json!({"gender": "no such gender"}))),
        entry(id, 400, "invalid_country_code", raw(json!({"nationality": "Lithuania"}))),
        entry(id, 400, "invalid_source_of_funds", raw(json!({"source_of_funds": "no such source"}))),
        entry(id, 200, None, raw(json!({"gender": "F", "nationality": "LT", "source_of_funds": "salary"}))),
        entry(id, 400, None, raw(json!({"city": 7}))),
        entry(id, 400, None, raw(json!({"id_type": "NO_SUCH_TYPE"}))),
        entry(id, 400, None, raw(json!({"first_name": "Bo"}))),
        entry(id, 400, None, raw(json!({"last_name": "Bo", "city": "Vilnius"}))),
        entry(id, 400, None, raw(json!({"country_code": ""}))),
        entry(id, 200, None, raw(json!({"city": " "}))),
    ]
}

// ---- Documents ------------------------------------------------------------------------------------------------------

fn uploads(fixture: &Arc<Fixture>) -> Vec<Entry> {
    let id = "uploadPartnerKYCDocument";
    let form = |form: Form| {
        let fixture = Arc::clone(fixture);
        async move {
            let user = fixture.known_user().await;
            let outcome = fixture.send_form(&path_of(&user, "/kyc/documents"), form).await;
            (fixture, outcome)
        }
    };
    let file = |content: Vec<u8>, kind: &str| {
        let part = Part::bytes(content).file_name("front.png");
        form(Form::new().part("document", part).text("document_type", kind.to_owned()))
    };
    let raw = |body: Value| raw(fixture, "POST", "/kyc/documents", body);
    let link = |url: &str| raw(json!({"upload_method": "url_link", "document_type": "selfie", "url": url}));
    let batch = |items: Vec<Value>| raw(json!({"upload_method": "url_link", "documents": items}));
    let item = || json!({"document_type": "selfie", "url": "https://example.com/1"});
    let picture = || b"\x89PNG\r\n\x1a\n".to_vec();
    let mut too_large = picture();
    too_large.resize(10 * 1024 * 1024 + 1, 0);
    let part = || Part::bytes(picture()).file_name("front.png");
    let unknown = Arc::clone(fixture);
    let undocumented = Arc::clone(fixture);
    vec![
        entry("runPartnerKYCVerification", 400, None, async move {
            let outcome = Outcome::of(undocumented.new_user().await.verification().start().await);
            (undocumented, outcome)
        }),
        entry(id, 404, None, async move {
            let documents = unknown.new_user().await.documents();
            let outcome = Outcome::of(documents.link(DocumentType::Selfie, "https://example.com/1").await);
            (unknown, outcome)
        }),
        entry(id, 200, None, file(picture(), "passport")),
        entry(id, 400, None, file(picture(), "no_such_type")),
        entry(id, 400, None, file(picture(), "")),
        entry(id, 400, None, file(too_large, "passport")),
        entry(id, 400, None, file(b"Dear sirs,".to_vec(), "passport")),
        entry(id, 400, None, file(Vec::new(), "passport")),
        entry(id, 400, None, form(Form::new().part("document", part()))),
        entry(id, 400, None, form(Form::new().text("document_type", "passport"))),
        entry(
            id,
            400,
            None,
            form(Form::new().part("document", part()).part("document", part()).text("document_type", "passport")),
        ),
        entry(id, 200, None, link("https://example.com/1")),
        entry(id, 400, None, link("http://example.com/1")),
        entry(id, 400, None, link("selfie.png")),
        entry(id, 200, None, batch(vec![item(); 10])),
        entry(id, 400, None, batch(vec![item(); 11])),
        entry(id, 400, None, batch(vec![])),
        entry(id, 400, None, batch(vec![item(), json!({"document_type": "selfie", "url": "ftp://example.com/1"})])),
        entry(id, 400, None, batch(vec![json!({"document_type": "no_such_type", "url": "https://example.com/1"})])),
        entry(id, 400, None, raw(json!({"document": "a file", "document_type": "selfie"}))),
    ]
}

// ---- Payment details ------------------------------------------------------------------------------------------------

fn accounts(fixture: &Arc<Fixture>) -> Vec<Entry> {
    let id = "createPaymentDetails";
    let create = |details: PaymentDetails| {
        let fixture = Arc::clone(fixture);
        async move {
            let seen = Outcome::of(fixture.new_user().await.payment_details().create(&details).await);
            (fixture, seen)
        }
    };
    let raw = |body: Value| raw(fixture, "POST", "/payment-details", body);
    let on = |rail, currency: &str, details| create(PaymentDetails::on(rail, currency).details(details));
    let argentine = |details| create(PaymentDetails::via("cvu-cbu", "uala", "ARS").details(details));
    let named = |name, entry| Entry { names: Some(name), ..entry };
    let fields = AccountDetails::new;
    let (iban, sepa_rail) = ("DE75512108001245126199", InstitutionOptionalRail::IbanSepa);
    let nip = InstitutionOptionalRail::NipNigeria;
    let whole = || fields().field("full_name", "Ada Obi").field("iban", iban);
    let invalid = "invalid_payment_details";
    let (held, none, odd) = (Arc::clone(fixture), Arc::clone(fixture), Arc::clone(fixture));
    vec![
        entry(id, 201, None, on(sepa_rail, "EUR", whole())),
        entry(id, 400, invalid, on(sepa_rail, "USD", whole())),
        entry(id, 400, invalid, on(nip, "EUR", fields().field("account_number", "0000000042"))),
        entry(id, 400, invalid, raw(json!({"rail": "cvu-cbu", "currency": "ARS", "details": {"cvu": "1"}}))),
        entry(id, 400, invalid, raw(json!({"rail": "iban-sepa", "currency": "EUR"}))),
        entry(id, 400, invalid, raw(json!({"rail": "iban-sepa", "currency": "EUR", "details": []}))),
        entry(id, 400, invalid, raw(json!([]))),
        named("iban", entry(id, 422, None, on(sepa_rail, "EUR", fields().field("full_name", "Ada Obi")))),
        named("iban", entry(id, 422, None, on(sepa_rail, "EUR", whole().field("iban", "DE76512108001245126199")))),
        named("full_name", entry(id, 422, None, on(sepa_rail, "EUR", fields().field("iban", iban)))),
        named("account_number", entry(id, 422, None, on(nip, "NGN", fields().field("account_number", "42")))),
        named("account_number", entry(id, 422, None, on(nip, "NGN", fields().field("account_number", 1_000_000_042)))),
        named("cvu", entry(id, 422, None, argentine(fields().field("cvu", "1")))),
        named("cvu", entry(id, 422, None, argentine(fields().field("alias", "ada.obi")))),
        entry("deletePaymentDetails", 409, None, async move {
            let accounts = held.new_user().await.payment_details();
            let saved = accounts.create(&sepa()).await.expect("it is complete");
            held.sandbox.hold(&saved.payment_details_id, true);
            let error = accounts.delete(&saved.payment_details_id).await.expect_err("an offer refers to it");
            assert!(error.is_conflict());
            (held, Outcome::of_error(&error))
        }),
        entry("getPaymentDetailById", 400, "required_fields_missing", async move {
            let outcome = Outcome::of(odd.new_user().await.payment_details().get("a number").await);
            (odd, outcome)
        }),
        entry("deletePaymentDetails", 404, None, async move {
            let outcome = Outcome::of(none.new_user().await.payment_details().delete("40001").await);
            (none, outcome)
        }),
    ]
}
