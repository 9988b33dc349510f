//! A user with KYC data, documents and payment details, for whom a call of each operation succeeds and has a visible effect.

use std::{sync::Arc, time::Duration};

use unigox::{
    Client, DocumentFile, DocumentLinks, DocumentType, Error, KycSubmission, KycUpdate, PaymentDetails, SepaAccount,
    UserHandle,
    chrono::{DateTime, Utc},
    types::{KycMethod, VerificationStatus},
};
use unigox_tests::{Document, PICTURE, USER};

use super::fixture::{Fixture, NOON};

/// A call of an operation that the sandbox keeps state for. What its effect is, only a person can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    VerifyAuth,
    CreatePartnerUser,
    GetPartnerUser,
    SubmitKyc,
    UploadFile,
    UploadLink,
    UploadLinkBatch,
    StartVerification,
    UpdateKyc,
    GetVerificationStatus,
    GetPaymentDetails,
    GetPaymentDetailById,
    CreatePaymentDetails,
    DeletePaymentDetails,
}

impl Act {
    pub(crate) const ALL: [Self; 14] = [
        Self::VerifyAuth,
        Self::CreatePartnerUser,
        Self::GetPartnerUser,
        // It needs data that was submitted directly, which the next one replaces.
        Self::StartVerification,
        Self::SubmitKyc,
        Self::UploadFile,
        Self::UploadLink,
        Self::UploadLinkBatch,
        Self::UpdateKyc,
        Self::GetVerificationStatus,
        Self::GetPaymentDetails,
        Self::GetPaymentDetailById,
        Self::CreatePaymentDetails,
        Self::DeletePaymentDetails,
    ];

    pub(crate) fn operation_id(self) -> &'static str {
        match self {
            Self::VerifyAuth => "verifyAuth",
            Self::CreatePartnerUser => "createPartnerUser",
            Self::GetPartnerUser => "getPartnerUser",
            Self::SubmitKyc => "submitKYC",
            Self::UploadFile | Self::UploadLink | Self::UploadLinkBatch => "uploadPartnerKYCDocument",
            Self::StartVerification => "runPartnerKYCVerification",
            Self::UpdateKyc => "updateKYC",
            Self::GetVerificationStatus => "getVerificationStatus",
            Self::GetPaymentDetails => "getPaymentDetails",
            Self::GetPaymentDetailById => "getPaymentDetailById",
            Self::CreatePaymentDetails => "createPaymentDetails",
            Self::DeletePaymentDetails => "deletePaymentDetails",
        }
    }

    /// Whether the document says that it is safe to repeat.
    pub(crate) fn is_safe_to_repeat(self) -> bool {
        Document::checked_in().operation(self.operation_id()).is_safe_to_repeat
    }
}

pub(crate) struct Person {
    pub(crate) fixture: Arc<Fixture>,
    pub(crate) user: UserHandle,
    pub(crate) account: String,
    /// The `user_ref` that [`Act::CreatePartnerUser`] creates.
    new_user_ref: String,
    submitted_at: Option<DateTime<Utc>>,
}

impl Person {
    pub(crate) async fn new() -> Self {
        Self::on(&Arc::new(Fixture::at(NOON).await)).await
    }

    /// KYC by `direct_data`, one of the two documents, one account; then a second goes by. The fixture's time stands still.
    pub(crate) async fn on(fixture: &Arc<Fixture>) -> Self {
        let user = fixture.known_user().await;
        user.documents().link(DocumentType::IdentityBack, "https://example.com/1").await.expect("it is taken");
        user.documents().link(DocumentType::Selfie, "https://example.com/2").await.expect("it is taken");
        let account = user.payment_details().create(&sepa()).await.expect("it is complete");
        let account = account.payment_details_id.clone();
        let read = user.get().await.expect("it can be read");
        let submitted_at = read.kyc.as_ref().and_then(|kyc| kyc.updated_at);
        fixture.sandbox.advance(Duration::from_secs(1));
        Self { fixture: Arc::clone(fixture), user, account, new_user_ref: fixture.name(), submitted_at }
    }

