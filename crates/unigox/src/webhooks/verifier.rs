//! Whether a request is a genuine webhook event.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Event, WebhookError, WebhookErrorKind};
use crate::{Error, Result};

/// The header with the signature: `sha256=` and 64 hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "x-unigox-signature";

/// The header with the time of the signature: Unix time in seconds.
pub const TIMESTAMP_HEADER: &str = "x-unigox-timestamp";

/// What the value of [`SIGNATURE_HEADER`] begins with.
const SCHEME: &str = "sha256=";

/// How far the timestamp may be from now, in both directions, unless it is set.
const DEFAULT_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The maximum length of a body in bytes, unless it is set.
const DEFAULT_MAX_BODY_BYTES: usize = 1024 * 1024;

/// Verifies webhook events, and reads those that are genuine.
///
/// It takes the headers and the body of a request of any web framework. The body has to be as it was received: parsed
/// and written again, it no longer has the same bytes.
///
/// The signature is compared in constant time, and the body is parsed only after that. `Debug` hides the secrets.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use unigox::webhooks::{WebhookErrorKind, WebhookVerifier};
///
/// let verifier = WebhookVerifier::new("the secret")?.tolerance(Duration::from_secs(60));
///
/// let error = verifier.verify_values("sha256=00", "1769947205", b"{}").unwrap_err();
/// assert_eq!((error.kind(), error.status().as_u16()), (WebhookErrorKind::MalformedSignature, 400));
/// # Ok(())
/// # }
/// ```
///
/// # Example: rotation
///
/// While a secret is being replaced, both are accepted.
///
/// ```
/// # fn main() -> Result<(), unigox::Error> {
/// # use unigox::webhooks::WebhookVerifier;
/// let verifier = WebhookVerifier::new("the new secret")?.with_secret("the old secret")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WebhookVerifier {
    secrets: Vec<WebhookSecret>,
    tolerance: Duration,
    max_body_bytes: usize,
    clock: Clock,
}

type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

impl WebhookVerifier {
    /// A verifier of events that are signed with `secret`, which comes from Unigox and not from the API.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if the secret is blank, with which anyone could sign, or has
    /// white space around it, such as the end of a line in a file.
    pub fn new(secret: impl Into<WebhookSecret>) -> Result<Self> {
        let verifier = Self {
            secrets: Vec::new(),
            tolerance: DEFAULT_TOLERANCE,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            clock: Arc::new(Utc::now),
        };
        verifier.with_secret(secret)
    }

    /// Accepts events that are signed with `secret` as well.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_secret(mut self, secret: impl Into<WebhookSecret>) -> Result<Self> {
        let secret = secret.into();
        secret.check()?;
        self.secrets.push(secret);
        Ok(self)
    }

    /// How far the timestamp may be from now, into the past and into the future; 5 minutes by default.
    ///
    /// The vendor documents no limit, and not whether an event that is delivered again has a new timestamp. If such events
    /// are refused as [`TimestampTooOld`](WebhookErrorKind::TimestampTooOld), allow the 3.5 days in which they are
    /// sent: [`Deduplicate`](super::Deduplicate) sees to it that an event that is replayed is not handled again.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The maximum length of a body in bytes; 1 MiB by default.
    #[must_use]
    pub const fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Takes the time from `now` in place of the clock of the system, for tests.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Verifies a request, and reads its event.
    ///
    /// # Errors
    ///
    /// [`WebhookError::kind`] tells what is wrong, and [`WebhookError::status`] what to respond with. Each of the two headers
    /// has to be there once.
    pub fn verify(&self, headers: &HeaderMap, raw_body: &[u8]) -> Result<Event, WebhookError> {
        let (signature, timestamp) = self.signed_values(headers)?;
        self.verify_values(signature, timestamp, raw_body)
    }

    /// As [`verify`](Self::verify), from the values of [`SIGNATURE_HEADER`] and [`TIMESTAMP_HEADER`], for a framework
    /// that does not use the crate `http`. Refuse a request by yourself in which one of them is missing or there twice.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify).
    pub fn verify_values(&self, signature: &str, timestamp: &str, raw_body: &[u8]) -> Result<Event, WebhookError> {
        if raw_body.len() > self.max_body_bytes {
            return Err(WebhookErrorKind::BodyTooLarge.into());
        }
        let claimed = claimed_signature(signature)?;
        let seconds = seconds(timestamp)?;
        // All of the secrets are tried in any case, so that the time does not tell which one it was.
        let is_signed =
            |is_signed: bool, secret: &WebhookSecret| is_signed | secret.signs(timestamp, raw_body, &claimed);
        if !self.secrets.iter().fold(false, is_signed) {
            return Err(WebhookErrorKind::WrongSignature.into());
        }
        self.check_age(seconds)?;
        Event::read(raw_body)
    }

    /// Whether both headers are there, once and well-formed.
    #[cfg(feature = "axum")]
    pub(super) fn check_form(&self, headers: &HeaderMap) -> Result<(), WebhookError> {
        let (signature, timestamp) = self.signed_values(headers)?;
        claimed_signature(signature)?;
        seconds(timestamp).map(drop)
    }

    /// The values of the two headers.
    fn signed_values<'h>(&self, headers: &'h HeaderMap) -> Result<(&'h str, &'h str), WebhookError> {
        let signature = only(headers, SIGNATURE_HEADER, WebhookErrorKind::MalformedSignature)?;
        let timestamp = only(headers, TIMESTAMP_HEADER, WebhookErrorKind::MalformedTimestamp)?;
        Ok((signature, timestamp))
    }

    #[cfg(feature = "axum")]
    pub(super) fn body_limit(&self) -> usize {
        self.max_body_bytes
    }

    fn check_age(&self, seconds: i64) -> Result<(), WebhookError> {
        let age = i128::from((self.clock)().timestamp_millis()) - i128::from(seconds) * 1000;
        if age.unsigned_abs() <= self.tolerance.as_millis() {
            return Ok(());
        }
        Err(if age > 0 { WebhookErrorKind::TimestampTooOld } else { WebhookErrorKind::TimestampInFuture }.into())
    }
}

