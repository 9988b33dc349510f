//! The body of `submitKYC`: one of three methods, each with the data that it needs and no other.

use unigox_client::types;

use super::optional_fields::optional_fields;
use crate::{
    Error, OptionalText, RegistryNumberType, Result,
    stored::stored,
    text::{country_code, filled, filled_if_given},
};

/// KYC data, submitted by one of three methods.
///
/// | method | who verifies the person | what is sent |
/// |---|---|---|
/// | [`direct`](Self::direct) | you did | the person's data |
/// | [`sumsub`](Self::sumsub), [`persona`](Self::persona) | an outside provider did | its token or inquiry |
/// | [`handoff`](Self::handoff) | Unigox does, on a page of its own | nothing, or the data that you have |
///
/// A provider has its own credential, and each method its own data: other combinations can't be built. (The schema of the
/// document allows `{"provider": "sumsub"}` alone; the server does not.)
///
/// It serializes, so that a job queue can keep it. What is written is personal data or a secret, in clear text: keep it as safe as the
/// rest of what you know of the person.
#[derive(Clone, Debug, PartialEq)]
pub struct KycSubmission(types::KycSubmission);

impl KycSubmission {
    /// By `direct_data`: you state who the person is.
    pub fn direct(pii: Pii) -> Self {
        Self(types::KycSubmitDirectData::new(types::DirectData::new(pii.0)).into())
    }

    /// By `external_token`: Sumsub has verified the person, and `token` shares the result. The token is a secret.
    pub fn sumsub(token: impl Into<String>) -> Self {
        let mut data = types::ExternalToken::new(types::KycProvider::Sumsub);
        data.token = Some(token.into());
        Self(types::KycSubmitExternalToken::new(data).into())
    }

    /// By `external_token`: Persona has verified the person in the inquiry `inquiry_id`, which begins with `inq_`. The
    /// inquiry is a secret.
    pub fn persona(inquiry_id: impl Into<String>) -> Self {
        let mut data = types::ExternalToken::new(types::KycProvider::Persona);
        data.inquiry_id = Some(inquiry_id.into());
        Self(types::KycSubmitExternalToken::new(data).into())
    }

    /// By `handoff`: Unigox verifies the person, on a page whose address is in the response.
    pub fn handoff() -> Self {
        Self(types::KycSubmitHandoff::new(types::Handoff::default()).into())
    }

    /// As [`handoff`](Self::handoff), on a page where the given data is filled in already.
    pub fn handoff_with(prefill: Prefill) -> Self {
        let mut data = types::Handoff::default();
        data.pii = Some(prefill.0);
        Self(types::KycSubmitHandoff::new(data).into())
    }

    /// Checks the submission as [`KycHandle::submit`](crate::KycHandle::submit) does before it sends it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), as for [`Pii::validate`] and [`Prefill::validate`], or if a
    /// credential is blank.
    pub fn validate(&self) -> Result<()> {
        match &self.0 {
            types::KycSubmission::KycSubmitDirectData(submission) => Pii::check(&submission.data.pii),
            types::KycSubmission::KycSubmitExternalToken(submission) => check_credential(&submission.data),
            types::KycSubmission::KycSubmitHandoff(submission) => {
                submission.data.pii.as_ref().map_or(Ok(()), Prefill::check)
            }
            // A method that the document gets later has no constructor here.
            _ => Err(Error::invalid("method", "is not one that this version of the crate can check")),
        }
    }

    pub(super) fn body(&self) -> &types::KycSubmission {
        &self.0
    }
}

/// A provider has its own credential and no other. A submission that was read from a queue may be another one's.
fn check_credential(data: &types::ExternalToken) -> Result<()> {
    let (own, other) = match data.provider {
        types::KycProvider::Sumsub => (("data.token", &data.token), ("data.inquiry_id", &data.inquiry_id)),
        types::KycProvider::Persona => (("data.inquiry_id", &data.inquiry_id), ("data.token", &data.token)),
        _ => return Err(Error::invalid("data.provider", "is not one that this version of the crate can check")),
    };
    filled(own.0, own.1.as_deref().unwrap_or_default())?;
    other.1.as_ref().map_or(Ok(()), |_| Err(Error::invalid(other.0, "is the credential of another provider")))
}

