//! The parameters of two operations, and their request bodies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    comparison::{At, Comparison},
    matching::Matching,
    responses::media_type,
    rule::{Detail, Judged, Rule},
    shape::{Schema, Shape},
};
use crate::openapi::{Operation, Parameter, Place};

impl<'d> Parameter<'d> {
    /// The media type that it is written as, if it is written as one.
    fn media(&self) -> Option<(&'d str, Place<'d>)> {
        self.place.get("content")?.members().next()
    }

    fn schema(&self) -> Schema<'d> {
        match self.media() {
            Some((_, media)) => Schema::under(&media, "schema"),
            None => Schema::under(&self.place, "schema"),
        }
    }

    /// What is said by a word about how it is written, or what goes without saying.
    fn serialization(&self, word: &str) -> Value {
        let style = if matches!(self.location, "query" | "cookie") { "form" } else { "simple" };
        let default = match word {
            "style" => Value::from(style),
            "explode" => Value::from(self.serialization("style") == "form"),
            _ => Value::Bool(false),
        };
        self.said(word).cloned().unwrap_or(default)
    }

    /// What is said under `key`, whatever goes without saying.
    fn said(&self, key: &str) -> Option<&'d Value> {
        self.place.value.get(key)
    }

    fn shown(&self) -> String {
        format!("the {} parameter `{}`", self.location, self.name)
    }
}

/// Location and name; that of a header is the same in any case.
type Key<'d> = (&'d str, String);

/// What finds parameters that have another name in the other document, and takes them out.
type Renamed<'r, 'd> = &'r dyn Fn(&mut Comparison<'d>, At, &mut Matching<(Key<'d>, Parameter<'d>)>);

/// Parameters by location and name. Of two with the same, the first counts: that of the operation.
fn by_key(parameters: Vec<Parameter<'_>>) -> BTreeMap<Key<'_>, Parameter<'_>> {
    let mut by_key = BTreeMap::new();
    for parameter in parameters {
        let name = match parameter.location {
            "header" => parameter.name.to_ascii_lowercase(),
            _ => parameter.name.to_owned(),
        };
        by_key.entry((parameter.location, name)).or_insert(parameter);
    }
    by_key
}

impl<'d> Comparison<'d> {
    /// `has_moved` tells that the path changed by more than the names in it.
    pub(super) fn parameters(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>, has_moved: bool) {
        let renamed = |this: &mut Self, at, parameters: &mut _| {
            if !has_moved {
                this.renamed_in_path(at, old, new, parameters);
            }
        };
        self.parameter_lists(at, (&old.place, old.parameters()), (&new.place, new.parameters()), &renamed);
    }

    /// Compares two lists of parameters, each with what they are the parameters of.
    pub(super) fn parameter_lists(
        &mut self,
        at: At,
        (old, before): (&Place<'d>, Vec<Parameter<'d>>),
        (new, now): (&Place<'d>, Vec<Parameter<'d>>),
        renamed: Renamed<'_, 'd>,
    ) {
        let mut parameters = Matching::by_name(by_key(before), by_key(now));
        for ((_, before), (_, now)) in parameters.pairs.drain(..) {
            self.once(at, &before.place, &now.place, |this, at| this.parameter(at, &before, &now));
        }
        renamed(self, at, &mut parameters);
        if let Some(((_, before), (_, now))) = parameters.only_pair()
            && self.is_same_parameter(at, before, now)
        {
            return self.parameter(at, before, now);
        }
        for (_, parameter) in parameters.removed {
            let rule = match parameter.is_required() {
                true => Rule::RequiredParameterRemoved,
                false => Rule::OptionalParameterRemoved,
            };
            self.note(at, rule, &parameter.place, new, format!("{} was removed", parameter.shown()));
        }
        for (_, parameter) in parameters.added {
            let (rule, kind) = match parameter.is_required() {
                true => (Rule::RequiredParameterAdded, "required"),
                false => (Rule::OptionalParameterAdded, "optional"),
            };
            let summary = format!("{} was added, and is {kind}", parameter.shown());
            self.note(at, rule, old, &parameter.place, summary);
        }
    }

