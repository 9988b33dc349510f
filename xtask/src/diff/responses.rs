//! The responses of two operations, and what travels in a body by media type.

use std::collections::BTreeMap;

use super::{
    comparison::{At, Comparison},
    matching::Matching,
    rule::{Flow, Rule},
    shape::Schema,
};
use crate::openapi::{Operation, Place};

impl<'d> Comparison<'d> {
    pub(super) fn responses(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>) {
        let before = old.place.resolved_members(self.old.document, "responses");
        let now = new.place.resolved_members(self.new.document, "responses");
        let responses = Matching::by_name(before, now);
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
        let place =
            |operation: &Operation<'d>| operation.place.get("responses").unwrap_or_else(|| operation.place.clone());
        let (old, new) = (place(old), place(new));
        for (status, response) in responses.removed {
            let at = At { flow: flow(status), ..at };
            self.note(at, Rule::StatusRemoved, &response, &new, format!("the status {status} was removed"));
        }
        for (status, response) in responses.added {
            let at = At { flow: flow(status), ..at };
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

    fn headers(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        // Names that differ in case alone are one name to HTTP.
        let headers = |document, holder: &Place<'d>| -> BTreeMap<String, Place<'d>> {
            let headers = holder.resolved_members(document, "headers").into_iter();
            headers.map(|(name, header)| (name.to_ascii_lowercase(), header)).collect()
        };
        let headers = Matching::by_name(headers(self.old.document, old), headers(self.new.document, new));
        for ((name, before), (_, now)) in headers.pairs {
            let what = format!("the header `{name}` of {what}");
            self.members(at, &before, &now, |key| key == "schema", &what);
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
        if old.value.get("encoding") != new.value.get("encoding") {
            let place = |media: &Place<'d>| media.get("encoding").unwrap_or_else(|| media.clone());
            let summary = format!("the parts of {what} are encoded in another way");
            self.note(at, Rule::SerializationChanged, &place(old), &place(new), summary);
        }
        self.members(at, old, new, |key| matches!(key, "schema" | "encoding"), what);
        self.schemas(at, &Schema::under(old, "schema"), &Schema::under(new, "schema"));
    }
}

fn flow(status: &str) -> Flow {
    if status.starts_with('2') { Flow::Success } else { Flow::Error }
}

fn media_types<'d>(holder: &Place<'d>) -> BTreeMap<&'d str, Place<'d>> {
    holder.get("content").iter().flat_map(Place::members).collect()
}
