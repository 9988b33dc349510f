//! Every variant of every body is accepted, and takes effect.

use std::{collections::BTreeSet, io::Cursor};

use serde_json::{Map, Value, json};
use unigox::{
    AccountDetails, BatchUpload, CvuCbuAccount, DocumentFile, DocumentLinks, DocumentType, ErrorKind, IdType,
    InstitutionOptionalRail, KycSubmission, KycUpdate, NipAccount, PaymentDetails, Pii, Prefill, RegistryNumberType,
    SepaAccount, UserHandle,
    chrono::NaiveDate,
    types::{KycMethod, KycStatus, MissingItem, VerificationStatus},
};
use unigox_tests::PICTURE;

use super::{
    fixture::{Fixture, path_of},
    person::sepa,
};

fn dob() -> NaiveDate {
    NaiveDate::from_ymd_opt(1990, 12, 10).expect("it is a date")
}

/// The body of the last request, from the log.
fn last_body(fixture: &Fixture) -> Value {
    fixture.sandbox.requests().pop().and_then(|request| request.body).expect("it was JSON")
}

// ---- KYC ------------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_way_to_submit_kyc_data_is_accepted() {
    let fixture = Fixture::start().await;
    let pii = || Pii::new("Ada", "Obi", "NG");
    let full = pii().dob(dob()).phone_number("+2348031234567");
    let full = full
        .middle_name("Chidi")
        .registry_number(RegistryNumberType::Nin, "12345678901")
        .address("12 Marina Road")
        .city("Lagos");
    let prefill = || Prefill::new().first_name("Ada").last_name("Obi").country("NG");
    let (direct, token, handoff) = (KycMethod::DirectData, KycMethod::ExternalToken, KycMethod::Handoff);
    for (submission, method, name, status) in [
        (KycSubmission::direct(pii()), &direct, Some("Ada"), VerificationStatus::PendingDocuments),
        (KycSubmission::direct(full.postal_code("101241")), &direct, Some("Ada"), VerificationStatus::PendingDocuments),
        (KycSubmission::sumsub("a token"), &token, None, VerificationStatus::InProgress),
        (KycSubmission::persona("inq_1"), &token, None, VerificationStatus::InProgress),
        (KycSubmission::handoff(), &handoff, None, VerificationStatus::InProgress),
        (KycSubmission::handoff_with(Prefill::new()), &handoff, None, VerificationStatus::InProgress),
        (KycSubmission::handoff_with(prefill()), &handoff, Some("Ada"), VerificationStatus::InProgress),
    ] {
        let user = fixture.new_user().await;
        let taken = user.kyc().submit(&submission).await.expect("it is accepted");
        assert_eq!(taken.kyc_status, KycStatus::InProgress);
        let sent = last_body(&fixture);
        assert_eq!(sent["method"], method.as_str());
        assert_eq!(taken.verification_url.is_some(), *method == handoff, "{sent}");
        let read = user.get().await.expect("it can be read");
        let kyc = read.kyc.as_ref().expect("it was submitted");
        assert_eq!((kyc.kyc_method.as_ref(), kyc.first_name.as_deref()), (Some(method), name), "{sent}");
        let rest = name.map(|_| ("Obi", "NG"));
        assert_eq!(kyc.last_name.as_deref().zip(kyc.country_code.as_deref()), rest, "{sent}");
        let verification = user.verification().status().await.expect("it can be read");
        assert_eq!(verification.status, status, "{sent}");
        assert_eq!(verification.verification_url, taken.verification_url, "{sent}");
    }
}

#[tokio::test]
async fn every_field_can_be_updated_alone_and_all_together() {
    let fixture = Fixture::start().await;
    let new = KycUpdate::new;
    let phone = || new().phone_number("+37012345678");
    for (update, fields) in [
        (new().address("Svitrigailos g. 29"), &["address"][..]),
        (new().city("Vilnius"), &["city"]),
        (new().postal_code("03229"), &["postal_code"]),
        (new().middle_name("Chidi"), &["middle_name"]),
        (phone(), &["phone_number"]),
        (new().dob(dob()), &["dob"]),
        (new().id_number(IdType::DriverLicense, "A1"), &["id_number", "id_type"]),
        (
            phone().address("a").city("b").postal_code("c").middle_name("d").id_number(IdType::NationalId, "e"),
            &["address", "city", "id_number", "id_type", "middle_name", "phone_number", "postal_code"],
        ),
    ] {
        let user = fixture.known_user().await;
        let updated = user.kyc().update(&update).await.expect("it is accepted");
        let named: BTreeSet<_> = updated.updated_fields.iter().map(String::as_str).collect();
        assert_eq!(named, fields.iter().copied().collect());
        assert_eq!(updated.updated_fields.len(), fields.len(), "a field is named twice");
    }
}