    /// Path parameters with another name in the same place of the path.
    fn renamed_in_path(
        &mut self,
        at: At,
        old: &Operation<'d>,
        new: &Operation<'d>,
        parameters: &mut Matching<(Key<'d>, Parameter<'d>)>,
    ) {
        for (was, is) in old.placeholders().into_iter().zip(new.placeholders()).filter(|(was, is)| was != is) {
            let position =
                |list: &[(Key<'d>, _)], name| list.iter().position(|(key, _)| key.0 == "path" && key.1 == name);
            let (before, now) = (position(&parameters.removed, was), position(&parameters.added, is));
            let old_place = before.map_or(&old.item, |index| &parameters.removed[index].1.place);
            let new_place = now.map_or(&new.item, |index| &parameters.added[index].1.place);
            let summary = format!("the path parameter `{is}` was called `{was}`");
            self.note(at, Rule::PathParameterRenamed, old_place, new_place, summary);
            if let (Some(before), Some(now)) = (before, now) {
                self.parameter(at, &parameters.removed.remove(before).1, &parameters.added.remove(now).1);
            }
        }
    }

    /// Whether the only one removed and the only one added are the same: with the same name it moved, with the same schema
    /// it was renamed. Notes that, unless they are the same to HTTP.
    fn is_same_parameter(&mut self, at: At, before: &Parameter<'d>, now: &Parameter<'d>) -> bool {
        let (was, is) = (before.location, now.location);
        let (rule, summary) = if before.name == now.name {
            (Rule::ParameterMoved, format!("the {was} parameter `{}` is a {is} parameter now", now.name))
        } else if was == is && self.old.likeness.of(&before.schema()) == self.new.likeness.of(&now.schema()) {
            let rule = if is == "path" { Rule::PathParameterRenamed } else { Rule::ParameterRenamed };
            (rule, format!("{} was called `{}`", now.shown(), before.name))
        } else {
            return false;
        };
        self.note(at, rule, &before.place, &now.place, summary);
        true
    }

    fn parameter(&mut self, at: At, old: &Parameter<'d>, new: &Parameter<'d>) {
        let what = new.shown();
        let mut note = |rule: Rule, summary: String| self.note(at, rule, &old.place, &new.place, summary);
        match (old.is_required(), new.is_required()) {
            (false, true) => note(Rule::ParameterRequired, format!("{what} became required")),
            (true, false) => note(Rule::ParameterOptional, format!("{what} became optional")),
            _ => {}
        }
        let (is_scalar, is_query) = (self.is_scalar(&old.schema(), &new.schema()), new.location == "query");
        let mut note = |judged: Judged, summary: String| self.note(at, judged, &old.place, &new.place, summary);
        for key in SERIALIZATION {
            let is_without_effect = match key {
                // One value has no parts that could be apart.
                "explode" => is_scalar,
                "allowReserved" | "allowEmptyValue" => !is_query,
                _ => false,
            };
            // Elsewhere, and in another style, other things go without saying: that it is so is said already.
            if !is_without_effect && old.said(key) != new.said(key) && old.serialization(key) != new.serialization(key)
            {
                // What is allowed need not be done.
                let is_allowed = key.starts_with("allow") && new.serialization(key) == true;
                let detail = if is_allowed { Detail::Contained } else { Detail::Plain };
                let summary = format!("`{key}` of {what} changed: it may be written in another way");
                note(Rule::SerializationChanged.with(detail), summary);
            }
        }
        let media = |parameter: &Parameter<'d>| parameter.media().map(|(name, _)| media_type(name));
        if media(old) != media(new) {
            let shown = |media: Option<String>| media.map_or("plain".to_owned(), |media| format!("`{media}`"));
            let (was, is) = (shown(media(old)), shown(media(new)));
            let summary = format!("{what} was {was} and is {is}: it is written in another way");
            note(Rule::SerializationChanged.into(), summary);
        }
        self.deprecation(at, &old.place, &new.place, &what);
        let is_compared_elsewhere = |key: &str| {
            SERIALIZATION.contains(&key)
                || matches!(key, "name" | "in" | "required" | "deprecated" | "schema" | "content")
        };
        self.members(at, &old.place, &new.place, is_compared_elsewhere, &what);
        self.schemas(at, &old.schema(), &new.schema());
    }

    pub(super) fn bodies(&mut self, at: At, old: &Place<'d>, new: &Place<'d>) {
        let before = old.get("requestBody").map(|place| place.resolved(self.old.document));
        let now = new.get("requestBody").map(|place| place.resolved(self.new.document));
        match (before, now) {
            (None, None) => {}
            (None, Some(body)) => {
                let (rule, kind) = match is_required(&body) {
                    true => (Rule::RequiredBodyAdded, "required"),
                    false => (Rule::OptionalBodyAdded, "optional"),
                };
                self.note(at, rule, old, &body, format!("a request body was added, and is {kind}"));
            }
            (Some(body), None) => {
                let rule = match is_required(&body) {
                    true => Rule::RequiredBodyRemoved,
                    false => Rule::OptionalBodyRemoved,
                };
                self.note(at, rule, &body, new, "the request body was removed");
            }
            (Some(before), Some(now)) => self.once(at, &before, &now, |this, at| this.body(at, &before, &now)),
        }
    }

    fn body(&mut self, at: At, before: &Place<'d>, now: &Place<'d>) {
        match (is_required(before), is_required(now)) {
            (false, true) => self.note(at, Rule::BodyRequired, before, now, "the request body became required"),
            (true, false) => self.note(at, Rule::BodyOptional, before, now, "the request body became optional"),
            _ => {}
        }
        self.members(at, before, now, |key| matches!(key, "required" | "content"), "the request body");
        self.content(at, before, now, "the request body");
    }
}

impl<'d> Comparison<'d> {
    /// Whether a value of either schema is one word: neither a list nor an object.
    pub(super) fn is_scalar(&self, old: &Schema<'d>, new: &Schema<'d>) -> bool {
        let is_scalar = |document: &'d Value, schema: &Schema<'d>| {
            let shape = Shape::of(document, schema);
            let variants = shape.unions.iter().flat_map(|union| &union.variants);
            let kinds: Vec<_> = match shape.kind {
                Some(kind) => vec![Some(kind)],
                None => variants.map(|variant| Shape::of(document, variant).kind).collect(),
            };
            let is_word = |kind: &Option<&str>| matches!(kind, Some("string" | "integer" | "number" | "boolean"));
            !kinds.is_empty() && kinds.iter().all(is_word)
        };
        is_scalar(self.old.document, old) && is_scalar(self.new.document, new)
    }
}

/// How the value of a parameter is written.
const SERIALIZATION: [&str; 4] = ["style", "explode", "allowReserved", "allowEmptyValue"];

fn is_required(holder: &Place<'_>) -> bool {
    holder.value.get("required").is_some_and(|required| *required == true)
}
