//! A client of the Unigox Partner API: users, their KYC, their documents and payout accounts.
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
