//! Two schemas, word by word.

use serde_json::Value;

use super::{
    Rule, Verdict,
    comparison::{Comparison, Found, NodeId},
    place::Place,
    rule::Flow,
    shape::{Additional, Property, Schema, Shape, is_prose},
    subject::{about, values},
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
const CHECKED: &[&str] = &["maxLength", "minLength", "minimum", "pattern", "uniqueItems"];

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
        let (Some(was), Some(is)) = (old.component(), new.component()) else { return };
        if was == is {
            return;
        }
        let (renamed, old_place, new_place) = self.rename(was, is);
        let (rule, old, new, summary) = match (renamed, old_place, new_place) {
            (true, Some(old), Some(new)) => {
                (Rule::SchemaRenamed, old, new, format!("the schema `{was}` is now called `{is}`"))
            }
            _ => {
                let summary = format!("{} is now a `{is}`, no longer a `{was}`", about(&old.at, &new.at));
                (Rule::ReferenceChanged, old.at.clone(), new.at.clone(), summary)
            }
        };
        self.found(node, Found { rule, flow, old: &old, new: &new, summary });
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
    fn note_untyped(&mut self, pair: &Pair<'_, 'd>, rule: Rule, old: &Place<'d>, new: &Place<'d>, summary: String) {
        let wire = if pair.flow == Flow::Request { rule.verdicts(pair.flow).0 } else { Verdict::Ok };
        self.judged(pair.node, Found { rule, flow: pair.flow, old, new, summary }, (wire, Verdict::Ok));
    }

    fn nullable(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        match (&old.nullable, &new.nullable) {
            (None, Some(place)) => {
                let summary = format!("{} may now be `null`", about(&old.at, &new.at));
                self.note(pair, Rule::NullableAdded, &old.at, place, summary);
            }
            (Some(place), None) => {
                let summary = format!("{} may no longer be `null`", about(&old.at, &new.at));
                self.note(pair, Rule::NullableRemoved, place, &new.at, summary);
            }
            _ => {}
        }
    }

    /// Compares the types, and tells whether what is said of the values can be compared.
    fn kinds(&mut self, pair: &Pair<'_, 'd>) -> bool {
        let Pair { old, new, .. } = pair;
        let name = |shape: &Shape<'_>| shape.kind.as_ref().map(|(kind, _)| (*kind).to_owned());
        let place =
            |shape: &Shape<'d>| shape.kind.as_ref().map_or_else(|| shape.at.clone(), |(_, place)| place.clone());
        let (was, is) = (name(old), name(new));
        let rule = match (was.as_deref(), is.as_deref()) {
            (was, is) if was == is => return true,
            (None, _) | (Some("number"), Some("integer")) => Rule::TypeNarrowed,
            (_, None) | (Some("integer"), Some("number")) => Rule::TypeWidened,
            _ => Rule::TypeChanged,
        };
        let said = |kind: &Option<String>| kind.as_ref().map_or("anything".to_owned(), |kind| format!("`{kind}`"));
        let summary = format!("the type of {} was {} and is {}", about(&old.at, &new.at), said(&was), said(&is));
        self.note(pair, rule, &place(old), &place(new), summary);
        false
    }

    fn enums(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        let what = about(&old.at, &new.at);
        match (&old.values, &new.values) {
            (None, None) => {}
            (None, Some((place, now))) => {
                let summary = format!("{what} is now restricted to {}", values(now));
                self.note(pair, Rule::EnumIntroduced, &old.at, place, summary);
            }
            (Some((place, _)), None) => {
                let summary = format!("{what} is no longer restricted to certain values");
                self.note(pair, Rule::EnumDropped, place, &new.at, summary);
            }
            (Some((old_place, before)), Some((new_place, now))) => {
                let (gone, come) = differences(before, now);
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
        let of = |shape: &Shape<'d>| shape.excluded.clone().unwrap_or_else(|| (shape.at.clone(), Vec::new()));
        let ((old_place, before), (new_place, now)) = (of(old), of(new));
        let (gone, come) = differences(&before, &now);
        let what = about(&old.at, &new.at);
        if !gone.is_empty() {
            let summary = format!("{what} may now be {}, which were ruled out", values(&gone));
            self.note(pair, Rule::ExcludedValuesRemoved, &old_place, &new_place, summary);
        }
        if !come.is_empty() {
            let summary = format!("{what} may no longer be {}", values(&come));
            self.note(pair, Rule::ExcludedValuesAdded, &old_place, &new_place, summary);
        }
    }

    fn format(&mut self, pair: &Pair<'_, 'd>) {
        let Pair { old, new, .. } = pair;
        let of = |shape: &Shape<'d>| shape.word("format").map(|place| (place.clone(), place.value.as_str()));
        let (was, is) = (of(old), of(new));
        let name = |format: &Option<(Place<'d>, Option<&'d str>)>| format.as_ref().and_then(|(_, format)| *format);
        let rule = match (name(&was), name(&is)) {
            (was, is) if was == is => return,
            (None, _) | (Some("int64"), Some("int32")) | (Some("double"), Some("float")) => Rule::FormatNarrowed,
            (_, None) | (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Rule::FormatWidened,
            _ => Rule::FormatChanged,
        };
        let said = |format: Option<&str>| format.map_or("none".to_owned(), |format| format!("`{format}`"));
        let what = about(&old.at, &new.at);
        let summary = format!("the format of {what} was {} and is {}", said(name(&was)), said(name(&is)));
        let is_number = new.kind.as_ref().is_some_and(|(kind, _)| matches!(*kind, "integer" | "number"));
        let is_typed = |format: Option<&str>| format.is_some_and(|format| is_number || TYPED_FORMATS.contains(&format));
        let typed = is_typed(name(&was)) || is_typed(name(&is));
        let place =
            |format: Option<(Place<'d>, _)>, shape: &Shape<'d>| format.map_or(shape.at.clone(), |(place, _)| place);
        let (old, new) = (place(was, old), place(is, new));
        match typed {
            true => self.note(pair, rule, &old, &new, summary),
            false => self.note_untyped(pair, rule, &old, &new, summary),
        }
    }

    fn constraints(&mut self, pair: &Pair<'_, 'd>) {
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
        // `uniqueItems: false` says nothing.
        let of = |shape: &Shape<'d>| shape.word(word).filter(|place| *place.value != false).cloned();
        let (was, is) = (of(old), of(new));
        let number = |place: &Option<Place<'_>>| place.as_ref().and_then(|place| place.value.as_f64());
        let what = about(&old.at, &new.at);
        let (rule, summary) = match (&was, &is) {
            (None, None) => return,
            (Some(was), Some(is)) if was.value == is.value => return,
            (None, Some(is)) => (Rule::ConstraintAdded, format!("{what} now has the `{word}` {}", is.value)),
            (Some(_), None) => (Rule::ConstraintRemoved, format!("{what} no longer has a `{word}`")),
            (Some(before), Some(now)) => {
                let rule = match (grows, number(&was), number(&is)) {
                    (Some(grows), Some(was), Some(is)) if (is > was) == grows => Rule::ConstraintLoosened,
                    (Some(_), Some(_), Some(_)) => Rule::ConstraintTightened,
                    _ => Rule::ConstraintChanged,
                };
                (rule, format!("the `{word}` of {what} was {} and is {}", before.value, now.value))
            }
        };
        let place = |place: Option<Place<'d>>, shape: &Shape<'d>| place.unwrap_or_else(|| shape.at.clone());
        let (old, new) = (place(was, old), place(is, new));
        match CHECKED.contains(&word) {
            true => self.note(pair, rule, &old, &new, summary),
            false => self.note_untyped(pair, rule, &old, &new, summary),
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
        if let ([(was, before)], [(is, now)]) = (gone.as_slice(), come.as_slice())
            && self.old.likeness.of(&before.schema) == self.new.likeness.of(&now.schema)
        {
            let summary = format!("the property `{was}` of {} is now called `{is}`", about(&old.at, &new.at));
            self.note(pair, Rule::PropertyRenamed, &before.schema.at, &now.schema.at, summary);
            return self.property(pair, before, now);
        }
        let what = about(&old.at, &new.at);
        for (name, property) in gone {
            let (rule, kind) = match property.required {
                true => (Rule::RequiredPropertyRemoved, "required"),
                false => (Rule::OptionalPropertyRemoved, "optional"),
            };
            let summary = format!("{what} no longer has the {kind} property `{name}`");
            self.note(pair, rule, &property.schema.at, &new.at, summary);
        }
        for (name, property) in come {
            let (rule, kind) = match property.required {
                true => (Rule::RequiredPropertyAdded, "a required"),
                false => (Rule::OptionalPropertyAdded, "an optional"),
            };
            let summary = format!("{what} now has {kind} property `{name}`");
            self.note(pair, rule, &old.at, &property.schema.at, summary);
        }
    }

    fn property(&mut self, pair: &Pair<'_, 'd>, old: &Property<'d>, new: &Property<'d>) {
        let what = about(&old.schema.at, &new.schema.at);
        match (old.required, new.required) {
            (false, true) => {
                let summary = format!("{what} became required");
                self.note(pair, Rule::PropertyRequired, &old.schema.at, &new.schema.at, summary);
            }
            (true, false) => {
                let summary = format!("{what} became optional");
                self.note(pair, Rule::PropertyOptional, &old.schema.at, &new.schema.at, summary);
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
                let at = before.place().unwrap_or(&old.at);
                let summary = format!("{} may no longer have properties that are not listed", about(&old.at, &new.at));
                self.note(pair, Rule::AdditionalPropertiesClosed, at, place, summary);
            }
            (Additional::Closed(place), now) => {
                let at = now.place().unwrap_or(&new.at);
                let summary = format!("{} may now have properties that are not listed", about(&old.at, &new.at));
                self.note(pair, Rule::AdditionalPropertiesOpened, place, at, summary);
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
            let of = |shape: &Shape<'d>| shape.words.get(word).cloned().unwrap_or_default();
            let (before, now) = (of(old), of(new));
            let gone = before.iter().find(|place| now.iter().all(|other| other.value != place.value));
            let come = now.iter().find(|place| before.iter().all(|other| other.value != place.value));
            let rule = match word {
                _ if gone.is_none() && come.is_none() => continue,
                "deprecated" if come.is_some_and(|place| *place.value == true) => Rule::Deprecated,
                "deprecated" if gone.is_some_and(|place| *place.value == true) => Rule::Undeprecated,
                "deprecated" => continue,
                "default" => Rule::DefaultChanged,
                _ if word.starts_with("x-") => Rule::ExtensionChanged,
                _ if is_prose(word) => Rule::ProseChanged,
                _ => Rule::KeywordChanged,
            };
            let summary = format!("`{word}` of {} changed", about(&old.at, &new.at));
            let (old, new) = (gone.unwrap_or(&old.at), come.unwrap_or(&new.at));
            self.note(pair, rule, old, new, summary);
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

fn is_constraint(word: &str) -> bool {
    word == "format" || RESTRICTIONS.contains(&word) || BOUNDS.iter().any(|(bound, _)| *bound == word)
}

/// What only the one has, and what only the other.
pub(super) fn differences<'d>(before: &[&'d Value], now: &[&'d Value]) -> (Vec<&'d Value>, Vec<&'d Value>) {
    let without = |some: &[&'d Value], others: &[&'d Value]| {
        some.iter().filter(|value| !others.contains(value)).copied().collect()
    };
    (without(before, now), without(now, before))
}
