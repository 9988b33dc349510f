//! What only the operations used that an action takes away: it goes with them, so that nothing later in the pipeline knows
//! of them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::query::{Node, Step};
use crate::openapi::{METHODS, References, join, tokens};

/// What operations that were removed led to, until all actions were applied: one of them may give it another use.
#[derive(Default)]
pub(super) struct RemovedOperations {
    /// The paths that lost an operation.
    paths: BTreeSet<String>,
    /// The pointers of the components that they led to, directly or through others.
    led_to: BTreeSet<String>,
}

impl RemovedOperations {
    /// Notes what leads from the operations among `nodes`, which are about to be removed from `document`.
    pub(super) fn note(&mut self, nodes: &[Node], document: &Value) {
        let paths: Vec<(&str, Option<&str>)> = nodes.iter().filter_map(operation).collect();
        if paths.is_empty() {
            return;
        }
        let references = References::with_discriminators(document);
        for (path, method) in paths {
            let item = join("/paths", path);
            let pointer = method.map_or_else(|| item.clone(), |method| join(&item, method));
            let below = format!("{pointer}/");
            let from = references.owners().filter(|owner| *owner == pointer || owner.starts_with(&below));
            self.led_to
                .extend(references.reach(from).into_iter().filter(|owner| is_component(owner)).map(str::to_owned));
            if method.is_some() {
                self.paths.insert(path.to_owned());
                self.led_to.extend(shared(&references, &item));
            }
        }
    }

    /// Removes from `document` what nothing leads to any more, and the paths that are left without an operation.
    pub(super) fn remove_unused(self, document: &mut Value) {
        if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
            let is_empty =
                |item: &Value| item.get("$ref").is_none() && METHODS.iter().all(|method| item.get(method).is_none());
            paths.retain(|path, item| !(self.paths.contains(path) && is_empty(item)));
        }
        if self.led_to.is_empty() {
            return;
        }
        let references = References::with_discriminators(document);
        let used = references.reach(references.owners().filter(|owner| !self.led_to.contains(*owner)));
        let unused: Vec<&String> = self.led_to.iter().filter(|owner| !used.contains(owner.as_str())).collect();
        for pointer in unused {
            let [_, section, name] = tokens(pointer).try_into().unwrap_or_default();
            let section =
                document.get_mut("components").and_then(|components| components.get_mut(&section)?.as_object_mut());
            section.map(|section| section.shift_remove(&name));
        }
    }
}

/// What the parameters that all operations of a path share lead to.
fn shared(references: &References, item: &str) -> Vec<String> {
    let parameters = join(item, "parameters");
    references.reach([parameters.as_str()]).into_iter().filter(|owner| is_component(owner)).map(str::to_owned).collect()
}

/// The path that a node is the operation of, with its method; without one if it is a whole path.
fn operation(node: &Node) -> Option<(&str, Option<&str>)> {
    match node.location.as_slice() {
        [Step::Member(paths), Step::Member(path)] if paths == "paths" => Some((path, None)),
        [Step::Member(paths), Step::Member(path), Step::Member(method)]
            if paths == "paths" && METHODS.contains(&method.as_str()) =>
        {
            Some((path, Some(method)))
        }
        _ => None,
    }
}

fn is_component(owner: &str) -> bool {
    owner.starts_with("/components/")
}

/// Takes from `document` the operations that `overlaid`, what the overlay made of it, has neither at their place nor under
/// their id, and what only they use.
pub fn without_removed_operations(document: &Value, overlaid: &Value) -> Value {
    let kept: BTreeSet<(&str, &str)> = operations(overlaid).map(|(path, method, _)| (path, method)).collect();
    let ids: BTreeSet<&str> = operations(overlaid).filter_map(|(.., id)| id).collect();
    let is_removed =
        |path, method, id: Option<&str>| !kept.contains(&(path, method)) && id.is_none_or(|id| !ids.contains(id));
    let removed = operations(document).filter(|(path, method, id)| is_removed(path, method, *id));
    let member = |name: &str| Step::Member(name.to_owned());
    let nodes: Vec<Node> = removed
        .map(|(path, method, _)| Node::at(vec![member("paths"), member(path), member(method)], document))
        .collect();
    let mut document = document.clone();
    if !nodes.is_empty() {
        let mut removed = RemovedOperations::default();
        removed.note(&nodes, &document);
        super::remove(nodes, &mut document);
        removed.remove_unused(&mut document);
    }
    document
}

/// The operations of a document, each with its path, its method and its id; references are not followed.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, Option<&str>)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            let operation = item.get(method)?;
            Some((path.as_str(), *method, operation.get("operationId").and_then(Value::as_str)))
        })
    })
}
