//! Errors for tests.

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use unigox_client::{ErrorBody, Operation, operations};

use super::{Error, ErrorKind, Reason};
use crate::test_util::raw;

/// A builder of an [`Error`] of any kind, for tests.
///
/// What a kind has no use for is ignored: an error that was never sent has no status.
///
/// # Examples
///
/// ```
/// use unigox::{Effect, ErrorKind, test_util::ErrorBuilder};
///
/// let lost = ErrorBuilder::new(ErrorKind::MaybeSent).operation("createPaymentDetails").build();
/// assert_eq!((lost.effect(), lost.check_with()), (Effect::Unknown, Some("getPaymentDetails")));
///
/// let refused = ErrorBuilder::new(ErrorKind::Api).status(400).key("invalid_payment_details").build();
/// assert_eq!(refused.key(), Some("invalid_payment_details"));
/// ```
#[derive(Debug)]
#[must_use]
pub struct ErrorBuilder {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    field: String,
    is_timeout: bool,
    retry_after: Option<Duration>,
    attempts: u32,
    is_after_doubt: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ErrorBuilder {
    /// An error of this kind, of one attempt where something is sent. Where there is a response, its status is 400, or 200
    /// for a kind that is about successes.
    pub fn new(kind: ErrorKind) -> Self {
        use ErrorKind::{Configuration, Decode, InvalidRequest, NoTimeLeft, NotStored, TooLarge, WaitFailed};
        Self {
            kind,
            operation: None,
            status: if matches!(kind, Decode | TooLarge | NotStored) { 200 } else { 400 },
            headers: HeaderMap::new(),
            body: Bytes::new(),
            field: "data".to_owned(),
            is_timeout: false,
            retry_after: None,
            attempts: if matches!(kind, Configuration | InvalidRequest | NoTimeLeft | WaitFailed) { 0 } else { 1 },
            is_after_doubt: false,
            source: None,
        }
    }

    /// The operation, by its `operationId`.
    ///
    /// # Panics
    ///
    /// If there is no such operation.
    #[track_caller]
    pub fn operation(mut self, operation_id: &str) -> Self {
        let operation = operations::ALL.iter().find(|operation| operation.id == operation_id);
        assert!(operation.is_some(), "no operation has the operationId `{operation_id}`");
        self.operation = operation;
        self
    }

    /// The status of the response.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// A header of the response.
    ///
    /// # Panics
    ///
    /// If it is no header of HTTP.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the name is one of a header");
        self.headers.append(name, HeaderValue::from_str(value).expect("a header can hold the value"));
        self
    }

    /// The body of the response.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// A body with this key, of the shape that most operations have.
    pub fn key(self, key: &str) -> Self {
        self.body(serde_json::json!({"success": false, "data": {"error_key": key}}).to_string())
    }

    /// The field that is not valid or can't be read, by its path.
    pub fn field(mut self, path: impl Into<String>) -> Self {
        self.field = path.into();
        self
    }

    /// Makes a [`MaybeSent`](ErrorKind::MaybeSent) a time-out. It is a broken connection otherwise.
    pub fn timeout(mut self) -> Self {
        self.is_timeout = true;
        self
    }

    /// How long the server asks to wait.
    pub fn retry_after(mut self, time: Duration) -> Self {
        self.retry_after = Some(time);
        self
    }

    /// The number of attempts.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Has an attempt before the last one end without a response, so that the call may have taken effect all the same.
    pub fn after_doubt(mut self) -> Self {
        self.is_after_doubt = true;
        self
    }

