//! `oneOf` and `anyOf`: which variant of the one document is which of the other, and what is left of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    comparison::Comparison,
    matching::Matching,
    pair::Pair,
    rule::{Detail, Rule},
    shape::{Property, Schema, Shape, Union},
    subject::subject,
};
use crate::openapi::{Place, schema_name};

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
        let Pair { at, old, new } = *pair;
        match (old.unions.as_slice(), new.unions.as_slice()) {
            ([], []) => false,
            ([], [union, ..]) if !is_restricting(self.new.document, union) => {
                self.introduced(pair, union);
                new.is_plain_union()
            }
            ([union, ..], []) if !is_restricting(self.old.document, union) => {
                self.dropped(pair, union);
                old.is_plain_union()
            }
            (before, now) => {
                let mut unions = Matching::new(before, now);
                unions.pair_by(
                    |union| Some(self.old.likeness.of_all(&union.variants)),
                    |union| Some(self.new.likeness.of_all(&union.variants)),
                );
                unions.pair_rest();
                for (before, now) in unions.pairs {
                    self.union(pair, before, now);
                }
                let what = self.about(&old.at, &new.at);
                let detail = |document, union: &Union<'d>| match is_restricting(document, union) {
                    true => Detail::Restricting,
                    false => Detail::Plain,
                };
                for union in unions.removed {
                    let judged = Rule::UnionDropped.with(detail(self.old.document, union));
                    let summary = format!("{what} is no longer restricted to one of {}", union.variants.len());
                    self.note(at, judged, &union.at, &new.at, summary);
                }
                for union in unions.added {
                    let judged = Rule::UnionIntroduced.with(detail(self.new.document, union));
                    let summary = format!("{what} has to be one of {}, too", union.variants.len());
                    self.note(at, judged, &old.at, &union.at, summary);
                }
                false
            }
        }
    }

    /// What was one shape is one of several.
    fn introduced(&mut self, pair: &Pair<'_, 'd>, union: &Union<'d>) {
        let Pair { at, old, new } = *pair;
        let likeness = self.old.likeness.of(&old.schema);
        let is_among = union.variants.iter().any(|variant| self.new.likeness.of(variant) == likeness);
        let judged = Rule::UnionIntroduced.with(if is_among { Detail::Contained } else { Detail::Plain });
        let summary = format!("{} was one shape and is one of {}", self.about(&old.at, &new.at), union.variants.len());
        self.note(at, judged, &old.at, &union.at, summary);
        if !is_among && new.is_plain_union() && is_comparable(old, union) {
            union.variants.iter().for_each(|variant| self.enqueue_once(at, &old.schema, variant));
        }
    }

    /// What was one of several shapes is one.
    fn dropped(&mut self, pair: &Pair<'_, 'd>, union: &Union<'d>) {
        let Pair { at, old, new } = *pair;
        let likeness = self.new.likeness.of(&new.schema);
        let was_among = union.variants.iter().any(|variant| self.old.likeness.of(variant) == likeness);
        let judged = Rule::UnionDropped.with(if was_among { Detail::Contained } else { Detail::Plain });
        let what = self.about(&old.at, &new.at);
        let summary = format!("{what} was one of {} shapes and is one shape", union.variants.len());
        self.note(at, judged, &union.at, &new.at, summary);
        if !was_among && old.is_plain_union() && is_comparable(new, union) {
            union.variants.iter().for_each(|variant| self.enqueue_once(at, variant, &new.schema));
        }
    }

    fn union(&mut self, pair: &Pair<'_, 'd>, old: &Union<'d>, new: &Union<'d>) {
        let at = pair.at;
        let what = self.about(&pair.old.at, &pair.new.at);
        if old.keyword != new.keyword {
            let summary = format!("`{}` of {what} became `{}`", old.keyword, new.keyword);
            self.note(at, Rule::KeywordChanged, &old.at, &new.at, summary);
        }
        let mut variants = Matching::new(&old.variants, &new.variants);
        variants.pair_by(|variant| variant.component(), |variant| variant.component());
        variants.pair_by(|variant| Some(self.old.likeness.of(variant)), |variant| Some(self.new.likeness.of(variant)));
        let (old_document, new_document) = (self.old.document, self.new.document);
        variants.pair_by(|variant| tags(old_document, variant), |variant| tags(new_document, variant));
        variants.pair_by(|variant| title(variant), |variant| title(variant));
        if self.are_edited(&variants) {
            variants.pair_rest();
        }
        for (before, now) in &variants.pairs {
            self.schemas(at, before, now);
        }
        if let Some((before, now)) = variants.only_pair() {
            let summary = format!("{} is in the place of {}", name(new_document, now), name(old_document, before));
            return self.note(at, Rule::VariantReplaced, &before.at, &now.at, summary);
        }
        for variant in variants.removed {
            let summary = format!("{} is no longer a variant of {what}", name(old_document, variant));
            self.note(at, Rule::VariantRemoved, &variant.at, &new.at, summary);
        }
        for variant in variants.added {
            let summary = format!("{} is a new variant of {what}", name(new_document, variant));
            self.note(at, Rule::VariantAdded, &old.at, &variant.at, summary);
        }
    }

    /// Whether what is left over is the same variants, edited: written in place and as many as before, or a component
    /// that was renamed.
    fn are_edited(&self, variants: &Matching<&Schema<'d>>) -> bool {
        let Matching { removed, added, .. } = variants;
        let is_inline = |variant: &&Schema<'d>| variant.component().is_none();
        match variants.only_pair().map(|(before, now)| (before.component(), now.component())) {
            Some((Some(was), Some(is))) => self.is_renamed(was, is),
            _ => removed.len() == added.len() && removed.iter().chain(added).all(is_inline),
        }
    }

    fn is_same_mapping(&self, old: &Place<'d>, new: &Place<'d>) -> bool {
        let mapping = |discriminator: &Place<'d>| -> BTreeMap<&'d str, &'d str> {
            // That a name stands for its component goes without saying.
            let said = discriminator.get("mapping").iter().flat_map(Place::members).map(mapped).collect::<Vec<_>>();
            said.into_iter().filter(|(key, target)| key != target).collect()
        };
        let (before, now) = (mapping(old), mapping(new));
        let is_same = |was: &'d str, is: &'d str| was == is || self.renamed.contains(&(was, is));
        before.len() == now.len()
            && before.iter().zip(&now).all(|((key, was), (other, is))| key == other && is_same(was, is))
    }

    fn discriminators(&mut self, pair: &Pair<'_, 'd>) {
        let (old, new) = (pair.old.discriminator.as_ref(), pair.new.discriminator.as_ref());
        let (rule, have) = match (old, new) {
            (None, None) => return,
            (None, Some(_)) => (Rule::DiscriminatorAdded, "now have"),
            (Some(_), None) => (Rule::DiscriminatorRemoved, "no longer have"),
            (Some(before), Some(now)) => {
                let property = |place: &Place<'d>| place.text("propertyName").unwrap_or_default();
                let (was, is) = (property(before), property(now));
                if was != is {
                    self.note_between(pair, Rule::DiscriminatorChanged, old, new, |what| {
                        format!("the discriminator of {what} was `{was}` and is `{is}`")
                    });
                }
                if !self.is_same_mapping(before, now) {
                    self.note_between(pair, Rule::DiscriminatorMappingChanged, old, new, |what| {
                        format!("other values of the discriminator of {what} stand for its variants")
                    });
                }
                return;
            }
        };
        self.note_between(pair, rule, old, new, |what| format!("the variants of {what} {have} a discriminator"));
    }
}

