//! What events say, and that nothing of them is lost.

use serde_json::{Value, json};
use unigox::{
    VerificationOutcome,
    types::{FiatAccountStatus, PartnerOrderStatus, VerificationStatus},
    uuid::{Uuid, uuid},
    webhooks::EventData,
};
use unigox_tests::{Clock, Reply, Server, USER, facade_at};

use super::{headers, kyc_updated, read, verifier};

const ORDER: Uuid = uuid!("b2c3d4e5-f6a7-8901-bcde-f12345678901");

fn event(event_type: &str, data: &Value) -> Value {
    json!({
        "event_id": "evt_1", "event_type": event_type, "created_at": "2026-02-01T12:00:05Z", "data": data,
        "api_version": "3",
    })
}

/// As the document and its examples describe an order in an event.
fn order() -> Value {
    json!({
        "order_id": ORDER, "status": "fiat_payment_started", "user_id": USER, "crypto_amount": "101.5",
        "crypto_currency": "USDT", "partner_fee": "1", "partner_fee_pct": 1, "fiat_amount": "152880.00",
        "fiat_currency": "NGN", "provider": "p2p", "payment_details_id": "987", "settled_by": "canary",
    })
}

#[test]
fn an_event_of_each_type_is_read() {
    let changed = read(&event("order.status.changed", &order()));
    let EventData::OrderStatusChanged(data) = changed.data() else { panic!("{changed:?}") };
    assert_eq!((data.order_id, data.user_id, data.crypto_amount.as_deref()), (Some(ORDER), Some(USER), Some("101.5")));
    assert_eq!(data.status, Some(PartnerOrderStatus::FiatPaymentStarted));
    assert_eq!(data.extra["settled_by"], "canary");

    let mut body = order();
    body["action_required"] =
        json!({"type": "authorize_refund", "message": "canary", "endpoint": "/canary", "until": 7});
    let refund = read(&event("order.refund.required", &body));
    let EventData::OrderRefundRequired(data) = refund.data() else { panic!("{refund:?}") };
    let action = data.action_required.as_ref().expect("it is there");
    assert_eq!(
        (action.action_type.as_deref(), action.endpoint.as_deref()),
        (Some("authorize_refund"), Some("/canary"))
    );
    assert_eq!((&action.extra["until"], &data.order.extra["settled_by"]), (&json!(7), &json!("canary")));
    assert_eq!((data.order.order_id, data.order.extra.len()), (Some(ORDER), 1));

    let account =
        json!({"fiat_account_id": "canary", "user_uuid": USER, "status": "active", "currency": "EUR", "a": 1});
    let updated = read(&event("fiat_account.updated", &account));
    let EventData::FiatAccountUpdated(data) = updated.data() else { panic!("{updated:?}") };
    assert_eq!((data.fiat_account_id.as_deref(), data.currency.as_deref()), (Some("canary"), Some("EUR")));
    assert_eq!((&data.status, &data.extra["a"]), (&Some(FiatAccountStatus::Active), &json!(1)));

    let deposit = json!({
        "fiat_account_id": "canary", "user_uuid": USER, "transaction_id": "canary", "amount": "12.50",
        "currency": "EUR", "order_id": null, "a": 1,
    });
    let received = read(&event("fiat_account.deposit.received", &deposit));
    let EventData::FiatAccountDepositReceived(data) = received.data() else { panic!("{received:?}") };
    assert_eq!((data.amount.as_deref(), data.order_id, &data.extra["a"]), (Some("12.50"), None, &json!(1)));

    let closing = json!({
        "fiat_account_id": "canary", "user_uuid": USER, "closes_at": "2026-03-01T00:00:00Z", "reason": "canary", "a": 1,
    });
    let closes = read(&event("fiat_account.closing", &closing));
    let EventData::FiatAccountClosing(data) = closes.data() else { panic!("{closes:?}") };
    assert_eq!((data.reason.as_deref(), data.closes_at.is_some(), &data.extra["a"]), (Some("canary"), true, &json!(1)));

    for event in [&changed, &refund, &updated, &received, &closes] {
        assert_eq!((event.id(), event.user_uuid(), event.problems()), ("evt_1", Some(USER), &[][..]));
        assert_eq!(event.created_at().map(|at| at.timestamp()), Some(super::NOW));
        let shown = format!("{event:?} {event:#?}");
        assert!(!shown.contains("canary") && !shown.contains("152880") && shown.contains("evt_1"), "{shown}");
    }
}

