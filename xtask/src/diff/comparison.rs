//! A comparison under way: what was found, and which operations it reaches.
//!
//! A schema that many operations share is compared once for each direction. What is found in it is kept at a node, and
//! every use is an edge to that node, so that the work grows with the documents and not with the number of uses.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque, hash_map::Entry},
    mem,
};

use serde_json::Value;

use super::{
    code::Code,
    likeness::Likeness,
    report::Change,
    rule::{Direction, Flow, Judged, Rule, Source, Verdict, Verdicts},
    shape::{Mark, Property, Schema, is_prose},
    subject::{is_component, subject},
};
use crate::{
    coverage::Coverage,
    openapi::{Place, references},
};

pub(super) struct Comparison<'d> {
    pub(super) old: Side<'d>,
    pub(super) new: Side<'d>,
    nodes: Vec<Node>,
    changes: Vec<Found>,
    /// Where each change is known from, so that what two operations share is one change.
    known: HashMap<(Rule, Direction, String, String, String), usize>,
    /// The node of every pair that was compared, or will be.
    pairs: HashMap<(Vec<usize>, Vec<usize>, Flow), NodeId>,
    /// Components that were found to have another name, old and new.
    pub(super) renamed: BTreeSet<(&'d str, &'d str)>,
    /// How many pairs may still be compared that no name or place says to be one.
    unnamed_pairs_left: usize,
    schemas: VecDeque<(At, Schema<'d>, Schema<'d>)>,
    callbacks: VecDeque<(At, Place<'d>, Place<'d>)>,
}

/// A change, and its verdicts on source, which may depend on code that is not generated yet.
struct Found {
    change: Change,
    facade: Source,
    client: Source,
}

/// One of the two documents.
pub(super) struct Side<'d> {
    pub(super) document: &'d Value,
    pub(super) likeness: Likeness<'d>,
    /// The security schemes by name, their references followed.
    pub(super) schemes: BTreeMap<&'d str, Place<'d>>,
    /// What is said of properties that travel in one direction alone.
    pub(super) marks: [Mark<'d>; 2],
    /// What was compared: schemas, and what is merged into them, by identity.
    pub(super) read: HashSet<usize>,
}

/// A part of the documents that more than one operation may use.
#[derive(Debug, Default)]
struct Node {
    changes: BTreeSet<usize>,
    uses: BTreeSet<NodeId>,
}

/// Stands for a [`Node`].
pub(super) type NodeId = usize;

/// What is being compared: where changes are noted, and where the data travels.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) node: NodeId,
    pub(super) flow: Flow,
}

/// An operation that changes are looked for in.
pub(super) struct Root {
    /// What the new document calls it, or the old one if it was removed.
    pub(super) name: String,
    /// What the old document calls it.
    pub(super) old_name: String,
    pub(super) node: NodeId,
}

/// Pairs that are not of one name can be as many as the schemas of the one document times those of the other, and the
/// combinations of what holds at once far more. Every reference may be in some, and there may be some more; beyond that,
/// nobody has written a document but to see this fail.
const UNNAMED_PAIRS: usize = 10_000;
const UNNAMED_PAIRS_BY_REFERENCE: usize = 4;

impl<'d> Side<'d> {
    fn new(document: &'d Value) -> Self {
        let components = Place::root(document).get("components");
        let schemes =
            components.map_or_else(BTreeMap::new, |holder| holder.resolved_members(document, "securitySchemes"));
        let marks = ["readOnly", "writeOnly"].map(|word| Mark::new(document, word));
        Self { document, likeness: Likeness::new(document), schemes, marks, read: HashSet::new() }
    }

    /// Whether data in this flow has the property: one that is `readOnly` is not sent.
    pub(super) fn travels(&self, property: &Property<'d>, flow: Flow) -> bool {
        let hiding = self.marks.iter().find(|mark| flow.hidden_by() == Some(mark.word));
        hiding.is_none_or(|mark| !property.has(mark))
    }

    pub(super) fn component(&self, name: &str) -> Option<Place<'d>> {
        Place::at(self.document, "#/components/schemas")?.get(name)
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn new(old: &'d Value, new: &'d Value) -> Self {
        let mut unnamed_pairs_left = UNNAMED_PAIRS;
        for document in [old, new] {
            references(document, &mut |_, _| unnamed_pairs_left += UNNAMED_PAIRS_BY_REFERENCE);
        }
        Self {
            old: Side::new(old),
            new: Side::new(new),
            nodes: Vec::new(),
            changes: Vec::new(),
            known: HashMap::new(),
            pairs: HashMap::new(),
            renamed: BTreeSet::new(),
            unnamed_pairs_left,
            schemas: VecDeque::new(),
            callbacks: VecDeque::new(),
        }
    }