/// The component that a value of a mapping stands for: it may be a name or a reference.
fn mapped<'d>((key, target): (&'d str, Place<'d>)) -> (&'d str, &'d str) {
    let target = target.value.as_str().unwrap_or_default();
    (key, schema_name(target).unwrap_or(target))
}

/// Whether no variant declares anything: a choice between required names, which only restricts what stands beside it.
fn is_restricting<'d>(document: &'d Value, union: &Union<'d>) -> bool {
    let declares_nothing = |variant: &Schema<'d>| {
        let shape = Shape::of(document, variant);
        let declared = shape.properties.values().any(|property| !property.schema.parts.is_empty());
        let is_object = matches!(shape.kind, None | Some("object"));
        let has_more = shape.values.is_some() || !shape.items.parts.is_empty() || !shape.unions.is_empty();
        is_object && !declared && !has_more && shape.properties.values().any(|property| property.required.is_some())
    };
    !union.variants.is_empty() && union.variants.iter().all(declares_nothing)
}

/// Whether one shape is compared with each of several: of a thousand properties and a thousand variants, nobody reads a
/// million differences.
fn is_comparable(flat: &Shape<'_>, union: &Union<'_>) -> bool {
    flat.kind.is_some() && flat.properties.len().max(1) * union.variants.len() <= 10_000
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
fn name(document: &Value, variant: &Schema<'_>) -> String {
    match (variant.component(), title(variant)) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(title)) => format!("\u{201c}{title}\u{201d}"),
        (None, None) => subject(document, &variant.at),
    }
}
