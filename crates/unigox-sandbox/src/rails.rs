//! Rails and institutions: what the sandbox lists, and by which it judges payment details.

mod account;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;
use serde_json::Value;

pub(crate) use self::account::Account;
use self::account::Format;

/// The rails and institutions of the sandbox itself.
const TEXT: &str = include_str!("rails/rails.yaml");

/// The maximum number of rails, and of institutions.
const MAX_ENTRIES: usize = 10_000;

/// The rails and institutions that a sandbox knows; by default invented ones of several kinds.
///
/// `getPaymentRails` and `getInstitutions` list them, and `createPaymentDetails` judges by them.
///
/// # Examples
///
/// ```
/// let rails = unigox_sandbox::Rails::from_yaml(
///     "
/// rails:
///   - countries: [KE]
///     directions: [offramp]                   # both without it
///     rail:                                   # as `getPaymentRails` returns it
///       slug: mobile-money
///       institution_required: true
///       currencies: [KES]
///       fields:
///         - { key: phone_number, type: text, required: true, pattern: '^\\+254\\d{9}$' }
/// institutions:
///   - institution: { id: savanna-money, name: Savanna Money, supported_rails: [mobile-money] }
/// ",
/// )?;
/// let builder = unigox_sandbox::Sandbox::builder().rails(rails);
/// # let _ = builder;
/// # Ok::<(), unigox_sandbox::InvalidRails>(())
/// ```
#[derive(Clone)]
pub struct Rails(Arc<Known>);

struct Known {
    /// In the order of the text.
    rails: Vec<Rail>,
    institutions: Vec<Institution>,
    /// By identifier.
    places: BTreeMap<String, usize>,
}

/// A rail.
pub(crate) struct Rail {
    pub(crate) slug: String,
    pub(crate) countries: Vec<String>,
    pub(crate) currencies: Vec<String>,
    directions: Vec<String>,
    /// The institution of payment details that name none; none if the rail needs one.
    pub(crate) assigned_institution: Option<String>,
    /// Whether the assigned one replaces what is sent.
    pub(crate) ignores_institution: bool,
    is_institution_required: bool,
    /// As it is sent.
    pub(crate) json: Value,
    /// The fields of the rail, for an institution that no format is for.
    fields: Format,
    formats: Vec<Format>,
}

/// A bank or wallet.
pub(crate) struct Institution {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    /// None for the countries of its rails.
    countries: Option<Vec<String>>,
    rails: Vec<String>,
    /// As it is sent.
    pub(crate) json: Value,
}

impl Rails {
    /// Reads rails and institutions from YAML or JSON.
    ///
    /// `rails` and `institutions` are lists. The members `rail` and `institution` of their entries are sent as they are
    /// written; what stands beside them is for the sandbox. Beside a rail that is `countries`, `directions` (both without
    /// it), `assigned_institution` (that of payment details which name none) and `ignores_institution` (the assigned one
    /// replaces what is sent); beside an institution `countries`, without which it has those of its rails.
    ///
    /// A pattern that is not a regular expression is sent as it is, and nothing is judged by it.
    ///
    /// # Errors
    ///
    /// If the text is not of this form, a rail or an institution is there twice, or one refers to another that is not
    /// there. The message says which one.
    pub fn from_yaml(text: &str) -> Result<Self, InvalidRails> {
        let options = serde_saphyr::options! { with_snippet: false };
        let written: Written =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| InvalidRails(error.to_string()))?;
        Known::new(written).map(|known| Self(Arc::new(known))).map_err(InvalidRails)
    }

    pub(crate) fn rail(&self, slug: &str) -> Option<&Rail> {
        self.0.rails.iter().find(|rail| rail.slug == slug)
    }

    /// The rails of a direction, and of a country and a currency if they are given.
    pub(crate) fn of<'r>(
        &'r self,
        direction: &'r str,
        country: Option<&'r str>,
        currency: Option<&'r str>,
    ) -> impl Iterator<Item = &'r Rail> {
        let has = |known: &[String], wanted: Option<&str>| {
            wanted.is_none_or(|wanted| known.iter().any(|known| known == wanted))
        };
        self.0.rails.iter().filter(move |rail| {
            has(&rail.directions, Some(direction)) && has(&rail.countries, country) && has(&rail.currencies, currency)
        })
    }

    pub(crate) fn institution(&self, id: &str) -> Option<&Institution> {
        self.0.places.get(id).map(|place| &self.0.institutions[*place])
    }

    /// The institutions of a rail, each with its number among all institutions.
    pub(crate) fn institutions(&self, rail: &str) -> impl Iterator<Item = (usize, &Institution)> {
        self.0.institutions.iter().enumerate().filter(move |(_, institution)| institution.is_on(rail))
    }

    /// The number of a rail among all rails.
    pub(crate) fn number(&self, slug: &str) -> Option<usize> {
        self.0.rails.iter().position(|rail| rail.slug == slug)
    }
}

