//! What the generator makes of two documents, for the verdicts that depend on it.
//!
//! A change is looked up where its pointers lead: in the type of a component or the method of an operation, and there in
//! the field that the property has become. What is inline has no pointer in Rust: its types are those that a field or an
//! argument names. Each is compared once for all changes.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{
    report::Change,
    rule::{Direction, Rule},
    surface::{Method, Surface},
};
use crate::{
    lower,
    names::{pascal, snake},
    openapi::{self, component, components, extension, references},
    pipeline,
};

/// The code of both documents.
pub(super) enum Code<'d> {
    /// Nobody asks for it.
    Unknown,
    /// It is generated once somebody asks.
    Wanted([&'d Value; 2]),
    /// It was compared.
    Known(Box<Difference<'d>>),
    /// It can't be generated.
    Failed(String),
}

/// What is different in the code of two documents.
pub(super) struct Difference<'d> {
    old: Made<'d>,
    new: Made<'d>,
    /// The types of the old code that are other ones now.
    changed: HashSet<String>,
    /// The types that some field or argument of the old code had, and has no more.
    replaced: HashSet<String>,
    /// The types of the old document's components. What changes in one is found there.
    components: BTreeSet<String>,
}

/// A document and its code.
struct Made<'d> {
    document: &'d Value,
    surface: Surface,
    /// The method of each operation, by path and HTTP method.
    methods: HashMap<(String, String), String>,
    /// Where each component is referred to.
    uses: HashMap<&'d str, Vec<String>>,
}

/// Where something is in the code.
#[derive(Clone, PartialEq, Eq)]
enum Item {
    Type(String),
    Method(String),
}

/// An item, and the names of properties (and of a parameter before them) below it.
struct Spot {
    item: Item,
    path: Vec<String>,
}

/// How many uses of a component without a type of its own are looked at.
const MAX_USES: usize = 100;

