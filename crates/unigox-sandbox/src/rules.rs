//! The rules of the API: a function for each operation that has state, from the state and the request to the response.
//!
//! Statuses, error keys and shapes are the documented ones.

mod call;
mod documents;
mod kyc;
mod payment_details;
mod users;
mod verification;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use self::call::{Body, Call, File, RuleResponse};
use crate::document::Document;

/// What the sandbox does for an operation that it keeps state for. The document alone gives the responses of all other operations.
pub(crate) struct Rule {
    respond: fn(Call<'_>) -> RuleResponse,
    refuse: fn(&Value) -> RuleResponse,
}

/// The operation that creates users.
const CREATE_USER: &str = "createPartnerUser";

/// The rules by `operationId`. A rule whose operation the document does not have is not used.
const RULES: &[(&str, Rule)] = &[
    ("verifyAuth", Rule::new(users::verify_auth)),
    (CREATE_USER, Rule::new(users::create)),
    ("getPartnerUser", Rule::new(users::get)),
    ("submitKYC", Rule::new(kyc::submit).refusing_with(kyc::refuse_submission)),
    ("updateKYC", Rule::new(kyc::update).refusing_with(kyc::refuse_update)),
    ("uploadPartnerKYCDocument", Rule::new(documents::upload)),
    ("runPartnerKYCVerification", Rule::new(verification::start)),
    ("getVerificationStatus", Rule::new(verification::status)),
    ("createPaymentDetails", Rule::new(payment_details::create).refusing_with(payment_details::refuse)),
    ("getPaymentDetailById", Rule::new(payment_details::get)),
    ("getPaymentDetails", Rule::new(payment_details::list)),
    ("deletePaymentDetails", Rule::new(payment_details::delete)),
];

impl Rule {
    /// The rule of an operation, if it has one.
    pub(crate) fn of(operation_id: &str) -> Option<&'static Self> {
        RULES.iter().find(|(id, _)| *id == operation_id).map(|(_, rule)| rule)
    }

    /// The response to a request that the document accepts.
    pub(crate) fn respond(&self, call: Call<'_>) -> RuleResponse {
        (self.respond)(call)
    }

    /// The response to a request whose body the document does not accept; `body` is null if it can't be read.
    pub(crate) fn refuse(&self, body: &Value) -> RuleResponse {
        (self.refuse)(body)
    }

    /// A rule that refuses invalid bodies with status 400 and without a body.
    const fn new(respond: fn(Call<'_>) -> RuleResponse) -> Self {
        Self { respond, refuse: |_| RuleResponse::empty(400) }
    }

    const fn refusing_with(self, refuse: fn(&Value) -> RuleResponse) -> Self {
        Self { respond: self.respond, refuse }
    }
}

/// Whether users can be created in a sandbox with this document. If not, every user of a request exists.
pub(crate) fn creates_users(document: &Document) -> bool {
    document.operation(CREATE_USER).is_some()
}

/// The operation that lists the rails of a country or currency.
const LIST_RAILS: &str = "getPaymentRails";

/// The rails that the document has in its examples of the list of rails.
pub(crate) fn rails(document: &Document) -> BTreeSet<String> {
    let operation = document.operation(LIST_RAILS);
    let examples = operation.into_iter().flat_map(|operation| operation.examples(operation.success()));
    let rails = examples.filter_map(|example| example.pointer("/data/rails")?.as_array()).flatten();
    rails.filter_map(|rail| rail.get("slug")?.as_str().map(str::to_owned)).collect()
}
