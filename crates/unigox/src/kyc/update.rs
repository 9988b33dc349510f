//! The body of `updateKYC`: the fields to change, at least one of them.

use unigox_client::types;

use super::optional_fields::optional_fields;
use crate::{Error, Result};

/// A change of optional KYC data. A field that is not set stays as it is.
///
/// Names and country were part of what was verified: they can't be changed, and have no setter here. `Debug` hides the
/// values.
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
    /// No change yet. An update has to change at least one field.
    pub fn new() -> Self {
        Self::default()
    }

    optional_fields!(types::UpdateKycRequest, "");

    /// Checks the update as [`KycHandle::update`](crate::KycHandle::update) does before it sends it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it changes nothing, a text is blank (the server treats a
    /// blank value as missing, so no field can be cleared), the phone number is not in E.164 form, or the date of birth is
    /// less than 18 years ago.
    pub fn validate(&self) -> Result<()> {
        if *self == Self::default() {
            return Err(Error::invalid("body", "changes nothing: set at least one field"));
        }
        Self::check_optional_fields(&self.0)
    }

    pub(super) fn body(&self) -> &types::UpdateKycRequest {
        &self.0
    }
}
