//! The body of `updateKYC`: the fields to change, at least one of them.

use unigox_client::types;

use super::optional_fields::optional_fields;
use crate::{Error, Gender, IdType, OptionalText, PersonSourceOfFunds, Result, stored::stored, text::country_code};

/// A change of optional KYC data. A field that is not set stays as it is.
///
/// Names and country were part of what was verified: they can't be changed, and have no setter here. `Debug` hides the
/// values.
///
/// It serializes, so that a job queue can keep it. What is written is personal data, in clear text: keep it as safe as the
/// rest of what you know of the person.
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

    /// The number of an identity document, and the type of the document.
    #[must_use]
    pub fn id_number(mut self, id_type: IdType, number: impl Into<String>) -> Self {
        self.0.id_type = Some(id_type);
        self.0.id_number = Some(number.into());
        self
    }

    /// The country that issued the identity document, by ISO 3166-1 alpha-2.
    #[must_use]
    pub fn id_issue_country(mut self, code: impl OptionalText) -> Self {
        self.0.id_issue_country = code.into_text();
        self
    }

    /// The person's nationality, as a country by ISO 3166-1 alpha-2.
    #[must_use]
    pub fn nationality(mut self, code: impl OptionalText) -> Self {
        self.0.nationality = code.into_text();
        self
    }

    /// The person's gender, as on the identity document.
    #[must_use]
    pub fn gender(mut self, gender: impl Into<Option<Gender>>) -> Self {
        self.0.gender = gender.into();
        self
    }

    /// Where the person's money comes from.
    #[must_use]
    pub fn source_of_funds(mut self, source: impl Into<Option<PersonSourceOfFunds>>) -> Self {
        self.0.source_of_funds = source.into();
        self
    }

    optional_fields!(types::UpdateKycRequest, "");

    /// Checks the update as [`KycHandle::update`](crate::KycHandle::update) does before it sends it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it changes nothing, a text is blank (the server treats a
    /// blank value as missing, so no field can be cleared), a country is not two capital letters, the phone number is not in E.164 form, or the date of birth is
    /// less than 18 years ago.
    pub fn validate(&self) -> Result<()> {
        if *self == Self::default() {
            return Err(Error::invalid("body", "changes nothing: set at least one field"));
        }
        for (name, code) in [("id_issue_country", &self.0.id_issue_country), ("nationality", &self.0.nationality)] {
            code.as_deref().map_or(Ok(()), |code| country_code(name, code))?;
        }
        Self::check_optional_fields(&self.0)
    }

    pub(super) fn body(&self) -> &types::UpdateKycRequest {
        &self.0
    }
}

stored!(KycUpdate, "a change of KYC data");
