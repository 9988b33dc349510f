//! What concerns a document as a whole: servers, keys, words, and the schemas that no operation reaches.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{
    Rule, Verdict,
    comparison::{Comparison, Found, NodeId},
    operations::Operation,
    place::Place,
    rule::Flow,
    shape::Schema,
};
use crate::walk;

impl<'d> Comparison<'d> {
    /// Compares the document outside of its operations.
    pub(super) fn document(&mut self, node: NodeId) {
        let (old, new) = (Place::root(self.old.document), Place::root(self.new.document));
        self.members(node, Flow::Outside, &old, &new, is_compared, "the document");
        for key in ["openapi", "info"] {
            let (before, now) = (old.get(key), new.get(key));
            if before.as_ref().map(|place| place.value) != now.as_ref().map(|place| place.value) {
                let summary = format!("`{key}` of the document changed");
                let (old, new) = (before.unwrap_or_else(|| old.clone()), now.unwrap_or_else(|| new.clone()));
                self.found(
                    node,
                    Found { rule: Rule::ProseChanged, flow: Flow::Outside, old: &old, new: &new, summary },
                );
            }
        }
        if let (Some(old), Some(new)) = (old.get("components"), new.get("components")) {
            self.members(node, Flow::Outside, &old, &new, is_used, "the components");
        }
        self.servers(node, &old, &new);
        self.schemes(node);
        self.unreached(node);
    }

    /// Servers of one operation, or of its path, which count before those of the document.
    pub(super) fn own_servers(&mut self, node: NodeId, old: &Operation<'d>, new: &Operation<'d>) {
        let holder = |operation: &Operation<'d>, root: &'d Value| {
            let own =
                [&operation.place, &operation.item].into_iter().find(|place| place.value.get("servers").is_some());
            (own.is_some(), own.cloned().unwrap_or_else(|| Place::root(root)))
        };
        let ((old_own, before), (new_own, now)) = (holder(old, self.old.document), holder(new, self.new.document));
        if old_own || new_own {
            self.servers(node, &before, &now);
        }
    }

