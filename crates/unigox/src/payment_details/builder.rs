//! The body of `createPaymentDetails`: via an institution, or on a rail that needs none.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use unigox_client::types::{
    CreatePaymentDetailsRequest, CreatePaymentDetailsRequestInstitutionOmitted as InstitutionOmitted,
    CreatePaymentDetailsRequestInstitutionOptional as InstitutionOptional,
    CreatePaymentDetailsRequestInstitutionRequired as InstitutionRequired, InstitutionOmittedRail,
    InstitutionRequiredRail,
};

use super::account::{Account, AccountDetails, AccountFormat, CvuCbuAccount, NipAccount, SepaAccount};
use crate::{
    Error, InstitutionOptionalRail, OptionalText, Result, stored,
    text::{country_code, currency, filled},
};

/// Payment details to save: a rail, a currency, and the account on it.
///
/// Which rails need no institution is up to the document: [`InstitutionOptionalRail`] is generated from it. What the API says
/// of a rail at the moment is newer: [`for_rail`](Self::for_rail) goes by that, and checks the account as the rail wants it.
/// `Debug` hides the account.
///
/// It serializes, so that a job queue can keep it. What is written is personal data, in clear text: keep it as safe as the
/// rest of what you know of the person.
///
/// # Examples
///
/// ```
/// use unigox::{AccountDetails, InstitutionOptionalRail, PaymentDetails, SepaAccount};
///
/// # fn main() -> Result<(), unigox::Error> {
/// // An account whose fields are known.
/// let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99").country("DE");
/// PaymentDetails::sepa(account).validate()?;
///
/// // An account on any other rail.
/// let details = AccountDetails::new().field("account_number", "0000000042");
/// PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN").details(details.clone()).validate()?;
/// PaymentDetails::via("cvu-cbu", "uala", "ARS").country("AR").details(details).validate()?;
/// # Ok(())
/// # }
/// ```
///
/// # Example: a rail that needs an institution
///
/// ```compile_fail
/// unigox::PaymentDetails::on("cvu-cbu", "ARS");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentDetails {
    /// `None` for a rail that the document excludes from both variants.
    body: Option<CreatePaymentDetailsRequest>,
    format: AccountFormat,
}

impl PaymentDetails {
    /// On a rail that needs no institution; the server assigns the generic one. The currency is by ISO 4217.
    pub fn on(rail: InstitutionOptionalRail, currency: impl Into<String>) -> PaymentDetailsBuilder {
        PaymentDetailsBuilder::of(Route::Optional { rail, institution: None }, currency.into())
    }

    /// On any rail, via an institution. Both have the names that the API lists (`GET /api/v1/supported/payment-rails` and
    /// `/institutions`). The currency is by ISO 4217.
    pub fn via(
        rail: impl Into<String>,
        institution: impl Into<String>,
        currency: impl Into<String>,
    ) -> PaymentDetailsBuilder {
        let (rail, institution) = (rail.into(), institution.into());
        let route = match rail.parse() {
            // A rail that needs no institution may have one.
            Ok(rail) => Route::Optional { rail, institution: Some(institution) },
            Err(_) => Route::Required { rail, institution },
        };
        PaymentDetailsBuilder::of(route, currency.into())
    }

    /// A SEPA account, in EUR.
    pub fn sepa(account: SepaAccount) -> Self {
        Self::on(InstitutionOptionalRail::IbanSepa, "EUR").account(account.0)
    }

    /// An account at a Nigerian bank (NIP), in NGN.
    pub fn nip_nigeria(account: NipAccount) -> Self {
        Self::on(InstitutionOptionalRail::NipNigeria, "NGN").account(account.0)
    }

    /// An Argentine account (CVU or CBU) at `institution`, in ARS.
    pub fn cvu_cbu(institution: impl Into<String>, account: CvuCbuAccount) -> Self {
        Self::via("cvu-cbu", institution, "ARS").account(account.0)
    }

    /// Checks the payment details as [`PaymentDetailsHandle::create`](crate::PaymentDetailsHandle::create) does before it
    /// sends them.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if rail or institution is blank, the currency is not three or
    /// the country not two capital letters, or as for the `validate` of the account.
    pub fn validate(&self) -> Result<()> {
        self.checked_body().map(drop)
    }

    pub(super) fn checked_body(&self) -> Result<&CreatePaymentDetailsRequest> {
        self.parts()?.check(self.format)?;
        self.body.as_ref().ok_or_else(unknown_rail)
    }

