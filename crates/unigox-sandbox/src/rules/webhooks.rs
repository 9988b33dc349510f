//! Webhooks: the address of a partner, a test event, and the data of events.

use serde_json::{Map, Value, json};

use super::call::{Call, RuleResponse, text};
use crate::{
    document::Document,
    webhooks::{Event, check_address},
};

/// The schema that the document has for events.
const EVENT_SCHEMA: &str = "WebhookEventPayload";

/// What the type of an event that this schema describes begins with.
const ORDER: &str = "order.";

/// The type of a test event, for which the documents name none.
const TEST_EVENT: &str = "webhook.test";

pub(super) fn register(call: Call<'_>) -> RuleResponse {
    let Some(address) = text(call.body.value(), "url") else {
        return RuleResponse::sentence(400, "The address is missing").about("/url");
    };
    match check_address(address) {
        Ok(()) => {
            call.world.webhooks.set_address(call.partner, address);
            get(call)
        }
        Err(problem) => RuleResponse::sentence(400, problem).about("/url"),
    }
}

pub(super) fn get(call: Call<'_>) -> RuleResponse {
    let address = call.world.webhooks.address(call.partner);
    RuleResponse::data(200, json!({"url": address, "enabled": address.is_some()}))
}

pub(super) fn delete(call: Call<'_>) -> RuleResponse {
    call.world.webhooks.remove_address(call.partner);
    RuleResponse::data(200, json!({"message": "Address removed"}))
}

/// Has a test event sent. The response is that of [`pinged`] then.
pub(super) fn ping(call: Call<'_>) -> RuleResponse {
    if call.world.webhooks.address(call.partner).is_none() {
        return RuleResponse::error(400, "webhook URL is not set");
    }
    let data = json!({"message": "This is a test"});
    let event = Event::new(call.world.ids.event(), TEST_EVENT, call.partner, call.now, &data);
    RuleResponse { sends: Some(Box::new(event)), ..RuleResponse::empty(200) }
}

/// The response when the test event was sent, and the receiver accepted it with `status` or did not.
pub(crate) fn pinged(status: Option<u16>) -> RuleResponse {
    match status {
        Some(status) => RuleResponse::data(200, json!({"delivered": true, "http_status": status})),
        None => RuleResponse::error(502, "webhook delivery failed"),
    }
}

/// The data of an event of this type: what the document has as an example, for an event of an order; the fields that it
/// describes in words alone, for others.
pub(crate) fn event_data(document: &Document, seed: u64, event_type: &str) -> Map<String, Value> {
    let of_order = || {
        let event = document.sample_component(EVENT_SCHEMA, seed)?;
        event.get("data")?.as_object().cloned()
    };
    let mut data = if event_type.starts_with(ORDER) { of_order().unwrap_or_default() } else { Map::new() };
    if let Value::Object(described) = described_in_words(event_type) {
        data.extend(described);
    }
    data
}

/// The fields of an event that no schema describes.
fn described_in_words(event_type: &str) -> Value {
    const USER: &str = "550e8400-e29b-41d4-a716-446655440000";
    const ACCOUNT: &str = "7d1f0c52-94a6-4c1e-8b35-2f60d9a1e3c7";
    match event_type {
        "user.kyc.updated" => json!({"user_uuid": USER, "kyc_status": "VERIFIED"}),
        "order.refund.required" => json!({"status": "cancelled", "action_required": {
            "type": "authorize_refund", "message": "Sign the refund", "endpoint": "/api/v1/partner/orders/authorize-refund"}}),
        "fiat_account.updated" => {
            json!({"fiat_account_id": ACCOUNT, "user_uuid": USER, "status": "active", "currency": "EUR"})
        }
        "fiat_account.closing" => {
            json!({"fiat_account_id": ACCOUNT, "user_uuid": USER, "status": "active", "currency": "EUR"})
        }
        "fiat_account.deposit.received" => json!({"fiat_account_id": ACCOUNT, "user_uuid": USER,
            "transaction_id": "tx-1", "amount": "100.00", "currency": "EUR", "order_id": null}),
        _ => Value::Null,
    }
}
