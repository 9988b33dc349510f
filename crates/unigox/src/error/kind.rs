//! What kinds of errors there are, and what is known of the effect of a call.

use std::fmt;

/// The kind of an [`Error`](crate::Error), which tells what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client is missing or not valid, such as the key or a URL. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// The message names the setting and says what is wrong with it.
    Configuration,
    /// The request is not valid. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::field`](crate::Error::field) names the field, and [`Error::invalid_fields`](crate::Error::invalid_fields) all
    /// fields of an account that does not fit its rail. Ask for another value; a retry won't help.
    InvalidRequest,
    /// No time was left for the call: its total time or that of an attempt is zero. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// Make the call again with more time: [`CallOptions`](crate::CallOptions) has the limits.
    NoTimeLeft,
    /// There was no connection, so the server has not received the request. Every operation is
    /// retried after this, as often as the retry policy allows, unless the certificate of the server is not trusted.
    ///
    /// # Troubleshooting
    ///
    /// The [source](std::error::Error::source) tells whether the DNS lookup, the connection or TLS failed. Check the base URL, the
    /// proxy and the root certificates. It is safe to make the call again later.
    NeverSent,
    /// The body of the request could not be sent to its end: a reader failed, or had more or fewer bytes than stated. The
    /// server has not received the whole request, so the call took no effect.
    ///
    /// # Troubleshooting
    ///
    /// The [source](std::error::Error::source) has the error of the reader. Make the call again with a new reader, and with the
    /// length that it really has.
    BodyFailed,
    /// The request was sent and there was no complete response: a time-out or a broken connection. The call may have taken
    /// effect.
    ///
    /// # Troubleshooting
    ///
    /// The call was retried if the operation is safe to repeat. If it is not, check first whether the call took effect:
    /// [`Error::check_with`](crate::Error::check_with) names the operation to check with.
    MaybeSent,
    /// The server responded with an error: its status is not a success, or it is, with `success: false` in the body. With
    /// status 408, or 500 and above, the call may have taken effect all the same: [`Error::effect`](crate::Error::effect) tells.
    ///
    /// # Troubleshooting
    ///
    /// Decide by [`Error::status`](crate::Error::status) and [`Error::key`](crate::Error::key). [`Error::message`](crate::Error::message) is for people.
    Api,
    /// The status is a success, and the body is not what the document describes.
    ///
    /// The call took effect if the body is an envelope of the API that says `success: true`. Anything else, such as a web
    /// page or no body, may come from a proxy, and the call only may have taken effect: [`Error::effect`](crate::Error::effect) tells.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::field`](crate::Error::field) is the path in the body, [`Error::response`](crate::Error::response) the response as it was received. If the call took
    /// effect, look for a newer version of this crate: the API may have changed. Otherwise check the base URL, and what is
    /// between it and the API.
    Decode,
    /// The response is longer than allowed, and was not read to its end. [`Error::status`](crate::Error::status) and [`Error::headers`](crate::Error::headers) are known.
    ///
    /// # Troubleshooting
    ///
    /// The call was retried if its status and operation allow it. Check that the base URL is that of the API. For responses
    /// that are really longer, raise [`CallOptions::max_response_bytes`](crate::CallOptions::max_response_bytes).
    TooLarge,
    /// A wait for a verification ended with a poll that failed, at its deadline or after too many responses that are not
    /// the API's.
    ///
    /// # Troubleshooting
    ///
    /// The [source](std::error::Error::source) is the error of the last poll, and [`Error::last_verification`](crate::Error::last_verification) what was read before.
    /// It is safe to wait again.
    WaitFailed,
    /// A call may have taken effect, and it could not be found out whether it did: by this call, or by one before it. If
    /// nothing was sent, [`effect`](crate::Error::effect) is [`No`](Effect::No).
    ///
    /// # Troubleshooting
    ///
    /// The [source](std::error::Error::source), if there is one, is the failure of the call. Make the same call again after a
    /// minute: it looks before it changes anything.
    OutcomeUnknown,
    /// A list of several pages was read, and may not be all there is: it changed meanwhile, its pages repeat or end early, or
    /// one has members that can't be read.
    ///
    /// # Troubleshooting
    ///
    /// Read the list again. If that does not help, use what was read, and tell the vendor.
    Incomplete,
    /// Documents were not stored, although the status is a success.
    ///
    /// # Troubleshooting
    ///
    /// The message names the types of the documents. Send those again;
    /// [`BatchUpload::errors`](crate::BatchUpload::errors) and [`Error::response`](crate::Error::response) have the reasons.
    NotStored,
}

impl ErrorKind {
    /// A stable name, for metrics and logs: the name of the variant in snake case.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(unigox::ErrorKind::MaybeSent.as_str(), "maybe_sent");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidRequest => "invalid_request",
            Self::NoTimeLeft => "no_time_left",
            Self::NeverSent => "never_sent",
            Self::BodyFailed => "body_failed",
            Self::MaybeSent => "maybe_sent",
            Self::Api => "api",
            Self::Decode => "decode",
            Self::TooLarge => "too_large",
            Self::WaitFailed => "wait_failed",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Incomplete => "incomplete",
            Self::NotStored => "not_stored",
        }
    }
}

/// Writes [`as_str`](Self::as_str).
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a call took effect, as far as is known. From [`Error::effect`](crate::Error::effect).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth possibility")]
pub enum Effect {
    /// It took no effect: nothing was sent, the request was never complete, or the server refused it.
    No,
    /// It may have taken effect.
    Unknown,
    /// It took effect: the envelope of the response says `success: true`.
    Yes,
}
