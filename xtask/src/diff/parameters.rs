//! The parameters of two operations, and their request bodies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    comparison::{At, Comparison},
    matching::Matching,
    rule::Rule,
    shape::Schema,
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

/// Location and name.
type Key<'d> = (&'d str, &'d str);

/// The parameters that hold for `operation`, by location and name.
fn parameters<'d>(operation: &Operation<'d>) -> BTreeMap<Key<'d>, Parameter<'d>> {
    operation.parameters().into_iter().map(|parameter| ((parameter.location, parameter.name), parameter)).collect()
}

impl<'d> Comparison<'d> {
    /// `has_moved` tells that the path changed by more than the names in it.
    pub(super) fn parameters(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>, has_moved: bool) {
        let (before, now) = (parameters(old), parameters(new));
        let mut parameters = Matching::by_name(before, now);
        for ((_, before), (_, now)) in parameters.pairs.drain(..) {
            self.once(at, &before.place, &now.place, |this, at| this.parameter(at, &before, &now));
        }
        if !has_moved {
            self.renamed_in_path(at, old, new, &mut parameters);
        }
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
            self.note(at, rule, &parameter.place, &new.place, format!("{} was removed", parameter.shown()));
        }
        for (_, parameter) in parameters.added {
            let (rule, kind) = match parameter.is_required() {
                true => (Rule::RequiredParameterAdded, "required"),
                false => (Rule::OptionalParameterAdded, "optional"),
            };
            let summary = format!("{} was added, and is {kind}", parameter.shown());
            self.note(at, rule, &old.place, &parameter.place, summary);
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
            let position = |list: &[(Key<'d>, _)], name| list.iter().position(|(key, _)| *key == ("path", name));
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
        if was == "header" && is == "header" && before.name.eq_ignore_ascii_case(now.name) {
            return true;
        }
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
        let is_deprecated = |parameter: &Parameter<'d>| parameter.said("deprecated").is_some_and(|said| *said == true);
        match (is_deprecated(old), is_deprecated(new)) {
            (false, true) => note(Rule::Deprecated, format!("{what} is deprecated now")),
            (true, false) => note(Rule::Undeprecated, format!("{what} is no longer deprecated")),
            _ => {}
        }
        for key in SERIALIZATION {
            // Elsewhere, and in another style, other things go without saying: that it is so is said already.
            if old.said(key) != new.said(key) && old.serialization(key) != new.serialization(key) {
                note(Rule::SerializationChanged, format!("`{key}` of {what} changed: it is written in another way"));
            }
        }
        let media = |parameter: &Parameter<'d>| parameter.media().map(|(name, _)| name);
        if media(old) != media(new) {
            let shown = |media: Option<&str>| media.map_or("plain".to_owned(), |media| format!("`{media}`"));
            let (was, is) = (shown(media(old)), shown(media(new)));
            note(Rule::SerializationChanged, format!("{what} was {was} and is {is}: it is written in another way"));
        }
        let is_compared_elsewhere = |key: &str| {
            SERIALIZATION.contains(&key)
                || matches!(key, "name" | "in" | "required" | "deprecated" | "schema" | "content")
        };
        self.members(at, &old.place, &new.place, is_compared_elsewhere, &what);
        self.schemas(at, &old.schema(), &new.schema());
    }

    pub(super) fn bodies(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>) {
        let before = old.place.get("requestBody").map(|place| place.resolved(self.old.document));
        let now = new.place.get("requestBody").map(|place| place.resolved(self.new.document));
        match (before, now) {
            (None, None) => {}
            (None, Some(body)) => {
                let (rule, kind) = match is_required(&body) {
                    true => (Rule::RequiredBodyAdded, "required"),
                    false => (Rule::OptionalBodyAdded, "optional"),
                };
                self.note(at, rule, &old.place, &body, format!("a request body was added, and is {kind}"));
            }
            (Some(body), None) => {
                let rule = match is_required(&body) {
                    true => Rule::RequiredBodyRemoved,
                    false => Rule::OptionalBodyRemoved,
                };
                self.note(at, rule, &body, &new.place, "the request body was removed");
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

/// How the value of a parameter is written.
const SERIALIZATION: [&str; 4] = ["style", "explode", "allowReserved", "allowEmptyValue"];

fn is_required(holder: &Place<'_>) -> bool {
    holder.value.get("required").is_some_and(|required| *required == true)
}
