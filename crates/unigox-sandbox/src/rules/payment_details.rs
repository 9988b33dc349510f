//! Payout accounts: which rails do without an institution, and what the rails that are spelled out want to know.

use iban::Iban;
use serde_json::{Value, json};

use super::{Answer, Call, text};
use crate::world::Account;

pub(super) fn create(mut call: Call<'_>) -> Answer {
    let body = call.body.json();
    if call.user().is_none() {
        return Answer::empty(404);
    }
    let (Some(rail), Some(currency)) = (text(body, "rail"), text(body, "currency")) else {
        return Answer::refused(400, "invalid_payment_details");
    };
    // That only listed rails do without an institution is the schema's to say, and said.
    let institution = text(body, "institution_id");
    if goes_with(rail).is_some_and(|only| only != currency) || institution.is_some_and(|id| id.trim().is_empty()) {
        return Answer::refused(400, "invalid_payment_details");
    }
    let wrong = wrong_fields(rail, &body["details"]);
    if !wrong.is_empty() {
        let sentence = format!("The account data for this rail is incomplete, check {}", wrong.join(", "));
        return Answer { status: 422, body: Some(json!({"success": false, "error": sentence})) };
    }
    let account = Account {
        id: call.world.ids.account(),
        rail: rail.to_owned(),
        currency: currency.to_owned(),
        institution_id: Some(institution.unwrap_or("other-bank").to_owned()),
        details: body["details"].clone(),
    };
    let data = profile(&account);
    match call.user() {
        Some(user) => user.accounts.push(account),
        None => return Answer::empty(404),
    }
    Answer::data(201, data)
}

pub(super) fn list(mut call: Call<'_>) -> Answer {
    match call.user() {
        Some(user) => Answer::data(200, user.accounts.iter().map(profile).collect()),
        None => Answer::empty(404),
    }
}

pub(super) fn delete(mut call: Call<'_>) -> Answer {
    let id = call.payment_details.unwrap_or_default();
    let is_held = call.world.held.contains(id);
    let Some(user) = call.user() else { return Answer::empty(404) };
    let Some(at) = user.accounts.iter().position(|account| account.id == id) else { return Answer::empty(404) };
    if is_held {
        return Answer::empty(409);
    }
    user.accounts.remove(at);
    Answer::data(200, json!({"message": "Account deleted"}))
}

fn profile(account: &Account) -> Value {
    json!({
        "payment_details_id": account.id,
        "rail": account.rail,
        "currency": account.currency,
        "institution_name": null,
        "institution_id": account.institution_id,
        "details": account.details,
    })
}

/// The one currency of a rail that is spelled out.
fn goes_with(rail: &str) -> Option<&'static str> {
    match rail {
        "iban-sepa" => Some("EUR"),
        "nip-nigeria" => Some("NGN"),
        "cvu-cbu" => Some("ARS"),
        _ => None,
    }
}

/// The fields that a rail wants otherwise. Of other rails nothing is known.
fn wrong_fields(rail: &str, details: &Value) -> Vec<&'static str> {
    let has_digits = |name: &str, count: usize| {
        text(details, name).is_some_and(|text| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_filled = |name: &str| text(details, name).is_some_and(|text| !text.trim().is_empty());
    let wanted: &[(&str, bool)] = match rail {
        "iban-sepa" => &[
            ("full_name", is_filled("full_name")),
            ("iban", text(details, "iban").is_some_and(|iban| iban.parse::<Iban>().is_ok())),
        ],
        "nip-nigeria" => &[("account_number", has_digits("account_number", 10))],
        "cvu-cbu" => &[("cvu", has_digits("cvu", 22) || has_digits("cbu", 22))],
        _ => &[],
    };
    wanted.iter().filter(|(_, is_right)| !is_right).map(|(name, _)| *name).collect()
}
