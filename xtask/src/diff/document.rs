//! What concerns a document as a whole: servers, keys, words, and the schemas that no operation reaches.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::{
    comparison::{At, Comparison, NodeId},
    matching::Matching,
    rule::{Detail, Flow, Rule},
    shape::Schema,
};
use crate::openapi::{Operation, Place, References};

impl<'d> Comparison<'d> {
    /// Compares the document outside of its operations.
    pub(super) fn document(&mut self, node: NodeId) {
        let at = At { node, flow: Flow::Outside };
        let (old, new) = (Place::root(self.old.document), Place::root(self.new.document));
        self.members(at, &old, &new, is_compared_elsewhere, "the document");
        for key in ["openapi", "info"] {
            let (before, now) = (old.get(key), new.get(key));
            if before.as_ref().map(|place| place.value) != now.as_ref().map(|place| place.value) {
                let (old, new) = (before.as_ref().unwrap_or(&old), now.as_ref().unwrap_or(&new));
                self.note(at, Rule::ProseChanged, old, new, format!("`{key}` of the document changed"));
            }
        }
        if let (Some(old), Some(new)) = (old.get("components"), new.get("components")) {
            self.members(at, &old, &new, is_component, "the components");
        }
        self.servers(at, &old, &new);
        self.schemes(at);
        self.unreached(At { flow: Flow::Unreached, ..at });
    }

    /// Servers of one operation, or of its path, which count before those of the document.
    pub(super) fn own_servers(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>) {
        let holder = |operation: &Operation<'d>| {
            let holders = [&operation.place, &operation.item];
            holders.into_iter().find(|place| place.value.get("servers").is_some()).cloned()
        };
        let (before, now) = (holder(old), holder(new));
        if before.is_some() || now.is_some() {
            let old = before.unwrap_or_else(|| Place::root(self.old.document));
            let new = now.unwrap_or_else(|| Place::root(self.new.document));
            self.servers(at, &old, &new);
        }
    }

    fn servers(&mut self, at: At, old: &Place<'d>, new: &Place<'d>) {
        let by_url = |holder: &Place<'d>| -> BTreeMap<&'d str, Place<'d>> {
            let list = holder.get("servers");
            list.iter().flat_map(Place::elements).filter_map(|server| Some((server.text("url")?, server))).collect()
        };
        let servers = Matching::by_name(by_url(old), by_url(new));
        for ((url, before), (_, now)) in &servers.pairs {
            if variables(before) != variables(now) {
                let summary = format!("the variables of the server `{url}` changed");
                self.note(at, Rule::ServerChanged, before, now, summary);
            }
            let what = format!("the server `{url}`");
            self.members(at, before, now, |key| matches!(key, "url" | "variables"), &what);
        }
        if let Some(((was, before), (is, now))) = servers.only_pair() {
            return self.note(at, Rule::ServerChanged, before, now, format!("the server `{was}` is `{is}` now"));
        }
        for (url, server) in servers.removed {
            self.note(at, Rule::ServerRemoved, &server, new, format!("the server `{url}` was removed"));
        }
        for (url, server) in servers.added {
            self.note(at, Rule::ServerAdded, old, &server, format!("the server `{url}` was added"));
        }
    }

    /// Component schemas that no operation of one of the documents reaches: webhook payloads, for one. A type is
    /// generated for each.
    fn unreached(&mut self, at: At) {
        let (old_reached, new_reached) = (reached(self.old.document), reached(self.new.document));
        let schemas = Matching::by_name(schemas(self.old.document), schemas(self.new.document));
        // An operation may lead to a schema by a way that is not compared: an operation or a property that was removed, a
        // `not`.
        self.finish();
        for ((_, old), (_, new)) in schemas.pairs {
            if !self.old.read.contains(&old.identity()) || !self.new.read.contains(&new.identity()) {
                self.enqueue_once(at, &Schema::of(old), &Schema::of(new));
            }
        }
        // Where they are used, renamed ones have been found, but for those that are only part of others.
        self.finish();
        let (were, are): (HashSet<&str>, HashSet<&str>) = self.renamed.iter().copied().unzip();
        let removed = schemas.removed.into_iter().filter(|(name, _)| !were.contains(name));
        let added = schemas.added.into_iter().filter(|(name, _)| !are.contains(name));
        let mut rest = Matching::new(removed, added);
        rest.pair_by(
            |(_, old)| Some(self.old.likeness.of(&Schema::of(old.clone()))),
            |(_, new)| Some(self.new.likeness.of(&Schema::of(new.clone()))),
        );
        for ((was, old), (is, new)) in rest.pairs {
            // What is merged into others has no type of its own.
            let is_part = old_reached.contains(was) && new_reached.contains(is);
            let (detail, use_of_it) = match is_part {
                true => (Detail::Untyped, "which is part of others"),
                false => (Detail::Plain, "which no operation uses"),
            };
            let summary = format!("the schema `{was}`, {use_of_it}, is now called `{is}`");
            self.note(at, Rule::SchemaRenamed.with(detail), &old, &new, summary);
            self.enqueue_once(at, &Schema::of(old), &Schema::of(new));
        }
        let (old_root, new_root) = (Place::root(self.old.document), Place::root(self.new.document));
        for (was, old) in rest.removed.into_iter().filter(|(was, _)| !old_reached.contains(*was)) {
            let summary = format!("the schema `{was}`, which no operation uses, was removed");
            self.note(at, Rule::SchemaRemoved, &old, &new_root, summary);
        }
        for (is, new) in rest.added.into_iter().filter(|(is, _)| !new_reached.contains(*is)) {
            let summary = format!("the schema `{is}`, which no operation uses, was added");
            self.note(at, Rule::SchemaAdded, &old_root, &new, summary);
        }
        self.finish();
    }
}

/// The variables of a server, by name: the default, and what else there may be.
fn variables<'d>(server: &Place<'d>) -> BTreeMap<&'d str, (&'d Value, BTreeSet<&'d str>)> {
    let values = |place: &Place<'d>| -> BTreeSet<&'d str> {
        place.get("enum").iter().flat_map(Place::elements).filter_map(|value| value.value.as_str()).collect()
    };
    let default = |place: &Place<'d>| place.get("default").map_or(&Value::Null, |default| default.value);
    let variables = server.get("variables");
    variables.iter().flat_map(Place::members).map(|(name, place)| (name, (default(&place), values(&place)))).collect()
}

fn schemas(document: &Value) -> BTreeMap<&str, Place<'_>> {
    Place::at(document, "#/components/schemas").iter().flat_map(Place::members).collect()
}

/// What is compared in a place of its own.
fn is_compared_elsewhere(key: &str) -> bool {
    matches!(key, "openapi" | "info" | "servers" | "paths" | "components" | "security")
}

/// What is compared where it is used, or is only for people.
fn is_component(key: &str) -> bool {
    matches!(
        key,
        "schemas"
            | "securitySchemes"
            | "parameters"
            | "headers"
            | "requestBodies"
            | "responses"
            | "callbacks"
            | "examples"
    )
}

/// The component schemas that an operation leads to.
fn reached(document: &Value) -> BTreeSet<String> {
    let references = References::of(document);
    references.schemas_from(references.owners().filter(|owner| owner.starts_with("/paths/")))
}
