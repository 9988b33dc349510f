//! One call of each operation through the facade, for tests that hold for all of them.

use std::{collections::BTreeMap, sync::LazyLock};

use unigox::{
    BatchDocumentType, Client, DocumentFile, DocumentLinks, DocumentType, Environment, Error, KycSubmission, KycUpdate,
    PaymentDetails, Pii, SepaAccount,
};
use uuid::{Uuid, uuid};

use crate::{Document, Reply, Success};

/// The user that calls are about.
pub const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");

/// A file that is detected as a PNG, and is sent in more than one piece.
pub static PICTURE: LazyLock<Vec<u8>> =
    LazyLock::new(|| b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..=255).cycle().take(200_000)).collect());

/// The facade, of the API at `base_url`.
pub fn facade_at(base_url: &str) -> Client {
    let builder = Client::builder(Environment::Custom(base_url.to_owned()));
    builder.api_key(crate::API_KEY).build().expect("these settings go together")
}

/// A call of an operation through the facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new call should break matches in tests")]
#[expect(missing_docs, reason = "they are named after the operations, which are documented")]
pub enum Call {
    VerifyAuth,
    CreatePartnerUser,
    GetPartnerUser,
    SubmitKyc,
    UploadFile,
    UploadLink,
    UploadLinkBatch,
    UpdateKyc,
    GetVerificationStatus,
    GetPaymentDetails,
    CreatePaymentDetails,
    DeletePaymentDetails,
}

impl Call {
    /// Each of them.
    pub const ALL: [Self; 12] = [
        Self::VerifyAuth,
        Self::CreatePartnerUser,
        Self::GetPartnerUser,
        Self::SubmitKyc,
        Self::UploadFile,
        Self::UploadLink,
        Self::UploadLinkBatch,
        Self::UpdateKyc,
        Self::GetVerificationStatus,
        Self::GetPaymentDetails,
        Self::CreatePaymentDetails,
        Self::DeletePaymentDetails,
    ];

    /// Whether it is safe to repeat. Written out by hand, from the design and not from what is tested.
    pub fn is_safe_to_repeat(self) -> bool {
        match self {
            Self::VerifyAuth
            | Self::CreatePartnerUser
            | Self::GetPartnerUser
            | Self::UpdateKyc
            | Self::GetVerificationStatus
            | Self::GetPaymentDetails => true,
            Self::SubmitKyc
            | Self::UploadFile
            | Self::UploadLink
            | Self::UploadLinkBatch
            | Self::CreatePaymentDetails
            | Self::DeletePaymentDetails => false,
        }
    }

    /// The `operationId`.
    pub fn operation_id(self) -> &'static str {
        match self {
            Self::VerifyAuth => "verifyAuth",
            Self::CreatePartnerUser => "createPartnerUser",
            Self::GetPartnerUser => "getPartnerUser",
            Self::SubmitKyc => "submitKYC",
            Self::UploadFile | Self::UploadLink | Self::UploadLinkBatch => "uploadPartnerKYCDocument",
            Self::UpdateKyc => "updateKYC",
            Self::GetVerificationStatus => "getVerificationStatus",
            Self::GetPaymentDetails => "getPaymentDetails",
            Self::CreatePaymentDetails => "createPaymentDetails",
            Self::DeletePaymentDetails => "deletePaymentDetails",
        }
    }

    /// The operation that shows whether it took effect, by its `operationId`. Written out by hand, as above.
    pub fn check_with(self) -> Option<&'static str> {
        match self {
            Self::SubmitKyc | Self::UploadFile | Self::UploadLink | Self::UploadLinkBatch => {
                Some("getVerificationStatus")
            }
            Self::CreatePaymentDetails | Self::DeletePaymentDetails => Some("getPaymentDetails"),
            Self::VerifyAuth
            | Self::CreatePartnerUser
            | Self::GetPartnerUser
            | Self::UpdateKyc
            | Self::GetVerificationStatus
            | Self::GetPaymentDetails => None,
        }
    }

    /// The first success that is documented, with the example that is documented for it.
    pub fn success(self) -> Reply {
        self.success_as(Some("application/json"))
    }

    /// The same with another content type, or with none.
    pub fn success_as(self, content_type: Option<&str>) -> Reply {
        static SUCCESSES: LazyLock<BTreeMap<String, Vec<Success>>> = LazyLock::new(|| {
            Document::effective()
                .operations()
                .into_iter()
                .map(|operation| (operation.id, operation.successes))
                .collect()
        });
        let success = &SUCCESSES[self.operation_id()][0];
        let reply = Reply::new(success.status, success.examples[0].to_string());
        match content_type {
            Some(content_type) => reply.with_header("content-type", content_type),
            None => reply,
        }
    }

    /// Makes the call, and drops its value.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub async fn send(self, client: &Client) -> Result<(), Error> {
        let user = client.user(USER);
        match self {
            Self::VerifyAuth => client.verify_auth().await.map(drop),
            Self::CreatePartnerUser => client.users().create("customer-42", "ada@example.com").await.map(drop),
            Self::GetPartnerUser => user.get().await.map(drop),
            Self::SubmitKyc => user.kyc().submit(&KycSubmission::direct(Pii::new("Ada", "Obi", "NG"))).await.map(drop),
            Self::UploadFile => {
                let file = DocumentFile::from_bytes("front.png", PICTURE.clone())?;
                user.documents().upload(DocumentType::IdentityFront, file).await.map(drop)
            }
            Self::UploadLink => user.documents().link(DocumentType::Selfie, "https://example.com/1").await.map(drop),
            Self::UploadLinkBatch => {
                let links = DocumentLinks::new().add(BatchDocumentType::Selfie, "https://example.com/1");
                user.documents().link_batch(&links).await.map(drop)
            }
            Self::UpdateKyc => user.kyc().update(&KycUpdate::new().city("Vilnius")).await.map(drop),
            Self::GetVerificationStatus => user.verification().status().await.map(drop),
            Self::GetPaymentDetails => user.payment_details().list().await.map(drop),
            Self::CreatePaymentDetails => {
                let account = SepaAccount::new("Ada Obi", "DE75512108001245126199");
                user.payment_details().create(&PaymentDetails::sepa(account)).await.map(drop)
            }
            Self::DeletePaymentDetails => user.payment_details().delete("40417").await.map(drop),
        }
    }
}
