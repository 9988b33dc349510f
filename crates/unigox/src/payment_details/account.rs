//! What a rail wants to know of an account.

use std::fmt;

use iban::Iban;
use serde_json::{Map, Value};

use crate::{
    Error, Result,
    text::{filled, is_digits, phone_number},
};

/// Account data in the fields that a rail wants; `GET /api/v1/supported/payment-rails` lists them.
///
/// For the rails that the documents spell out there are [`SepaAccount`], [`NipAccount`] and [`CvuCbuAccount`]. `Debug` shows
/// neither fields nor values.
///
/// # Examples
///
/// ```
/// use unigox::AccountDetails;
///
/// let details = AccountDetails::new().field("account_number", "0000000042").field("full_name", "Ada Obi").business();
/// assert_eq!(format!("{details:?}"), "AccountDetails { .. }");
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct AccountDetails(Map<String, Value>);

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

    /// Says that the account is that of a business; without this, of an individual.
    #[must_use]
    pub fn business(self) -> Self {
        self.field("beneficiary_type", "business")
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

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

/// A bank account in the Single Euro Payments Area, for [`PaymentDetails::sepa`](crate::PaymentDetails::sepa).
#[derive(Clone, Debug, PartialEq)]
pub struct SepaAccount {
    pub(super) details: AccountDetails,
}

impl SepaAccount {
    /// The account `iban`, in any case and with or without spaces, of `full_name`.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the name is blank, or the IBAN has not the length and check
    /// digits that its country gives it (ISO 13616).
    ///
    /// # Examples
    ///
    /// ```
    /// let error = unigox::SepaAccount::new("Ada Obi", "DE76 5121 0800 1245 1261 99").unwrap_err();
    /// assert_eq!(error.field(), Some("details.iban"));
    /// ```
    pub fn new(full_name: impl Into<String>, iban: impl AsRef<str>) -> Result<Self> {
        let full_name = full_name.into();
        filled("details.full_name", &full_name)?;
        let iban = iban.as_ref().chars().filter(|c| !c.is_whitespace());
        let iban: String = iban.map(|c| c.to_ascii_uppercase()).collect();
        if iban.parse::<Iban>().is_err() {
            return Err(Error::invalid("details.iban", "is not an IBAN"));
        }
        let details = AccountDetails::new().field("full_name", full_name).field("iban", iban);
        Ok(Self { details })
    }

    /// Says that the account is that of a business.
    #[must_use]
    pub fn business(mut self) -> Self {
        self.details = self.details.business();
        self
    }
}

/// An account of a Nigerian bank, for [`PaymentDetails::nip_nigeria`](crate::PaymentDetails::nip_nigeria).
#[derive(Clone, Debug, PartialEq)]
pub struct NipAccount {
    pub(super) details: AccountDetails,
}

impl NipAccount {
    /// The account of this number (NUBAN): ten digits.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not ten digits.
    pub fn new(account_number: impl Into<String>) -> Result<Self> {
        let details = AccountDetails::new();
        Ok(Self {
            details: details.field("account_number", digits("details.account_number", account_number.into(), 10)?),
        })
    }

    /// The holder's name.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is blank.
    pub fn full_name(mut self, name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        filled("details.full_name", &name)?;
        self.details = self.details.field("full_name", name);
        Ok(self)
    }

    /// Says that the account is that of a business.
    #[must_use]
    pub fn business(mut self) -> Self {
        self.details = self.details.business();
        self
    }
}

/// An Argentine account, for [`PaymentDetails::cvu_cbu`](crate::PaymentDetails::cvu_cbu).
#[derive(Clone, Debug, PartialEq)]
pub struct CvuCbuAccount {
    pub(super) details: AccountDetails,
}

impl CvuCbuAccount {
    /// The account of a wallet, by its CVU: 22 digits.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not 22 digits.
    pub fn cvu(cvu: impl Into<String>) -> Result<Self> {
        Ok(Self { details: AccountDetails::new().field("cvu", digits("details.cvu", cvu.into(), 22)?) })
    }

    /// The account of a bank, by its CBU: 22 digits.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not 22 digits.
    pub fn cbu(cbu: impl Into<String>) -> Result<Self> {
        Ok(Self { details: AccountDetails::new().field("cbu", digits("details.cbu", cbu.into(), 22)?) })
    }

    /// The alias of the account.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is blank.
    pub fn alias(mut self, alias: impl Into<String>) -> Result<Self> {
        let alias = alias.into();
        filled("details.alias", &alias)?;
        self.details = self.details.field("alias", alias);
        Ok(self)
    }

    /// The holder's phone number in E.164 form.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not.
    pub fn phone_number(mut self, number: impl Into<String>) -> Result<Self> {
        let number = number.into();
        phone_number("details.phone_number", &number)?;
        self.details = self.details.field("phone_number", number);
        Ok(self)
    }

    /// Says that the account is that of a business.
    #[must_use]
    pub fn business(mut self) -> Self {
        self.details = self.details.business();
        self
    }
}

fn digits(field: &'static str, text: String, count: usize) -> Result<String> {
    if text.len() == count && is_digits(&text) {
        Ok(text)
    } else {
        Err(Error::invalid(field, format!("is not {count} digits")))
    }
}
