//! Real documents, where they are at hand: what the report says of each consecutive pair, by rule and place.
//!
//! The folder is named by `UNIGOX_VENDOR_DOCUMENTS`, from the root of the workspace. What is expected here are rules and
//! JSON pointers; nothing is copied from the documents.

use std::path::PathBuf;

use serde_json::Value;
use xtask::{
    diff::{Change, Rule},
    openapi,
};

use super::{constructs::verdicts, mutants::structural};

/// The document that was published then, if the folder is there.
fn published(name: &str) -> Option<Value> {
    let folder = std::env::var_os("UNIGOX_VENDOR_DOCUMENTS")?;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    Some(openapi::load(&root.join(folder).join(name)).expect("a document that can be read").value)
}

fn pair(old: &str, new: &str) -> Option<Vec<Change>> {
    Some(super::compare(&published(old)?, &published(new)?))
}

/// What is expected of a pair: verdicts as for constructs, rule, and the longer of the two places.
fn lines(changes: Vec<Change>) -> Vec<String> {
    let line = |change: Change| {
        let verdicts = verdicts(&change);
        let place =
            if change.old.matches('/').count() > change.new.matches('/').count() { change.old } else { change.new };
        format!("{verdicts} {} {place}", change.rule)
    };
    let mut lines: Vec<String> = structural(changes).into_iter().map(line).collect();
    lines.sort();
    lines
}

fn check(old: &str, new: &str, expected: &str) {
    let Some(changes) = pair(old, new) else { return };
    let mut expected: Vec<String> = expected.lines().map(|line| line.trim().replace('%', USERS)).collect();
    expected.retain(|line| !line.is_empty());
    expected.sort();
    let found = lines(changes);
    let missing: Vec<_> = expected.iter().filter(|line| !found.contains(line)).collect();
    let more: Vec<_> = found.iter().filter(|line| !expected.contains(line)).collect();
    assert!(missing.is_empty() && more.is_empty(), "{old} → {new}\nmissing: {missing:#?}\nmore: {more:#?}");
    assert_eq!(found, expected, "{old} → {new}: one of them more than once");
}

/// What most places begin with.
const USERS: &str = "/paths/~1api~1v1~1partner~1users~1{user_uuid}";

/// Of every two documents, in either direction.
#[test]
fn every_pointer_that_is_printed_leads_somewhere() {
    let Some(folder) = std::env::var_os("UNIGOX_VENDOR_DOCUMENTS") else { return };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder that can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let documents: Vec<Value> = paths.map(|path| openapi::load(&path).expect("a document").value).collect();
    for old in &documents {
        for new in &documents {
            super::pointers::check(old, new, &super::compare(old, new)).expect("every pointer leads somewhere");
        }
    }
}

/// Two texts and the tags: nothing else.
#[test]
fn from_march_6_to_march_11_words_changed_alone() {
    check("2026-03-06.yaml", "2026-03-11.yaml", "");
    let Some(changes) = pair("2026-03-06.yaml", "2026-03-11.yaml") else { return };
    assert!(changes.iter().all(|change| change.rule == Rule::ProseChanged));
    let places: Vec<_> = changes.iter().map(|change| (change.new.as_str(), change.operations.join(" "))).collect();
    let order = "/paths/~1api~1v1~1partner~1orders~1{order_id}/get/description";
    assert!(places.contains(&(order, "getOrder".to_owned())), "{places:?}");
    assert_eq!(places.len(), 4);
}

#[test]
fn from_march_11_to_july_13_every_structural_line_of_the_log_is_found() {
    check("2026-03-11.yaml", "2026-07-13.user-management.yaml", MARCH_TO_JULY);
}

#[test]
fn from_july_13_to_october_8_every_structural_line_of_the_log_is_found() {
    check("2026-07-13.user-management.yaml", "2026-10-08.user-management.yaml", JULY_TO_OCTOBER);
}