#[tokio::test]
async fn a_blank_field_changes_nothing_and_is_not_listed() {
    let fixture = Fixture::at("2026-02-03T09:15:00Z").await;
    let user = fixture.known_user().await;
    let before = user.get().await.expect("it can be read").kyc.as_ref().and_then(|kyc| kyc.updated_at);
    for (body, fields) in
        [(json!({"city": " "}), json!([])), (json!({"city": "", "address": "A 1"}), json!(["address"]))]
    {
        fixture.sandbox.advance(std::time::Duration::from_secs(1));
        let request = fixture.request("PATCH", &path_of(&user, "/kyc"));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let response = request.send().await.expect("there is a response");
        assert_eq!(response.status(), 200);
        let response: Value =
            serde_json::from_slice(&response.bytes().await.expect("it is complete")).expect("it is JSON");
        assert_eq!(response["data"]["updated_fields"], fields);
        let after = user.get().await.expect("it can be read").kyc.as_ref().and_then(|kyc| kyc.updated_at);
        assert_eq!(after != before, fields != json!([]), "the time of the change");
    }
}

// ---- Documents ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_file_is_accepted_from_disk_from_memory_and_from_a_reader() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("front.png");
    std::fs::write(&path, &*PICTURE).expect("the folder can be written to");
    let reader = Cursor::new(PICTURE.clone());
    let fixture = Fixture::start().await;
    let user = fixture.known_user().await;
    for file in [
        DocumentFile::open(&path).await,
        DocumentFile::from_bytes("front.png", PICTURE.clone()),
        DocumentFile::from_reader("front.png", PICTURE.len() as u64, reader).await,
    ] {
        let file = file.expect("it is a PNG");
        let stored = user.documents().upload(DocumentType::IdentityFront, file).await.expect("it is accepted");
        let name = stored.document().file_name.as_deref();
        assert_eq!((stored.document_type(), name), (Some(DocumentType::IdentityFront), Some("front.png")));
        let logged = fixture.sandbox.requests().pop().expect("there was a request");
        assert_eq!((logged.body, logged.body_bytes > PICTURE.len()), (None, true));
    }
}

#[tokio::test]
async fn a_file_of_ten_mebibytes_is_accepted() {
    let mut content = PICTURE.clone();
    content.resize(10 * 1024 * 1024, 0);
    let fixture = Fixture::start().await;
    let user = fixture.known_user().await;
    let file = DocumentFile::from_bytes("front.png", content).expect("it is a PNG");
    user.documents().upload(DocumentType::IdentityFront, file).await.expect("it is not too large");
}

#[tokio::test]
async fn every_type_of_document_is_accepted_as_a_file_by_link_and_in_a_batch() {
    let fixture = Fixture::start().await;
    let user = fixture.known_user().await;
    for kind in DocumentType::VALUES {
        let file = DocumentFile::from_bytes("a.gif", &b"GIF89a\x01\0\x01\0"[..]).expect("it is a GIF");
        let stored = user.documents().upload(*kind, file).await.expect("it is accepted");
        assert_eq!((stored.document_type(), stored.document().file_name.as_deref()), (Some(*kind), Some("a.gif")));
        let stored = user.documents().link(*kind, "https://example.com/a/front.jpg?x=1").await.expect("it is accepted");
        assert_eq!((stored.document_type(), stored.document().file_name.as_deref()), (Some(*kind), Some("front.jpg")));
    }
    for kinds in DocumentType::VALUES.chunks(10) {
        let links = kinds.iter().fold(DocumentLinks::new(), |links, kind| links.add(*kind, "https://example.com/1"));
        let stored = user.documents().link_batch(&links).await.expect("it is taken");
        assert!(stored.all_uploaded());
        let expected: Vec<_> = kinds.iter().map(|kind| (Some(kind.as_str()), Some("1"))).collect();
        assert_eq!(names(&stored), expected);
    }
}

#[tokio::test]
async fn a_batch_is_stored_in_part_if_an_address_can_not_be_fetched() {
    let fixture = Fixture::start().await;
    let user = fixture.known_user().await;
    let links = DocumentLinks::new()
        .add(DocumentType::IdentityFront, "https://example.com/front.jpg")
        .add(DocumentType::Selfie, "https://files.invalid/selfie.jpg");
    let stored = user.documents().link_batch(&links).await.expect("it is taken in part");
    assert!(!stored.all_uploaded());
    assert_eq!(names(&stored), [(Some("identity_front"), Some("front.jpg"))]);
    let failed: Vec<_> = stored.errors().iter().map(|error| error.document_type.as_deref()).collect();
    assert_eq!((failed, stored.not_uploaded()), (vec![Some("selfie")], vec![DocumentType::Selfie]));
    let error = stored.into_result().expect_err("a batch that failed in part is no success");
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::NotStored, Some(200)));
    assert_eq!(
        error.to_string(),
        "uploadPartnerKYCDocument: of 2 documents, 1 not stored: `selfie`; send again what was not stored"
    );
    assert_eq!(user.verification().start().await.expect("it is checked").missing, Some(vec![MissingItem::Selfie]));
}

#[tokio::test]
async fn a_batch_is_stored_in_part_as_scripted() {
    let fixture = Fixture::start().await;
    fixture.sandbox.script(unigox_sandbox::Script::verified().failing_documents(["selfie"]));
    let user = fixture.known_user().await;
    let links = DocumentLinks::new()
        .add(DocumentType::IdentityFront, "https://example.com/front.jpg")
        .add(DocumentType::Selfie, "https://example.com/selfie.jpg");
    let stored = user.documents().link_batch(&links).await.expect("it is taken in part");
    assert_eq!(names(&stored), [(Some("identity_front"), Some("front.jpg"))]);
    assert_eq!(stored.errors().len(), 1);
}

