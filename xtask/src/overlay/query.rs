//! JSONPaths: what they select in a document, and why they select nothing.

use std::{collections::HashSet, fmt, ptr};

use serde_json::Value;
use serde_json_path::{JsonPath, LocatedNode, PathElement};

use crate::{
    check::nearest,
    defect::count,
    openapi::{Object, join},
};

/// A JSONPath.
pub(super) struct Query<'o> {
    pub(super) text: &'o str,
    path: JsonPath,
}

impl<'o> Query<'o> {
    /// The path that `text` is, or why it is not one.
    pub(super) fn parse(text: &'o str) -> Result<Self, String> {
        // The parser takes twice as long for each level, and overflows the stack in the end.
        let levels = text.chars().scan(0_i32, |level, c| {
            *level = (*level + i32::from(matches!(c, '[' | '(')) - i32::from(matches!(c, ']' | ')'))).max(0);
            Some(*level)
        });
        if levels.max().unwrap_or_default() > MAX_LEVELS {
            return Err(format!("nested more than {MAX_LEVELS} levels deep"));
        }
        let path = JsonPath::parse(text).map_err(|error| format!("`{text}` is not a valid JSONPath: {error}"))?;
        Ok(Self { text, path })
    }

    /// The nodes selected, each one once: `$['a', 'a']` must not append two elements.
    ///
    /// The library can say where a node is, too, but copies the path of every node that it passes. For a path with `..` in
    /// it, which passes all of them, looking for the nodes that it found by their addresses is several times as fast.
    pub(super) fn select(&self, document: &Value) -> Vec<Node> {
        if !self.text.contains("..") {
            let mut seen = HashSet::new();
            let located = self.path.query_located(document);
            return located.iter().filter(|node| seen.insert(ptr::from_ref(node.node()))).map(Node::from).collect();
        }
        let mut wanted: Vec<*const Value> = self.path.query(document).iter().map(|node| ptr::from_ref(*node)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::with_capacity(wanted.len());
        locate(document, &wanted, &mut Vec::new(), &mut found);
        found
    }

    /// Says how far the path leads into a document in which it selects nothing, and which member its author may have meant.
    pub(super) fn explain<'d>(&self, document: &'d Value) -> (String, Option<&'d str>) {
        let problem = format!("`{}` matches nothing", self.text);
        // Within a segment, nothing parses: the brackets are still open, or a name is missing.
        let starts = self.text.match_indices(['.', '[']).filter_map(|(start, _)| {
            let (prefix, rest) = self.text.split_at_checked(start)?;
            Some((prefix, rest, JsonPath::parse(prefix.trim_end()).ok()?))
        });
        let reached = starts.map(|(prefix, rest, path)| (prefix, rest, path.query(document).all()));
        let Some((prefix, rest, nodes)) = reached.take_while(|(_, _, nodes)| !nodes.is_empty()).last() else {
            return (problem, None);
        };
        let there = match nodes.as_slice() {
            [node] => Shape::of(node).to_string(),
            several => count(several.len(), "node"),
        };
        let Some(name) = member_name(rest) else {
            return (format!("{problem}: `{prefix}` is {there}, of which `{rest}` selects nothing"), None);
        };
        let names = nodes.iter().filter_map(|node| node.as_object()).flat_map(Object::keys);
        let problem = format!("{problem}: `{prefix}` is {there} without the member `{name}`");
        (problem, nearest(name, names.map(String::as_str)))
    }
}

/// How deep brackets and parentheses may nest.
const MAX_LEVELS: i32 = 12;

/// Finds the nodes at the sorted addresses `wanted` within `node`, which is at `location`.
fn locate<'d>(node: &'d Value, wanted: &[*const Value], location: &mut Vec<Passed<'d>>, found: &mut Vec<Node>) {
    if found.len() == wanted.len() {
        return;
    }
    if wanted.binary_search(&ptr::from_ref(node)).is_ok() {
        let location = location.iter().map(|step| match step {
            Passed::Member(name) => Step::Member((*name).to_owned()),
            Passed::Element(index) => Step::Element(*index),
        });
        found.push(Node { location: location.collect(), shape: Shape::of(node) });
    }
    let mut below = |step, member| {
        location.push(step);
        locate(member, wanted, location, found);
        location.pop();
    };
    match node {
        Value::Object(members) => members.iter().for_each(|(name, member)| below(Passed::Member(name), member)),
        Value::Array(members) => members.iter().enumerate().for_each(|(index, m)| below(Passed::Element(index), m)),
        _ => {}
    }
}

/// A [`Step`] that is still in the document.
enum Passed<'d> {
    Member(&'d str),
    Element(usize),
}

impl From<&LocatedNode<'_>> for Node {
    fn from(node: &LocatedNode<'_>) -> Self {
        let location = node.location().iter().map(|step| match *step {
            PathElement::Name(name) => Step::Member(name.to_owned()),
            PathElement::Index(index) => Step::Element(index),
        });
        Self { location: location.collect(), shape: Shape::of(node.node()) }
    }
}

/// One selected node, held by its location, so that the document itself can be changed.
pub(super) struct Node {
    pub(super) location: Vec<Step>,
    pub(super) shape: Shape,
}

impl Node {
    /// The node at `location` of `document`.
    pub(super) fn at(location: Vec<Step>, document: &Value) -> Self {
        let found = location.iter().try_fold(document, |node, step| match step {
            Step::Member(name) => node.get(name),
            Step::Element(index) => node.get(index),
        });
        Self { location, shape: found.map_or(Shape::Primitive, Shape::of) }
    }

    /// In the form of a fragment (`#/paths`), which tells the root from nothing.
    pub(super) fn pointer(&self) -> String {
        self.location.iter().fold("#".to_owned(), |pointer, step| match step {
            Step::Member(name) => join(&pointer, name),
            Step::Element(index) => join(&pointer, &index.to_string()),
        })
    }

    pub(super) fn shown(&self) -> String {
        format!("{} at {}", self.shape, self.pointer())
    }
}

pub(super) fn find<'d>(document: &'d mut Value, location: &[Step]) -> Option<&'d mut Value> {
    location.iter().try_fold(document, |node, step| match step {
        Step::Member(name) => node.get_mut(name),
        Step::Element(index) => node.get_mut(index),
    })
}

/// Ordered so that of two locations the one further back or further down is the greater.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    Member(String),
    Element(usize),
}

/// All that the specification tells nodes apart by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Object,
    Array,
    Primitive,
}

impl Shape {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::Array,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::Primitive,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::Primitive => "a primitive value",
        })
    }
}

/// The first name in `.name.…`, `['name']…` or `["name"]…`; nothing for any other kind of segment.
fn member_name(segments: &str) -> Option<&str> {
    let quoted = |quote| segments.strip_prefix('[')?.trim_start().strip_prefix(quote)?.split(quote).next();
    let plain = || segments.strip_prefix('.')?.split(['.', '[', ' ']).next();
    let name = quoted('\'').or_else(|| quoted('"')).or_else(plain)?;
    (!matches!(name, "" | "*") && !name.contains('\\')).then_some(name)
}
