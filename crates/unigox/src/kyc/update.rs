//! What `updateKYC` takes: the fields that may change, at least one of them.

use unigox_client::types;

use super::optional_fields::optional_fields;
use crate::{Error, Result};

/// A change of optional KYC data. What is not set stays as it is.
///
/// Names and country were part of what was verified: they can't be changed, and have no setter here. `Debug` hides what
/// is set.
///
/// # Examples
///
/// ```
/// use unigox::KycUpdate;
///
/// let update = KycUpdate::new().address("Svitrigailos g. 29").city("Vilnius");
/// assert_eq!(update.missing_for_payout("EUR"), ["postal_code"]);
/// ```
///
/// # Example: what can't be changed
///
/// ```compile_fail
/// unigox::KycUpdate::new().first_name("Ada");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KycUpdate(types::UpdateKycRequest);

impl KycUpdate {
    /// No change yet. It takes at least one to be sent.
    pub fn new() -> Self {
        Self::default()
    }

    optional_fields!("");

    pub(super) fn into_body(self) -> Result<types::UpdateKycRequest> {
        if self == Self::default() {
            return Err(Error::invalid("body", "changes nothing: set at least one field"));
        }
        self.check_optional_fields()?;
        Ok(self.0)
    }
}
