//! A webhook event.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use unigox_client::{
    FieldProblem, read_tolerantly,
    types::{EventType, WebhookEventPayloadData},
};
use uuid::Uuid;

use super::{
    ActionRequired, FiatAccountClosing, FiatAccountDepositReceived, FiatAccountUpdated, OrderRefundRequired,
    UserKycUpdated, WebhookError, WebhookErrorKind,
};

/// The maximum length of an identifier that is taken from the body.
const MAX_ID_BYTES: usize = 128;

/// A genuine webhook event. From [`WebhookVerifier::verify`](super::WebhookVerifier::verify).
///
/// The vendor guarantees none of its fields, so nearly all are optional. What has another type than documented is left
/// out and reported by [`problems`](Self::problems); [`body`](Self::body) has everything as it was received. `Debug`
/// hides personal data.
#[derive(Clone, PartialEq)]
pub struct Event {
    id: String,
    event_type: EventType,
    created_at: Option<DateTime<Utc>>,
    data: EventData,
    problems: Vec<FieldProblem>,
    body: Bytes,
}

/// What an event says, by its type.
///
/// A type that this version does not know is [`Unknown`](Self::Unknown). Respond to it with a 2xx status, as any other: the
/// vendor adds types, and sends again what is not accepted.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum EventData {
    /// `order.status.changed`: an order has a new status. Orders of the widget are included, for your information only.
    ///
    /// A later event can lack what an earlier one had, and events can arrive out of order: call `getOrder` to be sure.
    OrderStatusChanged(Box<WebhookEventPayloadData>),
    /// `order.refund.required`: an off-ramp order stopped without a payout, and its crypto is in escrow until you sign.
    OrderRefundRequired(Box<OrderRefundRequired>),
    /// `user.kyc.updated`: a user passed, was rejected, or is under manual review.
    UserKycUpdated(UserKycUpdated),
    /// `fiat_account.updated`: a fiat account has a new status. No money moved.
    FiatAccountUpdated(FiatAccountUpdated),
    /// `fiat_account.deposit.received`: money arrived on a fiat account.
    FiatAccountDepositReceived(FiatAccountDepositReceived),
    /// `fiat_account.closing`: a fiat account is about to be closed.
    FiatAccountClosing(FiatAccountClosing),
    /// An event of a type that this version does not know, or whose data can't be read as that of its type. It has the
    /// data as they were received; null if there are none.
    Unknown(Value),
}

/// The envelope of an event whose data are a `D`.
#[derive(Deserialize)]
struct Envelope<D> {
    #[expect(dead_code, reason = "it is read so that another type of it is reported")]
    event_id: Option<String>,
    #[expect(dead_code, reason = "it is read so that another type of it is reported")]
    event_type: Option<String>,
    created_at: Option<DateTime<Utc>>,
    data: Option<D>,
}

impl Event {
    /// Reads the body of a genuine event.
    pub(super) fn read(body: &[u8]) -> Result<Self, WebhookError> {
        let json: Value = serde_json::from_slice(body).map_err(|_| WebhookErrorKind::NotJson)?;
        if !json.is_object() {
            return Err(WebhookErrorKind::NotAnEvent.into());
        }
        let id = json.get("event_id").and_then(Value::as_str).filter(|id| is_id(id));
        let id = id.map_or_else(|| format!("sha256:{}", hex::encode(Sha256::digest(body))), str::to_owned);
        let event_type = EventType::from(json.get("event_type").and_then(Value::as_str).unwrap_or_default());
        let (created_at, data, problems) = read_data(&event_type, json);
        Ok(Self { id, event_type, created_at, data, problems, body: Bytes::copy_from_slice(body) })
    }

    /// The identifier of the event, `event_id`: 1 to 128 letters, digits and `_ - . :`. An event that is delivered
    /// again has the same one, so it is what to deduplicate by.
    ///
    /// For an event without a usable `event_id` it is `sha256:` and the checksum of the body, so that the same body has
    /// the same identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type of the event; empty if there was none.
    pub fn event_type(&self) -> &EventType {
        &self.event_type
    }

    /// When the event was made.
    pub fn created_at(&self) -> Option<DateTime<Utc>> {
        self.created_at
    }

