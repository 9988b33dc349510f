//! Operations by their `operationId`, as they are named in faults.

use crate::document::Document;

/// The operations of the API's document.
pub(crate) fn all() -> Vec<&'static str> {
    Document::checked_in().operations().map(|operation| operation.id.as_str()).collect()
}

/// Checks that the document has an operation.
pub(crate) fn check(id: &str, document: &Document) -> Result<(), String> {
    if document.operation(id).is_some() {
        return Ok(());
    }
    let ids: Vec<_> = document.operations().map(|operation| operation.id.as_str()).collect();
    Err(format!("there is no operation `{id}`; the operations are: {}", ids.join(", ")))
}
