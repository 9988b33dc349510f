//! Numbers within bounds.

use fastrand::Rng;
use serde_json::{Number, Value};

use super::Merged;

/// How far from its bound a number is at most.
const SPAN: f64 = 1000.0;

/// An integer within the bounds.
pub(super) fn integer(merged: &Merged<'_>, random: &mut Rng) -> Value {
    let above = limits(merged, "minimum", f64::ceil)
        .chain(limits(merged, "exclusiveMinimum", f64::floor).map(|bound| bound + 1));
    let below = limits(merged, "maximum", f64::floor)
        .chain(limits(merged, "exclusiveMaximum", f64::ceil).map(|bound| bound - 1));
    let (above, below) = (above.max(), below.min());
    let (low, high) = span(above, below, SPAN as i128, |a, b| a.saturating_add(b));
    let step = merged.smallest("multipleOf").map_or(1, |step| (step as i128).max(1));
    let value = random.i128(low..=high.max(low));
    let value = value - value.rem_euclid(step);
    let value = if value < low { value + step } else { value };
    let number = i64::try_from(value).map(Number::from).or_else(|_| u64::try_from(value).map(Number::from));
    number.map_or(Value::Null, Value::Number)
}

/// The values of a bound as integers. What is no integer is rounded.
fn limits<'k>(merged: &'k Merged<'_>, keyword: &'k str, round: fn(f64) -> f64) -> impl Iterator<Item = i128> {
    merged.all(keyword).filter_map(move |bound| {
        let whole = bound.as_i64().map(i128::from).or_else(|| bound.as_u64().map(i128::from));
        // Far from the limits of what can be added to.
        whole.or_else(|| bound.as_f64().map(|bound| round(bound).clamp(-1e30, 1e30) as i128))
    })
}

/// A number within the bounds, with at most two decimal places where that is possible.
pub(super) fn number(merged: &Merged<'_>, random: &mut Rng) -> Value {
    let above = [merged.largest("minimum"), merged.largest("exclusiveMinimum")];
    let below = [merged.smallest("maximum"), merged.smallest("exclusiveMaximum")];
    let above = above.into_iter().flatten().max_by(f64::total_cmp);
    let below = below.into_iter().flatten().min_by(f64::total_cmp);
    let (low, high) = span(above, below, SPAN, |a, b| a + b);
    let value = low + (high - low) * random.f64().clamp(0.05, 0.95);
    let value = match merged.smallest("multipleOf") {
        Some(step) if step > 0.0 => (value / step).ceil() * step,
        _ => value,
    };
    let rounded = (value * 100.0).round() / 100.0;
    let is_inside = rounded > low && rounded < high && merged.smallest("multipleOf").is_none();
    Number::from_f64(if is_inside { rounded } else { value }).map_or(Value::Null, Value::Number)
}

/// The lowest and the highest value, from the bounds that there are.
fn span<N: Copy + Default + std::ops::Neg<Output = N> + PartialOrd>(
    above: Option<N>,
    below: Option<N>,
    span: N,
    add: impl Fn(N, N) -> N,
) -> (N, N) {
    let smaller = |a: N, b: N| if a < b { a } else { b };
    match (above, below) {
        (Some(low), Some(high)) => (low, high),
        (Some(low), None) => (low, add(low, span)),
        (None, Some(high)) => (smaller(N::default(), add(high, -span)), high),
        (None, None) => (N::default(), span),
    }
}
