//! Users: get-or-create by `user_ref`, and a summary of what is known.

use serde_json::{Map, Value, json};

use super::{Answer, Call, text, verification};
use crate::world::{Account, Kyc, User};

pub(super) fn create(call: Call<'_>) -> Answer {
    let body = call.body.json();
    let (Some(user_ref), Some(email)) = (text(body, "user_ref"), text(body, "email")) else {
        return Answer::empty(400);
    };
    if user_ref.trim().is_empty() {
        return Answer::empty(400);
    }
    let known = call.world.users.iter_mut().find(|user| user.partner == call.partner && user.user_ref == user_ref);
    if let Some(user) = known {
        if let Some(kyc) = &mut user.kyc {
            verification::catch_up(kyc, call.now);
        }
        return Answer::data(200, created(user));
    }
    let user = User {
        uuid: call.world.ids.uuid(),
        partner: call.partner.to_owned(),
        user_ref: user_ref.to_owned(),
        email: email.to_owned(),
        created_at: call.now,
        kyc: None,
        accounts: Vec::new(),
    };
    let data = created(&user);
    call.world.users.push(user);
    Answer::data(201, data)
}

fn created(user: &User) -> Value {
    json!({
        "user_uuid": user.uuid,
        "email": user.email,
        "kyc_status": verification::kyc_status(user.kyc.as_ref()),
        "created_at": user.created_at,
    })
}

pub(super) fn get(mut call: Call<'_>) -> Answer {
    let now = call.now;
    let Some(user) = call.user() else { return Answer::empty(404) };
    if let Some(kyc) = &mut user.kyc {
        verification::catch_up(kyc, now);
    }
    let accounts: Vec<_> = user.accounts.iter().map(summary_of_account).collect();
    Answer::data(
        200,
        json!({
            "user_uuid": user.uuid,
            "email": user.email,
            "created_at": user.created_at,
            "kyc": summary_of_kyc(user.kyc.as_ref()),
            "payment_profiles": accounts,
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

/// Here an account's identifier is called `id`.
fn summary_of_account(account: &Account) -> Value {
    json!({
        "id": account.id,
        "rail": account.rail,
        "currency": account.currency,
        "institution_name": null,
        "institution_id": account.institution_id,
        "details": account.details,
    })
}
