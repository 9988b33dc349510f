//! The responses of two operations, and what travels in a body by media type.

use std::collections::BTreeMap;

use super::{
    Rule,
    comparison::{Comparison, Found, NodeId},
    operations::Operation,
    place::Place,
    rule::Flow,
    shape::Schema,
};

/// The members under `key`, with references followed.
fn resolved<'d>(document: &'d serde_json::Value, holder: &Place<'d>, key: &str) -> BTreeMap<&'d str, Place<'d>> {
    let members = holder.get(key);
    members.iter().flat_map(Place::members).map(|(name, place)| (name, place.resolved(document))).collect()
}

fn flow(status: &str) -> Flow {
    if status.starts_with('2') { Flow::Success } else { Flow::Error }
}

impl<'d> Comparison<'d> {
    pub(super) fn responses(&mut self, node: NodeId, old: &Operation<'d>, new: &Operation<'d>) {
        let mut gone = resolved(self.old.document, &old.place, "responses");
        let mut come = resolved(self.new.document, &new.place, "responses");
        let both: Vec<_> = gone.keys().filter(|status| come.contains_key(*status)).copied().collect();
        for status in both {
            if let (Some(before), Some(now)) = (gone.remove(status), come.remove(status)) {
                self.once(node, (&before, &now), flow(status), |this, node| this.response(node, status, &before, &now));
            }
        }
        if let ([(was, before)], [(is, now)]) = (entries(&gone).as_slice(), entries(&come).as_slice())
            && flow(was) == flow(is)
            && self.is_like(before, now)
        {
            let summary = format!("the status {was} became {is}");
            let rule = Rule::StatusChanged;
            self.found(node, Found { rule, flow: flow(is), old: before, new: now, summary });
            return self.response(node, is, before, now);
        }
        let place =
            |operation: &Operation<'d>| operation.place.get("responses").unwrap_or_else(|| operation.place.clone());
        let (old, new) = (place(old), place(new));
        for (status, response) in gone {
            let (rule, flow) = (Rule::StatusRemoved, flow(status));
            let summary = format!("the status {status} is gone");
            self.found(node, Found { rule, flow, old: &response, new: &new, summary });
        }
        for (status, response) in come {
            let (rule, flow) = (Rule::StatusAdded, flow(status));
            let summary = format!("the status {status} is new");
            self.found(node, Found { rule, flow, old: &old, new: &response, summary });
        }
    }

