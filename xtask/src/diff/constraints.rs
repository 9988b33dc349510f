//! Two schemas' formats and constraints: what is let through, within one type.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    comparison::Comparison,
    pair::{Pair, differing},
    rule::{Detail, Rule},
};
use crate::openapi::Place;

/// Formats that have a Rust type of their own. Others are hints: the type stays `String`, and nobody checks them.
const TYPED_FORMATS: &[&str] = &["binary", "byte", "date", "date-time", "ip", "ipv4", "ipv6", "uuid"];

/// What bounds a value: the word, and whether a greater number lets more through.
const BOUNDS: &[(&str, bool)] = &[
    ("maxItems", true),
    ("maxLength", true),
    ("maxProperties", true),
    ("maximum", true),
    ("minItems", false),
    ("minLength", false),
    ("minProperties", false),
    ("minimum", false),
];

/// What restricts a value in a way that two of can't be compared.
const RESTRICTIONS: &[&str] = &["exclusiveMaximum", "exclusiveMinimum", "multipleOf", "pattern", "uniqueItems"];

/// Constraints that generated types check when they are read.
const CHECKED: &[&str] = &["maxLength", "minLength", "pattern", "uniqueItems"];

/// Constraints that decide which type an integer has: `u8`, `i64`, `NonZeroU64`.
const SIZES: &[&str] = &["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"];

impl<'d> Comparison<'d> {
    pub(super) fn format(&mut self, pair: &Pair<'_, 'd>) {
        let (old, new) = differing(pair.old.said("format"), pair.new.said("format"));
        let name = |place: Option<&Place<'d>>| place.and_then(|place| place.value.as_str());
        let (was, is) = (name(old), name(new));
        let rule = match (was, is) {
            (was, is) if was == is => return,
            (None, _) | (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Rule::FormatNarrowed,
            (_, None) | (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Rule::FormatWidened,
            _ => Rule::FormatChanged,
        };
        let is_number = matches!(pair.new.kind, Some("integer" | "number"));
        let is_typed = |format: &str| is_number || TYPED_FORMATS.contains(&format);
        let detail = if was.into_iter().chain(is).any(is_typed) { Detail::Plain } else { Detail::Untyped };
        let shown = |format: Option<&str>| format.map_or("none".to_owned(), |format| format!("`{format}`"));
        self.note_between(pair, rule.with(detail), old, new, |what| {
            format!("the format of {what} was {} and is {}", shown(was), shown(is))
        });
    }

    pub(super) fn constraints(&mut self, pair: &Pair<'_, 'd>) {
        for (word, grows) in BOUNDS {
            self.constraint(pair, word, Some(*grows));
        }
        for word in RESTRICTIONS {
            self.constraint(pair, word, None);
        }
    }

    /// Compares one constraint; `grows` tells whether a greater number lets more through.
    fn constraint(&mut self, pair: &Pair<'_, 'd>, word: &str, grows: Option<bool>) {
        let (old, new) = (pair.old.said(word), pair.new.said(word));
        let (was, is) = match grows {
            Some(grows) => (tightest(old, grows), tightest(new, grows)),
            None => differing(old, new),
        };
        let rule = match (was, is) {
            (None, None) => return,
            (Some(was), Some(is)) if was.value == is.value => return,
            (None, Some(_)) => Rule::ConstraintAdded,
            (Some(_), None) => Rule::ConstraintRemoved,
            (Some(was), Some(is)) => match (grows, order(was.value, is.value)) {
                (Some(_), Some(Ordering::Equal)) => return,
                (Some(grows), Some(order)) if (order == Ordering::Less) == grows => Rule::ConstraintLoosened,
                (Some(_), Some(_)) => Rule::ConstraintTightened,
                _ => Rule::ConstraintChanged,
            },
        };
        let detail = match (pair.new.kind, CHECKED.contains(&word)) {
            (Some("integer"), _) if SIZES.contains(&word) => Detail::IntegerSize,
            (_, true) => Detail::Plain,
            (_, false) => Detail::Untyped,
        };
        let shown = |place: Option<&Place<'_>>| place.map_or("none".to_owned(), |place| place.value.to_string());
        self.note_between(pair, rule.with(detail), was, is, |what| {
            format!("the `{word}` of {what} was {} and is {}", shown(was), shown(is))
        });
    }
}

/// Of bounds that hold at once, the one that counts.
fn tightest<'p, 'd>(bounds: &'p [Place<'d>], grows: bool) -> Option<&'p Place<'d>> {
    let tighter = if grows { Ordering::Less } else { Ordering::Greater };
    bounds.iter().reduce(|one, other| if order(other.value, one.value) == Some(tighter) { other } else { one })
}

/// The order of two numbers, exact where a float is not.
fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// Whether it is compared here.
pub(super) fn is_constraint(word: &str) -> bool {
    word == "format" || RESTRICTIONS.contains(&word) || BOUNDS.iter().any(|(bound, _)| *bound == word)
}
