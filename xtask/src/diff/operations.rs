//! Two documents, operation by operation.

use std::collections::{BTreeMap, HashMap};

use super::{
    Rule,
    comparison::{Comparison, Found, NodeId, Root},
    place::Place,
    rule::Flow,
    shape::is_prose,
};
use crate::walk;

/// An operation of one document.
#[derive(Debug, Clone)]
pub(super) struct Operation<'d> {
    pub(super) path: &'d str,
    pub(super) method: &'static str,
    /// The path item that it is in.
    pub(super) item: Place<'d>,
    pub(super) place: Place<'d>,
}

impl<'d> Operation<'d> {
    /// Every operation, in the document's order.
    fn all(root: &Place<'d>) -> Vec<Self> {
        let mut found = Vec::new();
        for (path, item) in root.get("paths").iter().flat_map(Place::members) {
            let item = item.resolved(root.value);
            for method in walk::METHODS {
                if let Some(place) = item.get(method).filter(|place| place.value.is_object()) {
                    found.push(Self { path, method, item: item.clone(), place });
                }
            }
        }
        found
    }

    fn id(&self) -> Option<&'d str> {
        self.place.text("operationId").filter(|id| !id.is_empty())
    }

    /// What reports call it.
    pub(super) fn name(&self) -> String {
        self.id().map_or_else(|| format!("{} {}", self.method.to_uppercase(), self.path), str::to_owned)
    }

    /// The path without the names of its parameters.
    fn template(&self) -> String {
        let mut template = String::new();
        let mut depth = 0_u32;
        for c in self.path.chars() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    template.push_str("{}");
                }
                c if depth == 0 => template.push(c),
                _ => {}
            }
        }
        template
    }

    /// The names of the parameters in its path, in order.
    pub(super) fn placeholders(&self) -> Vec<&'d str> {
        self.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }
}

impl<'d> Comparison<'d> {
    /// Compares all operations. Returns them, with their nodes.
    pub(super) fn operations(&mut self) -> Vec<Root> {
        let (old_root, new_root) = (Place::root(self.old.document), Place::root(self.new.document));
        let Matched { pairs, gone, come } = Matched::new(Operation::all(&old_root), Operation::all(&new_root));
        let mut roots = Vec::new();
        for operation in gone {
            let node = self.node();
            let summary = format!("`{} {}` is gone", operation.method.to_uppercase(), operation.path);
            let new = new_root.get("paths").unwrap_or_else(|| new_root.clone());
            let found =
                Found { rule: Rule::OperationRemoved, flow: Flow::Outside, old: &operation.place, new: &new, summary };
            self.found(node, found);
            roots.push(Root { name: operation.name(), was: operation.name(), node });
        }
        for operation in come {
            let node = self.node();
            let summary = format!("`{} {}` is new", operation.method.to_uppercase(), operation.path);
            let old = old_root.get("paths").unwrap_or_else(|| old_root.clone());
            let found =
                Found { rule: Rule::OperationAdded, flow: Flow::Outside, old: &old, new: &operation.place, summary };
            self.found(node, found);
            roots.push(Root { name: operation.name(), was: operation.name(), node });
        }
        for (old, new) in pairs {
            let node = self.node();
            self.operation(node, &old, &new);
            roots.push(Root { name: new.name(), was: old.name(), node });
        }
        roots
    }

    fn operation(&mut self, node: NodeId, old: &Operation<'d>, new: &Operation<'d>) {
        let mut note = |rule, flow, old: &Place<'d>, new: &Place<'d>, summary| {
            self.found(node, Found { rule, flow, old, new, summary });
        };
        if let (was, Some(is)) = (old.id(), new.id())
            && was != Some(is)
        {
            let summary = format!("the operationId was {} and is `{is}`", old.name_or_none());
            note(Rule::OperationIdChanged, Flow::Outside, &old.id_place(), &new.id_place(), summary);
        } else if let (Some(was), None) = (old.id(), new.id()) {
            let summary = format!("the operationId was `{was}` and is gone");
            note(Rule::OperationIdChanged, Flow::Outside, &old.id_place(), &new.id_place(), summary);
        }
        if old.method != new.method {
            let (was, is) = (old.method.to_uppercase(), new.method.to_uppercase());
            note(
                Rule::MethodChanged,
                Flow::Request,
                &old.place,
                &new.place,
                format!("the method was {was} and is {is}"),
            );
        }
        let moved = old.template() != new.template();
        if moved {
            let summary = format!("the path was `{}` and is `{}`", old.path, new.path);
            note(Rule::PathChanged, Flow::Request, &old.item, &new.item, summary);
        }
        let deprecated =
            |operation: &Operation<'d>| operation.place.get("deprecated").filter(|place| *place.value == true);
        match (deprecated(old), deprecated(new)) {
            (None, Some(place)) => {
                note(Rule::Deprecated, Flow::Outside, &old.place, &place, "it is deprecated now".to_owned());
            }
            (Some(place), None) => {
                note(Rule::Undeprecated, Flow::Outside, &place, &new.place, "it is no longer deprecated".to_owned());
            }
            _ => {}
        }
        self.members(node, Flow::Outside, &old.place, &new.place, is_compared, "the operation");
        self.members(node, Flow::Outside, &old.item, &new.item, is_compared, "the path");
        self.security(node, old, new);
        self.own_servers(node, old, new);
        self.parameters(node, old, new, moved);
        self.bodies(node, old, new);
        self.responses(node, old, new);
    }