impl fmt::Debug for WebhookVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookVerifier")
            .field("secrets", &self.secrets)
            .field("tolerance", &self.tolerance)
            .field("max_body_bytes", &self.max_body_bytes)
            .finish_non_exhaustive()
    }
}

/// The one value of the header `name`; `malformed` if it is no text.
fn only<'h>(headers: &'h HeaderMap, name: &'static str, malformed: WebhookErrorKind) -> Result<&'h str, WebhookError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(WebhookError::about(WebhookErrorKind::MissingHeader, name))?;
    if values.next().is_some() {
        return Err(WebhookError::about(WebhookErrorKind::RepeatedHeader, name));
    }
    value.to_str().map_err(|_| malformed.into())
}

fn claimed_signature(value: &str) -> Result<[u8; 32], WebhookError> {
    let digits = value.strip_prefix(SCHEME).ok_or(WebhookErrorKind::UnknownScheme)?;
    let mut signature = [0; 32];
    hex::decode_to_slice(digits, &mut signature).map_err(|_| WebhookErrorKind::MalformedSignature)?;
    Ok(signature)
}

fn seconds(value: &str) -> Result<i64, WebhookError> {
    let number = value.parse().ok().filter(|_| crate::text::is_digits(value));
    number.ok_or(WebhookErrorKind::MalformedTimestamp.into())
}

/// A secret that webhook events are signed with.
///
/// `Debug` hides it, there is no `Display`, and its memory is zeroed when it is dropped.
///
/// # Examples
///
/// ```
/// let secret = unigox::webhooks::WebhookSecret::from("not a real secret");
/// assert_eq!(format!("{secret:?}"), "WebhookSecret([hidden])");
/// ```
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<String>);

impl WebhookSecret {
    fn check(&self) -> Result<()> {
        let secret = self.0.as_str();
        // A file may begin with a byte order mark.
        let problem = match secret.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') {
            "" => "is blank",
            trimmed if trimmed.len() < secret.len() => "begins or ends with white space",
            _ => return Ok(()),
        };
        Err(Error::configuration("the webhook secret", problem))
    }

    /// Whether `claimed` is the signature of the body at that time.
    fn signs(&self, timestamp: &str, raw_body: &[u8], claimed: &[u8; 32]) -> bool {
        self.signature(timestamp, raw_body).is_some_and(|signature| signature.verify_slice(claimed).is_ok())
    }

    /// The signature, before it is finished. An HMAC takes a key of any length, so there is always one.
    fn signature(&self, timestamp: &str, raw_body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut signature = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        signature.update(timestamp.as_bytes());
        signature.update(b".");
        signature.update(raw_body);
        Some(signature)
    }

    /// The value of the header with the signature.
    #[cfg(feature = "test-util")]
    pub(crate) fn sign(&self, timestamp: &str, raw_body: &[u8]) -> String {
        let signature = self.signature(timestamp, raw_body).map(|signature| signature.finalize().into_bytes());
        format!("{SCHEME}{}", hex::encode(signature.unwrap_or_default()))
    }
}

impl From<String> for WebhookSecret {
    fn from(secret: String) -> Self {
        Self(secret.into())
    }
}

impl From<&str> for WebhookSecret {
    fn from(secret: &str) -> Self {
        Self::from(secret.to_owned())
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([hidden])")
    }
}
