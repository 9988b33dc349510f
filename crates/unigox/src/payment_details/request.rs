//! What `createPaymentDetails` takes: with an institution, or on a rail that does without.

use serde_json::Map;
use unigox_client::types::{
    CreatePaymentDetailsRequest, CreatePaymentDetailsRequestInstitutionOptional as OnRail,
    CreatePaymentDetailsRequestInstitutionRequired as ViaInstitution, InstitutionRequiredRail,
};

use super::account::{AccountDetails, CvuCbuAccount, NipAccount, SepaAccount};
use crate::{
    Error, InstitutionOptionalRail, Result,
    text::{country_code, currency, filled},
};

/// A payout account to save.
///
/// Which rails do without an institution is the document's affair: [`InstitutionOptionalRail`] is generated from it.
/// `Debug` hides the account.
///
/// # Examples
///
/// ```
/// use unigox::{AccountDetails, InstitutionOptionalRail, PaymentDetails};
///
/// # fn main() -> Result<(), unigox::Error> {
/// let details = AccountDetails::new().field("account_number", "0000000042");
/// PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN")?.details(details.clone());
/// PaymentDetails::via("cvu-cbu", "uala", "ARS")?.details(details).country("AR")?;
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
pub struct PaymentDetails(CreatePaymentDetailsRequest);

impl PaymentDetails {
    /// On a rail that needs no institution; the server assigns the generic one. `code` is the currency by ISO 4217.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the currency is not three capital letters.
    pub fn on(rail: InstitutionOptionalRail, code: impl Into<String>) -> Result<PaymentDetailsDraft> {
        let code = code.into();
        currency("currency", &code)?;
        Ok(PaymentDetailsDraft(OnRail::new(code, rail, Map::new()).into()))
    }

    /// On any rail, through an institution. Both are named as the API lists them
    /// (`GET /api/v1/supported/payment-rails` and `/institutions`). `code` is the currency by ISO 4217.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if rail or institution is blank, or the currency is not three
    /// capital letters.
    pub fn via(
        rail: impl Into<String>,
        institution: impl Into<String>,
        code: impl Into<String>,
    ) -> Result<PaymentDetailsDraft> {
        let (rail, institution, code) = (rail.into(), institution.into(), code.into());
        filled("rail", &rail)?;
        filled("institution_id", &institution)?;
        currency("currency", &code)?;
        // On a rail that does without, an institution may be named all the same, in the other variant.
        if let Ok(rail) = rail.parse::<InstitutionOptionalRail>() {
            let mut request = OnRail::new(code, rail, Map::new());
            request.institution_id = Some(institution);
            return Ok(PaymentDetailsDraft(request.into()));
        }
        let rail = InstitutionRequiredRail::try_from(rail);
        let rail = rail.map_err(|_| Error::invalid("rail", "is not taken with an institution"))?;
        Ok(PaymentDetailsDraft(ViaInstitution::new(code, rail, Map::new(), institution).into()))
    }

    /// A SEPA account, in EUR.
    pub fn sepa(account: SepaAccount) -> Self {
        Self(OnRail::new("EUR", InstitutionOptionalRail::IbanSepa, account.details.into_map()).into())
    }

    /// An account of a Nigerian bank (NIP), in NGN.
    pub fn nip_nigeria(account: NipAccount) -> Self {
        Self(OnRail::new("NGN", InstitutionOptionalRail::NipNigeria, account.details.into_map()).into())
    }

    /// An Argentine account (CVU or CBU) at `institution`, in ARS.
    ///
    /// # Errors
    ///
    /// As [`via`](Self::via).
    pub fn cvu_cbu(institution: impl Into<String>, account: CvuCbuAccount) -> Result<Self> {
        Ok(Self::via("cvu-cbu", institution, "ARS")?.details(account.details))
    }

    /// The country of the account, by ISO 3166-1 alpha-2.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not two capital letters.
    pub fn country(mut self, code: impl Into<String>) -> Result<Self> {
        let code = code.into();
        country_code("country_code", &code)?;
        match &mut self.0 {
            CreatePaymentDetailsRequest::InstitutionOptional(request) => request.country_code = Some(code),
            CreatePaymentDetailsRequest::InstitutionRequired(request) => request.country_code = Some(code),
            _ => {}
        }
        Ok(self)
    }

    pub(super) fn body(&self) -> &CreatePaymentDetailsRequest {
        &self.0
    }
}

/// A [`PaymentDetails`] that lacks its account data, without which it can't be sent.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it can't be sent before `details` completes it"]
pub struct PaymentDetailsDraft(CreatePaymentDetailsRequest);

impl PaymentDetailsDraft {
    /// Completes it with the account data that the rail wants.
    #[must_use]
    pub fn details(mut self, details: impl Into<AccountDetails>) -> PaymentDetails {
        let details = details.into().into_map();
        match &mut self.0 {
            CreatePaymentDetailsRequest::InstitutionOptional(request) => request.details = details,
            CreatePaymentDetailsRequest::InstitutionRequired(request) => request.details = details,
            _ => {}
        }
        PaymentDetails(self.0)
    }
}
