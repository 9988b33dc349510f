//! The responses of two operations, and what travels in a body by media type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    comparison::{At, Comparison},
    matching::Matching,
    rule::{Detail, Flow, Rule},
    shape::{Schema, is_prose},
};
use crate::openapi::Place;

impl<'d> Comparison<'d> {
    /// Compares the responses of two operations; `flow` tells where the data of one travels, by its status.
    pub(super) fn responses(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, flow: fn(&str) -> Flow) {
        let responses = |document, operation: &Place<'d>| -> BTreeMap<String, Place<'d>> {
            let responses = operation.resolved_members(document, "responses").into_iter();
            // A range may be written in any case.
            responses
                .filter(|(key, _)| !key.starts_with("x-"))
                .map(|(key, place)| (key.replace('x', "X"), place))
                .collect()
        };
        let mut responses = Matching::by_name(responses(self.old.document, old), responses(self.new.document, new));
        let ranges = ranges(&responses);
        let range = |response: &(String, Place<'d>)| class(response).filter(|class| ranges.contains(class));
        let known = responses.pairs.len();
        responses.pair_by(range, range);
        for ((was, before), (is, now)) in responses.pairs.drain(known..) {
            let at = At { flow: flow(&is), ..at };
            let judged = Rule::StatusChanged.with(Detail::Contained);
            self.note(at, judged, &before, &now, format!("the status {was} became {is}"));
            self.response(at, &is, &before, &now);
        }
        for ((status, before), (_, now)) in &responses.pairs {
            let at = At { flow: flow(status), ..at };
            self.once(at, before, now, |this, at| this.response(at, status, before, now));
        }
        if let Some(((was, before), (is, now))) = responses.only_pair()
            && flow(was) == flow(is)
            && self.are_alike(before, now)
        {
            let at = At { flow: flow(is), ..at };
            self.note(at, Rule::StatusChanged, before, now, format!("the status {was} became {is}"));
            return self.response(at, is, before, now);
        }
        let place = |operation: &Place<'d>| operation.get("responses").unwrap_or_else(|| operation.clone());
        let (old, new) = (place(old), place(new));
        for (status, response) in responses.removed {
            let at = At { flow: flow(&status), ..at };
            self.note(at, Rule::StatusRemoved, &response, &new, format!("the status {status} was removed"));
        }
        for (status, response) in responses.added {
            let at = At { flow: flow(&status), ..at };
            self.note(at, Rule::StatusAdded, &old, &response, format!("the status {status} was added"));
        }
    }

    /// Whether two responses are alike but for words.
    fn are_alike(&mut self, old: &Place<'d>, new: &Place<'d>) -> bool {
        let (before, now) = (media_types(old), media_types(new));
        before.len() == now.len()
            && before.iter().zip(&now).all(|((was, before), (is, now))| {
                let (before, now) = (Schema::under(before, "schema"), Schema::under(now, "schema"));
                was == is && self.old.likeness.of(&before) == self.new.likeness.of(&now)
            })
    }

    fn response(&mut self, at: At, status: &str, old: &Place<'d>, new: &Place<'d>) {
        let what = format!("the response {status}");
        self.members(at, old, new, |key| matches!(key, "content" | "headers"), &what);
        self.headers(at, old, new, &what);
        match (media_types(old).is_empty(), media_types(new).is_empty()) {
            (false, false) => self.content(at, old, new, &what),
            (true, true) => {}
            (true, false) => self.note(at, Rule::ContentAdded, old, new, format!("{what} has a body now")),
            (false, true) => self.note(at, Rule::ContentRemoved, old, new, format!("{what} no longer has a body")),
        }
    }

    /// How the value of a header is written: lists and objects in one way or the other.
    fn header_style(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        let explodes = |header: &Place<'d>| header.value.get("explode").is_some_and(|said| *said == true);
        let is_scalar = self.is_scalar(&Schema::under(old, "schema"), &Schema::under(new, "schema"));
        if explodes(old) != explodes(new) && !is_scalar {
            let summary = format!("`explode` of {what} changed: it may be written in another way");
            self.note(at, Rule::SerializationChanged, old, new, summary);
        }
    }

    /// No generated code reads them.
    fn headers(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        let at = At { flow: if at.flow == Flow::Success { Flow::Error } else { at.flow }, ..at };
        // Names that differ in case alone are one name to HTTP.
        let headers = |document, holder: &Place<'d>| -> BTreeMap<String, Place<'d>> {
            let headers = holder.resolved_members(document, "headers").into_iter();
            headers.map(|(name, header)| (name.to_ascii_lowercase(), header)).collect()
        };
        let headers = Matching::by_name(headers(self.old.document, old), headers(self.new.document, new));
        for ((name, before), (_, now)) in headers.pairs {
            let what = format!("the header `{name}` of {what}");
            let (was, is) =
                [&before, &now].map(|header| header.value.get("required").is_some_and(|said| *said == true)).into();
            match (was, is) {
                (false, true) => {
                    self.note(at, Rule::HeaderRequired, &before, &now, format!("{what} is always there now"))
                }
                (true, false) => {
                    self.note(at, Rule::HeaderOptional, &before, &now, format!("{what} may be missing now"))
                }
                _ => {}
            }
            self.deprecation(at, &before, &now, &what);
            self.header_style(at, &before, &now, &what);
            let is_compared_elsewhere =
                |key: &str| matches!(key, "schema" | "required" | "deprecated" | "style" | "explode" | "content");
            self.members(at, &before, &now, is_compared_elsewhere, &what);
            if before.value.get("content").is_some() || now.value.get("content").is_some() {
                self.content(at, &before, &now, &what);
            }
            self.schemas(at, &Schema::under(&before, "schema"), &Schema::under(&now, "schema"));
        }
        for (name, header) in headers.removed {
            self.note(at, Rule::HeaderRemoved, &header, new, format!("{what} no longer has a header `{name}`"));
        }
        for (name, header) in headers.added {
            self.note(at, Rule::HeaderAdded, old, &header, format!("{what} has a header `{name}` now"));
        }
    }

    /// Compares bodies by media type. One removed and one added is one that changed.
    pub(super) fn content(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        let media_types = Matching::by_name(media_types(old), media_types(new));
        for ((_, before), (_, now)) in &media_types.pairs {
            self.media_type(at, before, now, what);
        }
        if let Some(((was, before), (is, now))) = media_types.only_pair() {
            let summary = format!("the media type of {what} was `{was}` and is `{is}`");
            self.note(at, Rule::MediaTypeChanged, before, now, summary);
            // How its parts are encoded is another matter in another media type.
            return self.schemas(at, &Schema::under(before, "schema"), &Schema::under(now, "schema"));
        }
        for (name, media) in media_types.removed {
            self.note(at, Rule::MediaTypeRemoved, &media, new, format!("{what} can no longer be `{name}`"));
        }
        for (name, media) in media_types.added {
            self.note(at, Rule::MediaTypeAdded, old, &media, format!("{what} can be `{name}` now"));
        }
    }

    fn media_type(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        if encoding(old) != encoding(new) {
            let place = |media: &Place<'d>| media.get("encoding").unwrap_or_else(|| media.clone());
            let summary = format!("the parts of {what} are encoded in another way");
            self.note(at, Rule::SerializationChanged, &place(old), &place(new), summary);
        }
        self.members(at, old, new, |key| matches!(key, "schema" | "encoding"), what);
        self.schemas(at, &Schema::under(old, "schema"), &Schema::under(new, "schema"));
    }
}

/// The class of a status or a range: `2`.
fn class((status, _): &(String, Place<'_>)) -> Option<String> {
    status.get(..1).filter(|_| status.len() == 3).map(str::to_owned)
}

/// The classes of which only a range is left over in one document, and only one status in the other.
fn ranges(left: &Matching<(String, Place<'_>)>) -> BTreeSet<String> {
    let only = |list: &[(String, Place<'_>)]| -> BTreeMap<String, Option<bool>> {
        let mut by_class = BTreeMap::new();
        for response in list {
            let Some(class) = class(response) else { continue };
            let is_range = response.0.ends_with("XX");
            by_class.entry(class).and_modify(|is_range| *is_range = None).or_insert(Some(is_range));
        }
        by_class
    };
    let (removed, added) = (only(&left.removed), only(&left.added));
    let is_pair = |(class, was): &(String, Option<bool>)| match (was, added.get(class)) {
        (Some(was), Some(Some(is))) => was != is,
        _ => false,
    };
    removed.into_iter().filter(is_pair).map(|(class, _)| class).collect()
}

/// The media types of a body, by their names as [`media_type`] has them.
fn media_types<'d>(holder: &Place<'d>) -> BTreeMap<String, Place<'d>> {
    let mut by_name = BTreeMap::new();
    let mut members: Vec<_> = holder.get("content").iter().flat_map(Place::members).collect();
    members.sort_by_key(|(name, _)| *name);
    for (name, media) in members {
        by_name.entry(media_type(name)).or_insert(media);
    }
    by_name
}

/// A media type without what says nothing: its case, spaces, that its characters are UTF-8, and where a part ends.
pub(super) fn media_type(name: &str) -> String {
    let mut parts = name.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let mut parameters: Vec<(String, &str)> = parts
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().trim_matches('"')))
        .filter(|(key, value)| key != "boundary" && !(key == "charset" && value.eq_ignore_ascii_case("utf-8")))
        .collect();
    parameters.sort();
    parameters.into_iter().fold(essence, |name, (key, value)| format!("{name}; {key}={value}"))
}

/// How the parts of a body are written, by property, without what goes without saying.
fn encoding<'d>(media: &Place<'d>) -> BTreeMap<&'d str, BTreeMap<&'d str, &'d Value>> {
    let said = |place: Place<'d>| -> BTreeMap<&'d str, &'d Value> {
        let style = place.text("style").unwrap_or("form");
        let goes_without_saying = |key: &str, value: &Value| match key {
            "style" => value == "form",
            "explode" => *value == (style == "form"),
            "allowReserved" => *value == false,
            key => is_prose(key),
        };
        let said = place.members().filter(|(key, place)| !goes_without_saying(key, place.value));
        said.map(|(key, place)| (key, place.value)).collect()
    };
    let encoding = media.get("encoding");
    let by_property = encoding.iter().flat_map(Place::members).map(|(name, place)| (name, said(place)));
    by_property.filter(|(_, said)| !said.is_empty()).collect()
}
