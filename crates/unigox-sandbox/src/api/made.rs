//! Responses that are made from the document: its example, or a value of its schema.

use crate::{
    document::{DocumentedBody, DocumentedResponse, Operation},
    shared::Shared,
};

/// The status in place of a response that the document does not describe: a mistake in the rules, which tests find; or a
/// schema that no value was found for.
pub(super) const UNDOCUMENTED_RESPONSE: u16 = 599;

/// The response of the document with this status. It is made once.
pub(super) fn response(shared: &Shared, operation: &Operation, status: u16) -> DocumentedResponse {
    shared.made_response(&operation.id, status, || {
        operation.make(status, shared.seed).unwrap_or_else(|problem| DocumentedResponse {
            status: UNDOCUMENTED_RESPONSE,
            body: Some(DocumentedBody::json(problem.into())),
            headers: Vec::new(),
        })
    })
}
