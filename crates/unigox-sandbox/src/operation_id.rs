//! An `operationId` that is known to be in the document.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::Document;

/// An `operationId` of the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub(crate) struct OperationId(String);

impl OperationId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn all() -> Vec<&'static str> {
        Document::checked_in().operations().iter().map(|operation| operation.id.as_str()).collect()
    }
}

impl TryFrom<String> for OperationId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        match Document::checked_in().operation(&id) {
            Some(_) => Ok(Self(id)),
            None => Err(format!("there is no operation `{id}`; the operations are: {}", Self::all().join(", "))),
        }
    }
}
