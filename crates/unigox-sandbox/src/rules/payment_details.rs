//! Payment details: currencies and required fields of the rails that the documents describe.

use iban::Iban;
use serde_json::{Value, json};

use super::call::{Call, RuleResponse, text};
use crate::world::PaymentDetails;

/// The error key of payment details that are not valid.
const INVALID_PAYMENT_DETAILS: &str = "invalid_payment_details";

/// The error key of an identifier that is no number.
const MALFORMED_ID: &str = "required_fields_missing";

/// The rails on which the server lets an institution be left out.
const INSTITUTION_OPTIONAL: [&str; 7] = [
    "iban-sepa",
    "nip-nigeria",
    "faster-payments",
    "imps-neft-india",
    "alipay-wallet",
    "wechat-wallet",
    "interac-e-transfer",
];

pub(super) fn create(mut call: Call<'_>) -> RuleResponse {
    let body = call.body.value();
    if call.user().is_none() {
        return RuleResponse::empty(404);
    }
    let (Some(rail), Some(currency)) = (text(body, "rail"), text(body, "currency")) else {
        return RuleResponse::error(400, INVALID_PAYMENT_DETAILS);
    };
    let institution = text(body, "institution_id");
    if institution.is_none() && !INSTITUTION_OPTIONAL.contains(&rail) {
        return RuleResponse::error(400, INVALID_PAYMENT_DETAILS).about("/institution_id");
    }
    if currency_of(rail).is_some_and(|only| only != currency) {
        return RuleResponse::error(400, INVALID_PAYMENT_DETAILS).about("/currency");
    }
    if institution.is_some_and(|id| id.trim().is_empty()) {
        return RuleResponse::error(400, INVALID_PAYMENT_DETAILS).about("/institution_id");
    }
    let is_unknown = !call.rails.is_empty() && !call.rails.contains(rail) && currency_of(rail).is_none();
    if is_unknown && body["details"].as_object().is_none_or(|details| details.is_empty()) {
        return RuleResponse::error(400, INVALID_PAYMENT_DETAILS).about("/rail");
    }
    let invalid = invalid_fields(rail, &body["details"]);
    if !invalid.is_empty() {
        let sentence = format!("The account data for this rail is incomplete, check {}", invalid.join(", "));
        let first = format!("/details/{}", invalid[0]);
        return RuleResponse::new(422, Some(json!({"success": false, "error": sentence}))).about(first);
    }
    let saved = PaymentDetails {
        id: call.world.ids.payment_details(),
        rail: rail.to_owned(),
        currency: currency.to_owned(),
        institution_id: Some(institution.unwrap_or("other-bank").to_owned()),
        details: body["details"].clone(),
    };
    let data = to_json(&saved);
    match call.user() {
        Some(user) => user.payment_details.push(saved),
        None => return RuleResponse::empty(404),
    }
    RuleResponse::data(201, data)
}

/// Responds to a body that is not valid.
pub(super) fn refuse(_: &Value) -> RuleResponse {
    RuleResponse::error(400, INVALID_PAYMENT_DETAILS)
}

pub(super) fn list(mut call: Call<'_>) -> RuleResponse {
    match call.user() {
        Some(user) => RuleResponse::data(200, user.payment_details.iter().map(to_json).collect()),
        None => RuleResponse::empty(404),
    }
}

pub(super) fn get(mut call: Call<'_>) -> RuleResponse {
    let id = call.payment_details_id.unwrap_or_default();
    if call.user().is_some() && !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return RuleResponse::error(400, MALFORMED_ID);
    }
    let saved = call.user().and_then(|user| user.payment_details.iter().find(|saved| saved.id == id));
    saved.map_or_else(|| RuleResponse::empty(404), |saved| RuleResponse::data(200, to_json(saved)))
}

pub(super) fn delete(mut call: Call<'_>) -> RuleResponse {
    let id = call.payment_details_id.unwrap_or_default();
    let is_held = call.world.is_held(id);
    let Some(user) = call.user() else { return RuleResponse::empty(404) };
    let Some(index) = user.payment_details.iter().position(|saved| saved.id == id) else {
        return RuleResponse::empty(404);
    };
    if is_held {
        return RuleResponse::empty(409);
    }
    user.payment_details.remove(index);
    RuleResponse::data(200, json!({"message": "Account deleted"}))
}

fn to_json(saved: &PaymentDetails) -> Value {
    json!({
        "payment_details_id": saved.id,
        "rail": saved.rail,
        "currency": saved.currency,
        "institution_name": null,
        "institution_id": saved.institution_id,
        "details": saved.details,
    })
}

/// The only currency of a rail that the documents describe.
fn currency_of(rail: &str) -> Option<&'static str> {
    match rail {
        "iban-sepa" => Some("EUR"),
        "nip-nigeria" => Some("NGN"),
        "cvu-cbu" => Some("ARS"),
        _ => None,
    }
}

/// The fields that are missing or not valid for the rail. For rails that the documents do not describe there are none.
fn invalid_fields(rail: &str, details: &Value) -> Vec<&'static str> {
    let has_digits = |name: &str, count: usize| {
        text(details, name).is_some_and(|text| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_filled = |name: &str| text(details, name).is_some_and(|text| !text.trim().is_empty());
    let fields: &[(&str, bool)] = match rail {
        "iban-sepa" => &[
            ("full_name", is_filled("full_name")),
            ("iban", text(details, "iban").is_some_and(|iban| iban.parse::<Iban>().is_ok())),
        ],
        "nip-nigeria" => &[("account_number", has_digits("account_number", 10))],
        "cvu-cbu" => &[("cvu", has_digits("cvu", 22) || has_digits("cbu", 22))],
        _ => &[],
    };
    fields.iter().filter(|(_, is_valid)| !is_valid).map(|(name, _)| *name).collect()
}