    pub(super) fn node(&mut self) -> NodeId {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    /// Notes a change between two places.
    pub(super) fn note(
        &mut self,
        at: At,
        what: impl Into<Judged>,
        old: &Place<'d>,
        new: &Place<'d>,
        summary: impl Into<String>,
    ) {
        let judged: Judged = what.into();
        let (rule, direction, summary) = (judged.rule, at.flow.direction(), summary.into());
        let (old, new) = (old.pointer(), new.pointer());
        let Verdicts { wire, facade, client } = judged.verdicts(at.flow, new.starts_with("/components/schemas/"));
        let index = match self.known.entry((rule, direction, old.clone(), new.clone(), summary.clone())) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(slot) => {
                let (operations, reaches) = (Vec::new(), Vec::new());
                let (source, in_client) = (Verdict::Ok, Verdict::Ok);
                let change =
                    Change { rule, operations, direction, old, new, wire, source, client: in_client, summary, reaches };
                self.changes.push(Found { change, facade, client });
                *slot.insert(self.changes.len() - 1)
            }
        };
        // Found in an error, it may be found in a success, too.
        let known = &mut self.changes[index];
        known.change.wire = known.change.wire.max(wire);
        known.facade = known.facade.and(facade);
        known.client = known.client.and(client);
        self.nodes[at.node].changes.insert(index);
    }

    /// Compares what the members of an object say that nobody else compares: words for people, extensions, the rest.
    pub(super) fn members(
        &mut self,
        at: At,
        old: &Place<'d>,
        new: &Place<'d>,
        is_compared_elsewhere: fn(&str) -> bool,
        what: &str,
    ) {
        let names: BTreeSet<&str> = old.members().chain(new.members()).map(|(name, _)| name).collect();
        for name in names.into_iter().filter(|name| !is_compared_elsewhere(name)) {
            let (before, now) = (old.get(name), new.get(name));
            if before.as_ref().map(|place| place.value) == now.as_ref().map(|place| place.value) {
                continue;
            }
            let rule = match name {
                _ if is_prose(name) => Rule::ProseChanged,
                // Nothing is made of links.
                "links" => Rule::ExtensionChanged,
                _ if name.starts_with("x-") => Rule::ExtensionChanged,
                _ => Rule::KeywordChanged,
            };
            let (old, new) = (before.as_ref().unwrap_or(old), now.as_ref().unwrap_or(new));
            self.note(at, rule, old, new, format!("`{name}` of {what} changed"));
        }
    }

    /// Compares whether `what` is deprecated.
    pub(super) fn deprecation(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        let deprecated = |place: &Place<'d>| place.get("deprecated").filter(|place| *place.value == true);
        match (deprecated(old), deprecated(new)) {
            (None, Some(place)) => self.note(at, Rule::Deprecated, old, &place, format!("{what} is deprecated now")),
            (Some(place), None) => {
                self.note(at, Rule::Undeprecated, &place, new, format!("{what} is no longer deprecated"));
            }
            _ => {}
        }
    }

    /// What two places are called that are compared: by its use, if only one of them is a component.
    pub(super) fn about(&self, old: &Place<'_>, new: &Place<'_>) -> String {
        match is_component(new) && !is_component(old) {
            true => subject(self.old.document, old),
            false => subject(self.new.document, new),
        }
    }

    /// Compares two places with `compare`, once for all operations that use both.
    pub(super) fn once(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, compare: impl FnOnce(&mut Self, At)) {
        let key = (vec![old.identity()], vec![new.identity()], at.flow);
        let target = match self.pairs.get(&key) {
            Some(known) => *known,
            None => {
                let node = self.node();
                self.pairs.insert(key, node);
                compare(self, At { node, ..at });
                node
            }
        };
        self.nodes[at.node].uses.insert(target);
    }

    /// Has two schemas compared when their turn comes: as part of `at`, or once for all if they are shared.
    pub(super) fn enqueue(&mut self, at: At, old: &Schema<'d>, new: &Schema<'d>) {
        match old.is_shared() || new.is_shared() {
            true => self.enqueue_once(at, old, new),
            false => self.schemas.push_back((at, old.clone(), new.clone())),
        }
    }

