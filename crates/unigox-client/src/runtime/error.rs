//! Errors of calls.
//!
//! Messages name the operation, the status, a key and a path. They hold no value, header or body; a key
//! that has not the form of one is left out.

use std::{borrow::Cow, fmt};

use reqwest::StatusCode;

use super::{error_body::ErrorBody, operation::Operation, response::Response};

/// The error of a call. `E` is the error of the transport.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The request could not be built; nothing was sent.
    InvalidRequest(InvalidRequest),
    /// There was no response. The transport knows whether the request may have arrived.
    Transport(E),
    /// The server responded with a status other than a success.
    Api(Box<ApiError>),
    /// The server responded with a success, and with a body that the document does not describe.
    Decode(Box<DecodeError>),
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::Transport(error) => write!(f, "no response: {error}"),
            Self::Api(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
        }
    }
}

/// The message of a variant includes the message of the error in it, so the source is the source of that error.
impl<E: std::error::Error> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::InvalidRequest(_) | Self::Api(_) | Self::Decode(_) => None,
        }
    }
}

/// A request that could not be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRequest {
    pub(super) operation: &'static Operation,
    pub(super) parameter: Cow<'static, str>,
    pub(super) problem: &'static str,
}

impl InvalidRequest {
    /// The operation that the request was for.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The parameter or the part of the body that can't be sent, by its name in the document.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// What is wrong with it, as a phrase that follows its name.
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

/// A response with a status other than a success.
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
        self.response.http_status()
    }

    /// The body, whatever its shape.
    pub fn body(&self) -> &ErrorBody {
        self.response.value()
    }

    /// The response.
    pub fn response(&self) -> &Response<ErrorBody> {
        &self.response
    }

    /// The response alone.
    pub fn into_response(self) -> Response<ErrorBody> {
        self.response
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the server responded with {}", self.operation, self.status())?;
        match self.body().printable_key() {
            Some(key) => write!(f, ", key `{key}`"),
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
    /// The operation that was called. It took effect: the status is a success.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Which part of the body is wrong: `data.user_uuid`, or `.` for the body as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with the body, as a phrase that follows "the response".
    pub fn problem(&self) -> &'static str {
        self.problem
    }

    /// The response.
    pub fn response(&self) -> &Response<()> {
        &self.response
    }

    /// The response alone.
    pub fn into_response(self) -> Response<()> {
        self.response
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, path, problem, .. } = self;
        let status = self.response.http_status();
        write!(f, "{operation}: the response to a successful call ({status}) {problem}, at `{path}` of the body")
    }
}

impl std::error::Error for DecodeError {}
