//! Two schemas, word by word.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    Rule, Verdict,
    comparison::{Comparison, Found, NodeId},
    constraints::is_constraint,
    place::Place,
    rule::Flow,
    shape::{Additional, Property, Schema, Shape, is_prose},
    subject::{about, subject, values},
};

/// Two schemas being compared, and where to note what is found.
pub(super) struct Pair<'p, 'd> {
    pub(super) node: NodeId,
    pub(super) flow: Flow,
    pub(super) old: &'p Shape<'d>,
    pub(super) new: &'p Shape<'d>,
}

impl<'d> Comparison<'d> {
    /// The component that is used here has another name.
    pub(super) fn components(&mut self, node: NodeId, old: &Schema<'d>, new: &Schema<'d>, flow: Flow) {
        let (was, is) = match (old.component(), new.component()) {
            (Some(was), Some(is)) if was != is => (was, is),
            (None, Some(is)) => return self.extracted(node, old, is, flow),
            (Some(was), None) => return self.inlined(node, was, new, flow),
            _ => return,
        };
        let (renamed, old_place, new_place) = self.rename(was, is);
        let (rule, old, new, summary) = match (renamed, old_place, new_place) {
            (true, Some(old), Some(new)) => {
                self.renamed.insert((was, is));
                (Rule::SchemaRenamed, old, new, format!("the schema `{was}` is now called `{is}`"))
            }
            _ => {
                let summary = format!("{} is now a `{is}`, no longer a `{was}`", about(&old.at, &new.at));
                (Rule::ReferenceChanged, old.at.clone(), new.at.clone(), summary)
            }
        };
        self.found(node, Found { rule, flow, old: &old, new: &new, summary });
    }

    /// What was written in place is a component now. It is the same; its type may have another name.
    fn extracted(&mut self, node: NodeId, old: &Schema<'d>, is: &str, flow: Flow) {
        let (_, before, now) = self.rename(is, is);
        if let (None, Some(now), [_, ..]) = (before, now, old.parts.as_slice()) {
            let summary = format!("{} is a schema of its own now, `{is}`", subject(&old.at));
            self.found(node, Found { rule: Rule::SchemaExtracted, flow, old: &old.at, new: &now, summary });
        }
    }

    /// The opposite.
    fn inlined(&mut self, node: NodeId, was: &str, new: &Schema<'d>, flow: Flow) {
        let (_, before, now) = self.rename(was, was);
        if let (Some(before), None, [_, ..]) = (before, now, new.parts.as_slice()) {
            let summary = format!("{} is no schema of its own any more; it was `{was}`", subject(&new.at));
            self.found(node, Found { rule: Rule::SchemaInlined, flow, old: &before, new: &new.at, summary });
        }
    }

    /// Whether the component `was` is gone and `is` has come, and where both are.
    pub(super) fn rename(&self, was: &str, is: &str) -> (bool, Option<Place<'d>>, Option<Place<'d>>) {
        let component = |document, name: &str| Place::at(document, "#/components/schemas")?.get(name);
        let is_gone = component(self.new.document, was).is_none();
        let has_come = component(self.old.document, is).is_none();
        (is_gone && has_come, component(self.old.document, was), component(self.new.document, is))
    }

    pub(super) fn shapes(&mut self, node: NodeId, old: &Schema<'d>, new: &Schema<'d>, flow: Flow) {
        let old = &*Shape::of(self.old.document, old);
        let new = &*Shape::of(self.new.document, new);
        self.old.read.extend(old.parts.iter().map(Place::identity));
        self.new.read.extend(new.parts.iter().map(Place::identity));
        let pair = Pair { node, flow, old, new };
        self.words(&pair);
        self.nullable(&pair);
        if self.unions(&pair) || !self.kinds(&pair) {
            return;
        }
        self.enums(&pair);
        self.exclusions(&pair);
        self.format(&pair);
        self.constraints(&pair);
        self.properties(&pair);
        if !old.items.parts.is_empty() || !new.items.parts.is_empty() {
            self.schemas(node, &old.items, &new.items, flow);
        }
        self.additional(&pair);
    }

