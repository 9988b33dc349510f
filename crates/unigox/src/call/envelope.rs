//! The envelope of successful responses, around their data.

use unigox_client::types;

/// `{"success": …, "data": …}`.
pub(crate) trait Envelope {
    /// What a call returns.
    type Data;

    /// Whether the server reports a success.
    fn is_success(&self) -> bool;

    /// The data alone. Fields beside it that the document does not list stay in the raw response.
    fn into_data(self) -> Self::Data;
}

macro_rules! envelopes {
    ($($envelope:ident => $data:ty,)*) => {$(
        impl Envelope for types::$envelope {
            type Data = $data;

            fn is_success(&self) -> bool {
                self.success
            }

            fn into_data(self) -> $data {
                self.data
            }
        }
    )*};
}

envelopes! {
    VerifyAuthResponse => types::VerifyAuthData,
    CreateUserResponse => types::CreatedUser,
    GetUserResponse => types::PartnerUser,
    KycSubmitResponse => types::KycSubmissionResult,
    UploadDocumentResponse => types::UploadedDocument,
    UpdateKycResponse => types::UpdatedKyc,
    VerificationStatusResponse => types::Verification,
    GetPaymentDetailsResponse => Vec<types::PaymentProfile>,
    CreatePaymentDetailsResponse => types::PaymentProfile,
    DeletePaymentDetailsResponse => types::DeletedPaymentDetails,
}
