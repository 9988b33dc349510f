//! Receiving webhook events: whether one is genuine, what it says, and whether it was handled already.
//!
//! ```
//! use unigox::{
//!     http::HeaderMap,
//!     webhooks::{Event, EventData, WebhookError, WebhookVerifier},
//! };
//!
//! // Once, when the service starts. The secret comes from Unigox.
//! fn verifier(secret: String) -> Result<WebhookVerifier, unigox::Error> {
//!     WebhookVerifier::new(secret)
//! }
//!
//! // For each request to the address that is registered, with the body as it was received.
//! fn receive(verifier: &WebhookVerifier, headers: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError> {
//!     let event = verifier.verify(headers, body)?;
//!     match event.data() {
//!         EventData::UserKycUpdated(update) => println!("{:?} is now {}", update.user_uuid, update.status()),
//!         EventData::OrderStatusChanged(order) => println!("{:?} is now {:?}", order.order_id, order.status),
//!         // Types that this version does not know may be added at any time: respond with a 2xx status all the same.
//!         _ => println!("an event of the type {}", event.event_type()),
//!     }
//!     Ok(event)
//! }
//! ```
//!
//! # What the vendor sends
//!
//! All of this is from the introduction to the webhooks in the vendor's document.
//!
//! - A `POST` to the address that [`WebhooksHandle::register`](crate::WebhooksHandle::register) set, with JSON in the
//!   envelope `event_id`, `event_type`, `created_at`, `data`.
//! - The header [`SIGNATURE_HEADER`] is `sha256=` and the HMAC-SHA256, in hexadecimal, of the value of
//!   [`TIMESTAMP_HEADER`] (Unix time in seconds), a dot and the body.
//! - An event is delivered at least once. After anything but a 2xx status within 10 seconds it is delivered again after 1, 5
//!   and 15 minutes, then after 1, 6, 12 and 24 hours, at most 10 times in about 3.5 days. A guide of the vendor says
//!   that most events about fiat accounts are sent once only: read the account from time to time as well.
//!
//! # Responding
//!
//! [`WebhookError::status`] is the status to refuse a request with. For an event that is genuine,
//! [`Deduplicate::handle_once`] handles it unless that was done already, and says what to respond with. With the feature
//! `axum` a handler takes a [`VerifiedEvent`] as an argument.
//!
//! # Waiting
//!
//! [`WaitSignals::wake_for`](crate::WaitSignals::wake_for) wakes the waits for the verification of the user that an
//! event is about.

mod data;
mod deduplicate;
mod error;
mod event;
#[cfg(feature = "axum")]
mod extractor;
mod memory;
mod verifier;

#[cfg(feature = "axum")]
pub use self::extractor::VerifiedEvent;
pub use self::{
    data::{
        ActionRequired, FiatAccountClosing, FiatAccountDepositReceived, FiatAccountUpdated, OrderRefundRequired,
        UserKycUpdated,
    },
    deduplicate::{Claim, Deduplicate, HandleError, Handled},
    error::{WebhookError, WebhookErrorKind},
    event::{Event, EventData},
    memory::MemoryDeduplicate,
    verifier::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookSecret, WebhookVerifier},
};