/// The second document holds the user management part alone, so that every other operation is gone.
const MARCH_TO_JULY: &str = "
    .. content-added %~1kyc-submissions/post/responses/400
    .. enum-values-added /components/schemas/KYCSubmitExternalToken/properties/data/properties/provider/enum
    .. enum-values-added /components/schemas/VerificationStatusResponse/allOf/1/properties/data/properties/status/enum
    .. operation-added %~1kyc/patch
    .. operation-added %~1payment-details~1{payment_details_id}/get
    .. optional-property-added /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/city
    .. optional-property-added /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/id_number
    .. optional-property-added /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/id_type
    .. optional-property-added /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/middle_name
    .. optional-property-added /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/phone_number
    .. optional-property-added /components/schemas/KYCSubmitExternalToken/properties/data/properties/inquiry_id
    .. path-parameter-renamed %/get/parameters/0
    .. path-parameter-renamed %~1kyc-submissions/post/parameters/0
    .. path-parameter-renamed %~1kyc~1documents/post/parameters/0
    .. path-parameter-renamed %~1payment-details/get/parameters/0
    .. path-parameter-renamed %~1payment-details/post/parameters/0
    .. path-parameter-renamed %~1payment-details~1{payment_details_id}/delete/parameters/0
    .. path-parameter-renamed %~1verification-status/get/parameters/0
    .c property-optional /components/schemas/CreatePaymentDetailsRequestInstitutionOptional/allOf/1/properties/institution_id
    .c property-optional /components/schemas/KYCSubmitExternalToken/properties/data/properties/token
    .. status-added %~1payment-details/post/responses/422
    .B discriminator-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/discriminator
    .B enum-values-removed /components/schemas/VerificationStatusResponse/allOf/1/properties/data/properties/status/enum
    .B schema-removed /components/schemas/WebhookEventPayload
    B. excluded-values-added /components/schemas/CreatePaymentDetailsRequestInstitutionRequired/allOf/1/properties/rail/not
    B. path-changed %~1payment-details~1{payment_details_id}
    BB enum-introduced /components/schemas/CreatePaymentDetailsRequestInstitutionOptional/allOf/1/properties/rail/enum
    BB enum-values-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/0/properties/document_type/enum
    BB enum-values-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/1/properties/document_type/enum
    BB media-type-changed %~1kyc~1documents/post/requestBody/content/application~1json
    BB operation-removed /paths/~1api~1v1~1partner~1offramp~1estimate/post
    BB operation-removed /paths/~1api~1v1~1partner~1offramp~1initiate/post
    BB operation-removed /paths/~1api~1v1~1partner~1offramp~1quote/post
    BB operation-removed /paths/~1api~1v1~1partner~1onramp~1initiate/post
    BB operation-removed /paths/~1api~1v1~1partner~1onramp~1quote/post
    BB operation-removed /paths/~1api~1v1~1partner~1orders/get
    BB operation-removed /paths/~1api~1v1~1partner~1orders~1{order_id}/get
    BB operation-removed /paths/~1api~1v1~1partner~1orders~1{order_id}~1authorize-crypto-transfer/post
    BB operation-removed /paths/~1api~1v1~1partner~1orders~1{order_id}~1cancel/post
    BB operation-removed /paths/~1api~1v1~1partner~1orders~1{order_id}~1confirm-fiat-received/post
    BB operation-removed /paths/~1api~1v1~1partner~1orders~1{order_id}~1transfer-authorization-parameters/get
    BB operation-removed /paths/~1api~1v1~1partner~1webhooks/get
    BB operation-removed /paths/~1api~1v1~1partner~1webhooks/post
    BB operation-removed /paths/~1api~1v1~1partner~1webhooks~1test/post
    BB operation-removed /paths/~1api~1v1~1partner~1webhooks~1{id}/delete
    BB operation-removed /paths/~1api~1v1~1supported-exchange-pairs/get
    BB operation-removed /paths/~1api~1v1~1supported~1blockchains/get
    BB operation-removed /paths/~1api~1v1~1supported~1crypto-currencies/get
    BB operation-removed /paths/~1api~1v1~1supported~1fiat-currencies/get
    BB operation-removed /paths/~1api~1v1~1supported~1institutions/get
    BB operation-removed /paths/~1api~1v1~1supported~1payment-rails/get
    BB operation-removed /paths/~1health/get
    BB property-renamed /components/schemas/CreateUserResponse/allOf/1/properties/data/properties/user_uuid
    BB property-renamed /components/schemas/GetUserResponse/allOf/1/properties/data/properties/user_uuid
    BB property-renamed /components/schemas/PaymentProfile/properties/payment_details_id
    BB property-required /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/country_code
    BB property-required /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/first_name
    BB property-required /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/last_name
    BB required-property-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/1/properties/upload_method
    BB required-property-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/1/properties/url
    BB required-property-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/2/properties/documents
    BB required-property-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/2/properties/upload_method
    BB required-property-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/1
    BB required-property-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/2
    BB required-property-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/2
    BB union-introduced %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf
    BB union-introduced /components/schemas/CreatePaymentDetailsRequest/oneOf
";

const JULY_TO_OCTOBER: &str = "
    .B schema-extracted %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/1/properties/document_type
    .B schema-extracted %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/2/properties/documents/items/properties/document_type
    .. enum-values-added %~1kyc/patch/requestBody/content/application~1json/schema/properties/id_type/enum
    .. enum-values-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/1/properties/document_type/enum
    .. enum-values-added %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/2/properties/documents/items/properties/document_type/enum
    .. enum-values-added /components/schemas/CreateUserResponse/allOf/1/properties/data/properties/kyc_status/enum
    .. enum-values-added /components/schemas/GetUserResponse/allOf/1/properties/data/properties/kyc/properties/status/enum
    .. enum-values-added /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/id_type/enum
    .. enum-values-added /components/schemas/KYCSubmitResponse/allOf/1/properties/data/properties/kyc_status/enum
    .. enum-values-added /components/schemas/VerificationStatusResponse/allOf/1/properties/data/properties/status/enum
    .. media-type-added %~1kyc~1documents/post/requestBody/content/multipart~1form-data
    .. operation-added %~1kyc~1verify/post
    .. optional-property-added %~1kyc/patch/requestBody/content/application~1json/schema/properties/gender
    .. optional-property-added %~1kyc/patch/requestBody/content/application~1json/schema/properties/id_issue_country
    .. optional-property-added %~1kyc/patch/requestBody/content/application~1json/schema/properties/nationality
    .. optional-property-added %~1kyc/patch/requestBody/content/application~1json/schema/properties/source_of_funds
    .. optional-property-added %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1/properties/errors
    .. optional-property-added /components/schemas/CreateUserResponse/allOf/1/properties/data/properties/id
    .. optional-property-added /components/schemas/GetUserResponse/allOf/1/properties/data/properties/fiat_account_issuance
    .c required-property-added %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1/properties/uploaded
    .B discriminator-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/discriminator
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/0/properties/document_id
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/0/properties/document_type
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/0/properties/file_name
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/0/properties/message
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1/properties/message
    .B property-required %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/success
    BB enum-values-removed /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/id_type/enum
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/0
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/0
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1
    BB optional-property-removed %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf/1
    BB union-introduced %~1kyc~1documents/post/responses/200/content/application~1json/schema/properties/data/oneOf
    BB variant-removed %~1kyc~1documents/post/requestBody/content/application~1json/schema/oneOf/0
";
