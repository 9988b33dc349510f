//! A scenario: outcomes of verifications and faults, read from a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{fault::Fault, operation_id, script::Script, shared::Shared, webhooks::DeliveryFault};

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
/// deliveries: [duplicate, { late: { seconds: 60 } }]
/// ";
/// assert!(unigox_sandbox::Scenario::from_yaml(text).is_ok());
/// assert!(unigox_sandbox::Scenario::from_yaml("verdict: verified").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[schemars(description = "Scripted outcomes of verifications, and faults to inject.")]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The outcome of verifications.
    #[serde(default)]
    verification: Option<Script>,
    /// The outcome of the verifications of single users, by `user_ref`. It takes precedence over `verification`.
    #[serde(default)]
    users: BTreeMap<String, Script>,
    /// Faults for the next calls, by `operationId`, in this order: one for each call.
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"enum": operation_id::all()}))]
    faults: BTreeMap<String, Vec<Fault>>,
    /// Faults for the deliveries of the next events, in this order: one for each event.
    #[serde(default)]
    deliveries: Vec<DeliveryFault>,
}

impl Scenario {
    /// Reads a scenario from YAML. The operations that it names are checked when it is applied to a sandbox, by the document
    /// that the sandbox follows.
    ///
    /// # Errors
    ///
    /// If the text is not a valid scenario. The message contains the line.
    pub fn from_yaml(text: &str) -> Result<Self, InvalidScenario> {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| InvalidScenario(error.to_string()))
    }

    /// The JSON Schema of a scenario for the API's own document, for editors.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// Applies all of it, or nothing if the document does not have all of its operations.
    pub(crate) fn apply(self, shared: &Shared) -> Result<(), String> {
        let Self { verification, users, faults, deliveries } = self;
        let check = |operation: &String| operation_id::check(operation, &shared.document);
        faults.keys().try_for_each(check).map_err(|problem| format!("faults: {problem}"))?;
        let mut world = shared.lock();
        if let Some(script) = verification {
            world.set_script(script);
        }
        for (user_ref, script) in users {
            world.set_user_script(user_ref, script);
        }
        for (operation, faults) in faults {
            faults.into_iter().for_each(|fault| world.queue_fault(&operation, fault));
        }
        deliveries.into_iter().for_each(|fault| world.webhooks.queue_fault(fault));
        Ok(())
    }
}

/// The error of a text that is not a valid [`Scenario`], or of one that names an operation that the document does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScenario(pub(crate) String);

impl std::fmt::Display for InvalidScenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidScenario {}
