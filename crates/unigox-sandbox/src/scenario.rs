//! A scenario: what becomes of whom, and what goes wrong, in a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Fault, Script,
    document::Document,
    sandbox::{Sandbox, Shared},
};

/// What becomes of whom, and what goes wrong.
///
/// # Examples
///
/// ```
/// let text = "
/// verification: { verdict: verified, after_polls: 1 }
/// users:
///   customer-43: { verdict: rejected, reason: The photo is blurred }
/// faults:
///   createPaymentDetails: [answer_lost, { status: { status: 503 } }]
/// ";
/// assert!(unigox_sandbox::Scenario::from_yaml(text).is_ok());
/// assert!(unigox_sandbox::Scenario::from_yaml("verdict: verified").is_err());
/// assert!(unigox_sandbox::Scenario::from_yaml("faults: { createUser: [reset] }").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[schemars(description = "What becomes of whom, and what goes wrong.")]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What becomes of verifications.
    #[serde(default)]
    verification: Option<Script>,
    /// What becomes of the verifications of single users, by `user_ref`.
    #[serde(default)]
    users: BTreeMap<String, Script>,
    /// What goes wrong with the next calls, by `operationId`, in this order.
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"enum": OperationId::all()}))]
    faults: BTreeMap<OperationId, Vec<Fault>>,
}

/// An `operationId` of the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub(crate) struct OperationId(String);

impl OperationId {
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    fn all() -> Vec<&'static str> {
        Document::checked_in().operations().iter().map(|operation| operation.id.as_str()).collect()
    }
}

impl TryFrom<String> for OperationId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        match Document::checked_in().operation(&id) {
            Some(_) => Ok(Self(id)),
            None => Err(format!("there is no operation `{id}`, but there are: {}", Self::all().join(", "))),
        }
    }
}

impl Scenario {
    /// Reads a scenario from YAML.
    ///
    /// # Errors
    ///
    /// If it is none, or names an operation that the document does not have. The message says where.
    pub fn from_yaml(text: &str) -> Result<Self, InvalidScenario> {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| InvalidScenario(error.to_string()))
    }

    /// The JSON Schema of a scenario, for editors.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    pub(crate) fn apply(self, shared: &Shared) {
        let mut world = shared.lock();
        if let Some(script) = self.verification {
            world.script = script;
        }
        world.scripts.extend(self.users);
        for (operation, faults) in self.faults {
            world.faults.entry(operation.into_string()).or_default().extend(faults);
        }
    }
}

impl Sandbox {
    /// Sets the sandbox up as `scenario` says. What it says nothing about stays as it is.
    pub fn apply(&self, scenario: Scenario) {
        scenario.apply(self.shared());
    }
}

/// Why a scenario is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScenario(String);

impl std::fmt::Display for InvalidScenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidScenario {}
