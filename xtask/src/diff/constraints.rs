//! Two schemas' formats and constraints: what is let through, within one type.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    comparison::Comparison,
    pair::{Pair, differing},
    pattern,
    rule::{Detail, Rule},
    shape::Shape,
};
use crate::openapi::Place;

/// Formats that have a Rust type of their own. Others are hints: the type stays `String`, and nobody checks them.
const TYPED_FORMATS: &[&str] = &["binary", "byte", "date", "date-time", "ip", "ipv4", "ipv6", "uuid"];

/// What bounds how much there is: the word, and whether a greater number lets more through.
const AMOUNTS: &[(&str, bool)] = &[
    ("maxItems", true),
    ("maxLength", true),
    ("maxProperties", true),
    ("minItems", false),
    ("minLength", false),
    ("minProperties", false),
];

/// What bounds a number: the word, the one that leaves out the bound itself, and whether a greater bound lets more through.
const LIMITS: &[(&str, &str, bool)] = &[("maximum", "exclusiveMaximum", true), ("minimum", "exclusiveMinimum", false)];

/// What restricts a value in another way.
const RESTRICTIONS: &[&str] = &["multipleOf", "pattern", "uniqueItems"];

/// Constraints that generated types check.
const CHECKED: &[&str] = &["maxLength", "minLength", "pattern", "uniqueItems"];

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
        for (word, grows) in AMOUNTS {
            let [was, is] = [pair.old, pair.new].map(|shape| tightest(shape.said(word), *grows));
            self.constraint(pair, word, was, is, |was, is| more(order(was, is), *grows));
        }
        for (word, exclusive, grows) in LIMITS {
            self.limit(pair, word, exclusive, *grows);
        }
        for word in RESTRICTIONS {
            let (old, new) = (pair.old.said(word), pair.new.said(word));
            let (was, is) = differing(old, new);
            // Of several, each is another restriction.
            let are_alone = old.len() < 2 && new.len() < 2;
            self.constraint(pair, word, was, is, |was, is| {
                match *word {
                    "pattern" => pattern::order(was.as_str()?, is.as_str()?),
                    "multipleOf" => multiple(was.as_u64()?, is.as_u64()?),
                    _ => None,
                }
                .filter(|_| are_alone)
            });
        }
    }

    /// Compares a constraint; `order` tells whether the one value lets less through than the other.
    fn constraint(
        &mut self,
        pair: &Pair<'_, 'd>,
        word: &str,
        was: Option<&Place<'d>>,
        is: Option<&Place<'d>>,
        order: impl FnOnce(&Value, &Value) -> Option<Ordering>,
    ) {
        let rule = match (was, is) {
            (None, None) => return,
            (Some(was), Some(is)) if was.value == is.value => return,
            (None, Some(_)) => Rule::ConstraintAdded,
            (Some(_), None) => Rule::ConstraintRemoved,
            (Some(was), Some(is)) => match changed(order(was.value, is.value)) {
                Some(rule) => rule,
                None => return,
            },
        };
        let shown = |place: Option<&Place<'_>>| place.map_or("none".to_owned(), |place| place.value.to_string());
        self.note_constraint(pair, rule, word, (was, shown(was)), (is, shown(is)));
    }

    /// Compares a bound of numbers. For an integer, it is the last one that is let through.
    fn limit(&mut self, pair: &Pair<'_, 'd>, word: &str, exclusive: &str, grows: bool) {
        if [pair.old, pair.new].iter().all(|shape| shape.said(word).is_empty() && shape.said(exclusive).is_empty()) {
            return;
        }
        let is_integer = pair.old.kind == Some("integer");
        let tightest = |shape: &Shape<'d>| {
            let limits = shape
                .parts
                .iter()
                .filter_map(|part| Limit::of(part, word, exclusive, is_integer && !grows, is_integer && grows));
            limits.reduce(
                |one, other| if more(one.order(&other, grows), grows) == Some(Ordering::Greater) { other } else { one },
            )
        };
        let (was, is) = (tightest(pair.old), tightest(pair.new));
        let rule = match (&was, &is) {
            (None, None) => return,
            (None, Some(_)) => Rule::ConstraintAdded,
            (Some(_), None) => Rule::ConstraintRemoved,
            (Some(was), Some(is)) => match changed(more(was.order(is, grows), grows)) {
                Some(rule) => rule,
                None => return,
            },
        };
        let shown = |limit: &Option<Limit<'d>>| match limit {
            None => "none".to_owned(),
            Some(Limit { place, is_excluded: true, .. }) => format!("{} (itself excluded)", place.value),
            Some(Limit { place, .. }) => place.value.to_string(),
        };
        let place = |limit: &'_ Option<Limit<'d>>| limit.as_ref().map(|limit| limit.place.clone());
        let (old, new) = (place(&was), place(&is));
        self.note_constraint(pair, rule, word, (old.as_ref(), shown(&was)), (new.as_ref(), shown(&is)));
    }

    fn note_constraint(
        &mut self,
        pair: &Pair<'_, 'd>,
        rule: Rule,
        word: &str,
        (old, was): (Option<&Place<'d>>, String),
        (new, is): (Option<&Place<'d>>, String),
    ) {
        let detail = if CHECKED.contains(&word) { Detail::Plain } else { Detail::Untyped };
        self.note_between(pair, rule.with(detail), old, new, |what| {
            format!("the `{word}` of {what} was {was} and is {is}")
        });
    }
}

/// What it is if what was let through is less than what is, or more; none if it is the same.
fn changed(order: Option<Ordering>) -> Option<Rule> {
    match order {
        Some(Ordering::Equal) => None,
        Some(Ordering::Less) => Some(Rule::ConstraintLoosened),
        Some(Ordering::Greater) => Some(Rule::ConstraintTightened),
        None => Some(Rule::ConstraintChanged),
    }
}

/// A bound of numbers.
struct Limit<'d> {
    place: Place<'d>,
    /// For an integer the first or last one that is let through.
    value: Value,
    is_excluded: bool,
}

