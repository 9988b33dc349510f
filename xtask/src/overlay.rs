//! Applies an OpenAPI Overlay, version 1.1 or 1.0, to a document; an action that would change nothing is a defect.

mod query;
mod removed_operations;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;
use serde_saphyr::Spanned;

pub use self::removed_operations::without_removed_operations;
use self::{
    query::{Node, Query, Shape, Step, find},
    removed_operations::RemovedOperations,
};
use crate::{
    defect::Defect,
    openapi::{self, Object, extension::TYPE_NAME, join},
};

/// Applies `overlay` to `document`, action by action, each to the result of the one before.
///
/// The rules are those of the OpenAPI Overlay Specification 1.1.0, with three of our own, all stricter: an action whose
/// `target` selects nothing, or that changes nothing, is refused, not skipped; so is one that tools read in different ways;
/// and a list gets no member that it has already. Where actions remove operations, what only these used goes, too.
///
/// # Errors
///
/// Every defect of the overlay, and every place where it does not fit the document: a defective action does not keep
/// those after it from being tried.
pub fn apply(mut document: Value, overlay: &Value) -> Result<Value, Vec<Defect>> {
    let found = try_all(&mut document, overlay, &|_| true);
    let defects: Vec<Defect> = found.into_iter().map(|found| found.defect).collect();
    if defects.is_empty() { Ok(document) } else { Err(defects) }
}

/// An action that does not fit the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UnmatchedAction {
    /// Its place in the list of actions.
    pub index: usize,
    /// The line of the overlay in which it begins, if that is known.
    pub line: Option<u64>,
    /// Its `target`.
    pub target: String,
    /// Its `description`: why it was written.
    pub reason: String,
    /// What does not fit.
    pub defects: Vec<Defect>,
    /// The names of properties and the texts that it would have given: what is missing without it was not removed.
    #[serde(skip)]
    pub(crate) gives: BTreeSet<String>,
}

impl UnmatchedAction {
    /// The action of `overlay` at `index`, which has these `defects`.
    pub(crate) fn new(overlay: &Value, index: usize, defects: Vec<Defect>) -> Self {
        let text = |field: &str| overlay["actions"][index][field].as_str().unwrap_or_default().trim().to_owned();
        let mut gives = BTreeSet::new();
        add_given(&overlay["actions"][index]["update"], &mut gives);
        Self { index, line: None, target: text("target"), reason: text("description"), defects, gives }
    }
}

