//! The rules of the API: a function for each operation, from the state and the request to the response.
//!
//! Statuses, error keys and shapes are the documented ones.

mod call;
mod documents;
mod kyc;
mod payment_details;
mod users;
mod verification;

use serde_json::Value;

pub(crate) use self::call::{Body, Call, File, RuleResponse};

/// The response to a request that the document accepts.
pub(crate) fn respond(operation_id: &str, call: Call<'_>) -> RuleResponse {
    (Rule::of(operation_id).respond)(call)
}

/// The response to a request whose body the document does not accept; `body` is null if it is not JSON.
pub(crate) fn refuse(operation_id: &str, body: &Value) -> RuleResponse {
    (Rule::of(operation_id).refuse)(body)
}

/// What the sandbox does for an operation.
struct Rule {
    respond: fn(Call<'_>) -> RuleResponse,
    refuse: fn(&Value) -> RuleResponse,
}

impl Rule {
    /// The rule of an operation. One that has none responds 501.
    fn of(operation_id: &str) -> Self {
        match operation_id {
            "verifyAuth" => Self::new(users::verify_auth),
            "createPartnerUser" => Self::new(users::create),
            "getPartnerUser" => Self::new(users::get),
            "submitKYC" => Self::new(kyc::submit).refusing_with(kyc::refuse_submission),
            "updateKYC" => Self::new(kyc::update).refusing_with(kyc::refuse_update),
            "uploadPartnerKYCDocument" => Self::new(documents::upload),
            "getVerificationStatus" => Self::new(verification::status),
            "createPaymentDetails" => Self::new(payment_details::create).refusing_with(payment_details::refuse),
            "getPaymentDetails" => Self::new(payment_details::list),
            "deletePaymentDetails" => Self::new(payment_details::delete),
            _ => Self::new(|_| RuleResponse::empty(501)),
        }
    }

    /// A rule that refuses invalid bodies with status 400 and without a body.
    fn new(respond: fn(Call<'_>) -> RuleResponse) -> Self {
        Self { respond, refuse: |_| RuleResponse::empty(400) }
    }

    fn refusing_with(self, refuse: fn(&Value) -> RuleResponse) -> Self {
        Self { refuse, ..self }
    }
}