impl<'d> Limit<'d> {
    /// What `part` says by `word`, or by the other word alone, as later versions of OpenAPI do.
    fn of(part: &Place<'d>, word: &str, exclusive: &str, rounds_up: bool, rounds_down: bool) -> Option<Self> {
        let other = part.get(exclusive);
        let (place, is_excluded) = match (part.get(word), other) {
            (Some(place), other) => (place, other.is_some_and(|other| *other.value == true)),
            (None, Some(other)) if other.value.is_number() => (other, true),
            (None, _) => return None,
        };
        let whole = |number: i64| {
            let beside = if rounds_up { number.checked_add(1) } else { number.checked_sub(1) };
            if is_excluded { beside } else { Some(number) }
        };
        let is_whole = |number: f64| number.fract() == 0.0 && number.abs() < 9e15;
        let integer = match (place.value.as_i64(), place.value.as_f64()) {
            _ if !rounds_up && !rounds_down => None,
            (Some(integer), _) => whole(integer),
            #[allow(clippy::cast_possible_truncation, reason = "it is a whole number of 15 digits")]
            (None, Some(number)) if is_whole(number) => whole(number as i64),
            #[allow(clippy::cast_possible_truncation, reason = "it is a whole number of 15 digits")]
            (None, Some(number)) if number.abs() < 9e15 => {
                Some(if rounds_up { number.ceil() } else { number.floor() } as i64)
            }
            _ => None,
        };
        let value = integer.map_or_else(|| place.value.clone(), Value::from);
        Some(Self { place, value, is_excluded: is_excluded && integer.is_none() })
    }

    /// The order of the bounds themselves: one that is excluded is nearer than one that is not.
    fn order(&self, other: &Self, grows: bool) -> Option<Ordering> {
        let nearer = |limit: &Self| if grows { !limit.is_excluded } else { limit.is_excluded };
        // What is no number can't be more or less than another, but it can be the same.
        let values = if self.value == other.value { Ordering::Equal } else { order(&self.value, &other.value)? };
        Some(values.then(nearer(self).cmp(&nearer(other))))
    }
}

/// Whether less or more is let through, from the order of two bounds.
fn more(order: Option<Ordering>, grows: bool) -> Option<Ordering> {
    if grows { order } else { order.map(Ordering::reverse) }
}

/// Of bounds that hold at once, the one that counts. That there is no less than nothing goes without saying.
fn tightest<'p, 'd>(bounds: &'p [Place<'d>], grows: bool) -> Option<&'p Place<'d>> {
    let tighter = if grows { Ordering::Less } else { Ordering::Greater };
    let bounds = bounds.iter().filter(|bound| grows || bound.value.as_f64() != Some(0.0));
    bounds.reduce(|one, other| if order(other.value, one.value) == Some(tighter) { other } else { one })
}

/// Whether the multiples of the one are among those of the other.
fn multiple(one: u64, other: u64) -> Option<Ordering> {
    let divides = |one: u64, other: u64| one != 0 && other.is_multiple_of(one);
    match (divides(other, one), divides(one, other)) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
        (false, false) => None,
    }
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
    let is_limit = |(limit, exclusive, _): &(&str, &str, bool)| *limit == word || *exclusive == word;
    word == "format"
        || RESTRICTIONS.contains(&word)
        || AMOUNTS.iter().any(|(bound, _)| *bound == word)
        || LIMITS.iter().any(is_limit)
}