/// Adds the names of the properties and the texts in what an action gives.
fn add_given(update: &Value, gives: &mut BTreeSet<String>) {
    match update {
        Value::String(text) => drop(gives.insert(text.clone())),
        Value::Array(values) => values.iter().for_each(|value| add_given(value, gives)),
        Value::Object(members) => {
            let properties = members.get("properties").and_then(Value::as_object);
            gives.extend(properties.into_iter().flatten().map(|(name, _)| name.clone()));
            members.values().for_each(|value| add_given(value, gives));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The line in which each action begins; none if the text of the overlay can't be read that way.
pub(crate) fn lines(text: &str) -> Vec<u64> {
    #[derive(Deserialize)]
    struct Overlay {
        actions: Vec<Spanned<IgnoredAny>>,
    }
    let overlay: Result<Overlay, _> = openapi::read_yaml(text);
    overlay.map(|overlay| overlay.actions.iter().map(|action| action.referenced.line()).collect()).unwrap_or_default()
}

/// Applies the actions of `overlay` that are `wanted`, by their index, and that fit `document`; returns those that don't
/// fit. Such an action changes nothing at all: half of a change is nobody's intention.
///
/// # Errors
///
/// What is wrong with the overlay, whatever the document.
pub fn apply_matching(
    mut document: Value,
    overlay: &Value,
    wanted: &dyn Fn(usize) -> bool,
) -> Result<(Value, Vec<UnmatchedAction>), Vec<Defect>> {
    let found = try_all(&mut document, overlay, wanted);
    let mut malformed = Vec::new();
    let mut unmatched: BTreeMap<usize, Vec<Defect>> = BTreeMap::new();
    for Found { defect, unmatched: action } in found {
        action.map_or(&mut malformed, |index| unmatched.entry(index).or_default()).push(defect);
    }
    if !malformed.is_empty() {
        return Err(malformed);
    }
    let action = |(index, defects)| UnmatchedAction::new(overlay, index, defects);
    Ok((document, unmatched.into_iter().map(action).collect()))
}

/// A defect, and whether it is the document that the action at this index does not fit; otherwise the overlay itself is
/// wrong.
struct Found {
    defect: Defect,
    unmatched: Option<usize>,
}

/// Applies what can be applied. All of the overlay is read, whatever is `wanted`.
fn try_all(document: &mut Value, overlay: &Value, wanted: &dyn Fn(usize) -> bool) -> Vec<Found> {
    let mut malformed = Vec::new();
    let mut found = Vec::new();
    let mut take = |defects: &mut Vec<Defect>, unmatched| {
        found.extend(defects.drain(..).map(|defect| Found { defect, unmatched }));
    };
    let (version, actions) = read(overlay, &mut malformed);
    let mut removed = RemovedOperations::default();
    for (index, fields) in actions.iter().enumerate() {
        let place = format!("/actions/{index}");
        // The published schema wants unique actions: a second time, an array would grow once more.
        if let Some(earlier) = actions.iter().take(index).position(|earlier| earlier == fields) {
            malformed.push(Defect::new(&place, format!("repeats /actions/{earlier}"), "delete one of the two"));
        } else if let Some(action) = Action::read(fields, version, place, &mut malformed).filter(|_| wanted(index)) {
            take(&mut malformed, None);
            let mut defects = Vec::new();
            action.apply_to(document, &mut removed, &mut defects);
            take(&mut defects, Some(index));
        }
    }
    removed.remove_unused(document);
    take(&mut malformed, None);
    found
}

/// The feature set that an overlay declares; the patch version plays no part in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    V1_0,
    V1_1,
}

/// The version and the actions: as much of `overlay` as can be used, so that all defects come to light.
fn read<'o>(overlay: &'o Value, defects: &mut Vec<Defect>) -> (Version, &'o [Value]) {
    let Value::Object(fields) = overlay else {
        let remedy = "write an overlay with `overlay`, `info` and `actions`";
        defects.push(Defect::new("", "the overlay is not an object", remedy));
        return (Version::V1_1, &[]);
    };
    let version = version(fields, defects);
    refuse_unknown(fields, &["overlay", "info", "extends", "actions"], "", defects);
    if let Some(Value::Object(info)) = fields.get("info") {
        text(info, "title", "/info", "say what the overlay is for", defects);
        text(info, "version", "/info", "give the overlay a version of its own, such as '1.0.0'", defects);
        refuse_unknown(info, &["title", "version", "description"], "/info", defects);
    } else {
        defects.push(Defect::new("", "`info` is missing or not an object", "add `info` with `title` and `version`"));
    }
    let actions = fields.get("actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if actions.is_empty() {
        defects.push(Defect::new("", "`actions` is missing, empty or not an array", "list at least one action"));
    }
    (version, actions)
}

fn version(fields: &Object, defects: &mut Vec<Defect>) -> Version {
    let remedy = "write `overlay: 1.1.0`; 1.0 is read, too";
    let Some(found) = text(fields, "overlay", "", remedy, defects) else { return Version::V1_1 };
    let is_number = |patch: &str| !patch.is_empty() && patch.bytes().all(|digit| digit.is_ascii_digit());
    match found.splitn(3, '.').collect::<Vec<_>>().as_slice() {
        ["1", "0", patch] if is_number(patch) => Version::V1_0,
        ["1", "1", patch] if is_number(patch) => Version::V1_1,
        _ => {
            defects.push(Defect::new("/overlay", format!("version {found} is not supported"), remedy));
            Version::V1_1
        }
    }
}

/// One Action Object: where, and what to do there.
struct Action<'o> {
    place: String,
    version: Version,
    target: Query<'o>,
    /// `None` if it is not stated right: the target is tried even so.
    change: Option<Change<'o>>,
}

