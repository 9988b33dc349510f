//! A scenario: outcomes of verifications and faults, read from a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::{
    document::Document,
    fault::Fault,
    operation_id::{self, OperationId},
    script::Script,
    world::World,
};

/// Scripted outcomes of verifications, and faults to inject.
///
/// # Examples
///
/// ```
/// let text = "
/// verification: { verdict: verified, after_polls: 1 }
/// users:
///   customer-43: { verdict: rejected, reason: The photo is blurred }
/// faults:
///   createPaymentDetails: [response_lost, { status: { status: 503 } }]
/// ";
/// assert!(unigox_sandbox::Scenario::from_yaml(text).is_ok());
/// assert!(unigox_sandbox::Scenario::from_yaml("verdict: verified").is_err());
/// assert!(unigox_sandbox::Scenario::from_yaml("faults: { createUser: [reset] }").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario(Parts<String>);

/// The parts of a scenario, with operations as `Id`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[schemars(rename = "Scenario", description = "Scripted outcomes of verifications, and faults to inject.")]
#[serde(deny_unknown_fields, bound(deserialize = "Id: Deserialize<'de>"))]
struct Parts<Id: Ord> {
    /// The outcome of verifications.
    #[serde(default)]
    verification: Option<Script>,
    /// The outcome of the verifications of single users, by `user_ref`. It takes precedence over `verification`.
    #[serde(default)]
    users: BTreeMap<String, Script>,
    /// Faults for the next calls, by `operationId`, in this order: one for each call.
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"enum": operation_id::all()}))]
    faults: BTreeMap<Id, Vec<Fault>>,
}

impl<Id: Ord> Default for Parts<Id> {
    fn default() -> Self {
        Self { verification: None, users: BTreeMap::new(), faults: BTreeMap::new() }
    }
}

/// Reads a scenario for the API's own document.
impl<'de> Deserialize<'de> for Scenario {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parts { verification, users, faults } = Parts::<OperationId>::deserialize(deserializer)?;
        let faults = faults.into_iter().map(|(operation, faults)| (operation.into_string(), faults)).collect();
        Ok(Self(Parts { verification, users, faults }))
    }
}

/// A scenario whose operations are not checked yet.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct UncheckedScenario(Parts<String>);

impl UncheckedScenario {
    /// The scenario, if `document` has all of its operations.
    pub(crate) fn check(self, document: &Document) -> Result<Scenario, String> {
        self.0.faults.keys().try_for_each(|operation| operation_id::check(operation, document))?;
        Ok(Scenario(self.0))
    }
}

impl Scenario {
    /// Reads a scenario from YAML.
    ///
    /// # Errors
    ///
    /// If the text is not a valid scenario, or names an operation that the API's document does not have. The message contains
    /// the line.
    pub fn from_yaml(text: &str) -> Result<Self, InvalidScenario> {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| InvalidScenario(error.to_string()))
    }

    /// The JSON Schema of a scenario, for editors.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Parts<OperationId>).to_value()
    }

    pub(crate) fn apply(self, world: &mut World) {
        let Parts { verification, users, faults } = self.0;
        if let Some(script) = verification {
            world.set_script(script);
        }
        for (user_ref, script) in users {
            world.set_user_script(user_ref, script);
        }
        for (operation, faults) in faults {
            faults.into_iter().for_each(|fault| world.queue_fault(&operation, fault));
        }
    }
}

/// The error of a text that is not a valid [`Scenario`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScenario(String);

impl std::fmt::Display for InvalidScenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidScenario {}
