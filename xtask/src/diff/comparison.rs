//! A comparison under way: what was found, and which operations it reaches.
//!
//! A schema that many operations share is compared once for each direction. What is found in it is kept at a node, and
//! every use is an edge to that node, so that the work grows with the documents and not with the number of uses.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque, hash_map::Entry},
    mem,
};

use serde_json::Value;

use super::{Change, Direction, Rule, Verdict, likeness::Likeness, place::Place, rule::Flow, security, shape::Schema};
use crate::{claims::Claims, walk};

pub(super) struct Comparison<'d> {
    pub(super) old: Side<'d>,
    pub(super) new: Side<'d>,
    nodes: Vec<Node>,
    changes: Vec<Change>,
    /// Where each change is known from, so that what two operations share is one change.
    known: HashMap<(Rule, Direction, String, String, String), usize>,
    met: HashMap<(Vec<usize>, Vec<usize>, Flow), NodeId>,
    /// Components that were found to have another name, old and new.
    pub(super) renamed: BTreeSet<(&'d str, &'d str)>,
    /// How many pairs may still be compared that no name or place says to be one.
    strays: usize,
    jobs: VecDeque<(NodeId, Schema<'d>, Schema<'d>, Flow)>,
}

/// One of the two documents.
pub(super) struct Side<'d> {
    pub(super) document: &'d Value,
    pub(super) likeness: Likeness<'d>,
    /// The security schemes by name, their references followed.
    pub(super) schemes: BTreeMap<&'d str, Place<'d>>,
    /// What was compared: schemas, and what is merged into them, by identity.
    pub(super) read: HashSet<usize>,
}

/// A part of the documents that more than one operation may use.
#[derive(Debug, Default)]
struct Node {
    changes: BTreeSet<usize>,
    uses: BTreeSet<NodeId>,
}

/// An operation that changes are looked for in.
pub(super) struct Root {
    /// What the new document calls it, or the old one if it is gone.
    pub(super) name: String,
    /// What the old document calls it.
    pub(super) was: String,
    pub(super) node: NodeId,
}

/// Pairs that are not of one name can be as many as the schemas of the one document times those of the other, and the
/// combinations of what holds at once far more. Every reference may be in some, and there may be some more; beyond that,
/// nobody has written a document but to see this fail.
const STRAYS: usize = 10_000;
const STRAYS_BY_REFERENCE: usize = 4;

/// Stands for a [`Node`].
pub(super) type NodeId = usize;

/// A change that was found; where, how, and what is said about it.
pub(super) struct Found<'p, 'd> {
    pub(super) rule: Rule,
    pub(super) flow: Flow,
    pub(super) old: &'p Place<'d>,
    pub(super) new: &'p Place<'d>,
    pub(super) summary: String,
}

impl<'d> Comparison<'d> {
    pub(super) fn new(old: &'d Value, new: &'d Value) -> Self {
        let mut strays = STRAYS;
        [old, new]
            .into_iter()
            .for_each(|document| walk::references(document, &mut |_, _| strays += STRAYS_BY_REFERENCE));
        let side = |document| Side {
            document,
            likeness: Likeness::new(document),
            schemes: security::schemes(document),
            read: HashSet::new(),
        };
        Self {
            old: side(old),
            new: side(new),
            nodes: Vec::new(),
            changes: Vec::new(),
            known: HashMap::new(),
            met: HashMap::new(),
            renamed: BTreeSet::new(),
            strays,
            jobs: VecDeque::new(),
        }
    }

    pub(super) fn node(&mut self) -> NodeId {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    /// Notes a change at `node`, with the verdicts of its rule.
    pub(super) fn found(&mut self, node: NodeId, found: Found<'_, 'd>) {
        let verdicts = found.rule.verdicts(found.flow);
        self.judged(node, found, verdicts);
    }

    /// Notes a change whose verdicts are not those of its rule.
    pub(super) fn judged(&mut self, node: NodeId, found: Found<'_, 'd>, (wire, source): (Verdict, Verdict)) {
        let Found { rule, flow, old, new, summary } = found;
        let direction = flow.direction();
        let (old, new) = (old.pointer(), new.pointer());
        let index = match self.known.entry((rule, direction, old.clone(), new.clone(), summary.clone())) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(slot) => {
                let operations = Vec::new();
                let change =
                    Change { rule, operations, direction, old, new, wire, source, summary, reaches: Vec::new() };
                self.changes.push(change);
                *slot.insert(self.changes.len() - 1)
            }
        };
        // Found in an answer that is an error, it may be found in one that is none.
        let known = &mut self.changes[index];
        known.wire = known.wire.max(wire);
        known.source = known.source.max(source);
        self.nodes[node].changes.insert(index);
    }

