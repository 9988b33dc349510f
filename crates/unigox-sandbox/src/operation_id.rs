//! Operations by their `operationId`, as they are named in faults.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::Document;

/// An `operationId` of the API's document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub(crate) struct OperationId(String);

impl OperationId {
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl TryFrom<String> for OperationId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        check(&id, Document::checked_in()).map(|()| Self(id))
    }
}

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
