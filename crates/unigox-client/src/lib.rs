//! A client generated from an OpenAPI document: one method on [`Client`] for each operation, [`types`] for what they take
//! and return, [`operations`] for what is known of them.
//!
//! It sends nothing by itself: that is up to a [`Transport`], whose documentation has an example to start from.
//!
//! - Enums in responses keep values that the document does not list, objects keep fields that it does not list, and the
//!   body of any response with an error status is an [`ErrorBody`].
//! - `Debug` shows no personal data: a field is shown only if it can't hold any, or was reviewed and marked as harmless.
//! - `200` and `201`, where an operation has both, are told apart by [`Response::http_status`].

#![allow(uncommon_codepoints, reason = "values are the document's affair, and variants are called after them")]

#[rustfmt::skip]
#[allow(
    clippy::doc_lazy_continuation,
    clippy::doc_overindented_list_items,
    clippy::type_complexity,
    rustdoc::bare_urls,
    reason = "prose, values and how deep types are nested are the document's affair"
)]
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
        constrained::ConstraintError,
        error::{ApiError, DecodeError, Error, InvalidRequest},
        error_body::ErrorBody,
        form::FilePart,
        integer_enum::UnknownInteger,
        operation::{Operation, Retry},
        response::{RawBody, Response, TextBody},
        string_enum::{ParseEnumError, UnknownValue},
        tolerant::{FieldProblem, read_tolerantly},
        transport::{RawResponse, Transport},
    },
};
