//! A user with KYC data, documents and payment details, for whom a call of each operation succeeds and has a visible effect.

use std::{sync::Arc, time::Duration};

use unigox::{
    BatchDocumentType, Client, DocumentFile, DocumentLinks, DocumentType, Error, KycSubmission, KycUpdate,
    PaymentDetails, SepaAccount, UserHandle,
    chrono::{DateTime, Utc},
    types::{KycMethod, VerificationStatus},
};
use unigox_tests::{Call, PICTURE};

use crate::fixture::{Fixture, NOON};

pub(crate) struct Person {
    pub(crate) fixture: Arc<Fixture>,
    pub(crate) user: UserHandle,
    pub(crate) account: String,
    /// The `user_ref` that [`Call::CreatePartnerUser`] creates.
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

    pub(crate) async fn act(&self, call: Call) -> Result<(), Error> {
        self.act_by(call, &self.fixture.client).await
    }

    /// Sends a call with `client`, and discards what it returns.
    pub(crate) async fn act_by(&self, call: Call, client: &Client) -> Result<(), Error> {
        let user = client.user(self.user.uuid());
        match call {
            Call::VerifyAuth => client.verify_auth().await.map(drop),
            Call::CreatePartnerUser => client.users().create(&self.new_user_ref, "bo@example.com").await.map(drop),
            Call::GetPartnerUser => user.get().await.map(drop),
            Call::SubmitKyc => user.kyc().submit(&KycSubmission::handoff()).await.map(drop),
            Call::UploadFile => {
                let file = DocumentFile::from_bytes("front.png", PICTURE.clone())?;
                user.documents().upload(DocumentType::IdentityFront, file).await.map(drop)
            }
            Call::UploadLink => {
                user.documents().link(DocumentType::IdentityFront, "https://example.com/3").await.map(drop)
            }
            Call::UploadLinkBatch => {
                let links = DocumentLinks::new().add(BatchDocumentType::IdentityFront, "https://example.com/3");
                user.documents().link_batch(&links).await.map(drop)
            }
            Call::UpdateKyc => user.kyc().update(&KycUpdate::new().city("Vilnius")).await.map(drop),
            Call::GetVerificationStatus => user.verification().status().await.map(drop),
            Call::GetPaymentDetails => user.payment_details().list().await.map(drop),
            Call::CreatePaymentDetails => user.payment_details().create(&sepa()).await.map(drop),
            Call::DeletePaymentDetails => user.payment_details().delete(&self.account).await.map(drop),
        }
    }

    /// Whether the call has taken effect, exactly once where that makes a difference; `None` if it never has an effect.
    pub(crate) async fn is_done(&self, call: Call) -> Option<bool> {
        let accounts = async || self.user.payment_details().list().await.expect("it can be read").len();
        let read = self.user.get().await.expect("it can be read");
        let kyc = read.kyc.as_ref().expect("it was submitted");
        match call {
            Call::VerifyAuth | Call::GetPartnerUser | Call::GetVerificationStatus | Call::GetPaymentDetails => None,
            Call::CreatePartnerUser => {
                let again = self.fixture.client.users().create(&self.new_user_ref, "bo@example.com").await;
                Some(!again.expect("the user is complete").is_new())
            }
            Call::SubmitKyc => Some(kyc.kyc_method == Some(KycMethod::Handoff)),
            Call::UploadFile | Call::UploadLink | Call::UploadLinkBatch => {
                let verification = self.user.verification().status().await.expect("it can be read");
                Some(verification.status == VerificationStatus::InProgress)
            }
            Call::UpdateKyc => Some(kyc.updated_at != self.submitted_at),
            Call::CreatePaymentDetails => match accounts().await {
                1 => Some(false),
                2 => Some(true),
                other => panic!("there are {other} payment details"),
            },
            Call::DeletePaymentDetails => Some(accounts().await == 0),
        }
    }
}

pub(crate) fn sepa() -> PaymentDetails {
    PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75512108001245126199"))
}
