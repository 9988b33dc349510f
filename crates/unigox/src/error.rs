//! Why a call has no value to return.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use http::StatusCode;
use unigox_client::{ErrorBody, Operation, Retry};

use crate::Answer;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call has no value to return.
///
/// [`kind`](Self::kind) says what to do about it. The message names operation, field, status and key, and what to do
/// next; it holds no value, header, URL or body, and neither do `Debug` and the [sources](StdError::source), so all three
/// may be logged. [`message`](Self::message) and [`answer`](Self::answer) are the server's words, and may not.
///
/// # Examples
///
/// ```no_run
/// # async fn f(unigox: &unigox::Client, user: unigox::uuid::Uuid, account: unigox::PaymentDetails) -> Result<(), unigox::Error> {
/// use unigox::ErrorKind;
///
/// match unigox.user(user).payment_details().create(account).await {
///     Ok(saved) => println!("saved as {}", saved.payment_details_id),
///     // It may be saved or not: a look at the list tells, sending it again might save it twice.
///     Err(error) if error.kind() == ErrorKind::MaybeSent => {
///         let saved = unigox.user(user).payment_details().list().await?;
///         println!("{} accounts are there", saved.len());
///     }
///     Err(error) if error.key() == Some("invalid_payment_details") => println!("ask the person again"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    reason: Reason,
    operation: Option<&'static Operation>,
    answer: Option<Answer>,
    retry_after: Option<Duration>,
    attempts: u32,
    /// What to do next, instead of the general advice for the status.
    advice: Option<&'static str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

enum Reason {
    Configuration { setting: &'static str, problem: &'static str },
    InvalidRequest { field: Cow<'static, str>, problem: Cow<'static, str> },
    NeverSent,
    Broken,
    TimedOut(Duration),
    Api(ErrorBody),
    Decode { path: String, problem: &'static str },
    TooLarge { limit: usize },
    GaveUpWaiting,
}

/// What to do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client can't be built like this: a key is missing, a URL is none. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// The message names the setting and what it has to be.
    Configuration,
    /// The request is none that the API takes. Nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::field`] names the field. Ask for the value again; a retry changes nothing.
    InvalidRequest,
    /// No connection was made, so the server knows nothing of the call. The client has tried again, whatever the
    /// operation.
    ///
    /// # Troubleshooting
    ///
    /// The [source](StdError::source) says whether it was the name, the connection or TLS. Check the base URL, the proxy
    /// and the extra root certificates. Sending the call again later is safe.
    NeverSent,
    /// The request went out and no whole answer came back: a time-out, or a connection that broke. The server may have
    /// done what it was asked for.
    ///
    /// # Troubleshooting
    ///
    /// The client has tried again if the operation may be repeated. Where it may not, look first: the message names the
    /// operation to look with.
    MaybeSent,
    /// The server answered that it did not do it: a status that is no success, or a success that says `success: false`.
    ///
    /// # Troubleshooting
    ///
    /// Decide by [`Error::status`] and [`Error::key`]. [`Error::message`] is for people.
    Api,
    /// The server answered with success and with a body that the document does not describe. The call took effect.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::field`] is the place in the body, [`Error::answer`] the answer as it was received. Look whether there is
    /// a newer version of this crate: the API may have changed.
    Decode,
    /// The answer is longer than allowed, and was not read to its end. After a success status the call took effect.
    ///
    /// # Troubleshooting
    ///
    /// Something other than the API may be answering. If the answer is really that long, raise
    /// [`CallOptions::with_max_answer_bytes`](crate::CallOptions::with_max_answer_bytes).
    TooLarge,
    /// The wait for a verification ended without a single status at its end.
    ///
    /// # Troubleshooting
    ///
    /// The [source](StdError::source) is what the last attempt to read the status came to. Wait again: waiting changes
    /// nothing.
    GaveUpWaiting,
}

