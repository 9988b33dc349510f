//! Two schemas' formats and constraints: what is let through, within one type.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    Rule,
    comparison::{Comparison, Found},
    place::Place,
    schemas::{Pair, both, differing},
    subject::about,
};

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
        let Pair { old, new, .. } = pair;
        let of = |place: Place<'d>| (place.value.as_str(), place);
        let (was, is) = differing(old.said("format"), new.said("format"));
        let (was, is) = (was.map(of), is.map(of));
        let name = |format: &Option<(Option<&'d str>, Place<'d>)>| format.as_ref().and_then(|(format, _)| *format);
        let rule = match (name(&was), name(&is)) {
            (was, is) if was == is => return,
            (None, _) | (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Rule::FormatNarrowed,
            (_, None) | (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Rule::FormatWidened,
            _ => Rule::FormatChanged,
        };
        let said = |format: Option<&str>| format.map_or("none".to_owned(), |format| format!("`{format}`"));
        let is_number = matches!(new.kind, Some("integer" | "number"));
        let is_typed = |format: Option<&str>| format.is_some_and(|format| is_number || TYPED_FORMATS.contains(&format));
        let typed = is_typed(name(&was)) || is_typed(name(&is));
        let summary = format!("{} and is {}", said(name(&was)), said(name(&is)));
        let (old, new) = both(pair, was.map(|(_, place)| place), is.map(|(_, place)| place));
        let summary = format!("the format of {} was {summary}", about(&old, &new));
        match typed {
            true => self.note(pair, rule, &old, &new, summary),
            false => self.note_untyped(pair, rule, &old, &new, summary),
        }
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
        let Pair { old, new, .. } = pair;
        let (old, new) = (old.said(word), new.said(word));
        let (was, is) = match grows {
            Some(grows) => (tightest(old, grows), tightest(new, grows)),
            None => differing(old, new),
        };
        let rule = match (&was, &is) {
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
        let said =
            |place: &Option<Place<'_>>| place.as_ref().map_or("none".to_owned(), |place| place.value.to_string());
        let change = format!("was {} and is {}", said(&was), said(&is));
        let (old, new) = both(pair, was, is);
        let summary = format!("the `{word}` of {} {change}", about(&old, &new));
        if pair.new.kind == Some("integer") && SIZES.contains(&word) {
            // Another bound is as good as another type.
            let like = match rule {
                Rule::ConstraintAdded | Rule::ConstraintTightened => Rule::TypeNarrowed,
                Rule::ConstraintRemoved | Rule::ConstraintLoosened => Rule::TypeWidened,
                _ => Rule::TypeChanged,
            };
            let found = Found { rule, flow: pair.flow, old: &old, new: &new, summary };
            return self.judged(pair.node, found, like.verdicts(pair.flow));
        }
        match CHECKED.contains(&word) {
            true => self.note(pair, rule, &old, &new, summary),
            false => self.note_untyped(pair, rule, &old, &new, summary),
        }
    }
}

/// Of bounds that hold at once, the one that counts.
fn tightest<'d>(bounds: &[Place<'d>], grows: bool) -> Option<Place<'d>> {
    let looser = if grows { Ordering::Less } else { Ordering::Greater };
    let tighter = |one: Place<'d>, other: Place<'d>| match order(other.value, one.value) == Some(looser) {
        true => other,
        false => one,
    };
    bounds.iter().cloned().reduce(tighter)
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