    /// Has two schemas compared when their turn comes, unless they have been.
    pub(super) fn enqueue_once(&mut self, at: At, old: &Schema<'d>, new: &Schema<'d>) {
        let key = (old.identities(self.old.document), new.identities(self.new.document), at.flow);
        let has_parts = old.parts.len() > 1 || new.parts.len() > 1;
        let target = match self.pairs.get(&key) {
            Some(known) => *known,
            None if self.unnamed_pairs_left == 0 && has_parts => {
                // Part by part, then: there are only so many parts.
                for (old, new) in old.parts.iter().zip(&new.parts) {
                    self.enqueue_once(at, &Schema::of(old.clone()), &Schema::of(new.clone()));
                }
                return;
            }
            None => {
                let is_unnamed = has_parts || old.component() != new.component();
                if is_unnamed && self.unnamed_pairs_left == 0 {
                    return;
                }
                self.unnamed_pairs_left -= usize::from(is_unnamed);
                let node = self.node();
                self.pairs.insert(key, node);
                self.schemas.push_back((At { node, ..at }, old.clone(), new.clone()));
                node
            }
        };
        self.nodes[at.node].uses.insert(target);
    }

    /// Has two callbacks compared when their turn comes, unless they have been: they may lead back to themselves.
    pub(super) fn enqueue_callback(&mut self, at: At, old: Place<'d>, new: Place<'d>) {
        let key = (vec![old.identity()], vec![new.identity()], Flow::Called);
        let target = self.pairs.get(&key).copied().unwrap_or_else(|| {
            let node = self.node();
            self.pairs.insert(key, node);
            self.callbacks.push_back((At { node, ..at }, old, new));
            node
        });
        self.nodes[at.node].uses.insert(target);
    }

    /// The next two callbacks to compare.
    pub(super) fn next_callbacks(&mut self) -> Option<(At, Place<'d>, Place<'d>)> {
        self.callbacks.pop_front()
    }

    /// The next two schemas to compare.
    pub(super) fn next_schemas(&mut self) -> Option<(At, Schema<'d>, Schema<'d>)> {
        self.schemas.pop_front()
    }

    /// The changes, each with the operations that reach it, what the facade has for these, and the verdicts that follow
    /// from the `code` of both documents.
    pub(super) fn into_changes(mut self, roots: &[Root], coverage: &Coverage, code: &mut Code<'_>) -> Vec<Change> {
        let leads_to_changes = self.leads_to_changes();
        for Root { node, name, old_name } in roots {
            let mut methods = coverage.of(name);
            if methods.is_empty() {
                methods = coverage.of(old_name);
            }
            let mut seen = BTreeSet::from([*node]);
            let mut open = vec![*node];
            while let Some(node) = open.pop() {
                for index in &self.nodes[node].changes {
                    let change = &mut self.changes[*index].change;
                    if change.operations.last() != Some(name) {
                        change.operations.push(name.clone());
                        change.reaches.extend_from_slice(methods);
                    }
                }
                let used = self.nodes[node].uses.iter();
                open.extend(used.filter(|used| leads_to_changes[**used] && seen.insert(**used)));
            }
        }
        let finished = self.changes.into_iter().map(|Found { mut change, facade, client }| {
            for list in [&mut change.operations, &mut change.reaches] {
                list.sort();
                list.dedup();
            }
            let is_by_code = [facade, client].iter().any(|source| matches!(source, Source::ByCode(_)));
            let is_changed = if is_by_code { code.is_changed(&change) } else { None };
            (change.source, change.client) = (facade.verdict(is_changed), client.verdict(is_changed));
            change
        });
        finished.collect()
    }

    /// Which nodes have changes, or use one that has.
    fn leads_to_changes(&self) -> Vec<bool> {
        let mut users = vec![Vec::new(); self.nodes.len()];
        for (user, node) in self.nodes.iter().enumerate() {
            node.uses.iter().for_each(|used| users[*used].push(user));
        }
        let mut leads: Vec<bool> = self.nodes.iter().map(|node| !node.changes.is_empty()).collect();
        let mut open: Vec<NodeId> = (0..leads.len()).filter(|node| leads[*node]).collect();
        while let Some(node) = open.pop() {
            for user in &users[node] {
                if !mem::replace(&mut leads[*user], true) {
                    open.push(*user);
                }
            }
        }
        leads
    }
}