    pub(super) fn note(&mut self, pair: &Pair<'_, 'd>, rule: Rule, old: &Place<'d>, new: &Place<'d>, summary: String) {
        self.found(pair.node, Found { rule, flow: pair.flow, old, new, summary });
    }

    /// A change of something that no Rust type stands for: code is not touched, and answers are read as before.
    pub(super) fn note_untyped(
        &mut self,
        pair: &Pair<'_, 'd>,
        rule: Rule,
        old: &Place<'d>,
        new: &Place<'d>,
        summary: String,
    ) {
        let wire = if pair.flow == Flow::Request { rule.verdicts(pair.flow).0 } else { Verdict::Ok };
        self.judged(pair.node, Found { rule, flow: pair.flow, old, new, summary }, (wire, Verdict::Ok));
    }

    fn nullable(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        match (&old.nullable, &new.nullable) {
            (None, Some(place)) => {
                let old = old.beside(place);
                let summary = format!("{} may now be `null`", about(&old, place));
                self.note(pair, Rule::NullableAdded, &old, place, summary);
            }
            (Some(place), None) => {
                let new = new.beside(place);
                let summary = format!("{} may no longer be `null`", about(place, &new));
                self.note(pair, Rule::NullableRemoved, place, &new, summary);
            }
            _ => {}
        }
    }

    /// Compares the types, and tells whether what is said of the values can be compared.
    fn kinds(&mut self, pair: &Pair<'_, 'd>) -> bool {
        let Pair { old, new, .. } = pair;
        let rule = match (old.kind, new.kind) {
            (was, is) if was == is => return true,
            (None, _) | (Some("number"), Some("integer")) => Rule::TypeNarrowed,
            (_, None) | (Some("integer"), Some("number")) => Rule::TypeWidened,
            _ => Rule::TypeChanged,
        };
        let said = |kind: Option<&str>| kind.map_or("anything".to_owned(), |kind| format!("`{kind}`"));
        let change = format!("was {} and is {}", said(old.kind), said(new.kind));
        let (old_place, new_place) = match (&old.kind_at, &new.kind_at) {
            (Some(before), Some(now)) => one_part(pair, before, now),
            (before, now) => both(pair, before.clone(), now.clone()),
        };
        let summary = format!("the type of {} {change}", about(&old_place, &new_place));
        self.note(pair, rule, &old_place, &new_place, summary);
        false
    }

    fn enums(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        match (&old.values, &new.values) {
            (None, None) => {}
            (None, Some((place, now))) => {
                let old = old.beside(place);
                let summary = format!("{} is now restricted to {}", about(&old, place), values(now));
                self.note(pair, Rule::EnumIntroduced, &old, place, summary);
            }
            (Some((place, _)), None) => {
                let new = new.beside(place);
                let summary = format!("{} is no longer restricted to certain values", about(place, &new));
                self.note(pair, Rule::EnumDropped, place, &new, summary);
            }
            (Some((old_place, before)), Some((new_place, now))) => {
                let (gone, come) = differences(before, now);
                let what = about(old_place, new_place);
                if !gone.is_empty() {
                    let summary = format!("{what} no longer has {}", values(&gone));
                    self.note(pair, Rule::EnumValuesRemoved, old_place, new_place, summary);
                }
                if !come.is_empty() {
                    let summary = format!("{what} may now be {}", values(&come));
                    self.note(pair, Rule::EnumValuesAdded, old_place, new_place, summary);
                }
            }
        }
    }

