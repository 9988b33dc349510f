//! A client generated from an OpenAPI document: one method on [`Client`] for each operation, [`types`] for what they take
//! and return, [`operations`] for what is known of them.
//!
//! It sends nothing by itself: that is the business of a [`Transport`], where there is an example to start from.
//!
//! - Enums that an answer can hold keep values that the document does not list; objects keep fields that it does not
//!   list; and whatever comes with an error status is an [`ErrorBody`].
//! - `Debug` shows no personal data: a field is shown only if it can't hold any or was found not to.
//! - `200` and `201`, where an operation has both, are told apart by [`Response::status`].

#[rustfmt::skip]
mod generated {
    mod client;
    pub mod operations;
    pub mod types;
}
mod runtime;

pub use bytes;
pub use reqwest;

pub use crate::{
    generated::{operations, types},
    runtime::{
        call::{Client, InvalidBaseUrl},
        error::{ApiError, DecodeError, Error, InvalidRequest},
        error_body::ErrorBody,
        form::FilePart,
        operation::{Operation, Retry},
        response::{RawBody, Response},
        string_enum::{NotAValue, UnknownValue},
        transport::{Answer, Transport},
    },
};
