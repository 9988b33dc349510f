//! A field of an account that does not fit its rail, and what the rail wants.

use std::{borrow::Cow, fmt};

/// The longest name or pattern of the server that a message has in it.
const MAX_SHOWN: usize = 120;

/// What stands in a message for a name that may hold data.
const HIDDEN: &str = "[hidden]";

/// A field that does not fit the rail, and what the rail wants of it. From
/// [`Error::invalid_fields`](crate::Error::invalid_fields).
///
/// It holds no value. Names, patterns and options in it are those that the rail has.
///
/// # Examples
///
/// ```
/// # fn f(error: unigox::Error) {
/// use unigox::FieldRule;
///
/// for field in error.invalid_fields() {
///     match (field.key(), field.rule()) {
///         (Some(key), FieldRule::Required) => println!("please fill in {key}"),
///         (Some(key), _) => println!("please correct {key}: it {}", field.problem()),
///         (None, _) => println!("{field}"),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    path: Cow<'static, str>,
    rule: FieldRule,
    problem: Cow<'static, str>,
}

/// The rule that a field does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldRule {
    /// It has to be there, and is missing or blank.
    Required,
    /// The rail has no such field.
    Known,
    /// It has to match a pattern.
    Pattern,
    /// It has to have so many characters.
    Length,
    /// It has to be one of the values to choose from.
    Options,
    /// It has to be a text or a number.
    Type,
    /// It has to go with the rail: a currency, an institution or a kind of beneficiary.
    Route,
}

impl InvalidField {
    pub(crate) fn new(path: &'static str, rule: FieldRule, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { path: path.into(), rule, problem: problem.into() }
    }

    /// The field `key` of the account.
    pub(crate) fn of_account(key: &str, rule: FieldRule, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { path: format!("details.{}", shown_name(key)).into(), rule, problem: problem.into() }
    }

    /// The path of the field in the body, such as `details.iban` or `institution_id`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The key of a field of the account, such as `iban`; none for any other field.
    pub fn key(&self) -> Option<&str> {
        self.path.strip_prefix("details.").filter(|key| *key != HIDDEN)
    }

    /// The rule that it does not follow.
    pub fn rule(&self) -> FieldRule {
        self.rule
    }

    /// What is wrong with it and what the rail wants, as a phrase that follows its name: ``does not match `^[0-9]{10}$` ``.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// Writes path and problem.
impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path, self.problem)
    }
}

/// A name of a field, if it looks like one: a caller may have taken it from anywhere, and many digits are no name.
pub(crate) fn shown_name(name: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if name.len() <= 64 && digits <= 4 && name.chars().all(is_plain) { name } else { HIDDEN }
}

/// A pattern or an option of the server, if it is one line of a usual length.
pub(crate) fn shown_text(text: &str) -> Option<&str> {
    let is_plain = |c: char| !c.is_control() && c != '`';
    (text.len() <= MAX_SHOWN && text.chars().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_hold_data_is_hidden() {
        let name = |key| InvalidField::of_account(key, FieldRule::Known, "is no field of the rail").to_string();
        assert_eq!(name("bank_code"), "`details.bank_code` is no field of the rail");
        assert_eq!(name("Ada Obi"), "`details.[hidden]` is no field of the rail");
        assert_eq!(name("DE75512108001245126199"), "`details.[hidden]` is no field of the rail");
        let field = InvalidField::of_account("Ada Obi", FieldRule::Known, "is no field of the rail");
        assert_eq!((field.key(), field.path()), (None, "details.[hidden]"));
    }
}