    fn exclusions(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        let (old_place, new_place) = match (&old.excluded, &new.excluded) {
            (None, None) => return,
            (Some((place, _)), None) => (place.clone(), new.beside(place)),
            (None, Some((place, _))) => (old.beside(place), place.clone()),
            (Some((before, _)), Some((now, _))) => (before.clone(), now.clone()),
        };
        let values_of = |shape: &Shape<'d>| shape.excluded.as_ref().map_or(Vec::new(), |(_, values)| values.clone());
        let (gone, come) = differences(&values_of(old), &values_of(new));
        let what = about(&old_place, &new_place);
        if !gone.is_empty() {
            let summary = format!("{what} may now be {}, which used to be ruled out", values(&gone));
            self.note(pair, Rule::ExcludedValuesRemoved, &old_place, &new_place, summary);
        }
        if !come.is_empty() {
            let summary = format!("{what} may no longer be {}", values(&come));
            self.note(pair, Rule::ExcludedValuesAdded, &old_place, &new_place, summary);
        }
    }

    fn properties(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        for (name, before) in &old.properties {
            if let Some(now) = new.properties.get(name) {
                self.property(pair, before, now);
            }
        }
        let gone: Vec<_> = old.properties.iter().filter(|(name, _)| !new.properties.contains_key(*name)).collect();
        let come: Vec<_> = new.properties.iter().filter(|(name, _)| !old.properties.contains_key(*name)).collect();
        if let ([(was, before)], [(_, now)]) = (gone.as_slice(), come.as_slice())
            && self.old.likeness.of(&before.schema) == self.new.likeness.of(&now.schema)
        {
            let summary = format!("{} was called `{was}`", about(&before.schema.at, &now.schema.at));
            self.note(pair, Rule::PropertyRenamed, &before.schema.at, &now.schema.at, summary);
            return self.property(pair, before, now);
        }
        for (name, property) in gone {
            let (rule, kind) = match property.required {
                Some(_) => (Rule::RequiredPropertyRemoved, "required"),
                None => (Rule::OptionalPropertyRemoved, "optional"),
            };
            let new = new.beside(&property.schema.at);
            let summary =
                format!("{} no longer has the {kind} property `{name}`", about(&old.beside(&property.schema.at), &new));
            self.note(pair, rule, &property.schema.at, &new, summary);
        }
        for (name, property) in come {
            let (rule, kind) = match property.required {
                Some(_) => (Rule::RequiredPropertyAdded, "a required"),
                None => (Rule::OptionalPropertyAdded, "an optional"),
            };
            let old = old.beside(&property.schema.at);
            let summary = format!("{} now has {kind} property `{name}`", about(&old, &new.beside(&property.schema.at)));
            self.note(pair, rule, &old, &property.schema.at, summary);
        }
    }

    fn property(&mut self, pair: &Pair<'_, 'd>, old: &Property<'d>, new: &Property<'d>) {
        let is_renamed = old.schema.at.tokens().last() != new.schema.at.tokens().last();
        // Where the other document has the declaration, or the part that would name it as required.
        let other = |property: &Property<'d>, holder: &Shape<'d>, place: &Place<'d>| {
            if is_renamed {
                return property.schema.at.clone();
            }
            let pointer = place.pointer();
            let declared = property.schema.parts.iter().find(|part| part.pointer() == pointer);
            declared.or(holder.part_around(place)).unwrap_or(&property.schema.at).clone()
        };
        match (&old.required, &new.required) {
            (None, Some(place)) => {
                let old = other(old, pair.old, place);
                let summary = format!("{} became required", about(&old, place));
                self.note(pair, Rule::PropertyRequired, &old, place, summary);
            }
            (Some(place), None) => {
                let new = other(new, pair.new, place);
                let summary = format!("{} became optional", about(&new, place));
                self.note(pair, Rule::PropertyOptional, place, &new, summary);
            }
            _ => {}
        }
        self.schemas(pair.node, &old.schema, &new.schema, pair.flow);
    }

    fn additional(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        match (&old.additional, &new.additional) {
            (Additional::Open, Additional::Open) | (Additional::Closed(_), Additional::Closed(_)) => {}
            (before, Additional::Closed(place)) => {
                let at = before.place().cloned().unwrap_or_else(|| old.beside(place));
                let summary = format!("{} may no longer have properties that are not listed", about(&old.at, &new.at));
                self.note(pair, Rule::AdditionalPropertiesClosed, &at, place, summary);
            }
            (Additional::Closed(place), now) => {
                let at = now.place().cloned().unwrap_or_else(|| new.beside(place));
                let summary = format!("{} may now have properties that are not listed", about(&old.at, &new.at));
                self.note(pair, Rule::AdditionalPropertiesOpened, place, &at, summary);
            }
            (before, now) => {
                let schema = |additional: &Additional<'d>, at: &Place<'d>| match additional {
                    Additional::Typed(schema) => schema.clone(),
                    _ => Schema::any(at.clone()),
                };
                self.schemas(pair.node, &schema(before, &old.at), &schema(now, &new.at), pair.flow);
            }
        }
    }

    /// Everything that is not looked at elsewhere: words for people, defaults, extensions, and what there may be.
    fn words(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        let mut words: Vec<_> = old.words.keys().chain(new.words.keys()).copied().collect();
        words.sort_unstable();
        words.dedup();
        for word in words.into_iter().filter(|word| !is_constraint(word)) {
            let (gone, come) = differing(old.said(word), new.said(word));
            let rule = match word {
                _ if gone.is_none() && come.is_none() => continue,
                "deprecated" if come.as_ref().is_some_and(|place| *place.value == true) => Rule::Deprecated,
                "deprecated" if gone.as_ref().is_some_and(|place| *place.value == true) => Rule::Undeprecated,
                "deprecated" => continue,
                "default" => Rule::DefaultChanged,
                _ if word.starts_with("x-") => Rule::ExtensionChanged,
                _ if is_prose(word) => Rule::ProseChanged,
                _ => Rule::KeywordChanged,
            };
            let (old, new) = both(pair, gone, come);
            let summary = format!("`{word}` of {} changed", about(&old, &new));
            self.note(pair, rule, &old, &new, summary);
        }
    }
}