/// The type and the file name of each document that was stored.
fn names(upload: &BatchUpload) -> Vec<(Option<&str>, Option<&str>)> {
    upload
        .uploaded()
        .iter()
        .map(|document| (document.document_type.as_deref(), document.file_name.as_deref()))
        .collect()
}

// ---- Payment details ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_kind_of_payment_details_is_accepted_and_read_back() {
    let (iban, cvu) = ("DE75512108001245126199", "0000099900000000000042");
    let account = || AccountDetails::new().field("account_number", "0000000042");
    let vpa = AccountDetails::new().field("vpa", "ada@bank");
    let on = |rail, code: &str, details: AccountDetails| PaymentDetails::on(rail, code).details(details);
    let via = |rail: &str, id: &str, code: &str, details: AccountDetails| {
        PaymentDetails::via(rail, id, code).details(details)
    };
    let ada = || SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
    let nip = || NipAccount::new("0000000042");
    let wallet = CvuCbuAccount::cvu(cvu).alias("ada.obi").phone_number("+5491123456789");
    let bank = CvuCbuAccount::cbu(cvu).business().country("AR");
    let sepa_fields = AccountDetails::new().field("full_name", "Ada Obi").field("iban", iban);
    let business = json!({"full_name": "Ada Obi", "iban": iban, "beneficiary_type": "business"});
    let cases = [
        (on(InstitutionOptionalRail::IbanSepa, "EUR", sepa_fields.clone()), "iban-sepa", "EUR", "other-bank", None),
        (on(InstitutionOptionalRail::NipNigeria, "NGN", account()), "nip-nigeria", "NGN", "other-bank", None),
        (via("iban-sepa", "spree-bank", "EUR", sepa_fields), "iban-sepa", "EUR", "spree-bank", None),
        (via("cvu-cbu", "uala", "ARS", AccountDetails::new().field("cvu", cvu)), "cvu-cbu", "ARS", "uala", None),
        (via("upi-india", "lotus-wallet", "INR", vpa.business()), "upi-india", "INR", "lotus-wallet", None),
        (PaymentDetails::sepa(ada()), "iban-sepa", "EUR", "other-bank", None),
        (PaymentDetails::sepa(ada().business()), "iban-sepa", "EUR", "other-bank", Some(business)),
        (PaymentDetails::sepa(ada().country("DE")), "iban-sepa", "EUR", "other-bank", None),
        (PaymentDetails::nip_nigeria(nip()), "nip-nigeria", "NGN", "other-bank", None),
        (
            PaymentDetails::nip_nigeria(nip().full_name("Ada Obi").business()),
            "nip-nigeria",
            "NGN",
            "other-bank",
            Some(json!({"account_number": "0000000042", "full_name": "Ada Obi", "beneficiary_type": "business"})),
        ),
        (
            PaymentDetails::cvu_cbu("uala", wallet),
            "cvu-cbu",
            "ARS",
            "uala",
            Some(json!({"cvu": cvu, "alias": "ada.obi", "phone_number": "+5491123456789"})),
        ),
        (
            PaymentDetails::cvu_cbu("banco-del-plata", bank),
            "cvu-cbu",
            "ARS",
            "banco-del-plata",
            Some(json!({"cbu": cvu, "beneficiary_type": "business"})),
        ),
    ];
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    let mut saved = Vec::new();
    for (details, rail, currency, institution, fields) in cases {
        let profile = user.payment_details().create(&details).await.expect("it is accepted");
        assert_eq!((profile.rail.as_str(), profile.currency.as_str()), (rail, currency));
        assert_eq!(
            (profile.institution_id.clone().flatten().as_deref(), profile.institution_name.clone().flatten().is_some()),
            (Some(institution), true)
        );
        let kept = profile.details.clone().map(Value::Object);
        assert_eq!(kept.as_ref(), Some(&last_body(&fixture)["details"]), "{rail}");
        assert!(fields.is_none() || fields == kept, "{rail}");
        saved.push(profile.into_value());
    }
    assert_eq!(*user.payment_details().list().await.expect("it can be read"), saved);
    assert_eq!(summaries(&user).await, saved.iter().filter_map(|account| account.details.clone()).collect::<Vec<_>>());
}

async fn summaries(user: &UserHandle) -> Vec<Map<String, Value>> {
    let read = user.get().await.expect("it can be read");
    read.payment_profiles.iter().flatten().filter_map(|account| account.details.clone()).collect()
}

#[tokio::test]
async fn payment_details_need_no_kyc() {
    let fixture = Fixture::start().await;
    let user = fixture.user("customer-42").await;
    user.payment_details().create(&sepa()).await.expect("it is accepted");
    assert_eq!(user.get().await.expect("it can be read").payment_profiles.as_ref().map(Vec::len), Some(1));
}