    /// Whether two responses are alike but for words.
    fn is_like(&mut self, old: &Place<'d>, new: &Place<'d>) -> bool {
        let schemas = |response: &Place<'d>| -> BTreeMap<&'d str, Schema<'d>> {
            let content = response.get("content");
            let media = content.iter().flat_map(Place::members);
            media.map(|(name, media)| (name, Schema::under(&media, "schema"))).collect()
        };
        let (before, now) = (schemas(old), schemas(new));
        before.len() == now.len()
            && before.iter().zip(&now).all(|((was, before), (is, now))| {
                was == is && self.old.likeness.of(before) == self.new.likeness.of(now)
            })
    }

    fn response(&mut self, node: NodeId, status: &str, old: &Place<'d>, new: &Place<'d>) {
        let what = format!("the answer {status}");
        let flow = flow(status);
        self.members(node, flow, old, new, |key| matches!(key, "content" | "headers"), &what);
        self.headers(node, flow, old, new, &what);
        let has_content = |response: &Place<'d>| {
            response
                .value
                .get("content")
                .and_then(|content| content.as_object())
                .is_some_and(|content| !content.is_empty())
        };
        let (rule, summary) = match (has_content(old), has_content(new)) {
            (true, true) => return self.content(node, flow, old, new, &what),
            (false, false) => return,
            (false, true) => (Rule::ContentAdded, format!("{what} has a body now")),
            (true, false) => (Rule::ContentRemoved, format!("{what} has no body any more")),
        };
        self.found(node, Found { rule, flow, old, new, summary });
    }

    fn headers(&mut self, node: NodeId, flow: Flow, old: &Place<'d>, new: &Place<'d>, what: &str) {
        // Names that differ in case alone are one name to HTTP.
        let headers = |document, holder: &Place<'d>| -> BTreeMap<String, Place<'d>> {
            let headers = resolved(document, holder, "headers").into_iter();
            headers.map(|(name, header)| (name.to_ascii_lowercase(), header)).collect()
        };
        let (before, now) = (headers(self.old.document, old), headers(self.new.document, new));
        for (name, header) in &before {
            match now.get(name) {
                Some(other) => {
                    let what = format!("the header `{name}` of {what}");
                    self.members(node, flow, header, other, |key| key == "schema", &what);
                    self.schemas(node, &Schema::under(header, "schema"), &Schema::under(other, "schema"), flow);
                }
                None => {
                    let summary = format!("{what} has no header `{name}` any more");
                    self.found(node, Found { rule: Rule::HeaderRemoved, flow, old: header, new, summary });
                }
            }
        }
        for (name, header) in now.iter().filter(|(name, _)| !before.contains_key(*name)) {
            let summary = format!("{what} has a header `{name}` now");
            self.found(node, Found { rule: Rule::HeaderAdded, flow, old, new: header, summary });
        }
    }

    /// Compares bodies by media type. One gone and one come is one that changed.
    pub(super) fn content(&mut self, node: NodeId, flow: Flow, old: &Place<'d>, new: &Place<'d>, what: &str) {
        let media = |holder: &Place<'d>| -> BTreeMap<&'d str, Place<'d>> {
            holder.get("content").iter().flat_map(Place::members).collect()
        };
        let (mut gone, mut come) = (media(old), media(new));
        let both: Vec<_> = gone.keys().filter(|name| come.contains_key(*name)).copied().collect();
        for name in both {
            if let (Some(before), Some(now)) = (gone.remove(name), come.remove(name)) {
                self.media(node, flow, &before, &now, what);
            }
        }
        if let ([(was, before)], [(is, now)]) = (entries(&gone).as_slice(), entries(&come).as_slice()) {
            let summary = format!("the media type of {what} was `{was}` and is `{is}`");
            self.found(node, Found { rule: Rule::MediaTypeChanged, flow, old: before, new: now, summary });
            // How its parts are encoded is another matter in another media type.
            return self.schemas(node, &Schema::under(before, "schema"), &Schema::under(now, "schema"), flow);
        }
        for (name, media) in gone {
            let summary = format!("{what} can no longer be `{name}`");
            self.found(node, Found { rule: Rule::MediaTypeRemoved, flow, old: &media, new, summary });
        }
        for (name, media) in come {
            let summary = format!("{what} can be `{name}` now");
            self.found(node, Found { rule: Rule::MediaTypeAdded, flow, old, new: &media, summary });
        }
    }

    fn media(&mut self, node: NodeId, flow: Flow, old: &Place<'d>, new: &Place<'d>, what: &str) {
        if old.value.get("encoding") != new.value.get("encoding") {
            let place = |media: &Place<'d>| media.get("encoding").unwrap_or_else(|| media.clone());
            let summary = format!("the parts of {what} are encoded in another way");
            let (old, new) = (place(old), place(new));
            self.found(node, Found { rule: Rule::SerializationChanged, flow, old: &old, new: &new, summary });
        }
        self.members(node, flow, old, new, |key| matches!(key, "schema" | "encoding"), what);
        self.schemas(node, &Schema::under(old, "schema"), &Schema::under(new, "schema"), flow);
    }
}

fn entries<'m, 'd>(map: &'m BTreeMap<&'d str, Place<'d>>) -> Vec<(&'d str, &'m Place<'d>)> {
    map.iter().map(|(name, place)| (*name, place)).collect()
}
