//! What can go wrong with a call.
//!
//! No message holds a value, a header or a body: they name the operation, the status, a key, a path, and no more.

use std::{borrow::Cow, fmt};

use reqwest::StatusCode;

use super::{error_body::ErrorBody, operation::Operation, response::Response};

/// Why a call has no value to return. `E` is the error of the transport.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The request could not be put together; nothing was sent.
    InvalidRequest(InvalidRequest),
    /// No answer came. The transport knows whether the request may have arrived.
    Transport(E),
    /// The server answered with a status that is no success.
    Api(Box<ApiError>),
    /// The server answered with success, and with a body that the document does not describe.
    Decode(Box<DecodeError>),
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::Transport(error) => write!(f, "no answer: {error}"),
            Self::Api(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
        }
    }
}

/// The message of a variant includes that of what it holds, so the source is what lies behind that.
impl<E: std::error::Error> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::InvalidRequest(_) | Self::Api(_) | Self::Decode(_) => None,
        }
    }
}

/// A request that could not be put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRequest {
    pub(super) operation: &'static Operation,
    pub(super) parameter: Cow<'static, str>,
    pub(super) problem: &'static str,
}

impl InvalidRequest {
    /// The operation that was to be called.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The parameter or the part of the body that can't be sent, by its name in the document.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// What is the matter with it, to go on after its name.
    pub fn problem(&self) -> &'static str {
        self.problem
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}` {}; nothing was sent", self.operation, self.parameter, self.problem)
    }
}

impl std::error::Error for InvalidRequest {}

/// An answer whose status is no success.
#[derive(Debug)]
pub struct ApiError {
    pub(super) operation: &'static Operation,
    pub(super) response: Response<ErrorBody>,
}

impl ApiError {
    /// The operation that was called.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The body, whatever its shape.
    pub fn body(&self) -> &ErrorBody {
        self.response.value()
    }

    /// The answer with its headers.
    pub fn response(&self) -> &Response<ErrorBody> {
        &self.response
    }

    /// The answer with its headers, without the rest.
    pub fn into_response(self) -> Response<ErrorBody> {
        self.response
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the server answered {}", self.operation, self.status())?;
        match self.body().printable_key() {
            Some(key) => write!(f, " with key `{key}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

/// A success whose body the document does not describe.
#[derive(Debug)]
pub struct DecodeError {
    pub(super) operation: &'static Operation,
    pub(super) response: Response<()>,
    pub(super) path: String,
    pub(super) problem: &'static str,
}

impl DecodeError {
    /// The operation that was called. It took effect: the status says so.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Where in the body the trouble is: `data.user_uuid`, or `.` for the body as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is the matter with the body, to go on after "the answer".
    pub fn problem(&self) -> &'static str {
        self.problem
    }

    /// The answer as it was received.
    pub fn response(&self) -> &Response<()> {
        &self.response
    }

    /// The answer as it was received, without the rest.
    pub fn into_response(self) -> Response<()> {
        self.response
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, path, problem, .. } = self;
        let status = self.response.status();
        write!(f, "{operation}: the answer to a successful call ({status}) {problem}, at `{path}` of the body")
    }
}

impl std::error::Error for DecodeError {}