    /// Compares what the members of an object say that nobody else compares: words for people, extensions, the rest.
    pub(super) fn members(
        &mut self,
        node: NodeId,
        flow: Flow,
        old: &Place<'d>,
        new: &Place<'d>,
        is_compared: fn(&str) -> bool,
        what: &str,
    ) {
        let of = |place: &Place<'d>| place.members().filter(|(key, _)| !is_compared(key)).collect::<BTreeMap<_, _>>();
        let (before, now) = (of(old), of(new));
        let mut keys: Vec<_> = before.keys().chain(now.keys()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (was, is) = (before.get(key), now.get(key));
            if was.map(|place| place.value) == is.map(|place| place.value) {
                continue;
            }
            let rule = match key {
                _ if is_prose(key) => Rule::ProseChanged,
                // Nothing is made of links.
                "links" => Rule::ExtensionChanged,
                _ if key.starts_with("x-") => Rule::ExtensionChanged,
                _ => Rule::KeywordChanged,
            };
            let summary = format!("`{key}` of {what} changed");
            self.found(node, Found { rule, flow, old: was.unwrap_or(old), new: is.unwrap_or(new), summary });
        }
    }
}

impl<'d> Operation<'d> {
    fn id_place(&self) -> Place<'d> {
        self.place.get("operationId").unwrap_or_else(|| self.place.clone())
    }

    fn name_or_none(&self) -> String {
        self.id().map_or_else(|| "missing".to_owned(), |id| format!("`{id}`"))
    }
}

/// What of an operation or a path item is compared in a place of its own.
fn is_compared(key: &str) -> bool {
    matches!(key, "deprecated" | "operationId" | "parameters" | "requestBody" | "responses" | "security" | "servers")
        || walk::METHODS.contains(&key)
}

/// Which operation of the one document is which of the other.
struct Matched<'d> {
    pairs: Vec<(Operation<'d>, Operation<'d>)>,
    gone: Vec<Operation<'d>>,
    come: Vec<Operation<'d>>,
}

impl<'d> Matched<'d> {
    /// By all of these first, because an id may be given twice. By id, then by method and path, then by path alone where only one is left there and an id is missing.
    fn new(old: Vec<Operation<'d>>, new: Vec<Operation<'d>>) -> Self {
        let mut matched = Self { pairs: Vec::new(), gone: old, come: new };
        matched.pair_by(|operation| {
            Some((operation.id()?.to_owned(), format!("{} {}", operation.method, operation.template())))
        });
        matched.pair_by(|operation| operation.id().map(|id| (id.to_owned(), String::new())));
        matched.pair_by(|operation| Some((operation.method.to_owned(), operation.template())));
        let mut left: HashMap<String, (usize, usize)> = HashMap::new();
        for operation in &matched.gone {
            left.entry(operation.template()).or_default().0 += 1;
        }
        for operation in &matched.come {
            left.entry(operation.template()).or_default().1 += 1;
        }
        let no_ids = |operations: &[Operation<'d>]| operations.iter().all(|operation| operation.id().is_none());
        if no_ids(&matched.gone) || no_ids(&matched.come) {
            matched.pair_by(|operation| {
                let template = operation.template();
                (left.get(&template) == Some(&(1, 1))).then_some((template, String::new()))
            });
        }
        matched
    }

    fn pair_by(&mut self, key: impl Fn(&Operation<'d>) -> Option<(String, String)>) {
        let mut waiting: HashMap<_, Vec<Operation<'d>>> = HashMap::new();
        let mut left = Vec::new();
        for operation in std::mem::take(&mut self.come).into_iter().rev() {
            match key(&operation) {
                Some(key) => waiting.entry(key).or_default().push(operation),
                None => left.push(operation),
            }
        }
        for operation in std::mem::take(&mut self.gone) {
            match key(&operation).and_then(|key| waiting.get_mut(&key)?.pop()) {
                Some(new) => self.pairs.push((operation, new)),
                None => self.gone.push(operation),
            }
        }
        left.extend(waiting.into_values().flatten());
        left.sort_by_cached_key(|operation| operation.place.pointer());
        self.come = left;
    }
}
