//! Every way to call what the handles can do, with canaries in all data of requests and responses.

use std::{fmt::Debug, time::Duration};

use serde_json::{Value, json};
use unigox::{
    AccountDetails, Client, CvuCbuAccount, DocumentFile, DocumentLinks, DocumentType, Error, Gender, IdType,
    InstitutionOptionalRail, KycSubmission, KycUpdate, NipAccount, PaymentDetails, PaymentDetailsBuilder,
    PersonSourceOfFunds, Pii, Prefill, RailForm, RegistryNumberType, SepaAccount, WaitPolicy,
    chrono::NaiveDate,
    futures_util::{StreamExt, TryStreamExt},
};
use unigox_tests::Reply;

use super::canaries::*;

/// Makes the `data` of a successful response.
type MakeData = fn() -> Value;

/// Each call by its name, with the data of its response.
pub(crate) const CALLS: [(&str, MakeData); 22] = [
    ("verify_auth", || json!({"authenticated": true})),
    ("create", created_user),
    ("get", partner_user),
    ("submit direct", submitted),
    ("submit sumsub", submitted),
    ("submit persona", submitted),
    ("submit handoff", submitted),
    ("update", || json!({"updated_fields": ["address"], "of": UNKNOWN})),
    ("upload", uploaded),
    ("upload a stream", uploaded),
    ("link", uploaded),
    ("link_batch", uploaded_batch),
    ("start", started),
    ("status", verification),
    ("wait", verification),
    ("changes", verification),
    ("list", || json!([account(), account()])),
    ("get account", account),
    ("create sepa", account),
    ("create nip", account),
    ("create cvu", account),
    ("delete", || json!({"of": UNKNOWN})),
];

/// Makes the call `name`; what it returns is for `Debug`.
pub(crate) async fn call(client: &Client, name: &str) -> Result<Box<dyn Debug>, Error> {
    fn boxed<T: Debug + 'static>(value: T) -> Box<dyn Debug> {
        Box::new(value)
    }
    let user = client.user(USER);
    let submit = |submission| async move { user.kyc().submit(&submission).await.map(boxed) };
    let user = client.user(USER);
    let save = |body| async move { user.payment_details().create(&body).await.map(boxed) };
    let user = client.user(USER);
    let session = user.verification().of_session(SESSION);
    match name {
        "verify_auth" => client.verify_auth().await.map(boxed),
        "create" => client.users().create(USER_REF, EMAIL).await.map(boxed),
        "get" => user.get().await.map(boxed),
        "submit direct" => submit(KycSubmission::direct(pii())).await,
        "submit sumsub" => submit(KycSubmission::sumsub(TOKEN)).await,
        "submit persona" => submit(KycSubmission::persona(INQUIRY)).await,
        "submit handoff" => submit(KycSubmission::handoff_with(prefill())).await,
        "update" => user.kyc().update(&update()).await.map(boxed),
        "upload" => user.documents().upload(DocumentType::Passport, file()).await.map(boxed),
        "upload a stream" => user.documents().upload(DocumentType::Passport, stream().await).await.map(boxed),
        "link" => user.documents().link(DocumentType::Selfie, LINK).await.map(boxed),
        "link_batch" => user.documents().link_batch(&links()).await.map(boxed),
        "start" => user.verification().start().await.map(boxed),
        "status" => session.status().await.map(boxed),
        "wait" => session.wait(policy()).await.map(boxed),
        "changes" => session.changes(policy()).take(1).try_collect::<Vec<_>>().await.map(boxed),
        "list" => user.payment_details().list().await.map(boxed),
        "get account" => user.payment_details().get(ACCOUNT).await.map(boxed),
        "create sepa" => save(PaymentDetails::sepa(sepa())).await,
        "create nip" => save(PaymentDetails::nip_nigeria(nip())).await,
        "create cvu" => save(PaymentDetails::cvu_cbu("uala", cvu())).await,
        "delete" => user.payment_details().delete(ACCOUNT).await.map(boxed),
        other => panic!("there is no call `{other}`"),
    }
}

// ---- What is sent ---------------------------------------------------------------------------------------------------

pub(crate) fn pii() -> Pii {
    Pii::new(FIRST_NAME, LAST_NAME, COUNTRY)
        .dob(date_of_birth())
        .phone_number(PHONE)
        .middle_name(MIDDLE_NAME)
        .registry_number(RegistryNumberType::Nin, ID_NUMBER)
        .address(ADDRESS)
        .city(CITY)
        .postal_code(POSTAL_CODE)
}

pub(crate) fn prefill() -> Prefill {
    Prefill::new().first_name(FIRST_NAME).last_name(LAST_NAME).country(COUNTRY)
}

pub(crate) fn update() -> KycUpdate {
    let update = KycUpdate::new().dob(date_of_birth()).phone_number(PHONE);
    let update = update.middle_name(MIDDLE_NAME).id_number(IdType::NationalId, ID_NUMBER);
    let update = update.nationality(COUNTRY).id_issue_country(COUNTRY).gender(Gender::F);
    let update = update.source_of_funds(PersonSourceOfFunds::FamilySupport);
    update.address(ADDRESS).city(CITY).postal_code(POSTAL_CODE)
}

fn date_of_birth() -> NaiveDate {
    DATE_OF_BIRTH.parse().expect("a date")
}

fn content() -> Vec<u8> {
    [b"\xff\xd8\xff\xe0", FILE_CONTENT.as_bytes()].concat()
}