/// The data of a person, for [`KycSubmission::direct`]: names and country at least.
///
/// `Debug` hides all of it.
///
/// It serializes, so that a job queue can keep it. What is written is personal data, in clear text: keep it as safe as the
/// rest of what you know of the person.
///
/// # Examples
///
/// ```
/// use unigox::{Pii, RegistryNumberType, chrono::NaiveDate};
///
/// let pii = Pii::new("Ada", "Obi", "NG")
///     .dob(NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date"))
///     .phone_number("+2348031234567")
///     .registry_number(RegistryNumberType::Nin, "12345678901");
///
/// assert!(pii.validate().is_ok());
/// assert_eq!(pii.missing_for_payout("EUR"), ["address", "city", "postal_code"]);
/// assert!(pii.address("12 Marina Road").city("Lagos").postal_code("101241").missing_for_payout("EUR").is_empty());
/// ```
///
/// # Example: refused
///
/// ```
/// use unigox::Pii;
///
/// let error = Pii::new("Ada", "Obi", "Nigeria").validate().unwrap_err();
/// assert_eq!(error.field(), Some("data.pii.country_code"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Pii(types::Pii);

impl Pii {
    /// Names as on the identity document, and the person's country by ISO 3166-1 alpha-2. They can't be changed later.
    pub fn new(first_name: impl Into<String>, last_name: impl Into<String>, country: impl Into<String>) -> Self {
        Self(types::Pii::new(first_name, last_name, country))
    }

    /// A number in a national registry, and which registry. With a selfie it stands for an identity document, for the
    /// countries whose registries Unigox can ask.
    #[must_use]
    pub fn registry_number(mut self, id_type: RegistryNumberType, number: impl Into<String>) -> Self {
        self.0.id_type = Some(id_type);
        self.0.id_number = Some(number.into());
        self
    }

    optional_fields!(types::Pii, "data.pii.");

    /// Checks the data. [`KycHandle::submit`](crate::KycHandle::submit) does so before it sends it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a text is blank, the country is not two capital letters, the
    /// phone number is not in E.164 form, or the date of birth is less than 18 years ago.
    pub fn validate(&self) -> Result<()> {
        Self::check(&self.0)
    }

    fn check(pii: &types::Pii) -> Result<()> {
        filled("data.pii.first_name", &pii.first_name)?;
        filled("data.pii.last_name", &pii.last_name)?;
        country_code("data.pii.country_code", &pii.country_code)?;
        Self::check_optional_fields(pii)
    }
}

/// The data of a person as far as you have it, for [`KycSubmission::handoff_with`]. `Debug` hides all of it.
///
/// It serializes, so that a job queue can keep it. What is written is personal data, in clear text: keep it as safe as the
/// rest of what you know of the person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prefill(types::HandoffPii);

impl Prefill {
    /// No data yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// First name.
    #[must_use]
    pub fn first_name(mut self, name: impl OptionalText) -> Self {
        self.0.first_name = name.into_text();
        self
    }

    /// Last name.
    #[must_use]
    pub fn last_name(mut self, name: impl OptionalText) -> Self {
        self.0.last_name = name.into_text();
        self
    }

    /// The person's country by ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(mut self, code: impl OptionalText) -> Self {
        self.0.country_code = code.into_text();
        self
    }

    /// Checks the data. [`KycHandle::submit`](crate::KycHandle::submit) does so before it sends it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a name is blank, or the country is not two capital letters.
    pub fn validate(&self) -> Result<()> {
        Self::check(&self.0)
    }

    fn check(pii: &types::HandoffPii) -> Result<()> {
        filled_if_given("data.pii.first_name", pii.first_name.as_deref())?;
        filled_if_given("data.pii.last_name", pii.last_name.as_deref())?;
        pii.country_code.as_deref().map_or(Ok(()), |code| country_code("data.pii.country_code", code))
    }
}

stored!(KycSubmission, "a submission of KYC data");
stored!(Pii, "the data of a person");
stored!(Prefill, "the data of a person");
