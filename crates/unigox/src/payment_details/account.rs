//! The account in payment details: the fields that a rail needs.

use std::fmt;

use iban::Iban;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Error, OptionalText, Result,
    stored::stored,
    text::{country_code, filled, is_digits, normalized_iban, phone_number},
};

/// An account in the fields that a rail needs; `GET /api/v1/supported/payment-rails` lists them.
///
/// For the rails whose fields are known there are [`SepaAccount`], [`NipAccount`] and [`CvuCbuAccount`]. `Debug` shows
/// neither fields nor values.
///
/// It serializes, so that a job queue can keep it. What is written is personal data, in clear text: keep it as safe as the
/// rest of what you know of the person.
///
/// # Examples
///
/// ```
/// use unigox::AccountDetails;
///
/// let details = AccountDetails::new().field("account_number", "0000000042").field("full_name", "Ada Obi").business();
/// assert_eq!(format!("{details:?}"), "AccountDetails { .. }");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct AccountDetails(pub(super) Map<String, Value>);

impl AccountDetails {
    /// No fields yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// Marks the account as that of a business; without this, it is that of an individual.
    #[must_use]
    pub fn business(self) -> Self {
        self.field("beneficiary_type", "business")
    }
}

stored!(AccountDetails, "the fields of an account");

impl From<Map<String, Value>> for AccountDetails {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

impl fmt::Debug for AccountDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountDetails").finish_non_exhaustive()
    }
}

/// An account whose fields are known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Account {
    pub(super) details: AccountDetails,
    pub(super) format: AccountFormat,
    pub(super) country: Option<String>,
    pub(super) institution: Option<String>,
}

impl Account {
    fn new(format: AccountFormat) -> Self {
        Self { details: AccountDetails::new(), format, country: None, institution: None }
    }

    fn field(mut self, name: &str, value: String) -> Self {
        self.details = self.details.field(name, value);
        self
    }

    /// Sets a field, or leaves it out.
    fn optional_field(mut self, name: &str, value: impl OptionalText) -> Self {
        match value.into_text() {
            Some(value) => self.field(name, value),
            None => {
                self.details.0.remove(name);
                self
            }
        }
    }

    fn validate(&self) -> Result<()> {
        self.institution.as_deref().map_or(Ok(()), |institution| filled("institution_id", institution))?;
        self.country.as_deref().map_or(Ok(()), |code| country_code("country_code", code))?;
        self.format.check(&self.details.0)
    }
}

/// Which rules the fields of an account are checked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AccountFormat {
    /// Those of the server alone.
    Any,
    Sepa,
    Nip,
    CvuCbu,
}

impl AccountFormat {
    pub(super) fn check(self, fields: &Map<String, Value>) -> Result<()> {
        let text = |name: &str| fields.get(name).map(|value| value.as_str().unwrap_or_default());
        match self {
            Self::Any => Ok(()),
            Self::Sepa => {
                filled("details.full_name", text("full_name").unwrap_or_default())?;
                match text("iban").unwrap_or_default().parse::<Iban>() {
                    Ok(_) => Ok(()),
                    Err(_) => Err(Error::invalid("details.iban", "is not an IBAN")),
                }
            }
            Self::Nip => {
                digits("details.account_number", text("account_number").unwrap_or_default(), 10)?;
                text("full_name").map_or(Ok(()), |name| filled("details.full_name", name))
            }
            Self::CvuCbu => {
                text("cvu").map_or(Ok(()), |number| digits("details.cvu", number, 22))?;
                text("cbu").map_or(Ok(()), |number| digits("details.cbu", number, 22))?;
                text("alias").map_or(Ok(()), |alias| filled("details.alias", alias))?;
                text("phone_number").map_or(Ok(()), |number| phone_number("details.phone_number", number))
            }
        }
    }
}

fn digits(field: &'static str, text: &str, count: usize) -> Result<()> {
    if text.len() == count && is_digits(text) {
        Ok(())
    } else {
        Err(Error::invalid(field, format!("is not {count} digits")))
    }
}

