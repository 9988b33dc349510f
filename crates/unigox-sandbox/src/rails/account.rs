//! The fields of an account: which ones a rail needs, and what it does not accept of those that are sent.

use iban::Iban;
use jsonschema::{PatternOptions, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::texts;

/// How many steps a pattern may take on a value. What it has not refused by then is accepted.
const MAX_PATTERN_STEPS: usize = 20_000;

/// The maximum length of a field. A step of a pattern may look at all of it.
const MAX_FIELD_BYTES: usize = 4096;

/// How large a pattern may be in memory.
const MAX_PATTERN_BYTES: usize = 1024 * 1024;

/// Who is paid, in `details`.
const BENEFICIARY: &str = "beneficiary_type";

/// The kinds of beneficiaries, the one that is meant without it first.
const BENEFICIARIES: [&str; 2] = ["individual", "business"];

/// An account as it is sent: the object `details`.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a>(pub(crate) &'a Value);

impl Account<'_> {
    /// Who is paid; none if it is a kind that does not exist.
    pub(crate) fn beneficiary(self) -> Option<&'static str> {
        let Some(sent) = self.0.get(BENEFICIARY) else { return Some(BENEFICIARIES[0]) };
        BENEFICIARIES.into_iter().find(|known| sent == known)
    }

    /// The names of the fields that are missing or not accepted. Without a format there is none for the beneficiary.
    pub(crate) fn wrong_fields(self, format: Option<&Format>) -> Vec<&str> {
        match format {
            None => vec![BENEFICIARY],
            Some(format) => format
                .fields
                .iter()
                .filter(|field| !field.accepts(self.0.get(&field.key)))
                .map(|field| field.key.as_str())
                .collect(),
        }
    }
}

/// A set of fields, and whom it is for.
pub(crate) struct Format {
    /// Empty for institutions of any type.
    institution_types: Vec<String>,
    /// None for both.
    beneficiary: Option<String>,
    fields: Vec<Field>,
}

impl Format {
    /// Of a rail, or of one of its formats.
    pub(super) fn new(json: &Value) -> Self {
        let fields = json.get("fields").and_then(Value::as_array).into_iter().flatten();
        Self {
            institution_types: texts(json.get("institution_types")),
            beneficiary: json.get(BENEFICIARY).and_then(Value::as_str).map(str::to_owned),
            fields: fields.filter_map(Field::new).collect(),
        }
    }

    pub(super) fn is_for_institution(&self, kind: Option<&str>) -> bool {
        self.institution_types.is_empty() || kind.is_some_and(|kind| self.institution_types.iter().any(|of| of == kind))
    }

    pub(super) fn is_for_beneficiary(&self, beneficiary: &str) -> bool {
        self.beneficiary.as_deref().is_none_or(|of| of == beneficiary)
    }

    #[cfg(test)]
    pub(super) fn fields_that_refuse_their_example(&self) -> Vec<&str> {
        let refuses = |field: &&Field| {
            field.validator.is_none() || field.example.as_ref().is_some_and(|example| !field.accepts(Some(example)))
        };
        self.fields.iter().filter(refuses).map(|field| field.key.as_str()).collect()
    }
}

/// A field of an account.
struct Field {
    key: String,
    is_required: bool,
    /// None if its pattern is not a regular expression.
    validator: Option<Validator>,
    #[cfg(test)]
    example: Option<Value>,
}

impl Field {
    /// The field; none without a `key`.
    fn new(json: &Value) -> Option<Self> {
        let options = json.get("options").and_then(Value::as_array).into_iter().flatten();
        let options: Vec<_> = options.filter_map(|option| option.get("code")).collect();
        let mut schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        if let Some(pattern) = json.get("pattern").filter(|pattern| pattern.is_string()) {
            schema.insert("pattern".to_owned(), pattern.clone());
        }
        if !options.is_empty() {
            schema.insert("enum".to_owned(), json!(options));
        }
        let limits = PatternOptions::fancy_regex().backtrack_limit(MAX_PATTERN_STEPS).size_limit(MAX_PATTERN_BYTES);
        Some(Self {
            key: json.get("key")?.as_str()?.to_owned(),
            is_required: json.get("required").and_then(Value::as_bool).unwrap_or_default(),
            validator: jsonschema::options().with_pattern_options(limits).build(&Value::Object(schema)).ok(),
            #[cfg(test)]
            example: json.get("placeholder").cloned(),
        })
    }

    /// Whether the rail accepts what is sent: text that the pattern matches, and an IBAN with its check digits. A number is
    /// not text: it may have lost zeros.
    fn accepts(&self, sent: Option<&Value>) -> bool {
        let Some(sent) = sent else { return !self.is_required };
        let Some(text) = sent.as_str() else { return false };
        let is_blank = self.is_required && text.trim().is_empty();
        if is_blank || text.len() > MAX_FIELD_BYTES || self.key == "iban" && text.parse::<Iban>().is_err() {
            return false;
        }
        let is_refusal =
            |kind: &ValidationErrorKind| !matches!(kind, ValidationErrorKind::BacktrackLimitExceeded { .. });
        self.validator.iter().flat_map(|validator| validator.iter_errors(sent)).all(|error| !is_refusal(error.kind()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn check(field: Value, sent: Value, expected: bool) {
        let field = Field::new(&field).expect("it has a key");
        assert_eq!(field.accepts(Some(&sent).filter(|sent| !sent.is_null())), expected, "{sent}");
    }

    #[test]
    fn a_field_is_required_or_not_and_text_that_its_pattern_matches() {
        let field = |required: bool| json!({"key": "a", "required": required, "pattern": "^\\d{3}$"});
        check(field(true), json!(null), false);
        check(field(false), json!(null), true);
        for required in [true, false] {
            check(field(required), json!("123"), true);
            for refused in [json!("12"), json!("1234"), json!("12a"), json!(""), json!(123), json!([]), json!({})] {
                check(field(required), refused, false);
            }
        }
        check(json!({"key": "a", "required": true}), json!(" "), false);
        check(json!({"key": "a"}), json!(" "), true);
    }

    #[test]
    fn a_choice_is_one_of_its_options() {
        let field = || json!({"key": "a", "type": "select", "options": [{"code": "CPF"}, {"code": "EMAIL"}]});
        check(field(), json!("CPF"), true);
        check(field(), json!("cpf"), false);
    }

    #[test]
    fn an_iban_has_check_digits() {
        check(json!({"key": "iban"}), json!("DE75512108001245126199"), true);
        check(json!({"key": "iban"}), json!("DE76512108001245126199"), false);
    }

    #[test]
    fn nothing_is_judged_by_a_pattern_that_is_not_valid_or_too_slow() {
        check(json!({"key": "a", "pattern": "("}), json!("anything"), true);
        check(json!({"key": "a", "pattern": "("}), json!(1), false);
        let start = Instant::now();
        let text = "a".repeat(MAX_FIELD_BYTES);
        check(json!({"key": "a"}), json!(format!("{text}a")), false);
        // With a back-reference the pattern is tried step by step.
        check(json!({"key": "a", "pattern": "^(a|aa)+\\1b$"}), json!(text), true);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}