pub(crate) fn file() -> DocumentFile {
    let held = FILE_CONTENT.to_owned();
    let file = DocumentFile::from_bytes(FILE_NAME, content()).expect("it begins as a JPEG does");
    file.on_progress(move |progress| assert!(progress.sent <= progress.total, "{held}"))
}

pub(crate) async fn stream() -> DocumentFile {
    let content = content();
    let length = content.len().try_into().expect("it is short");
    DocumentFile::from_reader(FILE_NAME, length, std::io::Cursor::new(content)).await.expect("it begins as a JPEG does")
}

pub(crate) fn links() -> DocumentLinks {
    DocumentLinks::new().add(DocumentType::IdentityFront, BATCH_LINK)
}

pub(crate) fn sepa() -> SepaAccount {
    SepaAccount::new(FULL_NAME, SPACED_IBAN).business()
}

pub(crate) fn nip() -> NipAccount {
    NipAccount::new(NUBAN).full_name(FULL_NAME)
}

pub(crate) fn cvu() -> CvuCbuAccount {
    CvuCbuAccount::cvu(CVU).alias(ALIAS).phone_number(PHONE)
}

pub(crate) fn details() -> AccountDetails {
    AccountDetails::new().field(DETAIL_NAME, DETAIL).field("full_name", FULL_NAME)
}

pub(crate) fn builders() -> [PaymentDetailsBuilder; 2] {
    [
        PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN"),
        PaymentDetails::via("upi-india", "some-bank", "INR"),
    ]
}

/// A form without fields, or with one that has a pattern.
pub(crate) fn form(pattern: Option<&str>) -> RailForm {
    let fields = pattern.map(|pattern| json!([{"key": "full_name", "pattern": pattern}]));
    let rail = json!({"slug": "a-rail", "institution_required": false, "currencies": ["EUR"], "fields": fields});
    let rail = serde_json::from_value(rail).expect("it is a rail");
    PaymentDetails::for_rail(&rail)
}

/// One poll.
pub(crate) fn policy() -> WaitPolicy {
    let held = VERIFICATION_URL.to_owned();
    WaitPolicy::within(Duration::ZERO).on_action(move |url| assert_eq!(url, held))
}

// ---- What comes back ------------------------------------------------------------------------------------------------

/// A successful response with `data`, with canaries beside it and in the headers.
pub(crate) fn success(mut data: Value) -> Reply {
    if let Some(data) = data.as_object_mut() {
        data.insert("message".to_owned(), ERROR_MESSAGE.into());
    }
    with_headers(Reply::json(200, &json!({"success": true, "data": data, "of": UNKNOWN, UNKNOWN: [UNKNOWN]})))
}

pub(crate) fn with_headers(reply: Reply) -> Reply {
    reply.with_header("x-note", HEADER).with_header("set-cookie", HEADER).with_header("x-request-id", HEADER)
}

fn created_user() -> Value {
    json!({
        "user_uuid": USER, "email": EMAIL, "kyc_status": "NOT_INITIATED", "created_at": "2026-02-03T09:15:00Z",
        "user_ref": USER_REF, UNKNOWN: UNKNOWN,
    })
}

pub(crate) fn partner_user() -> Value {
    json!({
        "user_uuid": USER,
        "email": EMAIL,
        "kyc": {
            "status": UNKNOWN, "kyc_method": "handoff", "first_name": FIRST_NAME, "last_name": LAST_NAME,
            "country_code": COUNTRY, "rejection_reason": REJECTION, "dob": DATE_OF_BIRTH, "of": UNKNOWN,
        },
        "payment_profiles": [{
            "id": ACCOUNT, "rail": "iban-sepa", "currency": "EUR", "institution_name": null,
            "details": {"iban": IBAN, "full_name": FULL_NAME, DETAIL_NAME: {DETAIL_NAME: DETAIL}}, "of": [UNKNOWN],
        }],
        "user_ref": USER_REF,
    })
}

fn submitted() -> Value {
    json!({"kyc_status": UNKNOWN, "verification_url": VERIFICATION_URL, "person": {"name": FIRST_NAME}})
}

fn uploaded() -> Value {
    json!({
        "document_id": "doc-1", "document_type": UNKNOWN, "file_name": FILE_NAME, "session_id": SESSION, "of": [LINK],
    })
}

fn uploaded_batch() -> Value {
    json!({
        "uploaded": [
            {"document_id": "doc-1", "document_type": UNKNOWN, "file_name": FILE_NAME, "status": UNKNOWN, "of": LINK},
        ],
        "errors": [{"document_type": UNKNOWN, "error": ERROR_MESSAGE, "url": LINK}],
    })
}

fn started() -> Value {
    json!({"ready": false, "status": UNKNOWN, "missing": ["selfie", UNKNOWN], "of": [ID_NUMBER]})
}

fn verification() -> Value {
    json!({
        "status": "PENDING_DOCUMENTS", "verification_url": VERIFICATION_URL, "verification_seconds_left": 3600,
        "provider_messages": [PROVIDER_MESSAGE], "of": UNKNOWN,
    })
}

pub(crate) fn account() -> Value {
    json!({
        "payment_details_id": ACCOUNT, "rail": "iban-sepa", "currency": "EUR", "institution_id": "generic",
        "details": {"iban": IBAN, "full_name": FULL_NAME, DETAIL_NAME: DETAIL}, "holder": {"of": UNKNOWN},
    })
}
