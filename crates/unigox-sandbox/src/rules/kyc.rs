//! KYC data: three methods to submit it, and the fields that can be updated.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::{
    call::{Call, RuleResponse, text},
    verification,
};
use crate::world::{Kyc, Session};

/// The error key of a date of birth that is not a date, or not in the past.
const INVALID_BIRTH_DATE: &str = "invalid_date_of_birth";

/// The error key of any other malformed submission, for which the documents name none.
const INVALID_REQUEST: &str = "invalid_request";

/// The fields that `updateKYC` updates.
const UPDATABLE_FIELDS: [&str; 12] = [
    "address",
    "city",
    "postal_code",
    "dob",
    "phone_number",
    "middle_name",
    "id_number",
    "id_type",
    "gender",
    "nationality",
    "id_issue_country",
    "source_of_funds",
];

/// The error key of an update that changes nothing.
const NO_VALID_FIELDS: &str = "no_valid_kyc_fields";

/// The fields that have an error key of their own, for a value that the document does not accept.
const FIELD_KEYS: [(&str, &str); 4] = [
    ("gender", "invalid_gender"),
    ("nationality", "invalid_country_code"),
    ("id_issue_country", "invalid_country_code"),
    ("source_of_funds", "invalid_source_of_funds"),
];

/// The fields that are verified, which `updateKYC` refuses.
const VERIFIED_FIELDS: [&str; 3] = ["first_name", "last_name", "country_code"];

pub(super) fn submit(mut call: Call<'_>) -> RuleResponse {
    let body = call.body.value();
    let (method, data) = (text(body, "method").unwrap_or_default(), &body["data"]);
    let pii = data.get("pii").and_then(Value::as_object).cloned().unwrap_or_default();
    let credential = match (method, text(data, "provider")) {
        ("external_token", Some("persona")) => text(data, "inquiry_id"),
        ("external_token", _) => text(data, "token"),
        _ => Some("not required"),
    };
    if call.user().is_none() {
        return RuleResponse::empty(404);
    }
    if credential.is_none_or(|credential| credential.trim().is_empty()) {
        let name = if text(data, "provider") == Some("persona") { "inquiry_id" } else { "token" };
        return RuleResponse::error(400, INVALID_REQUEST).about(format!("/data/{name}"));
    }
    if let Some(key) = pii.get("dob").and_then(|dob| birth_date_error(dob, call.now)) {
        return RuleResponse::error(400, key).about("/data/pii/dob");
    }
    let now = call.now;
    let id = call.world.ids.uuid();
    let user_ref = call.user().map(|user| user.user_ref.clone()).unwrap_or_default();
    let script = call.world.script_for(&user_ref);
    let Some(user) = call.user() else { return RuleResponse::empty(404) };
    if let Some(kyc) = &mut user.kyc {
        verification::advance(kyc, now);
    }
    // A verified user stays verified. Otherwise the submission replaces the one before.
    if verification::kyc_status(user.kyc.as_ref()) == "VERIFIED" {
        return RuleResponse::data(200, json!({"kyc_status": "VERIFIED", "message": "Already verified"}));
    }
    let has_page = method == "handoff";
    // Only `direct_data` waits for documents.
    let started_at = (method != "direct_data").then_some(now);
    let session = Session {
        id,
        script,
        opened_at: now,
        started_at,
        polls: 0,
        is_due: false,
        is_told: false,
        is_scheduled: false,
        has_page,
    };
    let kyc = Kyc { method: method.to_owned(), pii, updated_at: now, documents: Default::default(), session };
    let status = verification::kyc_status(Some(&kyc));
    let mut data = json!({"kyc_status": status, "message": "KYC data taken"});
    if has_page {
        data["verification_url"] = json!(verification::page_url(&kyc.session));
    }
    user.kyc = Some(kyc);
    RuleResponse::data(200, data)
}

pub(super) fn update(mut call: Call<'_>) -> RuleResponse {
    let now = call.now;
    let changes = call.body.value().as_object().cloned().unwrap_or_default();
    let Some(user) = call.user() else { return RuleResponse::empty(404) };
    if let Some(name) = VERIFIED_FIELDS.iter().find(|name| changes.contains_key(**name)) {
        return RuleResponse::empty(400).about(format!("/{name}"));
    }
    if let Some(key) = changes.get("dob").and_then(|dob| birth_date_error(dob, now)) {
        return RuleResponse::error(400, key).about("/dob");
    }
    let is_country = |code: &Value| {
        code.as_str().is_some_and(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()))
    };
    let mut countries = ["nationality", "id_issue_country"].iter();
    if let Some(name) = countries.find(|name| changes.get(**name).is_some_and(|code| !is_country(code))) {
        return RuleResponse::error(400, "invalid_country_code").about(format!("/{name}"));
    }
    let changes: Map<_, _> =
        changes.into_iter().filter(|(name, _)| UPDATABLE_FIELDS.contains(&name.as_str())).collect();
    if changes.is_empty() {
        return RuleResponse::error(400, NO_VALID_FIELDS);
    }
    let Some(kyc) = &mut user.kyc else { return RuleResponse::empty(400) };
    // Blank values are ignored, and not listed in the response.
    let mut updated = Vec::new();
    for (name, value) in changes {
        if value.as_str().is_some_and(|text| !text.trim().is_empty()) {
            kyc.pii.insert(name.clone(), value);
            updated.push(name);
        }
    }
    if !updated.is_empty() {
        kyc.updated_at = now;
    }
    RuleResponse::data(200, json!({"updated_fields": updated, "message": "KYC data updated"}))
}

/// Responds to a `submitKYC` body that is not valid.
pub(super) fn refuse_submission(body: &Value) -> RuleResponse {
    let key = if has_invalid_birth_date(&body["data"]["pii"]) { INVALID_BIRTH_DATE } else { INVALID_REQUEST };
    RuleResponse::error(400, key)
}

/// Responds to an `updateKYC` body that is not valid.
pub(super) fn refuse_update(body: &Value) -> RuleResponse {
    if has_invalid_birth_date(body) {
        return RuleResponse::error(400, INVALID_BIRTH_DATE);
    }
    let fields = || body.as_object().into_iter().flatten();
    if fields().any(|(_, value)| value.is_object() || value.is_array()) {
        return RuleResponse::error(400, "invalid_field_value");
    }
    let key = FIELD_KEYS.iter().find(|(name, _)| fields().any(|(field, _)| field == name));
    key.map_or_else(|| RuleResponse::empty(400), |(_, key)| RuleResponse::error(400, key))
}

/// Whether the date of birth among `fields` is not a date. The schema refuses it, and the API has an error key for it.
fn has_invalid_birth_date(fields: &Value) -> bool {
    fields.get("dob").is_some_and(|dob| date(dob).is_none())
}

/// The error key of a date of birth that is not a date, not in the past, or less than 18 years ago.
fn birth_date_error(dob: &Value, now: DateTime<Utc>) -> Option<&'static str> {
    let Some(date) = date(dob) else { return Some(INVALID_BIRTH_DATE) };
    match now.date_naive().years_since(date) {
        None => Some(INVALID_BIRTH_DATE),
        Some(0..18) => Some("underage_not_allowed"),
        Some(_) => None,
    }
}

/// A date in the format of RFC 3339.
fn date(value: &Value) -> Option<NaiveDate> {
    let text = value.as_str()?;
    text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text)
}
