//! `oneOf` and `anyOf`: which variant of the one document is which of the other, and what became of them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{
    Rule, Verdict,
    comparison::{Comparison, Found},
    place::Place,
    rule::Flow,
    schemas::Pair,
    shape::{Property, Schema, Shape, Union},
    subject::{about, subject},
};
use crate::walk;

impl<'d> Comparison<'d> {
    /// Compares unions and discriminators. Tells whether that was all: of what is one shape here and one of several there,
    /// nothing else can be compared.
    pub(super) fn unions(&mut self, pair: &Pair<'_, 'd>) -> bool {
        let is_all = self.variants(pair);
        // After the variants: which of them have other names is known by now.
        self.discriminators(pair);
        is_all
    }

    fn variants(&mut self, pair: &Pair<'_, 'd>) -> bool {
        let Pair { old, new, .. } = pair;
        match (old.unions.as_slice(), new.unions.as_slice()) {
            ([], []) => false,
            ([], [union, ..]) => {
                self.introduced(pair, union);
                new.is_plain_union()
            }
            ([union, ..], []) => {
                self.dropped(pair, union);
                old.is_plain_union()
            }
            (before, now) => {
                let mut left = Left::new(before, now);
                left.pair_by(
                    |union| Some(self.old.likeness.of_all(&union.variants)),
                    |union| Some(self.new.likeness.of_all(&union.variants)),
                );
                let few = left.gone.len().min(left.come.len());
                left.paired.extend(left.gone.drain(..few).zip(left.come.drain(..few)));
                for (before, now) in left.paired {
                    self.union(pair, before, now);
                }
                for union in left.gone {
                    let summary = format!("{} is no longer restricted to several shapes", about(&old.at, &new.at));
                    self.note(pair, Rule::UnionDropped, &union.at, &new.at, summary);
                }
                for union in left.come {
                    let summary = format!("{} has to be one of several shapes, too", about(&old.at, &new.at));
                    self.note(pair, Rule::UnionIntroduced, &old.at, &union.at, summary);
                }
                false
            }
        }
    }

    /// What was one shape is one of several.
    fn introduced(&mut self, pair: &Pair<'_, 'd>, union: &Union<'d>) {
        let Pair { node, flow, old, new } = *pair;
        let before = &old.schema;
        let likeness = self.old.likeness.of(before);
        let is_among = union.variants.iter().any(|variant| self.new.likeness.of(variant) == likeness);
        let (wire, source) = Rule::UnionIntroduced.verdicts(flow);
        // What was accepted is still accepted.
        let wire = if is_among && flow == Flow::Request { Verdict::Ok } else { wire };
        let summary = format!("{} was one shape and is one of {}", about(&old.at, &new.at), union.variants.len());
        let found = Found { rule: Rule::UnionIntroduced, flow, old: &old.at, new: &union.at, summary };
        self.judged(node, found, (wire, source));
        if !is_among && old.kind.is_some() && new.is_plain_union() && is_readable(old, union) {
            for variant in &union.variants {
                self.shared(node, before, variant, flow);
            }
        }
    }

    /// What was one of several shapes is one.
    fn dropped(&mut self, pair: &Pair<'_, 'd>, union: &Union<'d>) {
        let Pair { node, flow, old, new } = *pair;
        let now = &new.schema;
        let likeness = self.new.likeness.of(now);
        let was_among = union.variants.iter().any(|variant| self.old.likeness.of(variant) == likeness);
        let (wire, source) = Rule::UnionDropped.verdicts(flow);
        // What comes now could come before.
        let wire = if was_among && flow != Flow::Request { Verdict::Ok } else { wire };
        let summary =
            format!("{} was one of {} shapes and is one shape", about(&old.at, &new.at), union.variants.len());
        let found = Found { rule: Rule::UnionDropped, flow, old: &union.at, new: &new.at, summary };
        self.judged(node, found, (wire, source));
        if !was_among && new.kind.is_some() && old.is_plain_union() && is_readable(new, union) {
            for variant in &union.variants {
                self.shared(node, variant, now, flow);
            }
        }
    }

