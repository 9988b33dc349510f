//! A scenario: what becomes of whom, and what goes wrong, in a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Fault, Script,
    control::{NextFault, enqueue},
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
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
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
    faults: BTreeMap<String, Vec<Fault>>,
}

impl Scenario {
    /// Reads a scenario from YAML.
    ///
    /// # Errors
    ///
    /// If it is none. The message says where.
    pub fn from_yaml(text: &str) -> Result<Self, InvalidScenario> {
        serde_saphyr::from_str(text).map_err(|error| InvalidScenario(error.to_string()))
    }

    /// The JSON Schema of a scenario, for editors.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    pub(crate) fn apply(self, shared: &Shared) -> Result<(), String> {
        for operation in self.faults.keys() {
            if shared.document.operation(operation).is_none() {
                return Err(format!("there is no operation `{operation}`"));
            }
        }
        {
            let mut world = shared.lock();
            if let Some(script) = self.verification {
                world.script = script;
            }
            world.scripts.extend(self.users);
        }
        for (operation, faults) in self.faults {
            for fault in faults {
                enqueue(shared, NextFault { operation: operation.clone(), fault })?;
            }
        }
        Ok(())
    }
}

impl Sandbox {
    /// Sets the sandbox up as `scenario` says.
    ///
    /// # Errors
    ///
    /// If it names an operation that the document does not have. Nothing was set up then.
    pub fn apply(&self, scenario: Scenario) -> Result<(), InvalidScenario> {
        scenario.apply(self.shared()).map_err(InvalidScenario)
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
