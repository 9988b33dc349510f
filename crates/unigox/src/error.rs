//! The error of a call.

#[cfg(feature = "test-util")]
mod builder;
mod invalid_field;
mod kind;
mod message;

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode};
use unigox_client::{ErrorBody, Operation, Retry, types::Verification};

#[cfg(feature = "test-util")]
pub use self::builder::ErrorBuilder;
pub(crate) use self::invalid_field::{shown_name, shown_text};
pub use self::{
    invalid_field::{FieldRule, InvalidField},
    kind::{Effect, ErrorKind},
};
use crate::{DocumentType, RawResponse};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of a call, of a body that is not valid, or of a client that can't be built.
///
/// [`kind`](Self::kind) tells what to do about it. The message names the operation, the field, the status and the key, and
/// what to do next. It holds no value, URL or body, and of the headers the request id alone; a key is in it only if it has
/// the form of one, which is letters in one case and `_ - .`. The same holds for `Debug` and the
/// [sources](StdError::source), so all of them may be logged. [`message`](Self::message) and [`response`](Self::response) come from the server and
/// may quote personal data: keep them out of logs.
///
/// # Examples
///
/// ```no_run
/// # async fn f(
/// #     unigox: &unigox::Client,
/// #     user: unigox::uuid::Uuid,
/// #     payment_details: unigox::PaymentDetails,
/// # ) -> Result<(), unigox::Error> {
/// use unigox::ErrorKind;
///
/// let user = unigox.user(user);
/// match user.payment_details().ensure(&payment_details).await {
///     Ok(ensured) => println!("saved as {}", ensured.payment_details_id()),
///     // They may have been saved. The same call looks before it saves.
///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => println!("make the same call again in a minute"),
///     Err(error) if error.key() == Some("invalid_payment_details") => println!("ask the person again"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    reason: Reason,
    operation: Option<&'static Operation>,
    /// The response, without its body if that was not read to its end.
    response: Option<RawResponse>,
    retry_after: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the last one may have taken effect.
    is_after_doubt: bool,
    /// What to do next, instead of the general advice for the status.
    advice: Option<&'static str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    /// The verification that a wait read last.
    verification: Option<Box<Verification>>,
}

#[derive(Clone)]
enum Reason {
    Configuration {
        setting: &'static str,
        problem: &'static str,
    },
    InvalidRequest {
        field: Cow<'static, str>,
        problem: Cow<'static, str>,
    },
    /// Several fields, at least one.
    InvalidFields(Vec<InvalidField>),
    NoTimeLeft,
    NeverSent,
    /// The connection was refused because of the certificate of the server.
    Untrusted,
    BodyFailed,
    Broken,
    TimedOut(Duration),
    Api(ErrorBody),
    /// A success that can't be read; `effect` is what it shows nevertheless.
    Decode {
        path: String,
        problem: &'static str,
        effect: Effect,
    },
    TooLarge {
        limit: usize,
    },
    WaitFailed,
    OutcomeUnknown {
        /// Whether a request was sent that may have taken effect.
        is_sent: bool,
    },
    /// A list of several pages that may not be all there is.
    Incomplete {
        problem: &'static str,
    },
    NotStored {
        types: Vec<DocumentType>,
        sent: usize,
    },
}