    /// What the event says.
    pub fn data(&self) -> &EventData {
        &self.data
    }

    /// What the event says, alone.
    pub fn into_data(self) -> EventData {
        self.data
    }

    /// The user that the event is about, if it names one.
    pub fn user_uuid(&self) -> Option<Uuid> {
        match &self.data {
            EventData::OrderStatusChanged(order) => order.user_id,
            EventData::OrderRefundRequired(refund) => refund.order.user_id,
            EventData::UserKycUpdated(update) => update.user_uuid,
            EventData::FiatAccountUpdated(update) => update.user_uuid,
            EventData::FiatAccountDepositReceived(deposit) => deposit.user_uuid,
            EventData::FiatAccountClosing(closing) => closing.user_uuid,
            EventData::Unknown(_) => None,
        }
    }

    /// What was left out of the event, because it is not what is documented. [`body`](Self::body) still has it.
    pub fn problems(&self) -> &[FieldProblem] {
        &self.problems
    }

    /// The body, byte for byte. It may hold personal data: keep it out of logs.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// Whether an identifier is taken as it is: it becomes a key in databases, and stands in logs.
fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    matches!(id.len(), 1..=MAX_ID_BYTES) && id.bytes().all(is_plain)
}

type Read = (Option<DateTime<Utc>>, EventData, Vec<FieldProblem>);

fn read_data(event_type: &EventType, json: Value) -> Read {
    match event_type {
        EventType::OrderStatusChanged => read_as(json, |data| EventData::OrderStatusChanged(Box::new(data))),
        EventType::OrderRefundRequired => read_refund(json),
        EventType::UserKycUpdated => read_as(json, EventData::UserKycUpdated),
        EventType::FiatAccountUpdated => read_as(json, EventData::FiatAccountUpdated),
        EventType::FiatAccountDepositReceived => read_as(json, EventData::FiatAccountDepositReceived),
        EventType::FiatAccountClosing => read_as(json, EventData::FiatAccountClosing),
        _ => unknown(json),
    }
}

fn read_as<D: DeserializeOwned + Default>(json: Value, data: impl FnOnce(D) -> EventData) -> Read {
    match read_tolerantly::<Envelope<D>>(json.clone()) {
        Some((envelope, problems)) => (envelope.created_at, data(envelope.data.unwrap_or_default()), problems),
        None => unknown(json),
    }
}

/// The data are those of an order with one field more.
fn read_refund(mut json: Value) -> Read {
    let action = json.get_mut("data").and_then(Value::as_object_mut).and_then(|data| data.remove("action_required"));
    let of_action = json!({"data": {"action_required": action}});
    let refund = |order| EventData::OrderRefundRequired(Box::new(OrderRefundRequired { action_required: None, order }));
    let mut read = read_as(json, refund);
    if let EventData::OrderRefundRequired(refund) = &mut read.1
        && let Some((envelope, problems)) = read_tolerantly::<Envelope<Refund>>(of_action)
    {
        refund.action_required = envelope.data.and_then(|data| data.action_required);
        read.2.extend(problems);
    }
    read
}

/// What the data of a refund have besides the order.
#[derive(Deserialize)]
struct Refund {
    action_required: Option<ActionRequired>,
}

fn unknown(json: Value) -> Read {
    match read_tolerantly::<Envelope<Value>>(json) {
        Some((envelope, problems)) => {
            (envelope.created_at, EventData::Unknown(envelope.data.unwrap_or_default()), problems)
        }
        None => (None, EventData::Unknown(Value::Null), Vec::new()),
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("created_at", &self.created_at)
            .field("data", &self.data)
            .field("problems", &self.problems)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Hides the data of an event of an unknown type.
impl fmt::Debug for EventData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrderStatusChanged(order) => order.fmt(f),
            Self::OrderRefundRequired(refund) => refund.fmt(f),
            Self::UserKycUpdated(update) => update.fmt(f),
            Self::FiatAccountUpdated(update) => update.fmt(f),
            Self::FiatAccountDepositReceived(deposit) => deposit.fmt(f),
            Self::FiatAccountClosing(closing) => closing.fmt(f),
            Self::Unknown(_) => f.write_str("Unknown([hidden])"),
        }
    }
}
