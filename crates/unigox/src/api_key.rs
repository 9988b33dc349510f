//! The secret that authenticates a partner.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::{Error, Result};

/// A partner's API key.
///
/// `Debug` hides it, there is no `Display`, and its memory is zeroed when it is dropped.
///
/// # Examples
///
/// ```
/// let key = unigox::ApiKey::from("not a real key");
/// assert_eq!(format!("{key:?}"), "ApiKey([hidden])");
/// ```
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// The key as a header.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if a header can't hold it.
    pub(crate) fn checked_header(&self) -> Result<HeaderValue> {
        self.header().ok_or_else(|| {
            Error::configuration("the API key", "is empty, or has characters in it that a header can't hold")
        })
    }

    /// The key as a header that is marked as sensitive; `None` if a header can't hold it.
    fn header(&self) -> Option<HeaderValue> {
        let key = self.0.as_str();
        let mut header = HeaderValue::from_str(key).ok().filter(|_| !key.trim().is_empty())?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self(key.into())
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        Self::from(key.to_owned())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([hidden])")
    }
}
