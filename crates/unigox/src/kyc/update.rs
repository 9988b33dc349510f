//! What `updateKYC` takes: the fields that may change, at least one of them.

use chrono::NaiveDate;
use unigox_client::types;

use super::{date_of_birth, payout_address};
use crate::{
    Error, IdType, Result,
    text::{filled_if_given, phone_number},
};

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

    /// Street and house number.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.0.address = Some(address.into());
        self
    }

    /// City or town.
    #[must_use]
    pub fn city(mut self, city: impl Into<String>) -> Self {
        self.0.city = Some(city.into());
        self
    }

    /// Postal code; leading zeros count.
    #[must_use]
    pub fn postal_code(mut self, code: impl Into<String>) -> Self {
        self.0.postal_code = Some(code.into());
        self
    }

    /// The date of birth.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is in the future, or less than 18 years ago.
    pub fn dob(mut self, date: NaiveDate) -> Result<Self> {
        date_of_birth::check("dob", date)?;
        self.0.dob = Some(date);
        Ok(self)
    }

    /// The phone number in E.164 form: `+`, country code and number, without spaces.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not.
    pub fn phone_number(mut self, number: impl Into<String>) -> Result<Self> {
        let number = number.into();
        phone_number("phone_number", &number)?;
        self.0.phone_number = Some(number);
        Ok(self)
    }

    /// The middle name or names.
    #[must_use]
    pub fn middle_name(mut self, name: impl Into<String>) -> Self {
        self.0.middle_name = Some(name.into());
        self
    }

    /// The number of an identity document, and which kind of document that is.
    #[must_use]
    pub fn id_number(mut self, kind: IdType, number: impl Into<String>) -> Self {
        self.0.id_type = Some(kind);
        self.0.id_number = Some(number.into());
        self
    }

    /// Which fields a payout in `currency` (ISO 4217) needs that this change does not bring: EUR, AUD and GBP need
    /// `address`, `city` and `postal_code`, other currencies need none of them. What was submitted earlier is not known
    /// here.
    pub fn missing_for_payout(&self, currency: &str) -> Vec<&'static str> {
        let body = &self.0;
        payout_address::missing(currency, body.address.as_deref(), body.city.as_deref(), body.postal_code.as_deref())
    }

    pub(super) fn into_body(self) -> Result<types::UpdateKycRequest> {
        let body = self.0;
        if body == types::UpdateKycRequest::default() {
            return Err(Error::invalid("body", "changes nothing: set at least one field"));
        }
        filled_if_given("address", body.address.as_deref())?;
        filled_if_given("city", body.city.as_deref())?;
        filled_if_given("postal_code", body.postal_code.as_deref())?;
        filled_if_given("middle_name", body.middle_name.as_deref())?;
        filled_if_given("id_number", body.id_number.as_deref())?;
        Ok(body)
    }
}
