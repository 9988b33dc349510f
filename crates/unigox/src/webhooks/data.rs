//! The data of events that the vendor's document describes in prose alone.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use unigox_client::types::{FiatAccountStatus, Verification, VerificationStatus, WebhookEventPayloadData};
use uuid::Uuid;

use crate::VerificationOutcome;

/// What a rejection is called in webhooks. The rest of the API says `VERIFICATION_REJECTED`.
const REJECTED: &str = "REJECTED";

/// The data of `user.kyc.updated`, from the introduction to the webhooks in the vendor's document.
///
/// # Examples
///
/// ```
/// # fn f(event: unigox::webhooks::Event) {
/// use unigox::{VerificationOutcome, webhooks::EventData};
///
/// if let EventData::UserKycUpdated(update) = event.data() {
///     // The same outcomes that a wait ends with.
///     match update.outcome() {
///         VerificationOutcome::Verified(_) => println!("unlock orders"),
///         VerificationOutcome::Rejected(_) => println!("not verified"),
///         _ => println!("not yet"),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct UserKycUpdated {
    /// The user.
    pub user_uuid: Option<Uuid>,
    /// The status as it was sent: `VERIFIED`, `REJECTED` or `UNDER_REVIEW`. [`status`](Self::status) has the names of
    /// the rest of the API.
    pub kyc_status: Option<String>,
    /// Why the person was rejected, for people. It may speak about the person: keep it out of logs.
    pub rejection_reasons: Option<Vec<String>>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl UserKycUpdated {
    /// The status, in the words of `getVerificationStatus`: what is `REJECTED` here is `VERIFICATION_REJECTED` there.
    /// Empty if there was none.
    pub fn status(&self) -> VerificationStatus {
        match self.kyc_status.as_deref().unwrap_or_default() {
            REJECTED => VerificationStatus::VerificationRejected,
            status => VerificationStatus::from(status),
        }
    }

    /// What the event says, as the outcome that a wait would end with.
    ///
    /// Its verification has the status and, as the messages of the provider, the reasons of a rejection. Events can
    /// arrive late and out of order. Where it matters, ask
    /// [`VerificationHandle::status`](crate::VerificationHandle::status).
    pub fn outcome(&self) -> VerificationOutcome {
        let mut verification = Verification::new(self.status());
        verification.provider_messages = self.rejection_reasons.clone().map(Some);
        VerificationOutcome::new(verification)
    }
}

impl fmt::Debug for UserKycUpdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserKycUpdated")
            .field("user_uuid", &self.user_uuid)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// The data of `order.refund.required`, from the introduction to the webhooks in the vendor's document.
///
/// It comes at most once for an order, which reads `cancelled` already. Call `getRefundAuthorizationParameters`, sign,
/// then call `authorizeRefund`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct OrderRefundRequired {
    /// What is to be done.
    pub action_required: Option<ActionRequired>,
    /// The order at the time of the event.
    pub order: WebhookEventPayloadData,
}

/// What is to be done about an order.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ActionRequired {
    /// The kind of action: `authorize_refund`.
    #[serde(rename = "type")]
    pub action_type: Option<String>,
    /// What to do, for people.
    pub message: Option<String>,
    /// The path to call, for people: the client calls `authorizeRefund` by its name.
    pub endpoint: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl fmt::Debug for ActionRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionRequired").finish_non_exhaustive()
    }
}

/// The data of `fiat_account.updated`, from the introduction to the webhooks in the vendor's document. No money moved.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FiatAccountUpdated {
    /// The account.
    pub fiat_account_id: Option<String>,
    /// Its holder.
    pub user_uuid: Option<Uuid>,
    /// Its status.
    pub status: Option<FiatAccountStatus>,
    /// Its currency, ISO 4217.
    pub currency: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl fmt::Debug for FiatAccountUpdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FiatAccountUpdated")
            .field("user_uuid", &self.user_uuid)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The data of `fiat_account.deposit.received`, from the introduction to the webhooks in the vendor's document.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FiatAccountDepositReceived {
    /// The account.
    pub fiat_account_id: Option<String>,
    /// Its holder.
    pub user_uuid: Option<Uuid>,
    /// The transaction.
    pub transaction_id: Option<String>,
    /// How much arrived: a decimal number as text.
    pub amount: Option<String>,
    /// The currency, ISO 4217.
    pub currency: Option<String>,
    /// The on-ramp order that it funded, if it funded one.
    pub order_id: Option<Uuid>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl fmt::Debug for FiatAccountDepositReceived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FiatAccountDepositReceived")
            .field("user_uuid", &self.user_uuid)
            .field("order_id", &self.order_id)
            .finish_non_exhaustive()
    }
}

/// The data of `fiat_account.closing`. The vendor's document lacks this event: a guide of the vendor names it and these
/// fields.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FiatAccountClosing {
    /// The account.
    pub fiat_account_id: Option<String>,
    /// Its holder.
    pub user_uuid: Option<Uuid>,
    /// Its status.
    pub status: Option<FiatAccountStatus>,
    /// Its currency, ISO 4217.
    pub currency: Option<String>,
    /// When it is closed.
    pub closes_at: Option<DateTime<Utc>>,
    /// Why it is closed.
    pub reason: Option<String>,
    /// Fields that are not documented.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl fmt::Debug for FiatAccountClosing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FiatAccountClosing")
            .field("user_uuid", &self.user_uuid)
            .field("status", &self.status)
            .field("closes_at", &self.closes_at)
            .finish_non_exhaustive()
    }
}
