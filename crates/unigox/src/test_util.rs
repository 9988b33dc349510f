//! Responses and errors for tests, without HTTP.
//!
//! A service hides its calls behind a trait of its own, and its tests have a fake of that trait. The fake returns what the
//! client would: any [`Response`], and any [`Error`](crate::Error) with [`ErrorBuilder`].
//!
//! # Examples
//!
//! ```
//! use unigox::{
//!     Error, ErrorKind, Response, UserHandle,
//!     test_util::{ErrorBuilder, response},
//!     types::PartnerUser,
//! };
//!
//! /// What the service needs of Unigox.
//! trait People {
//!     async fn get(&self) -> Result<Response<PartnerUser>, Error>;
//! }
//!
//! impl People for UserHandle {
//!     async fn get(&self) -> Result<Response<PartnerUser>, Error> {
//!         UserHandle::get(self).await
//!     }
//! }
//!
//! /// What is tested.
//! async fn email(people: &impl People) -> Result<Option<String>, Error> {
//!     match people.get().await {
//!         Ok(user) => Ok(user.email.clone()),
//!         Err(error) if error.is_not_found() => Ok(None),
//!         Err(error) => Err(error),
//!     }
//! }
//!
//! struct Found;
//!
//! impl People for Found {
//!     async fn get(&self) -> Result<Response<PartnerUser>, Error> {
//!         let mut user = PartnerUser::new(unigox::uuid::Uuid::nil());
//!         user.email = Some("ada@example.com".to_owned());
//!         Ok(response(200, user))
//!     }
//! }
//!
//! struct Missing;
//!
//! impl People for Missing {
//!     async fn get(&self) -> Result<Response<PartnerUser>, Error> {
//!         Err(ErrorBuilder::new(ErrorKind::Api).operation("getPartnerUser").status(404).build())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! assert_eq!(email(&Found).await?.as_deref(), Some("ada@example.com"));
//! assert_eq!(email(&Missing).await?, None);
//! # Ok(())
//! # }
//! ```

use bytes::Bytes;
#[cfg(feature = "webhooks")]
use http::HeaderName;
use http::{HeaderMap, StatusCode};

pub use crate::error::ErrorBuilder;
use crate::{RawResponse, Response};

/// A response with this status and value. It has no headers and no body.
///
/// # Panics
///
/// If `status` is not a status of HTTP.
#[track_caller]
pub fn response<T>(status: u16, value: T) -> Response<T> {
    Response::new(value, raw(status, HeaderMap::new(), Bytes::new()))
}

/// The headers of a webhook event with this body, signed at `at`: what
/// [`WebhookVerifier`](crate::webhooks::WebhookVerifier) takes.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use unigox::{chrono::Utc, test_util::webhook_headers, webhooks::WebhookVerifier};
///
/// let body = br#"{"event_id": "evt_1", "event_type": "user.kyc.updated", "data": {"kyc_status": "VERIFIED"}}"#;
/// let headers = webhook_headers("the secret", Utc::now(), body);
/// let event = WebhookVerifier::new("the secret")?.verify(&headers, body)?;
/// assert_eq!(event.id(), "evt_1");
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "webhooks")]
pub fn webhook_headers(
    secret: impl Into<crate::webhooks::WebhookSecret>,
    at: chrono::DateTime<chrono::Utc>,
    body: &[u8],
) -> HeaderMap {
    use crate::webhooks::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
    let timestamp = at.timestamp().to_string();
    let signature = secret.into().sign(&timestamp, body);
    let values = [(SIGNATURE_HEADER, signature), (TIMESTAMP_HEADER, timestamp)];
    let header = |(name, value): (&'static str, String)| Some((HeaderName::from_static(name), value.parse().ok()?));
    values.into_iter().filter_map(header).collect()
}

#[track_caller]
pub(crate) fn raw(status: u16, headers: HeaderMap, body: Bytes) -> RawResponse {
    let status = StatusCode::from_u16(status).expect("the status is one of HTTP");
    RawResponse::new(unigox_client::RawResponse::new(status, headers, body))
}