impl Rail {
    pub(crate) fn has_currency(&self, currency: &str) -> bool {
        self.currencies.iter().any(|known| known == currency)
    }

    /// The institution of payment details in which `sent` is the institution: none if one has to be sent.
    pub(crate) fn institution<'i>(&'i self, sent: Option<&'i str>) -> Option<&'i str> {
        let assigned = self.assigned_institution.as_deref();
        match (sent, assigned) {
            (_, Some(_)) if self.ignores_institution => assigned,
            (Some(sent), _) => Some(sent),
            (None, _) if self.is_institution_required => None,
            (None, _) => assigned,
        }
    }

    /// Whether payment details may name no institution.
    pub(crate) fn needs_no_institution(&self) -> bool {
        !self.is_institution_required
    }

    /// The fields of an account of `beneficiary` at `institution`: those of the format for it, or of the rail if no format is
    /// for institutions of its type.
    ///
    /// None if there are formats for the institution, and none of them for the beneficiary.
    pub(crate) fn format(&self, institution: Option<&Institution>, beneficiary: &str) -> Option<&Format> {
        let kind = institution.and_then(|institution| institution.kind.as_deref());
        let mut of_kind = self.formats.iter().filter(|format| format.is_for_institution(kind)).peekable();
        if of_kind.peek().is_none() {
            return Some(&self.fields);
        }
        of_kind.find(|format| format.is_for_beneficiary(beneficiary))
    }
}

impl Institution {
    pub(crate) fn is_on(&self, rail: &str) -> bool {
        self.rails.iter().any(|known| known == rail)
    }

    /// Whether it is in a country, on a rail.
    pub(crate) fn is_in(&self, country: &str, rail: &Rail) -> bool {
        self.countries.as_ref().unwrap_or(&rail.countries).iter().any(|known| known == country)
    }

    /// Its bank code, if it has one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.json.get("code")?.as_str()
    }
}

impl Default for Rails {
    /// The rails and institutions of the sandbox itself.
    fn default() -> Self {
        static RAILS: LazyLock<Rails> =
            LazyLock::new(|| Rails::from_yaml(TEXT).expect("the rails of the sandbox are valid, as a test has it"));
        RAILS.clone()
    }
}

impl fmt::Debug for Rails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slugs = self.0.rails.iter().map(|rail| &rail.slug);
        f.debug_list().entries(slugs).finish()
    }
}

/// The error of a text that is not valid as [`Rails`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRails(String);

impl fmt::Display for InvalidRails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidRails {}

