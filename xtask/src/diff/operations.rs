//! Two documents, operation by operation.

use std::collections::HashMap;

use super::{
    comparison::{At, Comparison, Root},
    matching::Matching,
    rule::{Flow, Rule},
};
use crate::openapi::{METHODS, Operation, Place, operations};

impl<'d> Comparison<'d> {
    /// Compares all operations. Returns them, with their nodes.
    pub(super) fn operations(&mut self) -> Vec<Root> {
        let (old_root, new_root) = (Place::root(self.old.document), Place::root(self.new.document));
        let paths = |root: &Place<'d>| root.get("paths").unwrap_or_else(|| root.clone());
        let found = matched(operations(self.old.document).collect(), operations(self.new.document).collect());
        let mut roots = Vec::new();
        let mut root = |this: &mut Self, old: &Operation<'d>, new: &Operation<'d>| {
            let at = At { node: this.node(), flow: Flow::Outside };
            roots.push(Root { name: new.name(), old_name: old.name(), node: at.node });
            at
        };
        for operation in found.removed {
            let at = root(self, &operation, &operation);
            let summary = format!("`{}` was removed", operation.call());
            self.note(at, Rule::OperationRemoved, &operation.place, &paths(&new_root), summary);
        }
        for operation in found.added {
            let at = root(self, &operation, &operation);
            let summary = format!("`{}` was added", operation.call());
            self.note(at, Rule::OperationAdded, &paths(&old_root), &operation.place, summary);
        }
        for (old, new) in found.pairs {
            let at = root(self, &old, &new);
            self.operation(at, &old, &new);
        }
        roots
    }

    fn operation(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>) {
        let sent = At { flow: Flow::Request, ..at };
        if old.id() != new.id() {
            let shown = |id: Option<&str>| id.map_or_else(|| "missing".to_owned(), |id| format!("`{id}`"));
            let summary = format!("the operationId was {} and is {}", shown(old.id()), shown(new.id()));
            self.note(at, Rule::OperationIdChanged, &old.id_place(), &new.id_place(), summary);
        }
        if old.method != new.method {
            let (was, is) = (old.method.to_uppercase(), new.method.to_uppercase());
            self.note(sent, Rule::MethodChanged, &old.place, &new.place, format!("the method was {was} and is {is}"));
        }
        let has_moved = old.template() != new.template();
        if has_moved {
            let summary = format!("the path was `{}` and is `{}`", old.path, new.path);
            self.note(sent, Rule::PathChanged, &old.item, &new.item, summary);
        }
        self.deprecation(at, &old.place, &new.place, "it");
        self.members(at, &old.place, &new.place, is_compared_elsewhere, "the operation");
        self.members(at, &old.item, &new.item, is_compared_elsewhere, "the path");
        self.security(at, old, new);
        self.own_servers(at, old, new);
        self.parameters(sent, old, new, has_moved);
        self.bodies(sent, &old.place, &new.place);
        self.responses(at, &old.place, &new.place, flow);
        self.callbacks(at, &old.place, &new.place);
    }
}

/// Where the data of a response travels.
fn flow(status: &str) -> Flow {
    if status.starts_with('2') { Flow::Success } else { Flow::Error }
}

/// What of an operation or a path item is compared in a place of its own.
pub(super) fn is_compared_elsewhere(key: &str) -> bool {
    matches!(
        key,
        "callbacks"
            | "deprecated"
            | "operationId"
            | "parameters"
            | "requestBody"
            | "responses"
            | "security"
            | "servers"
    ) || METHODS.contains(&key)
}

/// Which operation of the one document is which of the other: by id and path, since an id may be given to several; by id;
/// by method and path; then by path alone, where only one is left there and an id is missing.
fn matched<'d>(old: Vec<Operation<'d>>, new: Vec<Operation<'d>>) -> Matching<Operation<'d>> {
    let mut operations = Matching::new(old, new);
    let mut pair_by = |key: &dyn Fn(&Operation<'d>) -> Option<(String, String)>| operations.pair_by(key, key);
    pair_by(&|operation| Some((operation.id()?.to_owned(), format!("{} {}", operation.method, operation.template()))));
    pair_by(&|operation| operation.id().map(|id| (id.to_owned(), String::new())));
    pair_by(&|operation| Some((operation.method.to_owned(), operation.template())));
    let mut left: HashMap<String, (usize, usize)> = HashMap::new();
    for operation in &operations.removed {
        left.entry(operation.template()).or_default().0 += 1;
    }
    for operation in &operations.added {
        left.entry(operation.template()).or_default().1 += 1;
    }
    let have_no_ids = |operations: &[Operation<'d>]| operations.iter().all(|operation| operation.id().is_none());
    if have_no_ids(&operations.removed) || have_no_ids(&operations.added) {
        let alone =
            |operation: &Operation<'d>| Some(operation.template()).filter(|path| left.get(path) == Some(&(1, 1)));
        operations.pair_by(alone, alone);
    }
    operations
}
