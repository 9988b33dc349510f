//! The key check, and users: get-or-create by `user_ref`, and a summary.

use serde_json::{Map, Value, json};

use super::{
    call::{Call, RuleResponse, text},
    verification,
};
use crate::world::{Kyc, PaymentDetails, User};

pub(super) fn verify_auth(_: Call<'_>) -> RuleResponse {
    RuleResponse::data(200, json!({"message": "API key accepted", "authenticated": true}))
}

pub(super) fn create(call: Call<'_>) -> RuleResponse {
    let body = call.body.value();
    let (Some(user_ref), Some(email)) = (text(body, "user_ref"), text(body, "email")) else {
        return RuleResponse::empty(400);
    };
    if user_ref.trim().is_empty() {
        return RuleResponse::empty(400).about("/user_ref");
    }
    if let Some(user) = call.world.user_by_ref(call.partner, user_ref) {
        if let Some(kyc) = &mut user.kyc {
            verification::advance(kyc, call.now);
        }
        return RuleResponse::data(200, created(user));
    }
    let user = User {
        uuid: call.world.ids.uuid(),
        partner: call.partner.to_owned(),
        user_ref: user_ref.to_owned(),
        email: email.to_owned(),
        created_at: call.now,
        kyc: None,
        payment_details: Vec::new(),
    };
    let data = created(&user);
    call.world.add_user(user);
    RuleResponse::data(201, data)
}

fn created(user: &User) -> Value {
    json!({
        "user_uuid": user.uuid,
        // Its name in earlier versions of the API.
        "id": user.uuid,
        "email": user.email,
        "kyc_status": verification::kyc_status(user.kyc.as_ref()),
        "created_at": user.created_at,
    })
}

pub(super) fn get(mut call: Call<'_>) -> RuleResponse {
    let now = call.now;
    let Some(user) = call.user() else { return RuleResponse::empty(404) };
    if let Some(kyc) = &mut user.kyc {
        verification::advance(kyc, now);
    }
    let payment_details: Vec<_> = user.payment_details.iter().map(summary_of_payment_details).collect();
    RuleResponse::data(
        200,
        json!({
            "user_uuid": user.uuid,
            "email": user.email,
            "created_at": user.created_at,
            "kyc": summary_of_kyc(user.kyc.as_ref()),
            "payment_profiles": payment_details,
        }),
    )
}

fn summary_of_kyc(kyc: Option<&Kyc>) -> Value {
    let mut summary = Map::from_iter([("status".to_owned(), json!(verification::kyc_status(kyc)))]);
    if let Some(kyc) = kyc {
        summary.insert("kyc_method".to_owned(), json!(kyc.method));
        for name in ["first_name", "last_name", "country_code"] {
            if let Some(value) = kyc.pii.get(name) {
                summary.insert(name.to_owned(), value.clone());
            }
        }
        summary.insert("rejection_reason".to_owned(), json!(verification::rejection_reason(kyc)));
        summary.insert("updated_at".to_owned(), json!(kyc.updated_at));
    }
    Value::Object(summary)
}

/// Payment details as a part of the user, where their identifier has the name `id`.
fn summary_of_payment_details(saved: &PaymentDetails) -> Value {
    json!({
        "id": saved.id,
        "rail": saved.rail,
        "currency": saved.currency,
        "institution_name": saved.institution_name,
        "institution_id": saved.institution_id,
        "details": saved.details,
    })
}