    fn union(&mut self, pair: &Pair<'_, 'd>, old: &Union<'d>, new: &Union<'d>) {
        if old.keyword != new.keyword {
            let summary =
                format!("`{}` of {} became `{}`", old.keyword, about(&pair.old.at, &pair.new.at), new.keyword);
            self.note(pair, Rule::KeywordChanged, &old.at, &new.at, summary);
        }
        let mut left = Left::new(&old.variants, &new.variants);
        left.pair_by(
            |variant| variant.component().map(str::to_owned),
            |variant| variant.component().map(str::to_owned),
        );
        left.pair_by(|variant| Some(self.old.likeness.of(variant)), |variant| Some(self.new.likeness.of(variant)));
        let (old_document, new_document) = (self.old.document, self.new.document);
        left.pair_by(|variant| tags(old_document, variant), |variant| tags(new_document, variant));
        left.pair_by(title, title);
        self.pair_edited(&mut left);
        for (before, now) in left.paired {
            self.schemas(pair.node, before, now, pair.flow);
        }
        let place = |variant: &Schema<'d>| variant.at.clone();
        if let ([before], [now]) = (left.gone.as_slice(), left.come.as_slice()) {
            let summary = format!("{} is in the place of {}", name(now), name(before));
            return self.note(pair, Rule::VariantReplaced, &place(before), &place(now), summary);
        }
        for variant in left.gone {
            let summary = format!("{} is no variant of {} any more", name(variant), about(&pair.old.at, &pair.new.at));
            self.note(pair, Rule::VariantRemoved, &place(variant), &new.at, summary);
        }
        for variant in left.come {
            let summary = format!("{} is a new variant of {}", name(variant), about(&pair.old.at, &pair.new.at));
            self.note(pair, Rule::VariantAdded, &old.at, &place(variant), summary);
        }
    }

    /// Pairs what is left over if it is the same variants, edited: written in place and as many as before, or a component
    /// that was renamed.
    fn pair_edited(&self, left: &mut Left<'_, Schema<'d>>) {
        let is_inline = |variant: &&Schema<'d>| variant.component().is_none();
        let are_same = match (left.gone.as_slice(), left.come.as_slice()) {
            ([before], [now]) => match (before.component(), now.component()) {
                (Some(was), Some(is)) => self.rename(was, is).0,
                (was, is) => was.is_none() && is.is_none(),
            },
            (before, now) => before.len() == now.len() && before.iter().chain(now).all(is_inline),
        };
        if are_same {
            left.paired.extend(left.gone.drain(..).zip(left.come.drain(..)));
        }
    }

    fn is_same_mapping(&self, old: &Place<'d>, new: &Place<'d>) -> bool {
        let mapping = |discriminator: &Place<'d>| -> BTreeMap<&'d str, &'d str> {
            discriminator.get("mapping").iter().flat_map(Place::members).map(mapped).collect()
        };
        let (before, now) = (mapping(old), mapping(new));
        let is_same = |was: &'d str, is: &'d str| was == is || self.renamed.contains(&(was, is));
        before.len() == now.len()
            && before.iter().zip(&now).all(|((key, was), (other, is))| key == other && is_same(was, is))
    }

    fn discriminators(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        match (&old.discriminator, &new.discriminator) {
            (None, None) => {}
            (None, Some(place)) => {
                let old = old.beside(place);
                let summary = format!("the variants of {} now have a discriminator", about(&old, place));
                self.note(pair, Rule::DiscriminatorAdded, &old, place, summary);
            }
            (Some(place), None) => {
                let new = new.beside(place);
                let summary = format!("the variants of {} no longer have a discriminator", about(place, &new));
                self.note(pair, Rule::DiscriminatorRemoved, place, &new, summary);
            }
            (Some(before), Some(now)) => {
                let what = about(before, now);
                let property = |place: &Place<'d>| place.text("propertyName").unwrap_or_default();
                if property(before) != property(now) {
                    let (was, is) = (property(before), property(now));
                    let summary = format!("the discriminator of {what} was `{was}` and is `{is}`");
                    self.note(pair, Rule::DiscriminatorChanged, before, now, summary);
                }
                if !self.is_same_mapping(before, now) {
                    let summary = format!("other values of the discriminator of {what} stand for its variants");
                    self.note(pair, Rule::DiscriminatorMappingChanged, before, now, summary);
                }
            }
        }
    }
}