impl Error {
    pub(crate) fn configuration(setting: &'static str, problem: &'static str) -> Self {
        Self::new(None, Reason::Configuration { setting, problem })
    }

    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::new(None, Reason::InvalidRequest { field: field.into(), problem: problem.into() })
    }

    pub(crate) fn never_sent(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::NeverSent)
    }

    pub(crate) fn broken(operation: &'static Operation) -> Self {
        Self::new(Some(operation), Reason::Broken)
    }

    pub(crate) fn timed_out(operation: &'static Operation, after: Duration) -> Self {
        Self::new(Some(operation), Reason::TimedOut(after))
    }

    pub(crate) fn too_large(operation: &'static Operation, limit: usize) -> Self {
        Self::new(Some(operation), Reason::TooLarge { limit })
    }

    pub(crate) fn api(operation: &'static Operation, body: ErrorBody, answer: Answer) -> Self {
        Self::new(Some(operation), Reason::Api(body)).with_answer(answer)
    }

    pub(crate) fn decode(operation: &'static Operation, path: String, problem: &'static str, answer: Answer) -> Self {
        Self::new(Some(operation), Reason::Decode { path, problem }).with_answer(answer)
    }

    pub(crate) fn gave_up_waiting(operation: &'static Operation, last: Self) -> Self {
        Self::new(Some(operation), Reason::GaveUpWaiting).with_source(last)
    }

    fn new(operation: Option<&'static Operation>, reason: Reason) -> Self {
        Self(Box::new(Inner {
            reason,
            operation,
            answer: None,
            retry_after: None,
            attempts: 0,
            advice: None,
            source: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    fn with_answer(mut self, answer: Answer) -> Self {
        self.0.answer = Some(answer);
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

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_retry_after(mut self, time: Option<Duration>) -> Self {
        self.0.retry_after = time;
        self
    }

    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        match self.0.reason {
            Reason::Configuration { .. } => ErrorKind::Configuration,
            Reason::InvalidRequest { .. } => ErrorKind::InvalidRequest,
            Reason::NeverSent => ErrorKind::NeverSent,
            Reason::Broken | Reason::TimedOut(_) => ErrorKind::MaybeSent,
            Reason::Api(_) => ErrorKind::Api,
            Reason::Decode { .. } => ErrorKind::Decode,
            Reason::TooLarge { .. } => ErrorKind::TooLarge,
            Reason::GaveUpWaiting => ErrorKind::GaveUpWaiting,
        }
    }

    /// The `operationId` of the call, if it got as far as one.
    pub fn operation_id(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The field that is refused or can't be read, by its path in the body: `data.pii.dob`, `documents[2].url`.
    pub fn field(&self) -> Option<&str> {
        match &self.0.reason {
            Reason::InvalidRequest { field, .. } => Some(field),
            Reason::Decode { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The `operationId` of the operation that shows whether the call took effect, if there is one.
    pub fn check_with(&self) -> Option<&'static str> {
        self.0.operation.and_then(|operation| operation.check_with)
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(Answer::status)
    }

    /// What the server calls the error: its `error_key` or `code`. The documents list some and promise no end of them.
    pub fn key(&self) -> Option<&str> {
        self.body()?.key()
    }

    /// What the server says to people. It may quote what was sent: keep it out of logs.
    pub fn message(&self) -> Option<&str> {
        self.body()?.message()
    }

    /// What to quote to the vendor's support; see [`Answer::request_id`].
    pub fn request_id(&self) -> Option<&str> {
        self.answer()?.request_id()
    }

    /// How long the server asks to wait, by `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often the request was tried; 0 if it never came to that.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The answer as it was received; none if none came, or not as a whole.
    pub fn answer(&self) -> Option<&Answer> {
        self.0.answer.as_ref()
    }

    /// Whether the time was up. The kind is [`ErrorKind::MaybeSent`].
    ///
    /// # Troubleshooting
    ///
    /// [`CallOptions`](crate::CallOptions) has the limits.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.reason, Reason::TimedOut(_))
    }

    /// Status 401: the API key is missing, wrong, or one of another environment.
    ///
    /// # Troubleshooting
    ///
    /// Keys of staging and production differ. [`Client::verify_auth`](crate::Client::verify_auth) checks one.
    pub fn is_unauthorized(&self) -> bool {
        self.has_status(StatusCode::UNAUTHORIZED)
    }

    /// Status 404: there is no such user or account, or it is another partner's.
    ///
    /// # Troubleshooting
    ///
    /// The API answers the same for what does not exist and for what is not yours. For documents it also means that no
    /// KYC was submitted before.
    pub fn is_not_found(&self) -> bool {
        self.has_status(StatusCode::NOT_FOUND)
    }

    /// Status 409: the account is still in use by active offers.
    ///
    /// # Troubleshooting
    ///
    /// Nothing was deleted. Try again when the offers are done.
    pub fn is_conflict(&self) -> bool {
        self.has_status(StatusCode::CONFLICT)
    }

    /// Status 429: too many requests.
    ///
    /// # Troubleshooting
    ///
    /// Wait for [`retry_after`](Self::retry_after), if the server said.
    pub fn is_rate_limited(&self) -> bool {
        self.has_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// A status from 300 to 399. Redirects are never followed: the API key would travel along.
    ///
    /// # Troubleshooting
    ///
    /// Correct the base URL: `http` instead of `https`, or another host.
    pub fn is_redirect(&self) -> bool {
        self.status().is_some_and(|status| status.is_redirection())
    }

    /// A status of 500 or above.
    ///
    /// # Troubleshooting
    ///
    /// Whether the call took effect is not known. Look before sending it again, where the operation is not safe to repeat.
    pub fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error())
    }

    fn has_status(&self, status: StatusCode) -> bool {
        self.kind() == ErrorKind::Api && self.status() == Some(status)
    }

    fn body(&self) -> Option<&ErrorBody> {
        match &self.0.reason {
            Reason::Api(body) => Some(body),
            _ => None,
        }
    }

    /// What to do next, for the reasons that don't say so themselves.
    fn advice(&self) -> Option<Cow<'static, str>> {
        if let Some(advice) = self.0.advice {
            return Some(advice.into());
        }
        Some(match &self.0.reason {
            Reason::Configuration { .. } => return None,
            Reason::InvalidRequest { .. } => "nothing was sent".into(),
            Reason::NeverSent => "the request was not sent; check the base URL, the network and the proxy".into(),
            Reason::Broken | Reason::TimedOut(_) => self.advice_if_unclear(),
            Reason::Api(_) => return self.advice_for_status(),
            Reason::Decode { .. } => "the call took effect; look for a newer version of this crate".into(),
            Reason::TooLarge { .. } => "check that the base URL is the API's".into(),
            Reason::GaveUpWaiting => "wait again, it changes nothing".into(),
        })
    }

    fn advice_for_status(&self) -> Option<Cow<'static, str>> {
        Some(match self.status()?.as_u16() {
            300..=399 => {
                "redirects are not followed, since the API key would travel along; correct the base URL".into()
            }
            401 => "check the API key, and that it is one of this environment".into(),
            404 => "check the identifier: another partner's looks the same as none".into(),
            409 => "it is still in use".into(),
            429 => "wait before the next call".into(),
            500..=599 => self.advice_if_unclear(),
            _ => return None,
        })
    }

    /// What to do if it is not known whether the call took effect.
    fn advice_if_unclear(&self) -> Cow<'static, str> {
        match self.0.operation {
            Some(operation) if operation.retry == Retry::Safe => "sending it again is safe".into(),
            Some(Operation { check_with: Some(id), .. }) => {
                format!("it may have taken effect; check with {id} before sending it again").into()
            }
            _ => "it may have taken effect; check before sending it again".into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        match &self.0.reason {
            Reason::Configuration { setting, problem } => write!(f, "{setting} {problem}")?,
            Reason::InvalidRequest { field, problem } => write!(f, "`{field}` {problem}")?,
            Reason::NeverSent => f.write_str("no connection")?,
            Reason::Broken => f.write_str("the connection broke before the end of the answer")?,
            Reason::TimedOut(after) => write!(f, "no whole answer within {after:?}")?,
            Reason::Api(body) => {
                match self.status() {
                    Some(status) if status.is_success() => {
                        write!(f, "the server answered {} with `success: false`", status.as_u16())?;
                    }
                    Some(status) => write!(f, "the server answered {}", status.as_u16())?,
                    None => f.write_str("the server refused")?,
                }
                if let Some(key) = body.printable_key() {
                    write!(f, ", key `{key}`")?;
                }
            }
            Reason::Decode { path, problem } => write!(f, "the answer {problem}, at `{path}` of the body")?,
            Reason::TooLarge { limit } => write!(f, "the answer is longer than {limit} bytes")?,
            Reason::GaveUpWaiting => f.write_str("the wait ended without a status")?,
        }
        if let Some(id) = self.request_id().filter(|id| is_plain(id)) {
            write!(f, ", request `{id}`")?;
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        match self.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

/// Whether an id that the server made up may be printed.
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
    fn says_what_where_and_what_next() {
        let message = |error: Error| error.to_string();
        assert_eq!(
            message(Error::configuration("the API key", "is missing: set `UNIGOX_API_KEY`")),
            "the API key is missing: set `UNIGOX_API_KEY`"
        );
        assert_eq!(
            message(Error::invalid("data.pii.dob", "is in the future").with_operation(&operations::SUBMIT_KYC)),
            "submitKYC: `data.pii.dob` is in the future; nothing was sent"
        );
        assert_eq!(
            message(Error::timed_out(&operations::CREATE_PAYMENT_DETAILS, Duration::from_secs(30)).with_attempts(1)),
            "createPaymentDetails: no whole answer within 30s; it may have taken effect; check with \
             getPaymentDetails before sending it again"
        );
        assert_eq!(
            message(Error::broken(&operations::UPDATE_KYC).with_attempts(3)),
            "updateKYC: the connection broke before the end of the answer, after 3 attempts; sending it again is safe"
        );
    }
}