#[test]
fn a_status_of_an_event_is_that_of_the_api() {
    let status = |status: &str| {
        let event = read(&kyc_updated(status));
        let EventData::UserKycUpdated(update) = event.into_data() else { panic!("another type") };
        assert_eq!(update.kyc_status.as_deref(), Some(status));
        (update.status(), update.outcome())
    };
    let (verified, outcome) = status("VERIFIED");
    assert!(verified == VerificationStatus::Verified && outcome.is_verified());
    let (rejected, outcome) = status("REJECTED");
    assert!(
        rejected == VerificationStatus::VerificationRejected && matches!(outcome, VerificationOutcome::Rejected(_))
    );
    let (rejected, outcome) = status("VERIFICATION_REJECTED");
    assert!(
        rejected == VerificationStatus::VerificationRejected && matches!(outcome, VerificationOutcome::Rejected(_))
    );
    let (_, outcome) = status("UNDER_REVIEW");
    assert!(matches!(outcome, VerificationOutcome::UnderReview(_)));
    for other in ["", "rejected", "REJECTED ", "ESCALATED"] {
        let (status, outcome) = status(other);
        assert_eq!(status.as_str(), other);
        assert!(matches!(outcome, VerificationOutcome::Pending(_)), "{other}");
    }
}

#[tokio::test]
async fn a_rejection_is_one_outcome_in_an_event_and_in_the_api() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let data = json!({"status": "VERIFICATION_REJECTED", "provider_messages": ["canary: blurred"]});
    server.reply(Reply::json(200, &json!({"success": true, "data": data})));
    let policy = unigox::WaitPolicy::within(std::time::Duration::from_secs(9));
    let waited = facade_at(&server.url()).user(USER).verification().wait(policy).await.expect("nothing fails");

    let mut body = kyc_updated("REJECTED");
    body["data"]["rejection_reasons"] = json!(["canary: blurred"]);
    let event = read(&body);
    let EventData::UserKycUpdated(update) = event.data() else { panic!("another type") };
    assert_eq!(update.outcome(), waited);
    assert_eq!(update.outcome().provider_messages(), ["canary: blurred"]);
    assert!(!format!("{event:?} {:?}", update.outcome()).contains("canary"));
}

#[test]
fn an_event_of_an_unknown_type_keeps_its_data() {
    for event_type in ["webhook.test", "order.status.changed ", "canary \u{1f600}", ""] {
        let data = json!({"a": [1, {"b": "canary"}], "user_uuid": USER});
        let event = read(&event(event_type, &data));
        assert_eq!(event.event_type().as_str(), event_type);
        assert_eq!(event.data(), &EventData::Unknown(data));
        assert!(!format!("{event:?}").contains("canary"));
    }
    for body in [json!({}), json!({"event_type": 7, "data": null}), json!({"data": {}, "event_type": null})] {
        let event = read(&body);
        assert_eq!(event.event_type().as_str(), "");
        assert!(matches!(event.data(), EventData::Unknown(Value::Null) | EventData::Unknown(Value::Object(_))));
    }
}

