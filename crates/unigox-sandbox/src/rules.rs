//! The rules of the API: a function for each operation that has state, from the state and the request to the response.
//!
//! Statuses, error keys and shapes are the documented ones.

mod call;
mod documents;
mod kyc;
mod payment_details;
mod supported;
mod users;
mod verification;
mod webhooks;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use self::{
    call::{Body, Call, File, RuleResponse},
    webhooks::{event_data, pinged},
};
use crate::{document::Document, rails::Rails, world::World};

/// What the sandbox does for an operation that it keeps state for. The document alone gives the responses of all other operations.
pub(crate) struct Rule {
    respond: fn(Call<'_>) -> RuleResponse,
    refuse: fn(&Value) -> RuleResponse,
    complete: fn(&Rails, &Value) -> Option<Value>,
}

/// The operation that creates users.
const CREATE_USER: &str = "createPartnerUser";

/// The operation that lists the rails of a country or currency.
const LIST_RAILS: &str = "getPaymentRails";

/// The operation that lists the institutions of a rail.
const LIST_INSTITUTIONS: &str = "getInstitutions";

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
    (LIST_RAILS, Rule::new(supported::rails)),
    (LIST_INSTITUTIONS, Rule::new(supported::institutions)),
    (
        "createPaymentDetails",
        Rule::new(payment_details::create)
            .refusing_with(payment_details::refuse)
            .completing_with(payment_details::complete),
    ),
    ("getPaymentDetailById", Rule::new(payment_details::get)),
    ("getPaymentDetails", Rule::new(payment_details::list)),
    ("deletePaymentDetails", Rule::new(payment_details::delete)),
    ("registerWebhook", Rule::new(webhooks::register)),
    ("getWebhook", Rule::new(webhooks::get)),
    ("deleteWebhook", Rule::new(webhooks::delete)),
    ("testPingWebhook", Rule::new(webhooks::ping)),
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

    /// What the API takes the body for, if it adds something to it. The document judges that then.
    pub(crate) fn complete(&self, rails: &Rails, body: &Value) -> Option<Value> {
        (self.complete)(rails, body)
    }

    /// A rule that refuses invalid bodies with status 400 and without a body.
    const fn new(respond: fn(Call<'_>) -> RuleResponse) -> Self {
        Self { respond, refuse: |_| RuleResponse::empty(400), complete: |_, _| None }
    }

    const fn refusing_with(self, refuse: fn(&Value) -> RuleResponse) -> Self {
        Self { refuse, ..self }
    }

    const fn completing_with(self, complete: fn(&Rails, &Value) -> Option<Value>) -> Self {
        Self { complete, ..self }
    }
}

/// Queues what follows from a change of a user, or from time: the event of a verification that has a verdict.
pub(crate) fn follow_up(world: &mut World, user: Uuid, now: DateTime<Utc>) {
    verification::follow_up(world, user, now);
}

/// Whether users can be created in a sandbox with this document. If not, every user of a request exists.
pub(crate) fn creates_users(document: &Document) -> bool {
    document.operation(CREATE_USER).is_some()
}

/// What the document lists of rails and institutions. Its clients know only that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) rails: bool,
    pub(crate) institutions: bool,
}

impl Listed {
    pub(crate) fn by(document: &Document) -> Self {
        let has = |operation_id| document.operation(operation_id).is_some();
        Self { rails: has(LIST_RAILS), institutions: has(LIST_INSTITUTIONS) }
    }
}
