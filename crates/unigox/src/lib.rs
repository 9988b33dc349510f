//! A client of the Unigox Partner API: create users, verify their identity (KYC), save the payment details of the bank
//! accounts that they are paid to, and call every other operation through [`Client::api`].
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use unigox::{
//!     Client, DocumentFile, DocumentType, Environment, KycSubmission, PaymentDetails, Pii, SepaAccount, VerificationOutcome,
//!     WaitPolicy, chrono::NaiveDate,
//! };
//!
//! # async fn journey() -> Result<(), unigox::Error> {
//! // The key is read from `UNIGOX_API_KEY`, or set with `.api_key(…)`.
//! let unigox = Client::builder(Environment::Staging).build()?;
//!
//! // Create a user, or find the one with your identifier `customer-42`.
//! let created = unigox.users().create("customer-42", "ada@example.com").await?;
//! let user = unigox.user(created.user_uuid);
//!
//! // Submit the person's data, with the address that payouts in euro need.
//! let dob = NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date");
//! let pii = Pii::new("Ada", "Obi", "LT").dob(dob).address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
//! assert!(pii.missing_for_payout("EUR").is_empty());
//! user.kyc().submit(&KycSubmission::direct(pii)).await?;
//!
//! // Upload two documents. With the second one the verification starts.
//! user.documents().upload(DocumentType::IdentityFront, DocumentFile::open("front.jpg").await?).await?;
//! user.documents().upload(DocumentType::Selfie, DocumentFile::open("selfie.jpg").await?).await?;
//!
//! // Wait for the outcome, at most 15 minutes.
//! match user.verification().wait(WaitPolicy::within(Duration::from_secs(900))).await? {
//!     VerificationOutcome::Verified(_) => {}
//!     other => {
//!         println!("not verified: {}", other.verification().status);
//!         return Ok(());
//!     }
//! }
//!
//! // Save the payment details, unless they are saved already.
//! let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
//! let saved = user.payment_details().ensure(&PaymentDetails::sepa(account)).await?;
//! println!("saved as {}", saved.payment_details_id());
//! # Ok(())
//! # }
//! ```
//!
//! # Guide
//!
//! The [`guide`] has a page for each job: [sign up](guide::sign_up), [verify](guide::verify), [send
//! documents](guide::documents), [save an account](guide::save_an_account) on any rail, [be told](guide::be_told) of changes
//! by webhooks, [reconcile](guide::reconcile) after errors and restarts, [test](mod@guide::test) your service.
//!
//! # Operations
//!
//! Every operation of the API has a method of [`Api`], from [`Client::api`], with the types of [`types`]. For onboarding
//! there are handles besides, with methods that are written by hand: they check what they send, know what goes together,
//! and are the recommended way. Retries, limits, errors and traces are the same for both.
//!
#![doc = include_str!("generated/operations.md")]
//!
//! # Validation
//!
//! Where the API takes one of several bodies, a type holds exactly one of them: [`KycSubmission`], [`DocumentLinks`],
//! [`PaymentDetails`]. Combinations that the documents forbid do not compile.
//!
//! Values are checked when a body is sent: constructors and setters never fail, and each body has a method `validate` that
//! checks it earlier, with the same errors. An error names the field, and nothing is sent. A body is borrowed by the call,
//! so it can be reused for another call. Business rules, such as which countries are served, are left to the server.
//!
//! A method of [`Api`] sends the body that it is given. Its type requires what the document requires, and strings with a
//! pattern or a length are checked when they are made; everything else is left to the server.
//!
//! Responses may hold more than this version knows: an enum keeps an unknown value, a struct keeps unknown fields in
//! `extra`, and an error response of any shape becomes an [`Error`]. A field of another type than documented is left out,
//! if it may be missing, and reported by [`Response::problems`].
//!
//! # Retries
//!
//! A request that was provably never sent, because there was no connection, is retried for every operation. Otherwise only
//! calls that are safe to repeat are retried: those that only read, and a few others. The documentation of each method says
//! which it is.
//!
//! | failure | safe to repeat | not safe to repeat |
//! |---|---|---|
//! | no connection | retried | retried |
//! | time-out, broken connection | retried | **not retried**: [`ErrorKind::MaybeSent`] |
//! | 408, 429, 502, 503, 504 | retried | not retried: [`ErrorKind::Api`] |
//! | 500 | retried if it only reads (GET) | not retried |
//! | any other status, such as 409 | not retried | not retried |
//!
//! There are 3 attempts by default. A certificate that is not trusted is not tried again, and a call without time left sends
//! nothing. [`CallOptions`] and [`RetryPolicy`] have the details.
//!
//! All calls of a client share a [`RetryBudget`], so that an outage of the API is not made worse by retries.
//! [`Client::metrics`] tells what is left of it.
//!
//! [`Error::is_safe_to_repeat`] tells whether the same call can be made again without anything being done twice. What became of
//! a call that was not retried, [`PaymentDetailsHandle::ensure`] finds out for payment details, and
//! [`Error::check_with`] names the operation that shows it for others, if there is one.
//!
//! # Secrets and personal data
//!
//! The API key, names, numbers, addresses and documents never appear in `Debug` or `Display` output, errors or traces. The
//! words of the server ([`Error::message`], [`RawResponse::body`]) may quote them: keep those out of logs. Redirects are
//! never followed, since the key would be sent along, and plain `http` is allowed on the loopback alone.
//!
//! # Traces
//!
//! With the feature `tracing`, each call is a span called `unigox`, and its attempts are events in it. Fields have the names
//! of OpenTelemetry's conventions for HTTP clients: `http.request.method`, `url.template`, `server.address`, `server.port`,
//! `http.response.status_code`, `http.response.body.size`, `http.request.resend_count`, `error.type`. Beside them are
//! `operation_id` and `elapsed_ms`. No field has a URL, a query, a header or a body in it.
//!
//! A call that failed is one event, `call failed`, with `operation_id`, `kind`, `error.type`, `http.response.status_code`,
//! `key`, `request_id` and `attempts`. Its level is `WARN` if the same call may succeed later or the server refused what was
//! sent, and `ERROR` for what a person has to look at: a key or a certificate that is not accepted, a redirect, a response
//! that can't be read. Retries are events at `INFO` with `retry_tokens`, attempts at `DEBUG`.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls, with the root certificates of the operating system |
//! | `native-tls` | no | TLS by the library of the operating system; with both features, rustls is used |
//! | `tracing` | no | see [Traces](#traces) |
//! | `test-util` | no | the module `test_util`: responses and errors for tests of your service |
//! | `webhooks` | no | the module `webhooks`: webhook events are verified, read and deduplicated |
//! | `axum` | no | a webhook event as an argument of a handler of axum 0.8; it adds `webhooks` |
//! | `schemars` | no | `JsonSchema` for the types in [`types`] |
//!
//! Calls need a tokio runtime with its drivers for I/O and time enabled.
//!
//! # Types of other crates
//!
//! These crates have types in public signatures, and are re-exported. A new major version of one of them is a new major
//! version of this crate.
//!
//! | crate | version | types |
//! |---|---|---|
//! | [`bytes`] | 1 | `Bytes`: bodies, files in memory |
//! | [`chrono`] | 0.4 | `NaiveDate`, `DateTime`: dates of birth, times in responses |
//! | [`futures_util`] | 0.3 | `Stream`: [`StatusChanges`], [`Institutions`], [`RequestBody`] |
//! | [`http`] | 1 | `StatusCode`, `HeaderMap`: responses; `Request`, `Response`: [`HttpTransport`] |
//! | [`serde_json`] | 1 | `Value`, `Map`: [`AccountDetails`], unknown fields |
//! | [`tokio`] | 1 | `AsyncRead`: [`DocumentFile::from_reader`] |
//! | [`uuid`] | 1 | `Uuid`: identifiers of users |
//!
//! With the feature `axum`, traits of `axum-core` 0.5 are implemented.
//!
//! The content of a [`types::FilePart`] is anything that converts into a `Body` of reqwest 0.13, such as `Bytes`,
//! `Vec<u8>` or `String`. That crate is not re-exported.
//!
//! # What it does not do
//!
//! - Business rules: which country, rail and institution go together, whether an account exists. What the API says of a
//!   rail, [`PaymentDetails::for_rail`] checks.
//! - Handles for prices, orders, recipients, source of funds and fiat accounts: call these through [`Api`].
//! - Signatures: it signs no transfer, refund or consent. The methods that authorize one take what you have signed.
//! - Pagination: a list is one page, with the limit and offset that you send. [`SupportedHandle::institutions`] reads on.
//! - Idempotency keys: the API has none. [`PaymentDetailsHandle::ensure`] finds payment details that are saved already.
//! - Blocking calls.

mod added;
mod api;
mod api_key;
mod attempt;
mod builder;
mod call;
mod client;
mod documents;
mod environment;
mod error;
mod generated {
    #[rustfmt::skip]
    mod api;
}
pub mod guide;
mod http_settings;
mod kyc;
mod metrics;
mod optional_text;
mod options;
mod payment_details;
mod response;
mod retry_after;
mod retry_budget;
mod stored;
mod supported;
#[cfg(feature = "test-util")]
pub mod test_util;
mod text;
mod trace;
mod transport;
mod users;
mod verification;
mod webhook_address;
#[cfg(feature = "webhooks")]
pub mod webhooks;

#[doc(inline)]
pub use unigox_client::FieldProblem;
#[doc(inline)]
pub use unigox_client::types::{
    DocumentType, Gender, IdType, InstitutionOptionalRail, PersonSourceOfFunds, RegistryNumberType,
};
pub use {bytes, chrono, futures_util, http, serde_json, tokio, uuid};

pub use crate::{
    api::Api,
    api_key::ApiKey,
    builder::ClientBuilder,
    client::Client,
    documents::{BatchUpload, DocumentFile, DocumentLinks, DocumentUpload, DocumentsHandle, Progress},
    environment::Environment,
    error::{Effect, Error, ErrorKind, FieldRule, InvalidField, Result},
    http_settings::HttpSettings,
    kyc::{KycHandle, KycSubmission, KycUpdate, Pii, Prefill},
    metrics::Metrics,
    optional_text::OptionalText,
    options::{CallOptions, RetryPolicy},
    payment_details::{
        AccountDetails, CvuCbuAccount, EnsuredPaymentDetails, FormField, FormOption, NipAccount, PaymentDetails,
        PaymentDetailsBuilder, PaymentDetailsHandle, RailForm, SepaAccount,
    },
    response::{RawResponse, Response},
    retry_budget::RetryBudget,
    supported::{CachedSupported, InstitutionPages, InstitutionQuery, Institutions, RailQuery, SupportedHandle},
    transport::{HttpTransport, RequestBody, Sending, TransportError},
    users::{UserHandle, UsersHandle},
    verification::{
        StatusChanges, VerificationHandle, VerificationOutcome, WaitPoint, WaitPolicy, WaitSignal, WaitSignals,
    },
    webhook_address::WebhooksHandle,
};

/// The types of the API, as the document describes them: what [`Api`] takes and returns.
///
/// Enums in responses keep values that the document does not list, structs keep fields that it does not list in `extra`,
/// and `Debug` hides personal data.
///
/// A field that a body does not have yet is added by [`Client::with_body_field`].
pub mod types {
    #[doc(inline)]
    pub use unigox_client::{
        ConstraintError, FilePart, ParseEnumError, RawBody, UnknownInteger, UnknownValue, types::*,
    };
}