    pub(crate) async fn act(&self, call: Act) -> Result<(), Error> {
        self.act_by(call, &self.fixture.client).await
    }

    /// Sends a call with `client`, and discards what it returns.
    pub(crate) async fn act_by(&self, call: Act, client: &Client) -> Result<(), Error> {
        self.act_on(client.user(self.user.uuid()), call, client).await
    }

    /// The same call about a user whom nobody has created.
    pub(crate) async fn act_on_nobody(&self, call: Act, client: &Client) -> Result<(), Error> {
        self.act_on(client.user(USER), call, client).await
    }

    async fn act_on(&self, user: UserHandle, call: Act, client: &Client) -> Result<(), Error> {
        match call {
            Act::VerifyAuth => client.verify_auth().await.map(drop),
            Act::CreatePartnerUser => client.users().create(&self.new_user_ref, "bo@example.com").await.map(drop),
            Act::GetPartnerUser => user.get().await.map(drop),
            Act::SubmitKyc => user.kyc().submit(&KycSubmission::handoff()).await.map(drop),
            Act::UploadFile => {
                let file = DocumentFile::from_bytes("front.png", PICTURE.clone())?;
                user.documents().upload(DocumentType::IdentityFront, file).await.map(drop)
            }
            Act::UploadLink => {
                user.documents().link(DocumentType::IdentityFront, "https://example.com/3").await.map(drop)
            }
            Act::UploadLinkBatch => {
                let links = DocumentLinks::new().add(DocumentType::IdentityFront, "https://example.com/3");
                user.documents().link_batch(&links).await.map(drop)
            }
            Act::StartVerification => user.verification().start().await.map(drop),
            Act::UpdateKyc => user.kyc().update(&KycUpdate::new().city("Vilnius")).await.map(drop),
            Act::GetVerificationStatus => user.verification().status().await.map(drop),
            Act::GetPaymentDetails => user.payment_details().list().await.map(drop),
            Act::GetPaymentDetailById => user.payment_details().get(&self.account).await.map(drop),
            Act::CreatePaymentDetails => user.payment_details().create(&sepa()).await.map(drop),
            Act::DeletePaymentDetails => user.payment_details().delete(&self.account).await.map(drop),
        }
    }

    /// Whether the call has taken effect, exactly once where that makes a difference; `None` if it never has an effect.
    pub(crate) async fn is_done(&self, call: Act) -> Option<bool> {
        let accounts = async || self.user.payment_details().list().await.expect("it can be read").len();
        let read = self.user.get().await.expect("it can be read");
        let kyc = read.kyc.as_ref().expect("it was submitted");
        match call {
            Act::VerifyAuth
            | Act::GetPartnerUser
            | Act::GetVerificationStatus
            | Act::GetPaymentDetails
            | Act::GetPaymentDetailById
            // A document is missing, so it only says which.
            | Act::StartVerification => None,
            Act::CreatePartnerUser => {
                let again = self.fixture.client.users().create(&self.new_user_ref, "bo@example.com").await;
                Some(!again.expect("the user is complete").is_new())
            }
            Act::SubmitKyc => Some(kyc.kyc_method == Some(KycMethod::Handoff)),
            Act::UploadFile | Act::UploadLink | Act::UploadLinkBatch => {
                let verification = self.user.verification().status().await.expect("it can be read");
                Some(verification.status == VerificationStatus::InProgress)
            }
            Act::UpdateKyc => Some(kyc.updated_at != self.submitted_at),
            Act::CreatePaymentDetails => match accounts().await {
                1 => Some(false),
                2 => Some(true),
                other => panic!("there are {other} payment details"),
            },
            Act::DeletePaymentDetails => Some(accounts().await == 0),
        }
    }
}

pub(crate) fn sepa() -> PaymentDetails {
    PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75512108001245126199"))
}
