//! What `submitKYC` takes: one of three methods, each with what it needs and nothing that belongs to another.

use chrono::NaiveDate;
use unigox_client::types;

use super::{date_of_birth, payout_address};
use crate::{
    IdType, Result,
    text::{country_code, filled, filled_if_given, phone_number},
};

/// KYC data, submitted by one of three methods.
///
/// | method | who verifies | what is sent |
/// |---|---|---|
/// | [`direct`](Self::direct) | you have | what you know of the person |
/// | [`sumsub`](Self::sumsub), [`persona`](Self::persona) | an outside provider has | its token or inquiry |
/// | [`handoff`](Self::handoff) | Unigox does, on a page of its own | nothing, or what you know already |
///
/// That a provider comes with its own credential, and no method with the data of another, is by construction: the schema
/// of the document allows `{"provider": "sumsub"}` alone, which the server does not.
#[derive(Clone, Debug, PartialEq)]
pub struct KycSubmission(types::KycSubmission);

impl KycSubmission {
    /// By `direct_data`: you state who the person is.
    pub fn direct(pii: Pii) -> Self {
        Self(types::DirectData::new(pii.0).into())
    }

    /// By `external_token`: Sumsub has verified the person, and `token` shares it. The token is a secret.
    pub fn sumsub(token: impl Into<String>) -> Self {
        let mut data = types::ExternalToken::new(types::KycProvider::Sumsub);
        data.token = Some(token.into());
        Self(data.into())
    }

    /// By `external_token`: Persona has verified the person in the inquiry `inquiry_id`, which begins with `inq_`. The
    /// inquiry is a secret.
    pub fn persona(inquiry_id: impl Into<String>) -> Self {
        let mut data = types::ExternalToken::new(types::KycProvider::Persona);
        data.inquiry_id = Some(inquiry_id.into());
        Self(data.into())
    }

    /// By `handoff`: Unigox verifies the person, on the page that the answer names.
    pub fn handoff() -> Self {
        Self(types::Handoff::default().into())
    }

    /// As [`handoff`](Self::handoff), with what is already known filled in on that page.
    pub fn handoff_with(prefill: Prefill) -> Self {
        let mut data = types::Handoff::default();
        data.pii = Some(prefill.0);
        Self(data.into())
    }

    pub(super) fn into_body(self) -> Result<types::KycSubmission> {
        match &self.0 {
            types::KycSubmission::DirectData(data) => check_pii(&data.pii)?,
            types::KycSubmission::ExternalToken(data) => {
                filled_if_given("data.token", data.token.as_deref())?;
                filled_if_given("data.inquiry_id", data.inquiry_id.as_deref())?;
            }
            types::KycSubmission::Handoff(data) => data.pii.as_ref().map_or(Ok(()), check_prefill)?,
            _ => {}
        }
        Ok(self.0)
    }
}

fn check_pii(pii: &types::Pii) -> Result<()> {
    filled_if_given("data.pii.middle_name", pii.middle_name.as_deref())?;
    filled_if_given("data.pii.id_number", pii.id_number.as_deref())?;
    filled_if_given("data.pii.address", pii.address.as_deref())?;
    filled_if_given("data.pii.city", pii.city.as_deref())?;
    filled_if_given("data.pii.postal_code", pii.postal_code.as_deref())
}

fn check_prefill(pii: &types::HandoffPii) -> Result<()> {
    filled_if_given("data.pii.first_name", pii.first_name.as_deref())?;
    filled_if_given("data.pii.last_name", pii.last_name.as_deref())?;
    pii.country_code.as_deref().map_or(Ok(()), |code| country_code("data.pii.country_code", code))
}

/// What you know of a person, for [`KycSubmission::direct`]: names and country at least.
///
/// `Debug` hides all of it.
///
/// # Examples
///
/// ```
/// use unigox::{IdType, Pii, chrono::NaiveDate};
///
/// # fn main() -> Result<(), unigox::Error> {
/// let pii = Pii::new("Ada", "Obi", "NG")?
///     .dob(NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date"))?
///     .phone_number("+2348031234567")?
///     .id_number(IdType::Passport, "A01234567");
///
/// assert_eq!(pii.missing_for_payout("EUR"), ["address", "city", "postal_code"]);
/// assert!(pii.address("12 Marina Road").city("Lagos").postal_code("101241").missing_for_payout("EUR").is_empty());
/// # Ok(())
/// # }
/// ```
///
/// # Example: refused
///
/// ```
/// use unigox::Pii;
///
/// let error = Pii::new("Ada", "Obi", "Nigeria").unwrap_err();
/// assert_eq!(error.field(), Some("data.pii.country_code"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Pii(types::Pii);

impl Pii {
    /// Names as on the identity document, and the person's country by ISO 3166-1 alpha-2. They can't be changed later.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a name is blank, or the country is not two capital letters.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        country: impl Into<String>,
    ) -> Result<Self> {
        let pii = types::Pii::new(first_name, last_name, country);
        filled("data.pii.first_name", &pii.first_name)?;
        filled("data.pii.last_name", &pii.last_name)?;
        country_code("data.pii.country_code", &pii.country_code)?;
        Ok(Self(pii))
    }

    /// The date of birth.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is in the future, or less than 18 years ago.
    pub fn dob(mut self, date: NaiveDate) -> Result<Self> {
        date_of_birth::check("data.pii.dob", date)?;
        self.0.dob = Some(date);
        Ok(self)
    }

    /// The middle name or names.
    #[must_use]
    pub fn middle_name(mut self, name: impl Into<String>) -> Self {
        self.0.middle_name = Some(name.into());
        self
    }

    /// The phone number in E.164 form: `+`, country code and number, without spaces.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not.
    pub fn phone_number(mut self, number: impl Into<String>) -> Result<Self> {
        let number = number.into();
        phone_number("data.pii.phone_number", &number)?;
        self.0.phone_number = Some(number);
        Ok(self)
    }

    /// The number of an identity document, and which kind of document that is.
    #[must_use]
    pub fn id_number(mut self, kind: IdType, number: impl Into<String>) -> Self {
        self.0.id_type = Some(kind);
        self.0.id_number = Some(number.into());
        self
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

    /// Which fields are still missing for a payout in `currency` (ISO 4217): EUR, AUD and GBP need `address`, `city` and
    /// `postal_code`, other currencies need none of them. They may also follow with a [`KycUpdate`](crate::KycUpdate);
    /// until then, orders wait as `pending_address`.
    pub fn missing_for_payout(&self, currency: &str) -> Vec<&'static str> {
        let pii = &self.0;
        payout_address::missing(currency, pii.address.as_deref(), pii.city.as_deref(), pii.postal_code.as_deref())
    }
}

/// What is already known of a person, for [`KycSubmission::handoff_with`]. `Debug` hides all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prefill(types::HandoffPii);

impl Prefill {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// First name.
    #[must_use]
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.0.first_name = Some(name.into());
        self
    }

    /// Last name.
    #[must_use]
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.0.last_name = Some(name.into());
        self
    }

    /// The person's country by ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(mut self, code: impl Into<String>) -> Self {
        self.0.country_code = Some(code.into());
        self
    }
}
