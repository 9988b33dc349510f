//! Why a request is not a webhook event.

use std::{error::Error as StdError, fmt};

use http::StatusCode;

use super::{SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// Why a request was refused as a webhook event.
///
/// The message says what is wrong, where, and what to do next. Neither it nor `Debug` holds anything of the request, so
/// both may be logged. Respond with [`status`](Self::status) and nothing else: who sent it may be anyone.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), unigox::Error> {
/// use unigox::webhooks::{WebhookErrorKind, WebhookVerifier};
///
/// let error = WebhookVerifier::new("the secret")?.verify_values("md5=00", "0", b"{}").unwrap_err();
/// assert_eq!(error.kind(), WebhookErrorKind::UnknownScheme);
/// assert_eq!(error.status(), 400);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WebhookError {
    kind: WebhookErrorKind,
    /// The header that is missing or repeated.
    header: Option<&'static str>,
}

/// The kind of a [`WebhookError`], which tells what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebhookErrorKind {
    /// A header is missing.
    ///
    /// # Troubleshooting
    ///
    /// The request is not from the vendor, or a proxy removed the header.
    MissingHeader,
    /// A header is there more than once, so that it can't be told which value was meant.
    ///
    /// # Troubleshooting
    ///
    /// The request is not from the vendor, or a proxy added the header.
    RepeatedHeader,
    /// The signature does not begin with `sha256=`.
    ///
    /// # Troubleshooting
    ///
    /// If the request is from the vendor, look for a newer version of this crate: there is another kind of signature.
    UnknownScheme,
    /// The signature is not 64 hexadecimal digits.
    ///
    /// # Troubleshooting
    ///
    /// Pass the value of the header as it was received.
    MalformedSignature,
    /// The timestamp is not a whole number of seconds since 1970.
    ///
    /// # Troubleshooting
    ///
    /// Pass the value of the header as it was received.
    MalformedTimestamp,
    /// The body is longer than allowed, and nothing else was looked at.
    ///
    /// # Troubleshooting
    ///
    /// [`WebhookVerifier::max_body_bytes`](super::WebhookVerifier::max_body_bytes) is the limit. Events have a few
    /// hundred bytes.
    BodyTooLarge,
    /// The body could not be received to its end.
    ///
    /// # Troubleshooting
    ///
    /// The connection broke. The vendor delivers the event again.
    BodyBroken,
    /// No secret makes this signature of this timestamp and this body.
    ///
    /// # Troubleshooting
    ///
    /// If the request is from the vendor, check that the secret belongs to this environment, and that the body is
    /// passed byte for byte as it was received. Otherwise someone else has sent it, or changed it on the way.
    WrongSignature,
    /// The event was signed longer ago than allowed. The signature is right.
    ///
    /// # Troubleshooting
    ///
    /// Check the clock of this machine. If events that are delivered again are refused for this, raise
    /// [`WebhookVerifier::tolerance`](super::WebhookVerifier::tolerance). Otherwise someone has replayed the event.
    TimestampTooOld,
    /// The event was signed later than now, by more than is allowed. The signature is right.
    ///
    /// # Troubleshooting
    ///
    /// Check the clock of this machine.
    TimestampInFuture,
    /// The body is not JSON, or nests more than 127 levels deep. The signature is right.
    ///
    /// # Troubleshooting
    ///
    /// Ask the vendor, with the time of the request.
    NotJson,
    /// The body is JSON, but not an object. The signature is right.
    ///
    /// # Troubleshooting
    ///
    /// Look for a newer version of this crate: events may have another form.
    NotAnEvent,
}

impl WebhookErrorKind {
    /// A stable name, for metrics and logs: the name of the variant in snake case.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(unigox::webhooks::WebhookErrorKind::NotJson.as_str(), "not_json");
    /// ```
    pub const fn as_str(self) -> &'static str {
        self.texts().0
    }

    /// The name, what is wrong, and what to do next.
    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::MissingHeader => ("missing_header", "is missing", "check that no proxy removes it"),
            Self::RepeatedHeader => ("repeated_header", "is there more than once", "check that no proxy adds it"),
            Self::UnknownScheme => {
                ("unknown_scheme", "does not begin with `sha256=`", "look for a newer version of `unigox`")
            }
            Self::MalformedSignature => {
                ("malformed_signature", "is not 64 hexadecimal digits", "pass the value as it was received")
            }
            Self::MalformedTimestamp => {
                ("malformed_timestamp", "is not a number of seconds", "pass the value as it was received")
            }
            Self::BodyTooLarge => {
                ("body_too_large", "the body is longer than allowed", "set `max_body_bytes` if it is genuine")
            }
            Self::BodyBroken => {
                ("body_broken", "the body could not be received", "wait until the event is delivered again")
            }
            Self::WrongSignature => (
                "wrong_signature",
                "is not that of this body",
                "check the secret, and pass the body as it was received",
            ),
            Self::TimestampTooOld => {
                ("timestamp_too_old", "is longer ago than allowed", "check the clock of this machine and `tolerance`")
            }
            Self::TimestampInFuture => ("timestamp_in_future", "is later than now", "check the clock of this machine"),
            Self::NotJson => ("not_json", "the body is not JSON, or nests too deep", "ask the vendor"),
            Self::NotAnEvent => {
                ("not_an_event", "the body is not a JSON object", "look for a newer version of `unigox`")
            }
        }
    }
}

/// Writes [`as_str`](Self::as_str).
impl fmt::Display for WebhookErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl WebhookError {
    /// An error with the header that it is about.
    pub(super) fn about(kind: WebhookErrorKind, header: &'static str) -> Self {
        Self { kind, header: Some(header) }
    }

    /// What is wrong.
    pub fn kind(&self) -> WebhookErrorKind {
        self.kind
    }

    /// The status to respond with: 401 if the event is not known to be genuine, or not to be of now; 413 if the body is
    /// too long; 400 for everything else. After each of them the vendor sends an event again, if it was one.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            WebhookErrorKind::WrongSignature
            | WebhookErrorKind::TimestampTooOld
            | WebhookErrorKind::TimestampInFuture => StatusCode::UNAUTHORIZED,
            WebhookErrorKind::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<WebhookErrorKind> for WebhookError {
    fn from(kind: WebhookErrorKind) -> Self {
        let header = match kind {
            WebhookErrorKind::UnknownScheme
            | WebhookErrorKind::MalformedSignature
            | WebhookErrorKind::WrongSignature => Some(SIGNATURE_HEADER),
            WebhookErrorKind::MalformedTimestamp
            | WebhookErrorKind::TimestampTooOld
            | WebhookErrorKind::TimestampInFuture => Some(TIMESTAMP_HEADER),
            _ => None,
        };
        Self { kind, header }
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, problem, advice) = self.kind.texts();
        f.write_str("webhook: ")?;
        if let Some(header) = self.header {
            write!(f, "the header `{header}` ")?;
        }
        write!(f, "{problem}; {advice}")
    }
}

impl fmt::Debug for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = format_args!("{self}");
        f.debug_struct("WebhookError").field("kind", &self.kind).field("message", &message).finish()
    }
}

impl StdError for WebhookError {}