// ---- Reading --------------------------------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rails: Vec<WrittenRail>,
    #[serde(default)]
    institutions: Vec<WrittenInstitution>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRail {
    countries: Vec<String>,
    #[serde(default = "both_directions")]
    directions: Vec<String>,
    #[serde(default)]
    assigned_institution: Option<String>,
    #[serde(default)]
    ignores_institution: bool,
    rail: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInstitution {
    #[serde(default)]
    countries: Option<Vec<String>>,
    institution: Value,
}

fn both_directions() -> Vec<String> {
    ["onramp", "offramp"].map(str::to_owned).into()
}

impl Known {
    fn new(Written { rails, institutions }: Written) -> Result<Self, String> {
        if rails.len() > MAX_ENTRIES || institutions.len() > MAX_ENTRIES {
            return Err(format!("there are more than {MAX_ENTRIES} rails or institutions"));
        }
        let rails = rails.into_iter().map(Rail::new).collect::<Result<Vec<_>, _>>()?;
        let institutions = institutions.into_iter().map(Institution::new).collect::<Result<Vec<_>, _>>()?;
        let mut slugs = BTreeSet::new();
        if let Some(rail) = rails.iter().find(|rail| !slugs.insert(&rail.slug)) {
            return Err(format!("the rail `{}` is there twice", rail.slug));
        }
        let mut places = BTreeMap::new();
        for (place, Institution { id, rails, .. }) in institutions.iter().enumerate() {
            if places.insert(id.clone(), place).is_some() {
                return Err(format!("the institution `{id}` is there twice"));
            }
            if let Some(unknown) = rails.iter().find(|slug| !slugs.contains(slug)) {
                return Err(format!("the institution `{id}` is on `{unknown}`, which is no rail"));
            }
        }
        for Rail { slug, assigned_institution, .. } in &rails {
            let is_on = |id: &String| places.get(id).is_some_and(|place| institutions[*place].is_on(slug));
            if let Some(id) = assigned_institution.as_ref().filter(|id| !is_on(id)) {
                return Err(format!("the rail `{slug}` assigns `{id}`, which is no institution of it"));
            }
        }
        Ok(Self { rails, institutions, places })
    }
}

impl Rail {
    fn new(written: WrittenRail) -> Result<Self, String> {
        let WrittenRail { countries, directions, assigned_institution, ignores_institution, rail: json } = written;
        let slug = required_text(&json, "slug").ok_or("a rail has no `slug`")?;
        let currencies = texts(json.get("currencies"));
        if countries.is_empty() || currencies.is_empty() {
            return Err(format!("the rail `{slug}` has no `countries`, or no `currencies`"));
        }
        let is_institution_required = json.get("institution_required").and_then(Value::as_bool).unwrap_or_default();
        let formats = json.get("formats").and_then(Value::as_array).into_iter().flatten();
        Ok(Self {
            fields: Format::new(&json),
            formats: formats.map(Format::new).collect(),
            slug,
            countries,
            currencies,
            directions,
            assigned_institution,
            ignores_institution,
            is_institution_required,
            json,
        })
    }
}

impl Institution {
    fn new(WrittenInstitution { countries, institution: json }: WrittenInstitution) -> Result<Self, String> {
        let id = required_text(&json, "id").ok_or("an institution has no `id`")?;
        let rails = texts(json.get("supported_rails"));
        let (name, kind) = (required_text(&json, "name"), required_text(&json, "institution_type"));
        Ok(Self { id, name, kind, countries, rails, json })
    }
}

/// A member that is text, and not blank.
fn required_text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The texts in a list.
fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rails_of_the_sandbox_are_valid_and_every_pattern_accepts_its_example() {
        let rails = Rails::from_yaml(TEXT).expect("they are valid");
        for rail in &rails.0.rails {
            assert!(rails.institutions(&rail.slug).next().is_some(), "{}: nobody could be paid", rail.slug);
            assert_eq!(rail.needs_no_institution(), rail.assigned_institution.is_some(), "{}", rail.slug);
            for format in rail.formats.iter().chain([&rail.fields]) {
                assert_eq!(format.fields_that_refuse_their_example(), Vec::<&str>::new(), "{}", rail.slug);
            }
        }
    }

    #[test]
    fn an_invalid_text_is_an_error_that_says_what_is_wrong() {
        let rail = "{ countries: [KE], rail: { slug: a, currencies: [KES] } }";
        for (text, problem) in [
            ("[]".to_owned(), "line 1"),
            (format!("rails: [{rail}]\nbanks: []"), "banks"),
            ("rails: [{ countries: [KE], rail: { currencies: [KES] } }]".to_owned(), "no `slug`"),
            ("rails: [{ countries: [KE], rail: { slug: a } }]".to_owned(), "the rail `a` has no `countries`"),
            (format!("rails: [{rail}, {rail}]"), "the rail `a` is there twice"),
            (format!("rails: [{rail}]\ninstitutions: [{{ institution: {{ name: B }} }}]"), "no `id`"),
            (
                format!("rails: [{rail}]\ninstitutions: [{{ institution: {{ id: b, supported_rails: [c] }} }}]"),
                "the institution `b` is on `c`, which is no rail",
            ),
            (
                "rails: [{ countries: [KE], assigned_institution: b, rail: { slug: a, currencies: [KES] } }]"
                    .to_owned(),
                "the rail `a` assigns `b`",
            ),
        ] {
            let error = Rails::from_yaml(&text).expect_err(&text).to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