impl<'d> Code<'d> {
    /// Why the code is not known, if somebody asked for it.
    pub(super) fn problem(self) -> Option<String> {
        match self {
            Self::Failed(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether the code that belongs to a change is another one; none if that can't be said.
    pub(super) fn is_changed(&mut self, change: &Change) -> Option<bool> {
        if let Self::Wanted(documents) = self {
            *self = match Difference::of(*documents) {
                Ok(difference) => Self::Known(Box::new(difference)),
                Err(problem) => Self::Failed(problem),
            };
        }
        match self {
            Self::Known(difference) => difference.is_changed(change),
            _ => None,
        }
    }
}

impl<'d> Difference<'d> {
    fn of([old, new]: [&'d Value; 2]) -> Result<Self, String> {
        let (old, new) = (Made::of(old, "old")?, Made::of(new, "new")?);
        let components = components(old.document).map(|(name, schema)| type_name(name, schema)).collect();
        let changed = old.surface.changed(&new.surface, &components);
        let replaced = old.surface.replaced(&new.surface);
        Ok(Self { old, new, changed, replaced, components })
    }

    fn is_changed(&self, change: &Change) -> Option<bool> {
        let (old, new) = match change.rule {
            // One of the two is where the schema went; where it is used says what its type is called there.
            Rule::SchemaExtracted => (&change.old, &change.old),
            Rule::SchemaInlined => (&change.new, &change.new),
            _ => (&change.old, &change.new),
        };
        let (before, now) = (self.old.spots(old), self.new.spots(new));
        let mut verdict = None;
        for was in &before {
            let same = now.iter().find(|is| is.item == was.item);
            let is = match (same, before.as_slice(), now.as_slice()) {
                (Some(is), ..) => is,
                (None, [_], [is]) => is,
                _ => continue,
            };
            match self.is_other(change, was, is) {
                Some(true) => return Some(true),
                other => verdict = verdict.or(other),
            }
        }
        verdict
    }

    fn is_other(&self, change: &Change, was: &Spot, is: &Spot) -> Option<bool> {
        if change.rule == Rule::SchemaRenamed && was.item != is.item {
            return Some(true);
        }
        let direction = change.direction;
        // Where the one leads further, it is about what is new or gone there: what holds that is looked at.
        let depth = was.path.len().min(is.path.len());
        let fields = (
            self.old.surface.below(&was.item, &was.path[..depth], direction),
            self.new.surface.below(&is.item, &is.path[..depth], direction),
        );
        if matches!(change.rule, Rule::EnumValuesAdded | Rule::OptionalPropertyAdded) {
            // It takes nothing away, unless what it is added to was one type with what is equal elsewhere.
            let (before, now) = (fields.0.unwrap_or_default(), fields.1.unwrap_or_default());
            let is_replaced = |of: &&str| self.old.surface.named_in(of).any(|name| self.is_split(name));
            return Some(before != now || before.iter().any(is_replaced));
        }
        if let (Some(before), Some(now)) = fields {
            return Some(before != now || before.iter().any(|of| self.names_other_types(of)));
        }
        match (&was.item, &is.item) {
            (Item::Type(was), _) => Some(self.changed.contains(was)),
            (Item::Method(was), Item::Method(is)) => {
                let (was, is) = (self.old.surface.methods.get(was)?, self.new.surface.methods.get(is)?);
                let (before, now) = (was.types(direction), is.types(direction));
                Some(before != now || before.iter().any(|of| self.names_other_types(of)))
            }
            (Item::Method(_), Item::Type(_)) => None,
        }
    }

    /// Whether the type, which is no component's, is another one now where it was named.
    fn is_split(&self, name: &str) -> bool {
        self.replaced.contains(name) && !self.components.contains(name)
    }

    /// Whether `of` names a type that has changed and is no component's.
    fn names_other_types(&self, of: &str) -> bool {
        self.old.surface.named_in(of).any(|name| self.changed.contains(name) && !self.components.contains(name))
    }
}

impl Surface {
    /// The types of the field that a path leads to, if there is a path and it leads to one.
    fn below<'s>(&'s self, item: &'s Item, path: &[String], direction: Direction) -> Option<Vec<&'s str>> {
        let mut rest = path.iter();
        let mut found: Vec<&str> = Vec::new();
        let mut from: Vec<&str> = match item {
            Item::Type(name) => vec![name],
            Item::Method(name) => {
                let method = self.methods.get(name)?;
                let argument = method.arguments.iter().find(|(name, _)| Some(name) == path.first());
                match argument {
                    Some((_, of)) => {
                        rest.next();
                        found = vec![of];
                        self.named_in(of).collect()
                    }
                    None => method.types(direction).into_iter().flat_map(|of| self.named_in(of)).collect(),
                }
            }
        };
        for name in rest {
            found = self.fields(from, name);
            from = found.iter().flat_map(|of| self.named_in(of)).collect();
        }
        found.sort_unstable();
        Some(found).filter(|found| !found.is_empty())
    }
}

impl Method {
    /// The types of what travels this way.
    fn types(&self, direction: Direction) -> Vec<&str> {
        let arguments = self.arguments.iter().map(|(_, of)| of.as_str()).filter(|_| direction != Direction::Response);
        let value = Some(self.value.as_str()).filter(|_| direction != Direction::Request);
        arguments.chain(value).collect()
    }
}

impl<'d> Made<'d> {
    fn of(document: &'d Value, which: &str) -> Result<Self, String> {
        let failed = |why: String| {
            format!(
                "No code can be generated from the {which} document, so verdicts on source that depend on the generator are \
                 as for most documents. {why}"
            )
        };
        let first = |defects: &[crate::defect::Defect]| {
            let first =
                defects.first().map(|defect| format!("The first defect is at `{}`: {}.", defect.place, defect.problem));
            failed(first.unwrap_or_default())
        };
        let (effective, _) = lower::lower(document.clone()).map_err(|defects| first(&defects))?;
        let files = pipeline::generate(which.as_ref(), &effective).map_err(|defects| first(&defects.list))?;
        let surface = Surface::of(files.iter().map(|(_, text)| text.as_str()));
        let surface = surface.map_err(|error| failed(format!("What was made of it is no Rust: {error}.")))?;
        let operations = openapi::operations(&effective);
        let methods = operations.filter_map(|operation| {
            Some(((operation.path.to_owned(), operation.method.to_owned()), snake(operation.id()?)))
        });
        let methods = methods.collect();
        let mut uses: HashMap<&str, Vec<String>> = HashMap::new();
        references(document, &mut |pointer, target| uses.entry(target).or_default().push(pointer.to_owned()));
        Ok(Self { document, surface, methods, uses })
    }

    /// Where the code for what is at `pointer` is. What has none of its own is where it is used.
    fn spots(&self, pointer: &str) -> Vec<Spot> {
        let mut spots = Vec::new();
        let mut open = VecDeque::from([(pointer.to_owned(), Vec::new())]);
        let mut seen = HashSet::new();
        while let Some((pointer, below)) = open.pop_front() {
            let tokens: Vec<String> =
                pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
            let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
            let path = |tokens: &[&str]| [properties(tokens), below.clone()].concat();
            match tokens.as_slice() {
                ["components", "schemas", name, rest @ ..] if self.has_type(name) => {
                    let item = Item::Type(self.type_of(name));
                    spots.push(Spot { item, path: path(rest) });
                }
                ["components", kind, name, rest @ ..] => {
                    let target = openapi::join(&openapi::join("#/components", kind), name);
                    let mut path = path(rest);
                    path.splice(..0, self.parameter(&target).filter(|_| *kind == "parameters"));
                    let uses = self.uses.get(target.as_str()).into_iter().flatten();
                    let left = MAX_USES.saturating_sub(seen.len());
                    open.extend(
                        uses.filter(|at| seen.insert((*at).clone())).take(left).map(|at| (at.clone(), path.clone())),
                    );
                }
                ["paths", of, "parameters", index, rest @ ..] => {
                    let methods = self.methods.iter().filter(|((path, _), _)| path == of);
                    let at = openapi::join(&openapi::join("#/paths", of), "parameters");
                    let mut path = path(rest);
                    path.splice(..0, self.parameter(&openapi::join(&at, index)));
                    spots
                        .extend(methods.map(|(_, name)| Spot { item: Item::Method(name.clone()), path: path.clone() }));
                }
                ["paths", of, method, rest @ ..] => {
                    let Some(name) = self.methods.get(&((*of).to_owned(), (*method).to_owned())) else { continue };
                    let mut path = path(rest);
                    if let ["parameters", index, ..] = rest {
                        let at = openapi::join(&openapi::join("#/paths", of), method);
                        path.splice(..0, self.parameter(&openapi::join(&openapi::join(&at, "parameters"), index)));
                    }
                    spots.push(Spot { item: Item::Method(name.clone()), path });
                }
                _ => {}
            }
        }
        spots
    }

    fn has_type(&self, component: &str) -> bool {
        self.surface.types.contains_key(&self.type_of(component))
    }

    fn type_of(&self, name: &str) -> String {
        component(self.document, name).map_or_else(|| pascal(name), |schema| type_name(name, schema))
    }

    /// The name of the argument or field for the parameter at `reference`, if one is there.
    fn parameter(&self, reference: &str) -> Option<String> {
        let parameter = self.document.pointer(reference.strip_prefix('#')?)?;
        parameter.get("in")?;
        Some(snake(parameter["name"].as_str()?))
    }
}

/// The names of the properties on the way down, as fields.
fn properties(tokens: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        match *token {
            "properties" => names.extend(rest.next().map(|name| snake(name))),
            "content" | "responses" | "headers" => drop(rest.next()),
            _ => {}
        }
    }
    names
}

/// What the type of a component is called.
fn type_name(name: &str, schema: &Value) -> String {
    schema.get(extension::TYPE_NAME).and_then(Value::as_str).map_or_else(|| pascal(name), str::to_owned)
}