enum Change<'o> {
    Remove,
    Update(&'o Value),
    Copy(Query<'o>),
}

impl<'o> Action<'o> {
    /// `None` if not even the target can be tried.
    fn read(fields: &'o Value, version: Version, place: String, defects: &mut Vec<Defect>) -> Option<Self> {
        let Value::Object(fields) = fields else {
            let remedy = "write an object with `target`, `description` and a change";
            defects.push(Defect::new(place, "the action is not an object", remedy));
            return None;
        };
        refuse_unknown(fields, &["target", "description", "update", "copy", "remove"], &place, defects);
        if fields.contains_key("description") {
            text(fields, "description", &place, "say why the document has to be changed there", defects);
        }
        let change = Change::read(fields, version, &place, defects);
        let target = query(fields, "target", &place, defects)?;
        Some(Self { place, version, target, change })
    }

    fn apply_to(&self, document: &mut Value, removed: &mut RemovedOperations, defects: &mut Vec<Defect>) {
        let nodes = self.target.select(document);
        if nodes.is_empty() {
            defects.push(matches_nothing(&self.target, &self.place, document));
        }
        if let Some((problem, remedy)) = self.unfit(&nodes) {
            defects.push(Defect::new(&self.place, format!("`{}` selects {problem}", self.target.text), remedy));
            return;
        }
        match &self.change {
            Some(Change::Remove) => {
                removed.note(&nodes, document);
                remove(nodes, document);
            }
            Some(Change::Update(value)) => self.merge(value, &nodes, document, defects),
            Some(Change::Copy(source)) => match source.select(document).as_slice() {
                [] => defects.push(matches_nothing(source, &join(&self.place, "copy"), document)),
                [node] => {
                    // What counts is the state before the action, even if the source is among the targets.
                    let value = find(document, &node.location).cloned().unwrap_or_default();
                    self.merge(&value, &nodes, document, defects);
                }
                several => {
                    let problem = format!("`{}` selects {} nodes; one can be copied", source.text, several.len());
                    defects.push(Defect::new(join(&self.place, "copy"), problem, "narrow the path down to one node"));
                }
            },
            None => {}
        }
    }

    /// What the target selects that such an action can't be applied to, and the remedy.
    fn unfit(&self, nodes: &[Node]) -> Option<(String, &'static str)> {
        let of = |shape| nodes.iter().find(|node| node.shape == shape);
        if self.version == Version::V1_0 {
            if let Some(node) = of(Shape::Primitive) {
                let remedy = "write `overlay: 1.1.0`: 1.0 changes only objects and arrays";
                return Some((node.shown(), remedy));
            }
            if let (Some(Change::Update(Value::Array(_))), Some(node)) = (&self.change, of(Shape::Array)) {
                let problem = format!("{}: 1.0 makes an array one element of it, most tools join them", node.shown());
                return Some((problem, "write `overlay: 1.1.0`, which joins the two"));
            }
        }
        if let Some(Change::Remove) = self.change {
            let is_root = nodes.iter().any(|node| node.location.is_empty());
            return is_root.then(|| ("the root, which can't be removed".to_owned(), "select something below the root"));
        }
        let first = nodes.first().filter(|_| self.version == Version::V1_1)?;
        let other = nodes.iter().find(|node| node.shape != first.shape)?;
        Some((format!("{} and {}", first.shown(), other.shown()), "write one action for each kind of node"))
    }

    /// Merges `value` into every node. No node's shape changes by that, so all locations stay right.
    fn merge(&self, value: &Value, nodes: &[Node], document: &mut Value, defects: &mut Vec<Defect>) {
        // By the pointer within the value: where many nodes are alike, one conflict stands for all.
        let mut conflicts = BTreeMap::new();
        let before: Vec<Option<Value>> = nodes.iter().map(|node| find(document, &node.location).cloned()).collect();
        for node in nodes {
            match (find(document, &node.location), value) {
                (Some(Value::Array(elements)), element) if !element.is_array() => add_missing(elements, [element]),
                (Some(target), value) => merge(target, value, "", node, &mut conflicts),
                (None, _) => {}
            }
        }
        let field = if let Some(Change::Copy(_)) = self.change { "copy" } else { "update" };
        let place = join(&self.place, field);
        if conflicts.is_empty() {
            let is_as_before =
                |(node, before): (&Node, &Option<Value>)| find(document, &node.location).as_deref() == before.as_ref();
            if !nodes.is_empty() && nodes.iter().zip(&before).all(is_as_before) {
                let problem = format!("has no effect: `{}` has all of it already", self.target.text);
                defects.push(Defect::new(place, problem, "delete the action if the document no longer needs it"));
            } else {
                unread_names(value, &place, "", nodes, document, defects);
                undeclared_names(value, &place, "", nodes, document, defects);
            }
            return;
        }
        for (node, before) in nodes.iter().zip(before) {
            if let (Some(target), Some(before)) = (find(document, &node.location), before) {
                *target = before;
            }
        }
        defects.extend(conflicts.into_iter().map(|(at, problem)| {
            let at = if field == "copy" { "" } else { &at };
            let remedy = "give a value of the same kind, or remove what is there in an action before";
            Defect::new(format!("{place}{at}"), problem, remedy)
        }));
    }
}

impl<'o> Change<'o> {
    /// `remove: true` makes the other two void, says the specification; `update` and `copy` can't be used together.
    fn read(fields: &'o Object, version: Version, place: &str, defects: &mut Vec<Defect>) -> Option<Self> {
        let (problem, remedy) = match (fields.get("remove"), fields.get("update"), fields.contains_key("copy")) {
            (Some(Value::Bool(true)), ..) => return Some(Self::Remove),
            (Some(remove), ..) if !remove.is_boolean() => ("`remove` is not a boolean", "write `remove: true`"),
            (_, Some(update), false) => return Some(Self::Update(update)),
            (_, Some(_), true) => ("`update` and `copy` can't be used together", "split it into two actions"),
            (_, None, true) if version == Version::V1_0 => {
                ("Overlay 1.0 does not support `copy`", "write `overlay: 1.1.0`")
            }
            (_, None, true) => return query(fields, "copy", place, defects).map(Self::Copy),
            (_, None, false) => ("changes nothing", "add `update`, `copy` or `remove: true`, or delete the action"),
        };
        defects.push(Defect::new(place, problem, remedy));
        None
    }
}

/// The JSONPath under `field`.
fn query<'o>(fields: &'o Object, field: &str, place: &str, defects: &mut Vec<Defect>) -> Option<Query<'o>> {
    let remedy = "write a JSONPath (RFC 9535) such as `$.components.schemas.User`";
    let query = Query::parse(text(fields, field, place, remedy, defects)?);
    query.map_err(|problem| defects.push(Defect::new(join(place, field), problem, remedy))).ok()
}

