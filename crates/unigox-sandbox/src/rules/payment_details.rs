//! Payment details: judged by the rails and institutions that the sandbox lists.

use serde_json::{Value, json};

use super::call::{Call, RuleResponse, text};
use crate::{
    document::escape,
    rails::{Account, Rails},
    world::PaymentDetails,
};

/// The error key of payment details that are not valid.
const INVALID_PAYMENT_DETAILS: &str = "invalid_payment_details";

/// The error key of an identifier that is no number.
const MALFORMED_ID: &str = "required_fields_missing";

/// The body with the institution that the API assigns to one that names none, if the rail needs none. What the document
/// says of the body holds for it then: the API takes bodies without an institution on more rails than the document names.
pub(super) fn complete(rails: &Rails, body: &Value) -> Option<Value> {
    let rail = rails.rail(text(body, "rail")?).filter(|rail| rail.needs_no_institution())?;
    let assigned = rail.assigned_institution.as_deref().filter(|_| body.get("institution_id").is_none())?;
    let mut completed = body.clone();
    completed["institution_id"] = json!(assigned);
    Some(completed)
}

pub(super) fn create(mut call: Call<'_>) -> RuleResponse {
    let body = call.body.value();
    if call.user().is_none() {
        return RuleResponse::empty(404);
    }
    let account = match accepted(&call, body) {
        Ok(account) => account,
        Err(refusal) => return refusal,
    };
    let saved = PaymentDetails { id: call.world.ids.payment_details(), ..account };
    let data = to_json(&saved);
    match call.user() {
        Some(user) => user.payment_details.push(saved),
        None => return RuleResponse::empty(404),
    }
    RuleResponse::data(201, data)
}

/// The payment details in a body, without an identifier yet; or the response that refuses them. What the document does not
/// list can't be known by its clients, and is accepted.
fn accepted(call: &Call<'_>, body: &Value) -> Result<PaymentDetails, RuleResponse> {
    let invalid = || RuleResponse::error(400, INVALID_PAYMENT_DETAILS);
    let (Some(slug), Some(currency)) = (text(body, "rail"), text(body, "currency")) else { return Err(invalid()) };
    let sent = text(body, "institution_id");
    if sent.is_some_and(|id| id.trim().is_empty()) {
        return Err(invalid().about("/institution_id"));
    }
    let account = |id: Option<&str>, name: Option<&str>| PaymentDetails {
        id: String::new(),
        rail: slug.to_owned(),
        currency: currency.to_owned(),
        institution_id: id.map(str::to_owned),
        institution_name: name.map(str::to_owned),
        details: body["details"].clone(),
    };
    let Some(rail) = call.rails.rail(slug) else {
        return if call.listed.rails { Err(invalid().about("/rail")) } else { Ok(account(sent, None)) };
    };
    if !rail.has_currency(currency) {
        return Err(invalid().about("/currency"));
    }
    let id = rail.institution(sent);
    let institution = id.and_then(|id| call.rails.institution(id));
    let institution = institution.filter(|known| known.is_on(slug) && call.world.is_live(&known.id));
    let is_missing = id.is_none() && !rail.needs_no_institution();
    if is_missing || id.is_some() && institution.is_none() && call.listed.institutions {
        return Err(invalid().about("/institution_id"));
    }
    let details = Account(&body["details"]);
    let format = details.beneficiary().and_then(|beneficiary| rail.format(institution, beneficiary));
    let wrong = details.wrong_fields(format);
    if let Some(first) = wrong.first() {
        let sentence = format!("The account data for this rail is incomplete, check {}", wrong.join(", "));
        return Err(RuleResponse::sentence(422, &sentence).about(format!("/details/{}", escape(first))));
    }
    Ok(account(id, institution.and_then(|known| known.name.as_deref())))
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
        "institution_name": saved.institution_name,
        "institution_id": saved.institution_id,
        "details": saved.details,
    })
}