/// The places of two statements. If they are in different parts, one of them counts, whichever way one looks, and the
/// other is what is beside it.
fn one_part<'d>(pair: &Pair<'_, 'd>, old: &Place<'d>, new: &Place<'d>) -> (Place<'d>, Place<'d>) {
    let (was, is) = (old.pointer(), new.pointer());
    let beside = (pair.old.part_around(new), pair.new.part_around(old));
    match beside {
        _ if was == is => (old.clone(), new.clone()),
        (Some(part), _) if is < was => (part.clone(), new.clone()),
        (_, Some(part)) if was < is => (old.clone(), part.clone()),
        _ => (old.clone(), new.clone()),
    }
}

/// The places of what both documents say, or of what the one would say that says nothing.
pub(super) fn both<'d>(pair: &Pair<'_, 'd>, old: Option<Place<'d>>, new: Option<Place<'d>>) -> (Place<'d>, Place<'d>) {
    match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (Some(old), None) => (old.clone(), pair.new.beside(&old)),
        (None, Some(new)) => (pair.old.beside(&new), new),
        (None, None) => (pair.old.at.clone(), pair.new.at.clone()),
    }
}

impl<'d> Additional<'d> {
    fn place(&self) -> Option<&Place<'d>> {
        match self {
            Self::Open => None,
            Self::Closed(place) => Some(place),
            Self::Typed(schema) => Some(&schema.at),
        }
    }
}

/// The first place of what only the one says, and of what only the other.
pub(super) fn differing<'d>(old: &[Place<'d>], new: &[Place<'d>]) -> (Option<Place<'d>>, Option<Place<'d>>) {
    let only = |some: &[Place<'d>], others: &[Place<'d>]| {
        let others: HashSet<_> = others.iter().map(|other| other.value).collect();
        some.iter().find(|place| !others.contains(place.value)).cloned()
    };
    (only(old, new), only(new, old))
}

/// What only the one has, and what only the other.
pub(super) fn differences<'d>(before: &[&'d Value], now: &[&'d Value]) -> (Vec<&'d Value>, Vec<&'d Value>) {
    let without = |some: &[&'d Value], others: &[&'d Value]| {
        let others: HashSet<_> = others.iter().collect();
        some.iter().filter(|value| !others.contains(value)).copied().collect()
    };
    (without(before, now), without(now, before))
}
