//! Bodies that a job queue keeps, and fields from the columns of a table.

use std::{borrow::Cow, fmt::Debug};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use unigox::{
    AccountDetails, CvuCbuAccount, DocumentLinks, DocumentType, Gender, InstitutionOptionalRail, KycSubmission,
    KycUpdate, NipAccount, PaymentDetails, PersonSourceOfFunds, Pii, Prefill, RegistryNumberType, SepaAccount,
    chrono::NaiveDate,
};

use super::Recorder;

/// What `body` is after it was written and read again.
fn restored<B: Serialize + DeserializeOwned + PartialEq + Debug>(body: &B) -> B {
    let written = serde_json::to_string(body).expect("a body can be written");
    let read: B = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(&read, body, "{written}");
    read
}

#[test]
fn every_body_is_sent_after_a_restart_as_it_was_before() {
    let recorder = Recorder::new();
    let user = &recorder.user;
    let dob = NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date");
    let pii = Pii::new("Ada", "Obi", "NG").dob(dob).registry_number(RegistryNumberType::Nin, "12345678901");
    let prefill = Prefill::new().first_name("Ada").country("NG");
    restored(&pii);
    restored(&prefill);
    for submission in [
        KycSubmission::direct(pii),
        KycSubmission::sumsub("token"),
        KycSubmission::persona("inq_1"),
        KycSubmission::handoff(),
        KycSubmission::handoff_with(prefill),
    ] {
        let sent = || recorder.sent(user.kyc().submit(&submission)).expect("it is complete");
        let again = restored(&submission);
        assert_eq!(recorder.sent(user.kyc().submit(&again)).expect("it is complete"), sent());
    }
    let update = KycUpdate::new().city("Vilnius").gender(Gender::F);
    let again = restored(&update);
    let sent = [&update, &again].map(|update| recorder.sent(user.kyc().update(update)).expect("it is complete"));
    assert_eq!(sent[0], sent[1]);
    let links = DocumentLinks::new().add(DocumentType::Selfie, "https://files.example.com/1");
    let again = restored(&links);
    let sent = [&links, &again].map(|links| recorder.sent(user.documents().link_batch(links)).expect("it is complete"));
    assert_eq!(sent[0], sent[1]);
    for payment_details in accounts() {
        let again = restored(&payment_details);
        let sent = [&payment_details, &again]
            .map(|body| recorder.sent(user.payment_details().create(body)).expect("it is complete"));
        assert_eq!(sent[0], sent[1]);
    }
}

fn accounts() -> Vec<PaymentDetails> {
    let details = AccountDetails::new().field("account_number", "0000000042").business();
    restored(&details);
    vec![
        PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75512108001245126199").country("DE")),
        PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75512108001245126199").institution("a-bank")),
        PaymentDetails::nip_nigeria(NipAccount::new("0123456789").institution("a-bank")),
        PaymentDetails::cvu_cbu("uala", CvuCbuAccount::cbu("0000003100010000000001").alias("ada")),
        PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN").details(details.clone()),
        PaymentDetails::via("upi-india", "some-bank", "INR").country("IN").details(details),
    ]
}

#[test]
fn a_body_is_checked_after_a_restart_as_it_was_before() {
    let mistaken = [
        PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE00")),
        PaymentDetails::nip_nigeria(NipAccount::new("1")),
        PaymentDetails::via("upi-india", " ", "INR").details(AccountDetails::new()),
        // A rail that no body has.
        PaymentDetails::via("", "a-bank", "INR").details(AccountDetails::new()),
    ];
    for payment_details in mistaken {
        let reason = |body: &PaymentDetails| body.validate().expect_err("it is not valid").to_string();
        assert_eq!(reason(&restored(&payment_details)), reason(&payment_details));
    }
    let submission = KycSubmission::sumsub(" ");
    assert!(restored(&submission).validate().is_err());
}

#[test]
fn what_no_constructor_makes_is_refused_after_reading() {
    let read = |data: Value| serde_json::from_value(json!({"method": "external_token", "data": data}));
    for (data, field) in [
        (json!({"provider": "sumsub"}), "data.token"),
        (json!({"provider": "persona"}), "data.inquiry_id"),
        (json!({"provider": "persona", "token": "a"}), "data.inquiry_id"),
        (json!({"provider": "sumsub", "token": "a", "inquiry_id": "inq_1"}), "data.inquiry_id"),
        (json!({"provider": "persona", "token": "a", "inquiry_id": "inq_1"}), "data.token"),
    ] {
        let submission: KycSubmission = read(data.clone()).expect("it has the form of one");
        let error = submission.validate().expect_err("it is of no provider");
        assert_eq!(error.field(), Some(field), "{data}");
    }
    let single = json!({"upload_method": "url_link", "document_type": "selfie", "url": "https://example.com/1"});
    let links: DocumentLinks = serde_json::from_value(single).expect("it has the form of a link");
    assert_eq!(links.validate().expect_err("it is no batch").field(), Some("documents"));
}

