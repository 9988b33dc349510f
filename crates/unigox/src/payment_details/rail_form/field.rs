//! A field of a form: what a person is asked for, and whether a value fits.

use iban::Iban;
use serde::Serialize;
use serde_json::Value;

use super::pattern::{self, MAX_VALUE_BYTES};
use crate::{
    FieldRule, InvalidField,
    error::shown_text,
    text::normalized_iban,
    types::{PaymentField, PaymentFieldOption},
};

/// The kinds of fields whose value is a text, or a number that is sent as one.
const TEXT_KINDS: [&str; 2] = ["text", "select"];

/// The kind of a field whose value is sent as it was given: as a number, or as a text.
const NUMBER_KIND: &str = "number";

/// The kind of a field that has values to choose from.
const SELECT_KIND: &str = "select";

/// The key of a field whose value has check digits.
pub(super) const IBAN: &str = "iban";

/// A field to ask a person for. From [`RailForm::fields`](super::RailForm::fields).
///
/// It serializes as the form of a web page needs it: `key`, `label`, `type`, `required`, and what the rail says of
/// `pattern`, `example`, `min_length`, `max_length` and `options`. The texts are the server's: escape them in HTML. A
/// `pattern` matches a part of a value unless it has `^` and `$`, whereas the attribute of HTML matches all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FormField {
    /// The name of the field in the account.
    pub key: String,
    /// Its name for display; the key, if the rail has none.
    pub label: String,
    /// The kind of input, such as `text`, `number` or `select`, if the rail says it. There may be other kinds.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it has to be filled in.
    pub required: bool,
    /// The regular expression that the value has to match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A sample value for display, which the rail calls its placeholder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// The minimum number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// The maximum number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// The values to choose from. Empty, if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<FormOption>,
}

/// A value to choose from. From [`FormField::options`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FormOption {
    /// The value to send.
    pub value: String,
    /// Its name for display.
    pub label: String,
}

impl FormField {
    /// The field, unless it has no key.
    pub(super) fn of(field: &PaymentField) -> Option<Self> {
        let key = field.key.clone().filter(|key| !key.is_empty())?;
        let options = if field.type_.as_deref() == Some(SELECT_KIND) { field.options.as_deref() } else { None };
        Some(Self {
            label: filled(&field.label).unwrap_or_else(|| key.clone()),
            kind: filled(&field.type_),
            required: field.required == Some(true),
            pattern: filled(&field.pattern),
            example: filled(&field.placeholder),
            min_length: length(field, "min_length"),
            max_length: length(field, "max_length"),
            options: options.into_iter().flatten().filter_map(FormOption::of).collect(),
            key,
        })
    }

    /// Whether it has a pattern that no value can be matched with.
    pub(super) fn is_unchecked(&self) -> bool {
        self.pattern.as_deref().is_some_and(|pattern| pattern::program(pattern).is_none())
    }

    /// The value as it is sent, nothing for one that is left out, or what is wrong with it.
    pub(super) fn check(&self, value: Option<&Value>) -> Result<Option<Value>, InvalidField> {
        let wrong = |rule, problem: String| Err(InvalidField::of_account(&self.key, rule, problem));
        let Some(value) = value.filter(|value| !is_blank(value)) else {
            return if self.required { wrong(FieldRule::Required, "is required".to_owned()) } else { Ok(None) };
        };
        let text = match value {
            Value::String(text) if self.key == IBAN => normalized_iban(text),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ if self.is_text() => return wrong(FieldRule::Type, "is not a text or a number".to_owned()),
            // What other kinds of fields hold, the server knows.
            _ => return Ok(Some(value.clone())),
        };
        if text.len() > MAX_VALUE_BYTES {
            return wrong(FieldRule::Length, format!("has more than {MAX_VALUE_BYTES} bytes"));
        }
        let count = text.chars().count() as u64;
        if let Some(min) = self.min_length.filter(|min| count < *min) {
            return wrong(FieldRule::Length, format!("has fewer than {min} characters"));
        }
        if let Some(max) = self.max_length.filter(|max| count > *max) {
            return wrong(FieldRule::Length, format!("has more than {max} characters"));
        }
        if !self.options.is_empty() && !self.options.iter().any(|option| option.value == text) {
            return wrong(FieldRule::Options, format!("is not one of {}", self.shown_options()));
        }
        let program = self.pattern.as_deref().and_then(pattern::program);
        if program.is_some_and(|program| !program.is_match(&text)) {
            return wrong(FieldRule::Pattern, self.wanted());
        }
        if self.key == IBAN && text.parse::<Iban>().is_err() {
            return wrong(FieldRule::Pattern, "is not an IBAN".to_owned());
        }
        let is_sent_as_text = self.kind.as_deref().is_some_and(|kind| TEXT_KINDS.contains(&kind));
        Ok(Some(if is_sent_as_text || self.key == IBAN { text.into() } else { value.clone() }))
    }

    fn is_text(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| TEXT_KINDS.contains(&kind) || kind == NUMBER_KIND)
    }

    fn wanted(&self) -> String {
        match self.pattern.as_deref().and_then(shown_text) {
            Some(pattern) => format!("does not match the pattern `{pattern}`"),
            None => "does not match the pattern of the rail".to_owned(),
        }
    }

    fn shown_options(&self) -> String {
        let values: Option<Vec<_>> = self.options.iter().map(|option| shown_text(&option.value)).collect();
        match values {
            Some(values) if values.len() <= 12 => {
                values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
            }
            _ => "the options of the rail".to_owned(),
        }
    }
}

impl FormOption {
    /// The option, unless it has no value.
    fn of(option: &PaymentFieldOption) -> Option<Self> {
        let value = option.code.clone()?;
        Some(Self { label: filled(&option.name).unwrap_or_else(|| value.clone()), value })
    }
}

/// Whether the server treats the value as missing.
pub(super) fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A length that the rail says. The document does not list it, and a server may send it.
fn length(field: &PaymentField, name: &str) -> Option<u64> {
    field.extra.get(name)?.as_u64()
}

fn filled(text: &Option<String>) -> Option<String> {
    text.clone().filter(|text| !text.is_empty())
}
