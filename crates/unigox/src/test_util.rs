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

#[track_caller]
pub(crate) fn raw(status: u16, headers: HeaderMap, body: Bytes) -> RawResponse {
    let status = StatusCode::from_u16(status).expect("the status is one of HTTP");
    RawResponse::new(unigox_client::RawResponse::new(status, headers, body))
}