#[test]
fn a_field_of_another_type_is_left_out_and_said_and_kept_in_the_body() {
    let paths = |body: &Value| -> (EventData, Vec<String>) {
        let event = read(body);
        assert_eq!(serde_json::from_slice::<Value>(event.body()).expect("it is JSON"), *body);
        (event.data().clone(), event.problems().iter().map(|problem| problem.path().to_owned()).collect())
    };
    let mut body = kyc_updated("VERIFIED");
    body["data"]["user_uuid"] = json!(7);
    body["data"]["rejection_reasons"] = json!("canary");
    body["created_at"] = json!("yesterday");
    let (data, problems) = paths(&body);
    let EventData::UserKycUpdated(update) = data else { panic!("another type") };
    assert_eq!((update.user_uuid, update.status()), (None, VerificationStatus::Verified));
    assert_eq!(problems.len(), 3, "{problems:?}");
    for path in ["data.user_uuid", "data.rejection_reasons", "created_at"] {
        assert!(problems.iter().any(|problem| problem == path), "{problems:?}");
    }

    let mut body = event("order.refund.required", &order());
    body["data"]["order_id"] = json!(["canary"]);
    body["data"]["action_required"] = json!({"type": 1, "message": "canary"});
    let (data, problems) = paths(&body);
    let EventData::OrderRefundRequired(refund) = data else { panic!("another type") };
    assert_eq!((refund.order.order_id, refund.order.user_id), (None, Some(USER)));
    assert_eq!(refund.action_required.and_then(|action| action.message).as_deref(), Some("canary"));
    assert_eq!(problems, ["data.order_id", "data.action_required.type"]);

    for data in [json!(7), json!("canary"), json!([])] {
        let (data, problems) = paths(&event("order.status.changed", &data));
        assert!(matches!(data, EventData::OrderStatusChanged(order) if order.order_id.is_none()));
        assert_eq!(problems, ["data"]);
    }
    // So many that it can't be what is described: nothing is left out, and it is of no known type.
    let reasons: Vec<_> = (0..100).collect();
    let data = json!({"user_uuid": USER, "rejection_reasons": reasons});
    assert_eq!(paths(&event("user.kyc.updated", &data)), (EventData::Unknown(data), vec![]));
}

#[test]
fn an_event_that_is_delivered_again_has_the_same_identifier() {
    let read = |body: &Value, at: i64| {
        let body = body.to_string().into_bytes();
        let headers = unigox::test_util::webhook_headers(super::SECRET, super::at(at), &body);
        verifier().verify(&headers, &body).expect("it is genuine").id().to_owned()
    };
    for id in ["evt_1", "evt_refund_required_b2c3d4e5-f6a7-8901-bcde-f12345678901", "A.b:C-1", &"a".repeat(128)] {
        let mut body = kyc_updated("VERIFIED");
        body["event_id"] = json!(id);
        assert_eq!((read(&body, super::NOW), read(&body, super::NOW - 60)), (id.to_owned(), id.to_owned()));
    }
    // What a database may refuse, or is not there, is not lost.
    let mut seen = std::collections::BTreeSet::new();
    let odd = ["", " ", "a b", "a\0", "é", "a\n", "canary'; drop table", &"a".repeat(129)].map(|id| json!(id));
    for id in odd.into_iter().chain([json!(null), json!(7), json!(["evt_1"])]) {
        let mut body = kyc_updated("VERIFIED");
        body["event_id"] = id;
        let id = read(&body, super::NOW);
        assert_eq!(id, read(&body, super::NOW - 60));
        assert!(id.starts_with("sha256:") && id.len() == 71, "{id}");
        assert!(seen.insert(id), "two events have one identifier");
    }
}

#[test]
fn the_values_of_headers_are_enough() {
    let body = kyc_updated("VERIFIED").to_string().into_bytes();
    let headers = headers(&body);
    let value = |name: &str| headers[name].to_str().expect("it is text").to_owned();
    let (signature, timestamp) = (value("X-Unigox-Signature"), value("X-Unigox-Timestamp"));
    let event = verifier().verify_values(&signature, &timestamp, &body).expect("it is genuine");
    assert_eq!(event, verifier().verify(&headers, &body).expect("it is genuine"));
}