    pub(super) fn parts(&self) -> Result<Parts<'_>> {
        match self.body.as_ref().ok_or_else(unknown_rail)? {
            CreatePaymentDetailsRequest::InstitutionOptional(body) => Ok(Parts {
                rail: body.rail.as_str(),
                institution: body.institution_id.as_deref(),
                currency: &body.currency,
                country: body.country_code.as_deref(),
                details: &body.details,
            }),
            CreatePaymentDetailsRequest::InstitutionRequired(body) => Ok(Parts {
                rail: &body.rail,
                institution: Some(&body.institution_id),
                currency: &body.currency,
                country: body.country_code.as_deref(),
                details: &body.details,
            }),
            CreatePaymentDetailsRequest::InstitutionOmitted(body) => Ok(Parts {
                rail: &body.rail,
                institution: None,
                currency: &body.currency,
                country: body.country_code.as_deref(),
                details: &body.details,
            }),
            // A variant that the document gets later has no constructor here.
            _ => Err(unknown_rail()),
        }
    }
}

/// [`PaymentDetails`] as a job queue keeps them: what is sent, and how the account is checked before.
#[derive(Serialize, Deserialize)]
struct Stored<B> {
    request: B,
    account: AccountFormat,
}

impl Serialize for PaymentDetails {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored { request: &self.body, account: self.format }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PaymentDetails {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { request, account } = stored::read(deserializer, "payment details")?;
        Ok(Self { body: request, format: account })
    }
}

fn unknown_rail() -> Error {
    Error::invalid("rail", "is not one that this version of the crate can check")
}

/// What both variants of the body have.
pub(super) struct Parts<'b> {
    pub(super) rail: &'b str,
    pub(super) institution: Option<&'b str>,
    pub(super) currency: &'b str,
    pub(super) country: Option<&'b str>,
    pub(super) details: &'b Map<String, Value>,
}

impl Parts<'_> {
    fn check(&self, format: AccountFormat) -> Result<()> {
        filled("rail", self.rail)?;
        self.institution.map_or(Ok(()), |institution| filled("institution_id", institution))?;
        currency("currency", self.currency)?;
        self.country.map_or(Ok(()), |code| country_code("country_code", code))?;
        format.check(self.details)
    }
}

/// [`PaymentDetails`] without an account; [`details`](Self::details) adds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "without `details` there is nothing to send"]
pub struct PaymentDetailsBuilder {
    route: Route,
    currency: String,
    country: Option<String>,
}

/// Which of the bodies it is: by whether the institution is optional, required or omitted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Route {
    Optional {
        rail: InstitutionOptionalRail,
        institution: Option<String>,
    },
    Required {
        rail: String,
        institution: String,
    },
    /// The rail itself says that it needs none.
    Omitted {
        rail: String,
    },
}

impl PaymentDetailsBuilder {
    pub(super) fn of(route: Route, currency: String) -> Self {
        Self { route, currency, country: None }
    }

    /// The country of the account, by ISO 3166-1 alpha-2.
    pub fn country(mut self, code: impl OptionalText) -> Self {
        self.country = code.into_text();
        self
    }

    /// Adds the account: the fields that the rail needs.
    #[must_use]
    pub fn details(self, details: impl Into<AccountDetails>) -> PaymentDetails {
        self.build(details.into(), AccountFormat::Any)
    }

    fn account(mut self, account: Account) -> PaymentDetails {
        self.country = account.country;
        if let Route::Optional { institution, .. } = &mut self.route {
            *institution = account.institution;
        }
        self.build(account.details, account.format)
    }

    fn build(self, AccountDetails(fields): AccountDetails, format: AccountFormat) -> PaymentDetails {
        let Self { route, currency, country } = self;
        let body = match route {
            Route::Optional { rail, institution } => {
                let mut body = InstitutionOptional::new(currency, rail, fields);
                (body.institution_id, body.country_code) = (institution, country);
                Some(body.into())
            }
            Route::Required { rail, institution } => InstitutionRequiredRail::try_from(rail).ok().map(|rail| {
                let mut body = InstitutionRequired::new(currency, rail, fields, institution);
                body.country_code = country;
                body.into()
            }),
            Route::Omitted { rail } => InstitutionOmittedRail::try_from(rail).ok().map(|rail| {
                let mut body = InstitutionOmitted::new(currency, rail, fields);
                body.country_code = country;
                body.into()
            }),
        };
        PaymentDetails { body, format }
    }
}
