//! The parameters of two operations, and their request bodies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Rule,
    comparison::{Comparison, Found, NodeId},
    operations::Operation,
    place::Place,
    rule::Flow,
    shape::Schema,
};

/// A parameter of an operation, its reference followed.
#[derive(Debug, Clone)]
struct Parameter<'d> {
    name: &'d str,
    place: Place<'d>,
    location: &'d str,
}

impl<'d> Parameter<'d> {
    fn is_required(&self) -> bool {
        self.location == "path" || is_required(&self.place)
    }

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
        let said = |word: &str| self.place.value.get(word).cloned();
        let style = || {
            let style = if matches!(self.location, "query" | "cookie") { "form" } else { "simple" };
            said("style").unwrap_or(Value::from(style))
        };
        match word {
            "style" => style(),
            "explode" => said(word).unwrap_or_else(|| Value::from(style() == "form")),
            _ => said(word).unwrap_or(Value::Bool(false)),
        }
    }

    fn shown(&self) -> String {
        format!("the {} parameter `{}`", self.location, self.name)
    }
}

type Parameters<'d> = BTreeMap<(&'d str, &'d str), Parameter<'d>>;

impl<'d> Operation<'d> {
    /// Those of the path item, and those of the operation, which count before them.
    fn parameters(&self, document: &'d Value) -> Parameters<'d> {
        let lists = [&self.item, &self.place].map(|holder| holder.get("parameters"));
        let all = lists.iter().flatten().flat_map(Place::elements).map(|place| place.resolved(document));
        all.filter_map(|place| {
            let (name, location) = (place.text("name")?, place.text("in")?);
            Some(((location, name), Parameter { name, place, location }))
        })
        .collect()
    }
}

impl<'d> Comparison<'d> {
    /// `moved` tells that the path changed by more than the names in it.
    pub(super) fn parameters(&mut self, node: NodeId, old: &Operation<'d>, new: &Operation<'d>, moved: bool) {
        let mut gone = old.parameters(self.old.document);
        let mut come = new.parameters(self.new.document);
        let names: Vec<_> = gone.keys().filter(|key| come.contains_key(*key)).copied().collect();
        for key in names {
            if let (Some(old), Some(new)) = (gone.remove(&key), come.remove(&key)) {
                let places = (&old.place, &new.place);
                self.once(node, places, Flow::Request, |this, node| this.parameter(node, &old, &new));
            }
        }
        if !moved {
            for (was, is) in old.placeholders().into_iter().zip(new.placeholders()).filter(|(was, is)| was != is) {
                let (before, now) = (gone.remove(&("path", was)), come.remove(&("path", is)));
                let place = |parameter: &Option<Parameter<'d>>, operation: &Operation<'d>| {
                    parameter.as_ref().map_or_else(|| operation.item.clone(), |parameter| parameter.place.clone())
                };
                let (old_place, new_place) = (place(&before, old), place(&now, new));
                let summary = format!("the path parameter `{is}` was called `{was}`");
                let rule = Rule::PathParameterRenamed;
                self.found(node, Found { rule, flow: Flow::Request, old: &old_place, new: &new_place, summary });
                match (before, now) {
                    (Some(before), Some(now)) => self.parameter(node, &before, &now),
                    (before, now) => {
                        gone.extend(before.map(|parameter| (("path", was), parameter)));
                        come.extend(now.map(|parameter| (("path", is), parameter)));
                    }
                }
            }
        }
        self.renamed_or_moved(node, &mut gone, &mut come);
        for parameter in gone.into_values() {
            let rule = match parameter.is_required() {
                true => Rule::RequiredParameterRemoved,
                false => Rule::OptionalParameterRemoved,
            };
            let summary = format!("{} is gone", parameter.shown());
            self.found(node, Found { rule, flow: Flow::Request, old: &parameter.place, new: &new.place, summary });
        }
        for parameter in come.into_values() {
            let (rule, kind) = match parameter.is_required() {
                true => (Rule::RequiredParameterAdded, "required"),
                false => (Rule::OptionalParameterAdded, "optional"),
            };
            let summary = format!("{} is new, and {kind}", parameter.shown());
            self.found(node, Found { rule, flow: Flow::Request, old: &old.place, new: &parameter.place, summary });
        }
    }

