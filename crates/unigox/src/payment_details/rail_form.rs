//! Payment details that fit their rail, as the API describes it now.

mod field;
mod format;
mod pattern;

use std::{collections::HashSet, fmt};

use serde_json::{Map, Value};

pub use self::field::{FormField, FormOption};
use self::{
    field::{IBAN, is_blank},
    format::{BENEFICIARY_TYPE, Unfit},
};
use super::{AccountDetails, PaymentDetails, PaymentDetailsBuilder, builder::Route};
use crate::{
    Error, FieldRule, InstitutionOptionalRail, InvalidField, OptionalText, Result,
    error::{shown_name, shown_text},
    text::{country_code, currency},
    types::{Institution, PaymentField, PaymentRail},
};

/// How many formats, and fields of each, a rail may have: they come from the server, and checking them takes time.
const MAX_FORMATS: usize = 50;
const MAX_FIELDS: usize = 100;

/// The values of the field `beneficiary_type`.
const INDIVIDUAL: &str = "individual";
const BUSINESS: &str = "business";

/// The form of an account on a rail: which fields to ask a person for, and whether what they filled in fits. From
/// [`PaymentDetails::for_rail`].
///
/// It follows what the API says of the rail (`getPaymentRails`) and of the institution (`getInstitutions`) at the moment:
///
/// - If the rail has formats, the kind of the institution and of the holder choose one. Otherwise the fields are the rail's.
///   If the kind of the institution is not known, the account has to fit one of the formats.
/// - A required field has to be filled in. A value has to match the pattern and the lengths of its field, and be one of its
///   options. A field that the rail does not list is refused, unless the rail lists none at all.
/// - Whether the institution may be left out, the rail says (`institution_required`), which is newer than any list in the
///   document. A rail that does not say it needs an institution, unless it is an [`InstitutionOptionalRail`].
/// - A format without fields has those of the rail. A rail has at most 50 formats, and 100 fields in each.
/// - A field `iban` may have spaces and small letters, which are not sent, and has to have the length and check digits of its
///   country (ISO 13616). A text has at most 4,096 bytes.
///
/// What the rail does not say is left to the server, which knows more: names of banks, whether the account exists.
///
/// `Debug` shows the rail and the institution.
///
/// # Examples
///
/// ```no_run
/// # async fn f(unigox: unigox::Client, user: unigox::UserHandle) -> Result<(), unigox::Error> {
/// use unigox::{AccountDetails, PaymentDetails, RailQuery, types::RampDirection};
///
/// // What the API says now.
/// let rails = unigox.supported().rails(RampDirection::Offramp, RailQuery::in_country("GH")).await?;
/// let Some(rail) = rails.rails.iter().find(|rail| rail.slug.as_deref() == Some("ghipss")) else { return Ok(()) };
/// let institution = unigox.supported().institution("ghipss", "cocoa-money").await?;
///
/// // What to ask for.
/// let form = PaymentDetails::for_rail(rail).institution(institution.as_ref());
/// for field in form.fields()? {
///     println!("{}{} ({})", field.label, if field.required { " *" } else { "" }, field.key);
/// }
///
/// // What the person filled in.
/// let account = AccountDetails::new().field("mobile_number", "+233241234567").field("full_name", "Ada Obi");
/// match form.details(account) {
///     Ok(payment_details) => println!("{}", user.payment_details().ensure(&payment_details).await?.payment_details_id()),
///     Err(error) => error.invalid_fields().iter().for_each(|field| println!("{field}")),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "without `details` there is nothing to send"]
pub struct RailForm {
    rail: PaymentRail,
    institution: Option<Institution>,
    is_business: bool,
    currency: Option<String>,
    country: Option<String>,
}

impl PaymentDetails {
    /// The form of an account on `rail`, as [`SupportedHandle::rails`](crate::SupportedHandle::rails) returned it.
    ///
    /// The accounts of [`sepa`](Self::sepa), [`nip_nigeria`](Self::nip_nigeria) and [`cvu_cbu`](Self::cvu_cbu) are those of
    /// three rails whose fields are known in advance; [`RailForm::check`] tells whether such an account still fits its rail.
    ///
    /// # Examples
    ///
    /// ```
    /// use unigox::{AccountDetails, FieldRule, PaymentDetails, serde_json};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let rail = serde_json::from_str(
    ///     r#"{"slug": "faster-payments", "institution_required": false, "currencies": ["GBP"], "fields": [
    ///         {"key": "full_name", "label": "Name", "type": "text", "required": true},
    ///         {"key": "sort_code", "label": "Sort code", "type": "text", "required": true, "pattern": "^[0-9]{6}$"}]}"#,
    /// )?;
    /// let form = PaymentDetails::for_rail(&rail);
    /// let account = AccountDetails::new().field("sort_code", "12-34-56");
    /// let error = form.details(account).expect_err("it does not fit");
    /// let wrong: Vec<_> = error.invalid_fields().iter().map(|field| (field.path(), field.rule())).collect();
    /// assert_eq!(wrong, [("details.full_name", FieldRule::Required), ("details.sort_code", FieldRule::Pattern)]);
    ///
    /// let account = AccountDetails::new().field("full_name", "Ada Obi").field("sort_code", "123456");
    /// form.details(account)?.validate()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_rail(rail: &PaymentRail) -> RailForm {
        RailForm { rail: rail.clone(), institution: None, is_business: false, currency: None, country: None }
    }
}