fn matches_nothing(query: &Query<'_>, place: &str, document: &Value) -> Defect {
    let (problem, nearest) = query.explain(document);
    let correct =
        nearest.map_or("correct the path".to_owned(), |name| format!("did you mean `{name}`? Correct the path"));
    Defect::new(place, problem, format!("{correct}, or delete the action if the document no longer needs it"))
}

/// Removes the last nodes first: neither an element's index nor a node's ancestor changes before its turn.
fn remove(mut nodes: Vec<Node>, document: &mut Value) {
    nodes.sort_by(|one, other| other.location.cmp(&one.location));
    for node in nodes {
        let Some((last, parent)) = node.location.split_last() else { continue };
        match (find(document, parent), last) {
            // Not `remove`, which would move the last member into the gap.
            (Some(Value::Object(members)), Step::Member(name)) => drop(members.shift_remove(name)),
            (Some(Value::Array(elements)), Step::Element(index)) if *index < elements.len() => {
                elements.remove(*index);
            }
            _ => {}
        }
    }
}

/// Reports the names in `value` that no type gets, since none is made where they were put. `at` is where in `value`.
fn unread_names(value: &Value, place: &str, at: &str, nodes: &[Node], document: &mut Value, defects: &mut Vec<Defect>) {
    let Some(members) = value.as_object() else { return };
    if members.contains_key(TYPE_NAME) {
        let mut problem = None;
        for node in nodes {
            problem = find(document, &node.location).and_then(|node| unread(node.pointer(at)?));
            if problem.is_none() {
                break;
            }
        }
        if let Some(problem) = problem {
            let place = join(&format!("{place}{at}"), TYPE_NAME);
            defects.push(Defect::new(
                place,
                problem,
                "name what is there in the component that it refers to, or not at all",
            ));
        }
    }
    for (name, member) in members {
        unread_names(member, place, &join(at, name), nodes, document, defects);
    }
}