    /// One gone and one come: with the same name it moved, with the same schema it was renamed.
    fn renamed_or_moved(&mut self, node: NodeId, gone: &mut Parameters<'d>, come: &mut Parameters<'d>) {
        if gone.len() != 1 || come.len() != 1 {
            return;
        }
        let (Some((was, before)), Some((is, now))) = (gone.pop_first(), come.pop_first()) else { return };
        let is_header = was.0 == "header" && is.0 == "header";
        if is_header && before.name.eq_ignore_ascii_case(now.name) {
            // The same name to HTTP.
            return self.parameter(node, &before, &now);
        }
        let (rule, summary) = if before.name == now.name {
            let summary = format!("the {} parameter `{}` is a {} parameter now", was.0, now.name, is.0);
            (Rule::ParameterMoved, summary)
        } else if was.0 == is.0 && self.old.likeness.of(&before.schema()) == self.new.likeness.of(&now.schema()) {
            let rule = if is.0 == "path" { Rule::PathParameterRenamed } else { Rule::ParameterRenamed };
            (rule, format!("{} was called `{}`", now.shown(), before.name))
        } else {
            gone.insert(was, before);
            come.insert(is, now);
            return;
        };
        self.found(node, Found { rule, flow: Flow::Request, old: &before.place, new: &now.place, summary });
        self.parameter(node, &before, &now);
    }

    fn parameter(&mut self, node: NodeId, old: &Parameter<'d>, new: &Parameter<'d>) {
        let what = new.shown();
        let mut note = |rule, summary| {
            self.found(node, Found { rule, flow: Flow::Request, old: &old.place, new: &new.place, summary });
        };
        match (old.is_required(), new.is_required()) {
            (false, true) => note(Rule::ParameterRequired, format!("{what} became required")),
            (true, false) => note(Rule::ParameterOptional, format!("{what} became optional")),
            _ => {}
        }
        let says = |parameter: &Parameter<'d>, key: &str| parameter.place.value.get(key).cloned();
        let deprecated = |parameter: &Parameter<'d>| says(parameter, "deprecated").is_some_and(|said| said == true);
        match (deprecated(old), deprecated(new)) {
            (false, true) => note(Rule::Deprecated, format!("{what} is deprecated now")),
            (true, false) => note(Rule::Undeprecated, format!("{what} is no longer deprecated")),
            _ => {}
        }
        for key in ["style", "explode", "allowReserved", "allowEmptyValue"] {
            // Elsewhere, and in another style, other things go without saying: that it is so is said already.
            if says(old, key) != says(new, key) && old.serialization(key) != new.serialization(key) {
                note(Rule::SerializationChanged, format!("`{key}` of {what} changed: it is written in another way"));
            }
        }
        let media = |parameter: &Parameter<'d>| parameter.media().map(|(name, _)| name);
        if media(old) != media(new) {
            let said = |media: Option<&str>| media.map_or("plain".to_owned(), |media| format!("`{media}`"));
            let (was, is) = (said(media(old)), said(media(new)));
            note(Rule::SerializationChanged, format!("{what} was {was} and is {is}: it is written in another way"));
        }
        let is_compared = |key: &str| {
            let serialization = matches!(key, "style" | "explode" | "allowReserved" | "allowEmptyValue");
            serialization || matches!(key, "name" | "in" | "required" | "deprecated" | "schema" | "content")
        };
        self.members(node, Flow::Request, &old.place, &new.place, is_compared, &what);
        self.schemas(node, &old.schema(), &new.schema(), Flow::Request);
    }

    pub(super) fn bodies(&mut self, node: NodeId, old: &Operation<'d>, new: &Operation<'d>) {
        let before = old.place.get("requestBody").map(|place| place.resolved(self.old.document));
        let now = new.place.get("requestBody").map(|place| place.resolved(self.new.document));
        let flow = Flow::Request;
        match (before, now) {
            (None, None) => {}
            (None, Some(body)) => {
                let (rule, kind) = match is_required(&body) {
                    true => (Rule::RequiredBodyAdded, "required"),
                    false => (Rule::OptionalBodyAdded, "optional"),
                };
                let summary = format!("there is a request body now, and it is {kind}");
                self.found(node, Found { rule, flow, old: &old.place, new: &body, summary });
            }
            (Some(body), None) => {
                let rule = match is_required(&body) {
                    true => Rule::RequiredBodyRemoved,
                    false => Rule::OptionalBodyRemoved,
                };
                let summary = "there is no request body any more".to_owned();
                self.found(node, Found { rule, flow, old: &body, new: &new.place, summary });
            }
            (Some(before), Some(now)) => {
                self.once(node, (&before, &now), flow, |this, node| this.body(node, &before, &now));
            }
        }
    }

    fn body(&mut self, node: NodeId, before: &Place<'d>, now: &Place<'d>) {
        let flow = Flow::Request;
        let (rule, word) = match (is_required(before), is_required(now)) {
            (false, true) => (Some(Rule::BodyRequired), "required"),
            (true, false) => (Some(Rule::BodyOptional), "optional"),
            _ => (None, ""),
        };
        if let Some(rule) = rule {
            let summary = format!("the request body became {word}");
            self.found(node, Found { rule, flow, old: before, new: now, summary });
        }
        let is_compared = |key: &str| matches!(key, "required" | "content");
        self.members(node, flow, before, now, is_compared, "the request body");
        self.content(node, flow, before, now, "the request body");
    }
}

fn is_required(holder: &Place<'_>) -> bool {
    holder.value.get("required").is_some_and(|required| *required == true)
}
