//! Two schemas being compared: where a change between them is shown.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    comparison::{At, Comparison},
    rule::Judged,
    shape::Shape,
};
use crate::openapi::Place;

/// Two schemas being compared, and where to note what is found.
pub(super) struct Pair<'p, 'd> {
    pub(super) at: At,
    pub(super) old: &'p Shape<'d>,
    pub(super) new: &'p Shape<'d>,
}

impl<'d> Comparison<'d> {
    /// Notes a change of what the schemas say in two places; where only one of them says something, the other place is the
    /// one beside it. `summary` is told what the places are called.
    pub(super) fn note_between(
        &mut self,
        pair: &Pair<'_, 'd>,
        judged: impl Into<Judged>,
        old: Option<&Place<'d>>,
        new: Option<&Place<'d>>,
        summary: impl FnOnce(&str) -> String,
    ) {
        let (old, new) = pair.both(old, new);
        self.note(pair.at, judged, &old, &new, summary(&self.about(&old, &new)));
    }
}

impl<'d> Pair<'_, 'd> {
    /// The places of what both documents say, or of what the one would say that says nothing.
    pub(super) fn both(&self, old: Option<&Place<'d>>, new: Option<&Place<'d>>) -> (Place<'d>, Place<'d>) {
        match (old, new) {
            (Some(old), Some(new)) => (old.clone(), new.clone()),
            (Some(old), None) => (old.clone(), self.new.beside(old)),
            (None, Some(new)) => (self.old.beside(new), new.clone()),
            (None, None) => (self.old.at.clone(), self.new.at.clone()),
        }
    }

    /// The places of two statements. If they are in different parts, one of them counts, whichever way one looks, and the
    /// other is what is beside it.
    pub(super) fn one_part(&self, old: &Place<'d>, new: &Place<'d>) -> (Place<'d>, Place<'d>) {
        let (was, is) = (old.pointer(), new.pointer());
        match (self.old.part_around(new), self.new.part_around(old)) {
            _ if was == is => (old.clone(), new.clone()),
            (Some(part), _) if is < was => (part.clone(), new.clone()),
            (_, Some(part)) if was < is => (old.clone(), part.clone()),
            _ => (old.clone(), new.clone()),
        }
    }
}

/// The first place of what only the one says, and of what only the other.
pub(super) fn differing<'p, 'd>(
    old: &'p [Place<'d>],
    new: &'p [Place<'d>],
) -> (Option<&'p Place<'d>>, Option<&'p Place<'d>>) {
    let only = |some: &'p [Place<'d>], others: &[Place<'d>]| {
        let others: HashSet<_> = others.iter().map(|other| other.value).collect();
        some.iter().find(|place| !others.contains(place.value))
    };
    (only(old, new), only(new, old))
}

/// What only the one has, and what only the other.
pub(super) fn differences<'d>(old: &[&'d Value], new: &[&'d Value]) -> (Vec<&'d Value>, Vec<&'d Value>) {
    let without = |some: &[&'d Value], others: &[&'d Value]| {
        let others: HashSet<_> = others.iter().collect();
        some.iter().filter(|value| !others.contains(value)).copied().collect()
    };
    (without(old, new), without(new, old))
}