/// Reports the properties that `value` requires of an object which declares others alone: the vendor may have removed them,
/// and a field of any type would take their place. `at` is where in `value`.
fn undeclared_names(
    value: &Value,
    place: &str,
    at: &str,
    nodes: &[Node],
    document: &mut Value,
    defects: &mut Vec<Defect>,
) {
    let Some(members) = value.as_object() else { return };
    let required = members.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for name in required {
        let mut is_declared = |node: &Node| {
            let schema = find(document, &node.location).and_then(|node| node.pointer(at));
            let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
            properties.is_none_or(|properties| properties.contains_key(name))
                || schema.is_some_and(|schema| schema.get("allOf").is_some())
        };
        if !nodes.iter().all(&mut is_declared) {
            let problem = format!("requires `{name}`, which is not a property there");
            let remedy = "remove the name from the list if the vendor removed the property, or correct it";
            defects.push(Defect::new(join(&format!("{place}{at}"), "required"), problem, remedy));
        }
    }
    for (name, member) in members {
        undeclared_names(member, place, &join(at, name), nodes, document, defects);
    }
}

/// Why `schema` gets no type that could have a name.
fn unread(schema: &Value) -> Option<String> {
    if schema.get("$ref").is_some() {
        return Some(format!("`{TYPE_NAME}` has no effect beside a reference: the component has the name"));
    }
    let kind = schema.get("type")?.as_str().filter(|kind| matches!(*kind, "boolean" | "integer" | "number"))?;
    let has_no_values = schema.get("enum").is_none();
    has_no_values.then(|| format!("`{TYPE_NAME}` has no effect: no type of its own is made of `type: {kind}`"))
}

/// Adds what `elements` does not have yet.
fn add_missing<'v>(elements: &mut Vec<Value>, more: impl IntoIterator<Item = &'v Value>) {
    for element in more {
        if !elements.contains(element) {
            elements.push(element.clone());
        }
    }
}

/// Merges `value` into `target`, which is at the pointer `at` within `node`.
fn merge(target: &mut Value, value: &Value, at: &str, node: &Node, conflicts: &mut BTreeMap<String, String>) {
    match (target, value) {
        (Value::Object(members), Value::Object(update)) => {
            for (name, value) in update {
                match members.get_mut(name) {
                    Some(member) => merge(member, value, &join(at, name), node, conflicts),
                    None => drop(members.insert(name.clone(), value.clone())),
                }
            }
        }
        (Value::Array(elements), Value::Array(more)) => add_missing(elements, more),
        (target, value) if Shape::of(target) == Shape::Primitive && Shape::of(value) == Shape::Primitive => {
            *target = value.clone();
        }
        (target, value) => {
            conflicts.entry(at.to_owned()).or_insert_with(|| {
                let (value, target) = (Shape::of(value), Shape::of(target));
                format!("{value} can't be merged into {target} at {}{at}", node.pointer())
            });
        }
    }
}

/// The string under `field`, which must be there and say something.
fn text<'o>(fields: &'o Object, field: &str, place: &str, remedy: &str, defects: &mut Vec<Defect>) -> Option<&'o str> {
    let (place, problem) = match fields.get(field) {
        Some(Value::String(text)) if !text.trim().is_empty() => return Some(text),
        Some(found) => (join(place, field), format!("`{field}` is {found}, not a string with content")),
        None => (place.to_owned(), format!("`{field}` is missing")),
    };
    defects.push(Defect::new(place, problem, remedy));
    None
}

/// A misspelt field would be ignored, by this tool or by another.
fn refuse_unknown(fields: &Object, known: &[&str], place: &str, defects: &mut Vec<Defect>) {
    for name in fields.keys().filter(|name| !name.starts_with("x-") && !known.contains(&name.as_str())) {
        let remedy = format!("use one of `{}`, or let the name start with `x-`", known.join("`, `"));
        defects.push(Defect::new(join(place, name), format!("there is no field `{name}`"), remedy));
    }
}

#[cfg(test)]
mod tests;
