//! KYC data: three ways to submit it, and what may be changed afterwards.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::{Answer, Call, INVALID_BIRTH, INVALID_REQUEST, text, verification};
use crate::world::{Kyc, Session};

/// What `updateKYC` can change.
const CHANGEABLE: [&str; 8] =
    ["address", "city", "postal_code", "dob", "phone_number", "middle_name", "id_number", "id_type"];

/// What was verified, and stays.
const FIXED: [&str; 3] = ["first_name", "last_name", "country_code"];

pub(super) fn submit(mut call: Call<'_>) -> Answer {
    let body = call.body.json();
    let (method, data) = (text(body, "method").unwrap_or_default(), &body["data"]);
    let pii = data.get("pii").and_then(Value::as_object).cloned().unwrap_or_default();
    let credential = match (method, text(data, "provider")) {
        ("external_token", Some("persona")) => text(data, "inquiry_id"),
        ("external_token", _) => text(data, "token"),
        _ => Some("none is needed"),
    };
    if call.user().is_none() {
        return Answer::empty(404);
    }
    if credential.is_none_or(|credential| credential.trim().is_empty()) {
        return Answer::refused(400, INVALID_REQUEST);
    }
    if let Some(key) = pii.get("dob").and_then(|dob| problem_with_birth(dob, call.now)) {
        return Answer::refused(400, key);
    }
    let now = call.now;
    let id = call.world.ids.uuid();
    let user_ref = call.user().map(|user| user.user_ref.clone()).unwrap_or_default();
    let script = call.world.script_of(&user_ref);
    let Some(user) = call.user() else { return Answer::empty(404) };
    if let Some(kyc) = &mut user.kyc {
        verification::catch_up(kyc, now);
    }
    // A person who was verified stays verified; what was submitted before is replaced otherwise.
    if verification::kyc_status(user.kyc.as_ref()) == "VERIFIED" {
        return Answer::data(200, json!({"kyc_status": "VERIFIED", "message": "Already verified"}));
    }
    let has_page = method == "handoff";
    // Only `direct_data` has documents to wait for.
    let began_at = (method != "direct_data").then_some(now);
    let session = Session { id, script, opened_at: now, began_at, polls: 0, is_due: false, has_page };
    let kyc = Kyc { method: method.to_owned(), pii, updated_at: now, documents: Default::default(), session };
    let status = verification::kyc_status(Some(&kyc));
    let mut answer = json!({"kyc_status": status, "message": "KYC data taken"});
    if has_page {
        answer["verification_url"] = json!(verification::page(&kyc.session));
    }
    user.kyc = Some(kyc);
    Answer::data(200, answer)
}

pub(super) fn update(mut call: Call<'_>) -> Answer {
    let now = call.now;
    let changes = call.body.json().as_object().cloned().unwrap_or_default();
    let Some(user) = call.user() else { return Answer::empty(404) };
    if FIXED.iter().any(|name| changes.contains_key(*name)) {
        return Answer::empty(400);
    }
    if let Some(key) = changes.get("dob").and_then(|dob| problem_with_birth(dob, now)) {
        return Answer::refused(400, key);
    }
    let changes: Map<_, _> = changes.into_iter().filter(|(name, _)| CHANGEABLE.contains(&name.as_str())).collect();
    let Some(kyc) = user.kyc.as_mut().filter(|_| !changes.is_empty()) else { return Answer::empty(400) };
    // A blank value changes nothing, and nothing is said about it.
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
    Answer::data(200, json!({"updated_fields": updated, "message": "KYC data updated"}))
}

/// Whether the date of birth among `fields` is none: the document says `format: date`, and the API has a key for it.
pub(super) fn has_unreal_birth(fields: &Value) -> bool {
    fields.get("dob").is_some_and(|dob| date(dob).is_none())
}

/// The documented key for a date of birth that is not one, not past, or too recent.
fn problem_with_birth(dob: &Value, now: DateTime<Utc>) -> Option<&'static str> {
    let Some(date) = date(dob) else { return Some(INVALID_BIRTH) };
    match now.date_naive().years_since(date) {
        None => Some(INVALID_BIRTH),
        Some(0..18) => Some("underage_not_allowed"),
        Some(_) => None,
    }
}

/// A date as RFC 3339 writes it.
fn date(value: &Value) -> Option<NaiveDate> {
    let text = value.as_str()?;
    text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text)
}