/// The methods that all types of accounts have.
macro_rules! account {
    ($name:ident, $errors:literal) => {
        impl $name {
            /// Marks the account as that of a business.
            #[must_use]
            pub fn business(mut self) -> Self {
                self.0.details = self.0.details.business();
                self
            }

            /// The country of the account, by ISO 3166-1 alpha-2.
            #[must_use]
            pub fn country(mut self, code: impl OptionalText) -> Self {
                self.0.country = code.into_text();
                self
            }

            /// Checks the account. [`PaymentDetailsHandle::create`](crate::PaymentDetailsHandle::create) does so before it
            /// sends it.
            ///
            /// # Errors
            ///
            #[doc = concat!("[`InvalidRequest`](crate::ErrorKind::InvalidRequest) ", $errors)]
            pub fn validate(&self) -> Result<()> {
                self.0.validate()
            }
        }
    };
}

/// The method of types of accounts on rails that need no institution, and may have one.
macro_rules! optional_institution {
    ($name:ident) => {
        impl $name {
            /// The bank, by the name that the API lists (`GET /api/v1/supported/institutions`). Without it the server assigns
            /// the generic one of the rail.
            #[must_use]
            pub fn institution(mut self, institution: impl OptionalText) -> Self {
                self.0.institution = institution.into_text();
                self
            }
        }
    };
}

/// A bank account in the Single Euro Payments Area, for [`PaymentDetails::sepa`](crate::PaymentDetails::sepa).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SepaAccount(pub(super) Account);

impl SepaAccount {
    /// The account `iban` of `full_name`. The IBAN may be in lower case and have spaces.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = unigox::SepaAccount::new("Ada Obi", "DE76 5121 0800 1245 1261 99").validate().unwrap_err();
    /// assert_eq!(error.field(), Some("details.iban"));
    /// ```
    pub fn new(full_name: impl Into<String>, iban: impl AsRef<str>) -> Self {
        let iban = normalized_iban(iban.as_ref());
        Self(Account::new(AccountFormat::Sepa).field("full_name", full_name.into()).field("iban", iban))
    }
}

account!(
    SepaAccount,
    "if the name is blank, the IBAN has not the length and check digits of its country (ISO 13616), or the country of the \
     account is not two capital letters."
);

optional_institution!(SepaAccount);

/// An account at a Nigerian bank, for [`PaymentDetails::nip_nigeria`](crate::PaymentDetails::nip_nigeria).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NipAccount(pub(super) Account);

impl NipAccount {
    /// The account with this number (NUBAN): ten digits.
    pub fn new(account_number: impl Into<String>) -> Self {
        Self(Account::new(AccountFormat::Nip).field("account_number", account_number.into()))
    }

    /// The holder's name.
    #[must_use]
    pub fn full_name(self, name: impl OptionalText) -> Self {
        Self(self.0.optional_field("full_name", name))
    }
}

account!(NipAccount, "if the number is not ten digits, the name is blank, or the country is not two capital letters.");

optional_institution!(NipAccount);

/// An Argentine account, for [`PaymentDetails::cvu_cbu`](crate::PaymentDetails::cvu_cbu).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CvuCbuAccount(pub(super) Account);

impl CvuCbuAccount {
    /// The account of a wallet, by its CVU: 22 digits.
    pub fn cvu(cvu: impl Into<String>) -> Self {
        Self(Account::new(AccountFormat::CvuCbu).field("cvu", cvu.into()))
    }

    /// The account at a bank, by its CBU: 22 digits.
    pub fn cbu(cbu: impl Into<String>) -> Self {
        Self(Account::new(AccountFormat::CvuCbu).field("cbu", cbu.into()))
    }

    /// The alias of the account.
    #[must_use]
    pub fn alias(self, alias: impl OptionalText) -> Self {
        Self(self.0.optional_field("alias", alias))
    }

    /// The holder's phone number in E.164 form.
    #[must_use]
    pub fn phone_number(self, number: impl OptionalText) -> Self {
        Self(self.0.optional_field("phone_number", number))
    }
}

account!(
    CvuCbuAccount,
    "if CVU or CBU are not 22 digits, the alias is blank, the phone number is not in E.164 form, or the country is not two \
     capital letters."
);