/// The component that a value of a mapping stands for: it may be a name or a reference.
fn mapped<'d>((key, target): (&'d str, Place<'d>)) -> (&'d str, &'d str) {
    let target = target.value.as_str().unwrap_or_default();
    (key, walk::schema_name(target).unwrap_or(target))
}

/// Variants (or unions) that have no counterpart yet, and those that have.
struct Left<'p, T> {
    gone: Vec<&'p T>,
    come: Vec<&'p T>,
    paired: Vec<(&'p T, &'p T)>,
}

impl<'p, T> Left<'p, T> {
    fn new(old: &'p [T], new: &'p [T]) -> Self {
        Self { gone: old.iter().collect(), come: new.iter().collect(), paired: Vec::new() }
    }

    /// Pairs those with the same key, in order.
    fn pair_by<K: Eq + std::hash::Hash>(
        &mut self,
        mut old: impl FnMut(&T) -> Option<K>,
        mut new: impl FnMut(&T) -> Option<K>,
    ) {
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for (position, variant) in self.come.iter().enumerate().rev() {
            if let Some(key) = new(variant) {
                waiting.entry(key).or_default().push(position);
            }
        }
        let mut taken = vec![false; self.come.len()];
        self.gone.retain(|variant| {
            let found = old(variant).and_then(|key| waiting.get_mut(&key)?.pop());
            if let Some(position) = found {
                taken[position] = true;
                self.paired.push((variant, self.come[position]));
            }
            found.is_none()
        });
        let mut taken = taken.into_iter();
        self.come.retain(|_| !taken.next().unwrap_or_default());
    }
}

/// Whether one shape can be told from each of several: of a thousand properties and a thousand variants, nobody reads a
/// million differences.
fn is_readable(flat: &Shape<'_>, union: &Union<'_>) -> bool {
    flat.properties.len().max(1) * union.variants.len() <= 10_000
}

/// The properties with one possible value, which tell variants apart.
fn tags<'d>(document: &'d Value, variant: &Schema<'d>) -> Option<Vec<(&'d str, String)>> {
    let shape = Shape::of(document, variant);
    let may_be_tag = |property: &Property<'d>| {
        let says = |part: &Place<'d>, word| part.value.get(word).is_some();
        let mut parts = property.schema.parts.iter().map(|part| part.clone().resolved(document));
        parts.any(|part| says(&part, "enum") || says(&part, "allOf"))
    };
    let properties = shape.properties.iter().filter(|(_, property)| may_be_tag(property));
    let tags = properties.filter_map(|(name, property)| {
        let shape = Shape::of(document, &property.schema);
        match shape.values.as_ref()?.1.as_slice() {
            [only] => Some((*name, only.to_string())),
            _ => None,
        }
    });
    Some(tags.collect::<Vec<_>>()).filter(|tags| !tags.is_empty())
}

fn title<'d>(variant: &Schema<'d>) -> Option<&'d str> {
    variant.at.text("title")
}

/// What a variant is called.
fn name(variant: &Schema<'_>) -> String {
    match (variant.component(), title(variant)) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(title)) => format!("\u{201c}{title}\u{201d}"),
        (None, None) => subject(&variant.at),
    }
}
