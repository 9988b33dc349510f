//! A client of the Unigox Partner API: sign people up, have their identity checked (KYC), and save the bank accounts that
//! they are paid to.
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
//! // The key comes from `UNIGOX_API_KEY`; `.api_key(…)` gives one.
//! let unigox = Client::builder(Environment::Staging).build()?;
//!
//! // Sign a person up, or find them: `customer-42` is what you call them.
//! let created = unigox.users().create("customer-42", "ada@example.com").await?;
//! let user = unigox.user(created.user_uuid);
//!
//! // Say who they are, with the address that payouts in euro need.
//! let born = NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date");
//! let pii = Pii::new("Ada", "Obi", "LT")?.dob(born)?.address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
//! assert!(pii.missing_for_payout("EUR").is_empty());
//! user.kyc().submit(KycSubmission::direct(pii)).await?;
//!
//! // Show it. With the second document the verification starts by itself.
//! user.documents().upload(DocumentType::IdentityFront, DocumentFile::open("front.jpg").await?).await?;
//! user.documents().upload(DocumentType::Selfie, DocumentFile::open("selfie.jpg").await?).await?;
//!
//! // Wait for the outcome, a quarter of an hour at most.
//! match user.verification().wait(WaitPolicy::within(Duration::from_secs(900))).await? {
//!     VerificationOutcome::Verified(_) => {}
//!     other => {
//!         println!("not verified: {}", other.verification().status);
//!         return Ok(());
//!     }
//! }
//!
//! // Save the account to pay to.
//! let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99")?;
//! let saved = user.payment_details().create(PaymentDetails::sepa(account)).await?;
//! println!("saved as {}", saved.payment_details_id);
//! # Ok(())
//! # }
//! ```
//!
//! # Operations
//!
//! | operationId | method |
//! |---|---|
//! | `verifyAuth` | [`Client::verify_auth`] |
//! | `createPartnerUser` | [`Users::create`] |
//! | `getPartnerUser` | [`User::get`] |
//! | `submitKYC` | [`KycHandle::submit`] |
//! | `updateKYC` | [`KycHandle::update`] |
//! | `uploadPartnerKYCDocument` | [`DocumentsHandle::upload`], [`link`](DocumentsHandle::link), [`link_batch`](DocumentsHandle::link_batch) |
//! | `getVerificationStatus` | [`VerificationHandle::status`], [`wait`](VerificationHandle::wait), [`changes`](VerificationHandle::changes) |
//! | `getPaymentDetails` | [`PaymentDetailsHandle::list`] |
//! | `createPaymentDetails` | [`PaymentDetailsHandle::create`] |
//! | `deletePaymentDetails` | [`PaymentDetailsHandle::delete`] |
//!
//! # Bodies that can't be wrong
//!
//! Where the API takes one thing or another, there is a type that can only be one of them: [`KycSubmission`],
//! [`DocumentLinks`], [`PaymentDetails`]. What the documents forbid does not compile, or is refused before anything is
//! sent, with an error that names the field. What is a matter of business, such as which countries are served, is left to the
//! server.
//!
//! Answers are read generously: an enum keeps a value that it does not know, a struct keeps a field that it does not know in
//! `extra`, and every known shape of an error, and none, ends up as an [`Error`].
//!
//! # What is sent again
//!
//! A request that was provably never sent (there was no connection) is sent again, whatever it is. Anything else is sent
//! again only where a second request changes nothing that the first did not:
//!
//! | what happened | reads, [`Users::create`], [`KycHandle::update`] | [`KycHandle::submit`], documents, [`PaymentDetailsHandle::create`] and [`delete`](PaymentDetailsHandle::delete) |
//! |---|---|---|
//! | no connection | again | again |
//! | time-out, broken connection | again | **not again**: [`ErrorKind::MaybeSent`] |
//! | 408, 429, 502, 503, 504 | again | not again: [`ErrorKind::Api`] |
//! | any other status, 500 and 409 among them | not again | not again |
//!
//! There are 3 attempts by default. [`CallOptions`] and [`RetryPolicy`] have the numbers.
//!
//! # Secrets and personal data
//!
//! The API key, names, numbers, addresses and documents are in no `Debug`, no `Display`, no error and no trace. What the
//! server says in words ([`Error::message`], [`Answer::body`]) may quote them, and is only there for who asks for it.
//! Redirects are never followed, since the key would travel along, and plain `http` is taken on the loopback alone.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls, which trusts what the operating system trusts |
//! | `native-tls` | no | TLS by the library of the operating system; with both, rustls is used |
//! | `tracing` | no | a span for each call (operationId, path template, status, attempts, milliseconds, bytes), an event for each attempt |
//! | `schemars` | no | `JsonSchema` for what is in [`types`] |
//!
//! Calls need a tokio runtime with its drivers for I/O and time enabled.
//!
//! # What it does not do
//!
//! - Quotes, orders, webhooks, lists of rails and institutions: only the ten operations above.
//! - Rules of business: which country, rail and institution go together, whether an account exists.
//! - Idempotency of its own: the API has no key for it. [`PaymentDetailsHandle::list`] tells whether an account was saved.
//! - Blocking calls.

mod answer;
mod api_key;
mod builder;
mod call;
mod client;
mod documents;
mod environment;
mod error;
mod http_settings;
mod kyc;
mod options;
mod payment_details;
mod text;
mod trace;
mod users;
mod verification;

pub use unigox_client::types::{BatchDocumentType, DocumentType, IdType, InstitutionOptionalRail};
pub use {bytes, chrono, futures_util, http, serde_json, uuid};

pub use crate::{
    answer::{Answer, Response},
    api_key::ApiKey,
    builder::ClientBuilder,
    client::Client,
    documents::{DocumentFile, DocumentLinks, DocumentsHandle, Progress},
    environment::Environment,
    error::{Error, ErrorKind, Result},
    http_settings::HttpSettings,
    kyc::{KycHandle, KycSubmission, KycUpdate, Pii, Prefill},
    options::{CallOptions, RetryPolicy},
    payment_details::{
        AccountDetails, CvuCbuAccount, NipAccount, PaymentDetails, PaymentDetailsDraft, PaymentDetailsHandle,
        SepaAccount,
    },
    users::{User, Users},
    verification::{StatusChanges, VerificationHandle, VerificationOutcome, WaitPolicy},
};

/// What the API answers with, as the document describes it.
///
/// Enums keep values that the document does not list, structs keep fields that it does not list in `extra`, and `Debug`
/// hides personal data.
pub mod types {
    pub use unigox_client::{
        UnknownValue,
        types::{
            CreatedUser, DeletedPaymentDetails, KycMethod, KycStatus, KycSubmissionResult, PartnerUser, PaymentProfile,
            UpdatedKyc, UploadVerificationStatus, UploadedDocument, UserKyc, UserPaymentProfile, Verification,
            VerificationStatus, VerifyAuthData,
        },
    };
}