#[test]
fn an_error_of_reading_shows_nothing_of_what_was_read() {
    fn error<B: DeserializeOwned + Debug>(value: &Value) -> String {
        let error = serde_json::from_value::<B>(value.clone()).expect_err("it is none");
        format!("{error} {error:?}")
    }
    for value in [json!("canary"), json!({"first_name": ["canary"], "dob": "canary"}), json!(["canary"]), json!(4242)] {
        let errors = [
            error::<KycSubmission>(&value),
            error::<Pii>(&value),
            error::<PaymentDetails>(&value),
            error::<DocumentLinks>(&value),
        ];
        for error in errors {
            assert!(!error.contains("canary") && !error.contains("4242"), "{error}");
            assert!(error.contains("as this crate writes it"), "{error}");
        }
    }
    let error = error::<PaymentDetails>(&json!({"request": {"rail": "canary"}, "account": "canary"}));
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn what_was_read_is_hidden_as_before() {
    for payment_details in accounts() {
        let shown = format!("{:?}", restored(&payment_details));
        assert!(!shown.contains("Ada") && !shown.contains("0123456789"), "{shown}");
    }
    let shown = format!("{:?}", restored(&KycSubmission::direct(Pii::new("Ada", "Obi", "NG").city("Lagos"))));
    assert!(!shown.contains("Ada") && !shown.contains("Lagos"), "{shown}");
}

#[test]
fn columns_of_a_row_are_fields_or_none() {
    let (some, none) = (Some("Vilnius".to_owned()), None::<String>);
    let with = Pii::new("Ada", "Obi", "LT").city("Vilnius");
    assert_eq!(Pii::new("Ada", "Obi", "LT").city(some.clone()).address(none.clone()), with);
    assert_eq!(Pii::new("Ada", "Obi", "LT").city(some.as_deref()).address(None::<&str>), with);
    assert_eq!(Pii::new("Ada", "Obi", "LT").city(&some).address(&none), with);
    assert_eq!(Pii::new("Ada", "Obi", "LT").city(Cow::Borrowed("Vilnius")).dob(None), with);
    assert_eq!(Pii::new("Ada", "Obi", "LT").city("x").city(none.clone()).city(String::from("Vilnius")), with);
    let date = NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date");
    assert_eq!(with.clone().dob(Some(date)), with.dob(date));

    let update = KycUpdate::new().nationality(none.clone()).id_issue_country(none.clone()).gender(None);
    assert_eq!(update.source_of_funds(None::<PersonSourceOfFunds>), KycUpdate::new());
    assert_eq!(Prefill::new().first_name(none.clone()).last_name(none.clone()).country(none.clone()), Prefill::new());
    assert_eq!(NipAccount::new("1").full_name("x").full_name(none.clone()), NipAccount::new("1"));
    let cvu = || CvuCbuAccount::cvu("1");
    assert_eq!(cvu().alias(none.clone()).phone_number(none.clone()).country(none.clone()), cvu());
    let route = || PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN");
    assert_eq!(route().country(none), route());
}

#[test]
fn accounts_whose_fields_are_known_go_with_a_named_institution() {
    let recorder = Recorder::new();
    let sent =
        |body: &PaymentDetails| recorder.sent(recorder.user.payment_details().create(body)).expect("it is valid");
    let sepa = || SepaAccount::new("Ada Obi", "DE75512108001245126199");
    assert_eq!(sent(&PaymentDetails::sepa(sepa().institution("a-bank")))["institution_id"], "a-bank");
    assert_eq!(sent(&PaymentDetails::sepa(sepa().institution(None::<&str>))).get("institution_id"), None);
    let nip = NipAccount::new("0123456789").institution("a-bank");
    assert_eq!(sent(&PaymentDetails::nip_nigeria(nip))["institution_id"], "a-bank");
    let blank = sepa().institution(" ");
    assert_eq!(blank.validate().expect_err("it is blank").field(), Some("institution_id"));
    let error = PaymentDetails::sepa(blank).validate().expect_err("it is blank");
    assert_eq!(error.field(), Some("institution_id"));
}