impl RailForm {
    /// The institution, as [`SupportedHandle::institutions`](crate::SupportedHandle::institutions) returned it. Its kind
    /// chooses the format.
    ///
    /// It may be taken away before the account is saved. Then the server refuses the account with status 400 or 422, and
    /// nothing is saved: read the institutions again, and have another one chosen.
    pub fn institution<'i>(mut self, institution: impl Into<Option<&'i Institution>>) -> Self {
        self.institution = institution.into().cloned();
        self
    }

    /// The holder is a business; without this, an individual.
    pub fn business(mut self) -> Self {
        self.is_business = true;
        self
    }

    /// The currency, by ISO 4217. It has to be given if the rail has several.
    pub fn currency(mut self, code: impl OptionalText) -> Self {
        self.currency = code.into_text();
        self
    }

    /// The country of the account, by ISO 3166-1 alpha-2.
    pub fn country(mut self, code: impl OptionalText) -> Self {
        self.country = code.into_text();
        self
    }

    /// The rail.
    pub fn rail(&self) -> &PaymentRail {
        &self.rail
    }

    /// Whether an [`institution`](Self::institution) has to be given.
    pub fn needs_institution(&self) -> bool {
        self.rail.institution_required.unwrap_or_else(|| self.optional_rail().is_none())
    }

    /// The fields to ask a person for, in the order of the rail. It is empty if the rail lists none; what such a rail needs,
    /// the vendor's documentation says.
    ///
    /// `beneficiary_type` is not among them: [`business`](Self::business) sets it. If several formats are left, these are the
    /// fields of the first.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if no format of the rail is for the kind of the institution or of
    /// the holder.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn f(form: unigox::RailForm) -> Result<(), Box<dyn std::error::Error>> {
    /// let json = unigox::serde_json::to_string(&form.fields()?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn fields(&self) -> Result<Vec<FormField>> {
        let lists = self.lists().map_err(|field| Error::not_fitting(vec![field]))?;
        let first = lists.into_iter().next().unwrap_or_default();
        Ok(first.into_iter().filter(|field| field.key != BENEFICIARY_TYPE).collect())
    }

    /// The keys of the [fields](Self::fields) whose pattern is not checked: it is no regular expression, is too large, or has
    /// look-around, back-references or Unicode classes, which could take any time. The server checks these alone.
    ///
    /// Report them: the rail has a mistake, or needs more than this crate can check.
    ///
    /// # Errors
    ///
    /// As for [`fields`](Self::fields).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn f(form: unigox::RailForm) -> Result<(), unigox::Error> {
    /// for key in form.unchecked_patterns()? {
    ///     println!("{:?}: the pattern of {key} is not checked", form.rail().slug);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn unchecked_patterns(&self) -> Result<Vec<String>> {
        Ok(self.fields()?.into_iter().filter(FormField::is_unchecked).map(|field| field.key).collect())
    }

    /// Payment details with this account, if it fits. Nothing is sent.
    ///
    /// Fields that are blank or null are left out, since a form has them for what was not filled in. A number in a field of
    /// text is sent as text. Everything else is sent as it is given.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest), with all that does not fit in
    /// [`invalid_fields`](crate::Error::invalid_fields): fields that are missing, unknown or not valid, an institution that
    /// the rail needs, has no format for or does not have, a currency that is not the rail's. If several formats are left, the
    /// errors are those of the one that fits best.
    ///
    /// # Examples
    ///
    /// See [`PaymentDetails::for_rail`].
    pub fn details(&self, details: impl Into<AccountDetails>) -> Result<PaymentDetails> {
        let AccountDetails(given) = details.into();
        let mut wrong = Vec::new();
        let route = self.route().map_err(|field| wrong.push(field)).ok();
        let currency = self.checked_currency(self.currency.as_deref()).map_err(|field| wrong.push(field)).ok();
        let account = self.checked_account(&given).map_err(|fields| wrong.extend(fields)).ok();
        if self.country.as_deref().is_some_and(|code| country_code("country_code", code).is_err()) {
            let problem = "is not an ISO 3166-1 alpha-2 code, such as NG";
            wrong.push(InvalidField::new("country_code", FieldRule::Pattern, problem));
        }
        let (Some(route), Some(currency), Some(account), []) = (route, currency, account, &wrong[..]) else {
            return Err(Error::not_fitting(wrong));
        };
        let payment_details = PaymentDetailsBuilder::of(route, currency).country(&self.country);
        Ok(payment_details.details(AccountDetails(account)))
    }

    /// Checks whether payment details that were made in another way, such as by [`PaymentDetails::sepa`], fit the rail.
    ///
    /// # Errors
    ///
    /// As for [`details`](Self::details); besides, if they are on another rail, or via another institution than that of the
    /// form.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn f(rail: unigox::types::PaymentRail) -> Result<(), unigox::Error> {
    /// use unigox::{PaymentDetails, SepaAccount};
    ///
    /// let payment_details = PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99"));
    /// PaymentDetails::for_rail(&rail).check(&payment_details)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn check(&self, payment_details: &PaymentDetails) -> Result<()> {
        let parts = payment_details.parts()?;
        let mut wrong = Vec::new();
        if self.rail.slug.as_deref() != Some(parts.rail) {
            wrong.push(InvalidField::new("rail", FieldRule::Route, "is not that of the form"));
        }
        let known = self.institution.as_ref().and_then(|institution| institution.id.as_deref());
        match parts.institution {
            Some(id) if known.is_some_and(|known| known != id) => {
                wrong.push(InvalidField::new("institution_id", FieldRule::Route, "is not that of the form"));
            }
            None if self.needs_institution() => wrong.push(institution_is_required()),
            _ => {}
        }
        wrong.extend(self.checked_currency(Some(parts.currency)).err());
        let is_business = parts.details.get(BENEFICIARY_TYPE).and_then(Value::as_str) == Some(BUSINESS);
        let form = Self { is_business, ..self.clone() };
        match form.checked_account(parts.details) {
            // It is sent as it is.
            Ok(account) if account.get(IBAN) != parts.details.get(IBAN) => {
                let problem = "has spaces or small letters: make the payment details with the form";
                wrong.push(InvalidField::of_account(IBAN, FieldRule::Pattern, problem));
            }
            Ok(_) => {}
            Err(fields) => wrong.extend(fields),
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::not_fitting(wrong)) }
    }

    /// The rail and the institution, as the body has them.
    fn route(&self) -> Result<Route, InvalidField> {
        let of = |path, rule, problem| Err(InvalidField::new(path, rule, problem));
        let Some(rail) = self.rail.slug.clone().filter(|slug| !slug.trim().is_empty()) else {
            return of("rail", FieldRule::Required, "has no name (`slug`) in the list of rails");
        };
        let Some(institution) = &self.institution else {
            return match self.optional_rail() {
                _ if self.needs_institution() => Err(institution_is_required()),
                Some(rail) => Ok(Route::Optional { rail, institution: None }),
                None => Ok(Route::Omitted { rail }),
            };
        };
        let Some(id) = institution.id.clone().filter(|id| !id.trim().is_empty()) else {
            return of("institution_id", FieldRule::Required, "is missing in the list of institutions");
        };
        let rails = institution.supported_rails.as_deref().unwrap_or_default();
        if !rails.is_empty() && !rails.contains(&rail) {
            return of("institution_id", FieldRule::Route, "is not on this rail, by its `supported_rails`");
        }
        Ok(match self.optional_rail() {
            Some(rail) => Route::Optional { rail, institution: Some(id) },
            None => Route::Required { rail, institution: id },
        })
    }

    fn optional_rail(&self) -> Option<InstitutionOptionalRail> {
        self.rail.slug.as_deref()?.parse().ok()
    }

    fn checked_currency(&self, given: Option<&str>) -> Result<String, InvalidField> {
        let known = self.rail.currencies.as_deref().unwrap_or_default();
        match (given, known) {
            (None, [only]) => Ok(only.clone()),
            (None, _) => {
                Err(InvalidField::new("currency", FieldRule::Required, "is required, the rail has not one only"))
            }
            (Some(given), []) if currency("currency", given).is_err() => {
                Err(InvalidField::new("currency", FieldRule::Pattern, "is not an ISO 4217 code, such as EUR"))
            }
            (Some(given), known) if known.is_empty() || known.iter().any(|code| code == given) => Ok(given.to_owned()),
            (Some(_), known) => {
                let codes: Vec<_> = known.iter().filter_map(|code| shown_text(code)).take(12).collect();
                let problem = format!("is not a currency of the rail, which has `{}`", codes.join("`, `"));
                Err(InvalidField::new("currency", FieldRule::Route, problem))
            }
        }
    }

    /// The account as it is sent, or what is wrong by the list of fields that fits best.
    fn checked_account(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<InvalidField>> {
        let lists = self.lists().map_err(|field| vec![field])?;
        let outcomes = lists.iter().map(|fields| self.checked_by(fields, given));
        let mut best: Option<Vec<InvalidField>> = None;
        for outcome in outcomes {
            match outcome {
                Ok(account) => return Ok(account),
                Err(wrong) if best.as_ref().is_none_or(|best| wrong.len() < best.len()) => best = Some(wrong),
                Err(_) => {}
            }
        }
        Err(best.unwrap_or_default())
    }

    fn checked_by(
        &self,
        fields: &[FormField],
        given: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Vec<InvalidField>> {
        let own = if self.is_business { BUSINESS } else { INDIVIDUAL };
        let (mut account, mut wrong) = (Map::new(), Vec::new());
        for field in fields.iter().filter(|field| field.key != BENEFICIARY_TYPE) {
            match field.check(given.get(&field.key)) {
                Ok(Some(value)) => drop(account.insert(field.key.clone(), value)),
                Ok(None) => {}
                Err(field) => wrong.push(field),
            }
        }
        let is_listed = |key: &str| fields.iter().any(|field| field.key == key);
        let given = given.iter().filter(|(_, value)| !is_blank(value));
        let (of_holder, mut others): (Vec<_>, Vec<_>) = given.partition(|(key, _)| *key == BENEFICIARY_TYPE);
        others.sort_unstable_by_key(|(key, _)| *key);
        for (key, value) in others.into_iter().filter(|(key, _)| !is_listed(key)) {
            if fields.is_empty() {
                account.insert(key.clone(), value.clone());
            } else {
                wrong.push(unknown(key, fields));
            }
        }
        if of_holder.iter().any(|(_, value)| *value != own) {
            let problem = "is not that of the form: set it with `RailForm::business`";
            wrong.push(InvalidField::of_account(BENEFICIARY_TYPE, FieldRule::Route, problem));
        }
        if self.is_business || is_listed(BENEFICIARY_TYPE) || !of_holder.is_empty() {
            account.insert(BENEFICIARY_TYPE.to_owned(), own.into());
        }
        if wrong.is_empty() { Ok(account) } else { Err(wrong) }
    }

    /// The fields of each list that may apply, those with a key alone, and each key once.
    fn lists(&self) -> Result<Vec<Vec<FormField>>, InvalidField> {
        let kind = self.institution.as_ref().and_then(|institution| institution.institution_type.as_deref());
        let lists = format::lists(&self.rail, kind, self.is_business).map_err(|unfit| match unfit {
            Unfit::Institution => {
                let problem = "is of a kind that no format of the rail is for: read rail and institution again";
                InvalidField::new("institution_id", FieldRule::Route, problem)
            }
            Unfit::Beneficiary => {
                let holder = if self.is_business { "a business" } else { "an individual" };
                let problem = format!("has no format for {holder} on this rail");
                InvalidField::of_account(BENEFICIARY_TYPE, FieldRule::Route, problem)
            }
        })?;
        if lists.len() > MAX_FORMATS || lists.iter().any(|fields| fields.len() > MAX_FIELDS) {
            let problem =
                format!("has more than {MAX_FORMATS} formats or {MAX_FIELDS} fields: report it to the vendor");
            return Err(InvalidField::new("rail", FieldRule::Route, problem));
        }
        Ok(lists.into_iter().map(distinct).collect())
    }
}

fn distinct(fields: &[PaymentField]) -> Vec<FormField> {
    let mut keys = HashSet::new();
    fields.iter().filter_map(FormField::of).filter(|field| keys.insert(field.key.clone())).collect()
}

fn unknown(key: &str, fields: &[FormField]) -> InvalidField {
    let keys: Vec<_> = fields.iter().map(|field| shown_name(&field.key)).take(20).collect();
    let problem = format!("is not a field of the rail, which has `{}`", keys.join("`, `"));
    InvalidField::of_account(key, FieldRule::Known, problem)
}

fn institution_is_required() -> InvalidField {
    InvalidField::new("institution_id", FieldRule::Required, "is required on this rail")
}

impl fmt::Debug for RailForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let institution = self.institution.as_ref().and_then(|institution| institution.id.as_deref());
        f.debug_struct("RailForm")
            .field("rail", &self.rail.slug)
            .field("institution", &institution)
            .field("is_business", &self.is_business)
            .finish_non_exhaustive()
    }
}