impl Error {
    pub(crate) fn configuration(setting: &'static str, problem: &'static str) -> Self {
        Self::new(None, Reason::Configuration { setting, problem })
    }

    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::new(None, Reason::InvalidRequest { field: field.into(), problem: problem.into() })
    }

    /// `fields` has at least one.
    pub(crate) fn not_fitting(fields: Vec<InvalidField>) -> Self {
        Self::new(None, Reason::InvalidFields(fields))
    }

    pub(crate) fn incomplete(operation: &'static Operation, problem: &'static str) -> Self {
        Self::new(Some(operation), Reason::Incomplete { problem })
    }

    pub(crate) fn no_time_left(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::NoTimeLeft)
    }

    pub(crate) fn untrusted(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::Untrusted)
    }

    pub(crate) fn never_sent(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::NeverSent)
    }

    pub(crate) fn body_failed(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::BodyFailed)
    }

    pub(crate) fn broken(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::Broken)
    }

    pub(crate) fn timed_out(operation: &'static Operation, after: Duration) -> Self {
        Self::new(Some(operation), Reason::TimedOut(after))
    }

    /// `head` is the response without its body.
    pub(crate) fn too_large(operation: &'static Operation, limit: usize, head: RawResponse) -> Self {
        Self::new(Some(operation), Reason::TooLarge { limit }).with_response(head)
    }

    pub(crate) fn api(operation: &'static Operation, body: ErrorBody, response: RawResponse) -> Self {
        Self::new(Some(operation), Reason::Api(body)).with_response(response)
    }

    pub(crate) fn decode(
        operation: &'static Operation,
        path: String,
        problem: &'static str,
        response: RawResponse,
    ) -> Self {
        let effect = Self::effect_of_success(&response);
        Self::new(Some(operation), Reason::Decode { path, problem, effect }).with_response(response)
    }

    /// What a response with a status of success shows.
    fn effect_of_success(response: &RawResponse) -> Effect {
        if response.says_success() { Effect::Yes } else { Effect::Unknown }
    }

    pub(crate) fn wait_failed(operation: &'static Operation, polls: u32, last: Self) -> Self {
        Self::new(Some(operation), Reason::WaitFailed).with_attempts(polls, false).with_source(last)
    }

    pub(crate) fn outcome_unknown(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::OutcomeUnknown { is_sent: true })
    }

    /// The same before anything was sent: it can't be told whether it has to be.
    pub(crate) fn not_sent_in_doubt(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::OutcomeUnknown { is_sent: false })
    }

    pub(crate) fn not_stored(
        operation: &'static Operation,
        types: Vec<DocumentType>,
        sent: usize,
        response: RawResponse,
    ) -> Self {
        Self::new(Some(operation), Reason::NotStored { types, sent }).with_response(response)
    }

    fn new(operation: Option<&'static Operation>, reason: Reason) -> Self {
        Self(Box::new(Inner {
            reason,
            operation,
            response: None,
            retry_after: None,
            attempts: 0,
            is_after_doubt: false,
            advice: None,
            source: None,
            verification: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error, for another caller who waited for the same call.
    pub(crate) fn share(&self) -> Self {
        Self(self.0.clone())
    }

    fn with_response(mut self, response: RawResponse) -> Self {
        self.0.response = Some(response);
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_advice(mut self, advice: &'static str) -> Self {
        self.0.advice = Some(advice);
        self
    }

    pub(crate) fn with_verification(mut self, last: Option<Box<Verification>>) -> Self {
        self.0.verification = last;
        self
    }

    /// The error of a call of so many attempts; `is_after_doubt` if one before the last may have taken effect.
    pub(crate) fn with_attempts(mut self, attempts: u32, is_after_doubt: bool) -> Self {
        self.0.attempts = attempts;
        self.0.is_after_doubt = is_after_doubt;
        self
    }

    pub(crate) fn with_retry_after(mut self, time: Option<Duration>) -> Self {
        self.0.retry_after = time;
        self
    }

    /// The kind of the error, which tells what to do about it.
    pub fn kind(&self) -> ErrorKind {
        match self.0.reason {
            Reason::Configuration { .. } => ErrorKind::Configuration,
            Reason::InvalidRequest { .. } | Reason::InvalidFields(_) => ErrorKind::InvalidRequest,
            Reason::NoTimeLeft => ErrorKind::NoTimeLeft,
            Reason::NeverSent | Reason::Untrusted => ErrorKind::NeverSent,
            Reason::BodyFailed => ErrorKind::BodyFailed,
            Reason::Broken | Reason::TimedOut(_) => ErrorKind::MaybeSent,
            Reason::Api(_) => ErrorKind::Api,
            Reason::Decode { .. } => ErrorKind::Decode,
            Reason::TooLarge { .. } => ErrorKind::TooLarge,
            Reason::WaitFailed => ErrorKind::WaitFailed,
            Reason::OutcomeUnknown { .. } => ErrorKind::OutcomeUnknown,
            Reason::Incomplete { .. } => ErrorKind::Incomplete,
            Reason::NotStored { .. } => ErrorKind::NotStored,
        }
    }

    /// Whether the call took effect, as far as is known.
    ///
    /// # Troubleshooting
    ///
    /// Make a call that took no effect again once its cause is corrected. If it is [`Unknown`](Effect::Unknown) and the
    /// operation is not safe to repeat, look first: [`check_with`](Self::check_with) names the operation for it, if there
    /// is one.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle, submission: unigox::KycSubmission) -> Result<(), unigox::Error> {
    /// use unigox::Effect;
    ///
    /// match user.kyc().submit(&submission).await {
    ///     Ok(_) => println!("submitted"),
    ///     Err(error) if error.effect() == Effect::No => println!("not submitted: {error}"),
    ///     Err(error) => println!("look with {:?}: {error}", error.check_with()),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn effect(&self) -> Effect {
        let effect = match &self.0.reason {
            Reason::Configuration { .. }
            | Reason::InvalidRequest { .. }
            | Reason::InvalidFields(_)
            | Reason::NoTimeLeft
            | Reason::NeverSent
            | Reason::Untrusted
            | Reason::BodyFailed => Effect::No,
            Reason::OutcomeUnknown { is_sent: false } => Effect::No,
            Reason::Broken | Reason::TimedOut(_) | Reason::OutcomeUnknown { .. } => Effect::Unknown,
            // Documents that are named were not stored, others may have been.
            Reason::NotStored { .. } => Effect::Yes,
            Reason::Decode { effect, .. } => *effect,
            // It read, and what it read is not known to be incomplete.
            Reason::WaitFailed | Reason::Incomplete { .. } => Effect::No,
            Reason::Api(_) if self.status().is_some_and(|status| status.is_success()) => Effect::No,
            Reason::Api(_) | Reason::TooLarge { .. } => match self.status().map(|status| status.as_u16()) {
                Some(300..=407 | 409..=499) => Effect::No,
                _ => Effect::Unknown,
            },
        };
        if self.0.is_after_doubt && effect == Effect::No { Effect::Unknown } else { effect }
    }

    /// Whether the same call can be made again without anything being done twice: this one took no effect, the operation
    /// is safe to repeat, or the call looks first, as [`ensure`](crate::PaymentDetailsHandle::ensure) does.
    ///
    /// Whether it is of any use is another question: see [`is_transient`](Self::is_transient). Of documents that were sent
    /// together and [not all stored](ErrorKind::NotStored), send those that the error names.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn f(error: unigox::Error) {
    /// if error.is_transient() && error.is_safe_to_repeat() {
    ///     // Have the job run again later.
    /// } else if !error.is_safe_to_repeat() {
    ///     // Look first: `check_with` names the operation that shows it.
    /// }
    /// # }
    /// ```
    pub fn is_safe_to_repeat(&self) -> bool {
        self.effect() == Effect::No
            || matches!(self.0.reason, Reason::OutcomeUnknown { .. })
            || self.0.operation.is_some_and(|operation| operation.retry == Retry::Safe)
    }

    /// The `operationId` of the call. A body that is checked with `validate` has none.
    pub fn operation_id(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The field that is not valid or can't be read, by its path in the body: `data.pii.dob`, `documents[2].url`. The first
    /// one, if there are several: [`invalid_fields`](Self::invalid_fields) has all of them.
    pub fn field(&self) -> Option<&str> {
        match &self.0.reason {
            Reason::InvalidRequest { field, .. } => Some(field),
            Reason::InvalidFields(fields) => fields.first().map(InvalidField::path),
            Reason::Decode { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Every field that does not fit its rail, in the order of the rail's form, with what the rail wants. It is empty for any
    /// other error.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn f(error: unigox::Error) {
    /// for field in error.invalid_fields() {
    ///     println!("{} {}", field.path(), field.problem());
    /// }
    /// # }
    /// ```
    pub fn invalid_fields(&self) -> &[InvalidField] {
        match &self.0.reason {
            Reason::InvalidFields(fields) => fields,
            _ => &[],
        }
    }

    /// The `operationId` of the operation that shows whether the call took effect, if there is one. Check with it if the
    /// [effect](Self::effect) is unknown, before you make the call again.
    pub fn check_with(&self) -> Option<&'static str> {
        self.0.operation.and_then(|operation| operation.check_with)
    }

    /// The HTTP status, if there was a response. Its body may have been too long to be read.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(RawResponse::status)
    }

    /// The headers of the response, if there was one. Its body may have been too long to be read.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(RawResponse::headers)
    }

    /// The key of the error: its `error_key` or `code` in the body. The documents list some of them, and more may be added.
    pub fn key(&self) -> Option<&str> {
        self.body()?.key()
    }

    /// The message of the server, for people. It may quote what was sent: keep it out of logs.
    pub fn message(&self) -> Option<&str> {
        self.body()?.message()
    }

    /// The id to quote to the vendor's support; see [`RawResponse::request_id`].
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref()?.request_id()
    }

    /// How long the server asks to wait, by `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The verification as it was read last, if a wait ended with this error and had read one before.
    pub fn last_verification(&self) -> Option<&Verification> {
        self.0.verification.as_deref()
    }

    /// The number of attempts, for a [wait](ErrorKind::WaitFailed) the number of its polls; 0 if nothing was to be sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The response as it was received, if it was complete.
    pub fn response(&self) -> Option<&RawResponse> {
        let is_complete = !matches!(self.0.reason, Reason::TooLarge { .. });
        self.0.response.as_ref().filter(|_| is_complete)
    }

    /// Whether the same call may succeed later: there was no connection, it broke or timed out, a list changed while it was
    /// read, or the status is 408, 429 or 500 and above. A certificate that is not trusted is no such case.
    ///
    /// # Troubleshooting
    ///
    /// Make the call again later if it [is safe to repeat](Self::is_safe_to_repeat). This method does not check that.
    pub fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::NeverSent => !matches!(self.0.reason, Reason::Untrusted),
            ErrorKind::MaybeSent | ErrorKind::WaitFailed | ErrorKind::OutcomeUnknown | ErrorKind::Incomplete => true,
            ErrorKind::Api | ErrorKind::TooLarge => {
                self.is_server_error() || self.status().is_some_and(|status| matches!(status.as_u16(), 408 | 429))
            }
            _ => false,
        }
    }

    /// Whether the call timed out. The kind is [`ErrorKind::MaybeSent`].
    ///
    /// # Troubleshooting
    ///
    /// [`CallOptions`](crate::CallOptions) has the limits.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.reason, Reason::TimedOut(_))
    }

    /// Status 401: the API key is missing, not valid, or that of another environment.
    ///
    /// # Troubleshooting
    ///
    /// Staging and production have different keys. [`Client::verify_auth`](crate::Client::verify_auth) checks a key.
    pub fn is_unauthorized(&self) -> bool {
        self.has_status(StatusCode::UNAUTHORIZED)
    }

    /// Status 404: there is no such user or payment details, or they belong to another partner.
    ///
    /// # Troubleshooting
    ///
    /// Check the identifier. For documents, 404 also means that no KYC data was submitted before.
    pub fn is_not_found(&self) -> bool {
        self.has_status(StatusCode::NOT_FOUND)
    }

    /// Status 409: the present state does not allow the call.
    ///
    /// # Troubleshooting
    ///
    /// The message of the error says what this means for the operation, where the document says it. Read the present state
    /// before the next call.
    pub fn is_conflict(&self) -> bool {
        self.has_status(StatusCode::CONFLICT)
    }

    /// Status 429: too many requests.
    ///
    /// # Troubleshooting
    ///
    /// Wait for [`retry_after`](Self::retry_after), if the server sent it.
    pub fn is_rate_limited(&self) -> bool {
        self.has_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// A status from 300 to 399. Redirects are never followed, since the API key would be sent along.
    ///
    /// # Troubleshooting
    ///
    /// Correct the base URL: it may have `http` instead of `https`, or another host.
    pub fn is_redirect(&self) -> bool {
        self.status().is_some_and(|status| status.is_redirection())
    }

    /// A status of 500 or above.
    ///
    /// # Troubleshooting
    ///
    /// The call may have taken effect. If it is not safe to repeat, check with [`check_with`](Self::check_with) before you
    /// make it again.
    pub fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error())
    }

    /// Whether it is of no use to read again: the key or the identifier is not accepted, or nothing can be sent.
    pub(crate) fn ends_polling(&self) -> bool {
        let is_local = matches!(self.kind(), ErrorKind::Configuration | ErrorKind::InvalidRequest);
        is_local || self.is_unauthorized() || self.is_not_found()
    }

    /// Whether a person has to look at it: it is neither transient, nor a mistake in what was sent.
    #[cfg(feature = "tracing")]
    pub(crate) fn needs_attention(&self) -> bool {
        let is_callers = match self.kind() {
            ErrorKind::InvalidRequest | ErrorKind::BodyFailed | ErrorKind::NoTimeLeft => true,
            ErrorKind::Api => !self.is_unauthorized() && !self.is_redirect(),
            _ => false,
        };
        !is_callers && !self.is_transient()
    }

    /// The key, if it may be printed.
    #[cfg(feature = "tracing")]
    pub(crate) fn printable_key(&self) -> Option<&str> {
        self.body()?.printable_key()
    }

    /// The id of the request, if it may be printed.
    pub(crate) fn printable_request_id(&self) -> Option<&str> {
        self.request_id().filter(|id| is_plain(id))
    }

    fn has_status(&self, status: StatusCode) -> bool {
        self.status() == Some(status)
    }

    fn body(&self) -> Option<&ErrorBody> {
        match &self.0.reason {
            Reason::Api(body) => Some(body),
            _ => None,
        }
    }
}

/// Whether an id that the server sent may be printed.
fn is_plain(id: &str) -> bool {
    id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.kind()).field("message", &format_args!("{self}"));
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use unigox_client::operations;

    use super::*;

    #[test]
    fn is_one_pointer() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn tells_whether_the_same_call_is_safe() {
        let (reads, saves) = (&operations::GET_PARTNER_USER, &operations::CREATE_PAYMENT_DETAILS);
        for (error, is_safe) in [
            (Error::broken(saves), false),
            (Error::broken(reads), true),
            (Error::invalid("data", "is empty").with_operation(saves), true),
            (Error::not_sent_in_doubt(saves), true),
            (Error::invalid("data", "is empty").with_operation(saves).with_attempts(2, true), false),
        ] {
            assert_eq!(error.is_safe_to_repeat(), is_safe, "{error}");
        }
    }
}
