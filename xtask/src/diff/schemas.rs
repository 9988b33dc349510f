//! Two schemas, word by word.

use std::collections::BTreeSet;

use super::{
    comparison::{At, Comparison},
    constraints::is_constraint,
    matching::Matching,
    pair::{Pair, differences, differing},
    rule::{Detail, Rule},
    shape::{Additional, Property, Schema, Shape, is_prose},
    subject::values,
};
use crate::openapi::Place;

impl<'d> Comparison<'d> {
    /// Compares the schemas and callbacks whose turn has come, and those that they lead to.
    pub(super) fn finish(&mut self) {
        loop {
            if let Some((at, old, new)) = self.next_schemas() {
                self.shapes(at, &old, &new);
            } else if let Some((at, old, new)) = self.next_callbacks() {
                self.callback(at, &old, &new);
            } else {
                return;
            }
        }
    }

    fn shapes(&mut self, at: At, old: &Schema<'d>, new: &Schema<'d>) {
        let old = &*Shape::of(self.old.document, old);
        let new = &*Shape::of(self.new.document, new);
        self.old.read.extend(old.parts.iter().map(Place::identity));
        self.new.read.extend(new.parts.iter().map(Place::identity));
        let pair = Pair { at, old, new };
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
            self.schemas(at, &old.items, &new.items);
        }
        self.additional(&pair);
    }

    fn nullable(&mut self, pair: &Pair<'_, 'd>) {
        let (old, new) = (pair.old.nullable.as_ref(), pair.new.nullable.as_ref());
        let (rule, may) = match (old, new) {
            (None, Some(_)) => (Rule::NullableAdded, "may now"),
            (Some(_), None) => (Rule::NullableRemoved, "may no longer"),
            _ => return,
        };
        self.note_between(pair, rule, old, new, |what| format!("{what} {may} be `null`"));
    }

    /// Compares the types, and tells whether what is said of the values can be compared.
    fn kinds(&mut self, pair: &Pair<'_, 'd>) -> bool {
        let (mut was, mut is) = (pair.old.kind, pair.new.kind);
        if was != is && !pair.old.unions.is_empty() && !pair.new.unions.is_empty() {
            // What stands beside the choice says what its variants have said already.
            was = was.or_else(|| pair.old.kind_of_variants(self.old.document));
            is = is.or_else(|| pair.new.kind_of_variants(self.new.document));
        }
        let rule = match (was, is) {
            (was, is) if was == is => return true,
            (None, _) | (Some("number"), Some("integer")) => Rule::TypeNarrowed,
            (_, None) | (Some("integer"), Some("number")) => Rule::TypeWidened,
            _ => Rule::TypeChanged,
        };
        let shown = |kind: Option<&str>| kind.map_or("anything".to_owned(), |kind| format!("`{kind}`"));
        let (old, new) = match (&pair.old.kind_at, &pair.new.kind_at) {
            (Some(old), Some(new)) => pair.one_part(old, new),
            (old, new) => pair.both(old.as_ref(), new.as_ref()),
        };
        let summary = format!("the type of {} was {} and is {}", self.about(&old, &new), shown(was), shown(is));
        self.note(pair.at, rule, &old, &new, summary);
        false
    }

    fn enums(&mut self, pair: &Pair<'_, 'd>) {
        let (old, new) = (&pair.old.values, &pair.new.values);
        let mut note = |rule, summary: &dyn Fn(&str) -> String| {
            let [old, new] = [old, new].map(|values| values.as_ref().map(|(place, _)| place));
            self.note_between(pair, rule, old, new, summary);
        };
        match (old, new) {
            (None, None) => {}
            (None, Some((_, now))) => {
                note(Rule::EnumIntroduced, &|what| format!("{what} is now restricted to {}", values(now)));
            }
            (Some(_), None) => {
                note(Rule::EnumDropped, &|what| format!("{what} is no longer restricted to certain values"));
            }
            (Some((_, before)), Some((_, now))) => {
                let (removed, added) = differences(before, now);
                if !removed.is_empty() {
                    note(Rule::EnumValuesRemoved, &|what| format!("{what} no longer has {}", values(&removed)));
                }
                if !added.is_empty() {
                    note(Rule::EnumValuesAdded, &|what| format!("{what} may now be {}", values(&added)));
                }
            }
        }
    }

    fn exclusions(&mut self, pair: &Pair<'_, 'd>) {
        let excluded = |shape: &'_ Shape<'d>| shape.excluded.clone().unzip();
        let ((old, before), (new, now)) = (excluded(pair.old), excluded(pair.new));
        let (removed, added) = differences(&before.unwrap_or_default(), &now.unwrap_or_default());
        if !removed.is_empty() {
            let allowed = values(&removed);
            self.note_between(pair, Rule::ExcludedValuesRemoved, old.as_ref(), new.as_ref(), |what| {
                format!("{what} may now be {allowed}, which used to be excluded")
            });
        }
        if !added.is_empty() {
            let excluded = values(&added);
            self.note_between(pair, Rule::ExcludedValuesAdded, old.as_ref(), new.as_ref(), |what| {
                format!("{what} may no longer be {excluded}")
            });
        }
    }

    fn properties(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { at, old, new } = *pair;
        // What does not travel this way is not there.
        let hidden = at.flow.hidden_by();
        let of_old = old.properties.iter().filter(|(_, property)| self.old.travels(property, at.flow));
        let of_new = new.properties.iter().filter(|(_, property)| self.new.travels(property, at.flow));
        let Matching { pairs, removed, added } = Matching::by_name(of_old, of_new);
        for ((_, before), (_, now)) in pairs {
            self.property(pair, before, now);
        }
        if let ([(was, before)], [(is, now)]) = (removed.as_slice(), added.as_slice())
            && !new.properties.contains_key(*was)
            && !old.properties.contains_key(*is)
            && self.old.likeness.of(&before.schema) == self.new.likeness.of(&now.schema)
        {
            let summary = format!("{} was called `{was}`", self.about(&before.schema.at, &now.schema.at));
            self.note(at, Rule::PropertyRenamed, &before.schema.at, &now.schema.at, summary);
            return self.property(pair, before, now);
        }
        for (name, property) in removed {
            let (rule, kind) = match property.required {
                Some(_) => (Rule::RequiredPropertyRemoved, "required"),
                None => (Rule::OptionalPropertyRemoved, "optional"),
            };
            let place = &property.schema.at;
            if let (Some(now), Some(word)) = (new.properties.get(name), hidden) {
                let summary = format!("{} is marked `{word}` now", self.about(place, &now.schema.at));
                self.note(at, rule.with(Detail::Marked), place, &now.schema.at, summary);
                continue;
            }
            let (old, new) = (old.beside(place), new.beside(place));
            let summary = format!("{} no longer has the {kind} property `{name}`", self.about(&old, &new));
            self.note(at, rule, place, &new, summary);
        }
        for (name, property) in added {
            let (rule, kind) = match property.required {
                Some(_) => (Rule::RequiredPropertyAdded, "a required"),
                None => (Rule::OptionalPropertyAdded, "an optional"),
            };
            let place = &property.schema.at;
            if let (Some(before), Some(word)) = (old.properties.get(name), hidden) {
                let summary = format!("{} is no longer marked `{word}`", self.about(&before.schema.at, place));
                self.note(at, rule.with(Detail::Marked), &before.schema.at, place, summary);
                continue;
            }
            let (old, new) = (old.beside(place), new.beside(place));
            self.note(at, rule, &old, place, format!("{} now has {kind} property `{name}`", self.about(&old, &new)));
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
                let summary = format!("{} became required", self.about(&old, place));
                self.note(pair.at, Rule::PropertyRequired, &old, place, summary);
            }
            (Some(place), None) => {
                let new = other(new, pair.new, place);
                let summary = format!("{} became optional", self.about(&new, place));
                self.note(pair.at, Rule::PropertyOptional, place, &new, summary);
            }
            _ => {}
        }
        for index in 0..self.old.marks.len() {
            let (before, now) = (old.has(&self.old.marks[index]), new.has(&self.new.marks[index]));
            if before != now {
                let (is, word) = (if now { "is" } else { "is no longer" }, self.new.marks[index].word);
                let summary = format!("{} {is} marked `{word}`", self.about(&old.schema.at, &new.schema.at));
                self.note(pair.at, Rule::AccessChanged, &old.schema.at, &new.schema.at, summary);
            }
        }
        self.schemas(pair.at, &old.schema, &new.schema);
    }

    fn additional(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { at, old, new } = *pair;
        let (rule, may) = match (&old.additional, &new.additional) {
            (Additional::Open, Additional::Open) | (Additional::Closed(_), Additional::Closed(_)) => return,
            (_, Additional::Closed(_)) => (Rule::AdditionalPropertiesClosed, "may no longer"),
            (Additional::Closed(_), _) => (Rule::AdditionalPropertiesOpened, "may now"),
            (before, now) => {
                let schema = |additional: &Additional<'d>, at: &Place<'d>| match additional {
                    Additional::Typed(schema) => schema.clone(),
                    _ => Schema::any(at.clone()),
                };
                return self.schemas(at, &schema(before, &old.at), &schema(now, &new.at));
            }
        };
        let summary = format!("{} {may} have properties that are not listed", self.about(&old.at, &new.at));
        let (old, new) = pair.both(old.additional.place(), new.additional.place());
        self.note(at, rule, &old, &new, summary);
    }

    /// Everything that is not compared elsewhere: words for people, defaults, extensions, and unknown keywords.
    fn words(&mut self, pair: &Pair<'_, 'd>) {
        let words: BTreeSet<&str> = pair.old.words.keys().chain(pair.new.words.keys()).copied().collect();
        for word in words.into_iter().filter(|word| !is_constraint(word)) {
            let (removed, added) = differing(pair.old.said(word), pair.new.said(word));
            let is_true = |place: Option<&Place<'d>>| place.is_some_and(|place| *place.value == true);
            let rule = match word {
                _ if removed.is_none() && added.is_none() => continue,
                // Said of the property, in which direction it counts.
                "readOnly" | "writeOnly" => continue,
                "deprecated" if is_true(added) => Rule::Deprecated,
                "deprecated" if is_true(removed) => Rule::Undeprecated,
                "deprecated" => continue,
                "default" => Rule::DefaultChanged,
                _ if word.starts_with("x-") => Rule::ExtensionChanged,
                _ if is_prose(word) => Rule::ProseChanged,
                _ => Rule::KeywordChanged,
            };
            self.note_between(pair, rule, removed, added, |what| format!("`{word}` of {what} changed"));
        }
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