    fn servers(&mut self, node: NodeId, old: &Place<'d>, new: &Place<'d>) {
        let servers = |holder: &Place<'d>| -> BTreeMap<&'d str, Place<'d>> {
            let list = holder.get("servers");
            list.iter().flat_map(Place::elements).filter_map(|server| Some((server.text("url")?, server))).collect()
        };
        let (mut gone, mut come) = (servers(old), servers(new));
        let both: Vec<_> = gone.keys().filter(|url| come.contains_key(*url)).copied().collect();
        let flow = Flow::Outside;
        for url in both {
            if let (Some(before), Some(now)) = (gone.remove(url), come.remove(url)) {
                if variables(&before) != variables(&now) {
                    let summary = format!("the variables of the server `{url}` changed");
                    self.found(node, Found { rule: Rule::ServerChanged, flow, old: &before, new: &now, summary });
                }
                let what = format!("the server `{url}`");
                self.members(node, flow, &before, &now, |key| matches!(key, "url" | "variables"), &what);
            }
        }
        if gone.len() == 1 && come.len() == 1 {
            if let (Some((was, before)), Some((is, now))) = (gone.pop_first(), come.pop_first()) {
                let summary = format!("the server `{was}` is `{is}` now");
                self.found(node, Found { rule: Rule::ServerChanged, flow, old: &before, new: &now, summary });
            }
            return;
        }
        for (url, server) in gone {
            let summary = format!("the server `{url}` is gone");
            self.found(node, Found { rule: Rule::ServerRemoved, flow, old: &server, new, summary });
        }
        for (url, server) in come {
            let summary = format!("the server `{url}` is new");
            self.found(node, Found { rule: Rule::ServerAdded, flow, old, new: &server, summary });
        }
    }

    /// Component schemas that no operation of one of the documents reaches: webhook payloads, for one. A type is
    /// generated for each.
    fn unreached(&mut self, node: NodeId) {
        let (old_reached, new_reached) = (reached(self.old.document), reached(self.new.document));
        let (before, now) = (schemas(self.old.document), schemas(self.new.document));
        let flow = Flow::Unreached;
        // An operation may lead to a schema by a way that is not compared: an operation or a property that is gone, a `not`.
        self.finish();
        let both = before.iter().filter_map(|(name, old)| Some((old, now.get(name)?)));
        let is_read = |old: &Place<'d>, new: &Place<'d>| {
            self.old.read.contains(&old.identity()) && self.new.read.contains(&new.identity())
        };
        let unread: Vec<_> = both.filter(|(old, new)| !is_read(old, new)).collect();
        for (old, new) in unread {
            self.shared(node, &Schema::of(old.clone()), &Schema::of(new.clone()), flow);
        }
        // Where they are used, renamed ones have been found, but for those that are only part of others.
        self.finish();
        let (were, are): (HashSet<&str>, HashSet<&str>) = self.renamed.iter().copied().unzip();
        let gone = before.iter().filter(|(name, _)| !now.contains_key(*name) && !were.contains(*name));
        let gone: Vec<_> = gone.collect();
        let come = now.iter().filter(|(name, _)| !before.contains_key(*name) && !are.contains(*name));
        let mut come: BTreeMap<&str, _> = come.map(|(name, new)| (*name, new)).collect();
        let mut alike: HashMap<u64, VecDeque<&str>> = HashMap::new();
        for (is, new) in &come {
            alike.entry(self.new.likeness.of(&Schema::of((*new).clone()))).or_default().push_back(is);
        }
        for (was, old) in gone {
            let likeness = self.old.likeness.of(&Schema::of(old.clone()));
            let found = alike.get_mut(&likeness).and_then(VecDeque::pop_front);
            if let Some((is, new)) = found.and_then(|is| Some((is, come.remove(is)?.clone()))) {
                let is_part = old_reached.contains(was) && new_reached.contains(is);
                let use_of_it = if is_part { "which is part of others" } else { "which no operation uses" };
                let summary = format!("the schema `{was}`, {use_of_it}, is now called `{is}`");
                let rule = Rule::SchemaRenamed;
                let (wire, source) = rule.verdicts(flow);
                // What is merged into others has no type of its own.
                let source = if is_part { Verdict::Ok } else { source };
                self.judged(node, Found { rule, flow, old, new: &new, summary }, (wire, source));
                self.shared(node, &Schema::of(old.clone()), &Schema::of(new), flow);
            } else if !old_reached.contains(was) {
                let summary = format!("the schema `{was}`, which no operation uses, is gone");
                let new = Place::root(self.new.document);
                self.found(node, Found { rule: Rule::SchemaRemoved, flow, old, new: &new, summary });
            }
        }
        for (is, new) in come.into_iter().filter(|(is, _)| !new_reached.contains(*is)) {
            let summary = format!("the schema `{is}`, which no operation uses, is new");
            let old = Place::root(self.old.document);
            self.found(node, Found { rule: Rule::SchemaAdded, flow, old: &old, new, summary });
        }
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
fn is_compared(key: &str) -> bool {
    matches!(key, "openapi" | "info" | "servers" | "paths" | "components" | "security")
}

/// What is compared where it is used, or is only for people.
fn is_used(key: &str) -> bool {
    matches!(key, "schemas" | "securitySchemes" | "parameters" | "headers" | "requestBodies" | "responses" | "examples")
}

/// The component schemas that an operation leads to.
fn reached(document: &Value) -> BTreeSet<&str> {
    let mut open: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    if let Some(paths) = document.get("paths") {
        walk::references(paths, &mut |_, target| open.push(target));
    }
    while let Some(target) = open.pop() {
        if !seen.insert(target) {
            continue;
        }
        if let Some(value) = target.strip_prefix('#').and_then(|pointer| document.pointer(pointer)) {
            walk::references(value, &mut |_, target| open.push(target));
        }
    }
    seen.into_iter().filter_map(walk::schema_name).collect()
}