    /// The source of the error. That of a [`WaitFailed`](ErrorKind::WaitFailed) is an [`Error`]; a broken connection if it is
    /// not set.
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The error.
    ///
    /// # Panics
    ///
    /// If the status is not one of HTTP.
    #[track_caller]
    pub fn build(self) -> Error {
        let operation = self.operation;
        let response = || raw(self.status, self.headers.clone(), self.body.clone());
        let of = |reason| Error::new(operation, reason);
        let problem = "is not what the test wants";
        let error = match self.kind {
            ErrorKind::Configuration => Error::configuration("a setting", problem),
            ErrorKind::InvalidRequest => Error::invalid(self.field.clone(), problem),
            ErrorKind::NoTimeLeft => of(Reason::NoTimeLeft),
            ErrorKind::NeverSent => of(Reason::NeverSent),
            ErrorKind::BodyFailed => of(Reason::BodyFailed),
            ErrorKind::MaybeSent if self.is_timeout => of(Reason::TimedOut(Duration::from_secs(30))),
            ErrorKind::MaybeSent => of(Reason::Broken),
            ErrorKind::Api => of(Reason::Api(ErrorBody::new(self.body.clone()))).with_response(response()),
            ErrorKind::Decode => {
                let response = response();
                let effect = Error::effect_of_success(&response);
                of(Reason::Decode { path: self.field.clone(), problem, effect }).with_response(response)
            }
            ErrorKind::TooLarge => {
                let head = raw(self.status, self.headers.clone(), Bytes::new());
                of(Reason::TooLarge { limit: 10 * 1024 * 1024 }).with_response(head)
            }
            ErrorKind::WaitFailed => of(Reason::WaitFailed).with_source(of(Reason::Broken)),
            ErrorKind::OutcomeUnknown => of(Reason::OutcomeUnknown { is_sent: true }).with_source(of(Reason::Broken)),
            ErrorKind::Incomplete => of(Reason::Incomplete { problem: "the test says so" }),
            ErrorKind::NotStored => of(Reason::NotStored { types: Vec::new(), sent: 1 }).with_response(response()),
        };
        let error = error.with_attempts(self.attempts, self.is_after_doubt).with_retry_after(self.retry_after);
        let error = if let Some(operation) = operation { error.with_operation(operation) } else { error };
        if let Some(source) = self.source { error.with_source(source) } else { error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Effect;

    #[test]
    fn every_kind_can_be_made() {
        use ErrorKind::{
            Api, BodyFailed, Configuration, Decode, Incomplete, InvalidRequest, MaybeSent, NeverSent, NoTimeLeft,
            NotStored, OutcomeUnknown, TooLarge, WaitFailed,
        };
        for (kind, effect) in [
            (Configuration, Effect::No),
            (InvalidRequest, Effect::No),
            (NoTimeLeft, Effect::No),
            (NeverSent, Effect::No),
            (BodyFailed, Effect::No),
            (MaybeSent, Effect::Unknown),
            (Api, Effect::No),
            (Decode, Effect::Unknown),
            (TooLarge, Effect::Unknown),
            (WaitFailed, Effect::No),
            (OutcomeUnknown, Effect::Unknown),
            (Incomplete, Effect::No),
            (NotStored, Effect::Yes),
        ] {
            let error = ErrorBuilder::new(kind).operation("submitKYC").build();
            assert_eq!((error.kind(), error.effect()), (kind, effect));
            assert_eq!((error.operation_id(), kind.to_string()), (Some("submitKYC"), kind.as_str().to_owned()));
        }
    }

    #[test]
    #[should_panic(expected = "no operation has the operationId `create_payment_details`")]
    fn an_operation_that_is_not_there_is_named() {
        let _ = ErrorBuilder::new(ErrorKind::Api).operation("create_payment_details");
    }

    #[test]
    fn an_error_has_what_it_was_given() {
        let error = ErrorBuilder::new(ErrorKind::Api).status(503).key("busy").header("x-request-id", "r-1").attempts(3);
        let error = error.retry_after(Duration::from_secs(7)).source("the source").build();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
        assert_eq!((error.key(), error.request_id(), error.attempts()), (Some("busy"), Some("r-1"), 3));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(StdError::source(&error).map(ToString::to_string).as_deref(), Some("the source"));
        let took = ErrorBuilder::new(ErrorKind::Decode).body(r#"{"success":true}"#).field("data.id").build();
        assert_eq!((took.effect(), took.field()), (Effect::Yes, Some("data.id")));
        assert!(ErrorBuilder::new(ErrorKind::MaybeSent).timeout().build().is_timeout());
        assert_eq!(ErrorBuilder::new(ErrorKind::Api).after_doubt().build().effect(), Effect::Unknown);
    }
}