    /// Compares two places with `compare`, once for all operations that use both.
    pub(super) fn once(
        &mut self,
        node: NodeId,
        (old, new): (&Place<'d>, &Place<'d>),
        flow: Flow,
        compare: impl FnOnce(&mut Self, NodeId),
    ) {
        let key = (vec![old.identity()], vec![new.identity()], flow);
        let target = match self.met.get(&key) {
            Some(known) => *known,
            None => {
                let target = self.node();
                self.met.insert(key, target);
                compare(self, target);
                target
            }
        };
        self.nodes[node].uses.insert(target);
    }

    /// Compares two schemas, now or, if they are shared, when their turn comes.
    pub(super) fn schemas(&mut self, node: NodeId, old: &Schema<'d>, new: &Schema<'d>, flow: Flow) {
        self.components(node, old, new, flow);
        match old.is_shared() || new.is_shared() {
            true => self.shared(node, old, new, flow),
            false => self.shapes(node, old, new, flow),
        }
    }

    /// Compares two schemas when their turn comes, unless they have been.
    pub(super) fn shared(&mut self, node: NodeId, old: &Schema<'d>, new: &Schema<'d>, flow: Flow) {
        let key = (old.identities(self.old.document), new.identities(self.new.document), flow);
        let target = match self.met.get(&key) {
            Some(known) => *known,
            None if self.strays == 0 && (old.parts.len() > 1 || new.parts.len() > 1) => {
                // Part by part, then: there are only so many parts.
                let single = |part: &Place<'d>| Schema::of(part.clone());
                for (old, new) in old.parts.iter().zip(&new.parts) {
                    self.shared(node, &single(old), &single(new), flow);
                }
                return;
            }
            None => {
                let is_stray = old.parts.len() > 1 || new.parts.len() > 1 || old.component() != new.component();
                if is_stray && self.strays == 0 {
                    return;
                }
                self.strays -= usize::from(is_stray);
                let target = self.node();
                self.met.insert(key, target);
                self.jobs.push_back((target, old.clone(), new.clone(), flow));
                target
            }
        };
        self.nodes[node].uses.insert(target);
    }

    /// Compares what is left to compare.
    pub(super) fn finish(&mut self) {
        while let Some((node, old, new, flow)) = self.jobs.pop_front() {
            self.shapes(node, &old, &new, flow);
        }
    }

    /// The changes, each with the operations that reach it, and what the facade has for these.
    pub(super) fn into_changes(mut self, roots: &[Root], claims: &Claims) -> Vec<Change> {
        self.finish();
        let busy = self.busy();
        for Root { node, name, was } in roots {
            let mut methods = claims.of(name);
            if methods.is_empty() {
                methods = claims.of(was);
            }
            let mut seen = BTreeSet::from([*node]);
            let mut open = vec![*node];
            while let Some(node) = open.pop() {
                for index in &self.nodes[node].changes {
                    let change = &mut self.changes[*index];
                    if change.operations.last() != Some(name) {
                        change.operations.push(name.clone());
                        change.reaches.extend_from_slice(methods);
                    }
                }
                open.extend(self.nodes[node].uses.iter().filter(|used| busy[**used] && seen.insert(**used)));
            }
        }
        let mut changes = mem::take(&mut self.changes);
        for change in &mut changes {
            for list in [&mut change.operations, &mut change.reaches] {
                list.sort();
                list.dedup();
            }
        }
        changes
    }

    /// Which nodes have changes, or use one that has.
    fn busy(&self) -> Vec<bool> {
        let mut users = vec![Vec::new(); self.nodes.len()];
        for (user, node) in self.nodes.iter().enumerate() {
            node.uses.iter().for_each(|used| users[*used].push(user));
        }
        let mut busy: Vec<bool> = self.nodes.iter().map(|node| !node.changes.is_empty()).collect();
        let mut open: Vec<NodeId> = (0..busy.len()).filter(|node| busy[*node]).collect();
        while let Some(node) = open.pop() {
            for user in &users[node] {
                if !mem::replace(&mut busy[*user], true) {
                    open.push(*user);
                }
            }
        }
        busy
    }
}
