//! What a schema says, however it is written: references followed, `allOf` merged, each word with its place.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    iter,
    rc::Rc,
};

use serde_json::Value;

use crate::openapi::{self, Place, reference, target};

/// A schema: all of these hold at once. None says nothing.
#[derive(Debug, Clone)]
pub(super) struct Schema<'d> {
    pub(super) parts: Vec<Place<'d>>,
    /// Where a change is shown that has no place of its own.
    pub(super) at: Place<'d>,
}

impl<'d> Schema<'d> {
    pub(super) fn of(place: Place<'d>) -> Self {
        Self { parts: vec![place.clone()], at: place }
    }

    /// The schema that says nothing, where `at` says none.
    pub(super) fn any(at: Place<'d>) -> Self {
        Self { parts: Vec::new(), at }
    }

    /// The schema under `key`, or the one that says nothing.
    pub(super) fn under(holder: &Place<'d>, key: &str) -> Self {
        holder.get(key).map_or_else(|| Self::any(holder.clone()), Self::of)
    }

    /// The component that this refers to and nothing else.
    pub(super) fn component(&self) -> Option<&'d str> {
        match self.parts.as_slice() {
            [only] => target(only.value).filter(|_| reference(only.value).is_some() || is_bare(only.value)),
            _ => None,
        }
    }

    /// What it is made of: two schemas with the same identities are one. A reference with more beside it is not its target.
    pub(super) fn identities(&self, document: &'d Value) -> Vec<usize> {
        let identity = |part: &Place<'d>| match part.value.as_object() {
            Some(members) if members.len() == 1 => part.clone().resolved(document).identity(),
            _ => part.identity(),
        };
        let identities: BTreeSet<usize> = self.parts.iter().map(identity).collect();
        identities.into_iter().collect()
    }

    /// Whether it is made of what is written in another place than where it is used, maybe of what it is itself in.
    pub(super) fn is_shared(&self) -> bool {
        self.parts.iter().any(|part| reference(part.value).is_some() || part.value.get("allOf").is_some())
    }
}

/// Whether the object has nothing but an `allOf` and words about it.
fn is_bare(schema: &Value) -> bool {
    schema.as_object().is_some_and(|members| members.keys().all(|key| key == "allOf" || is_prose(key)))
}

/// What is said for people alone.
pub(super) fn is_prose(key: &str) -> bool {
    matches!(key, "description" | "title" | "summary" | "example" | "examples" | "externalDocs" | "tags" | "xml")
}

/// A schema, read.
#[derive(Debug)]
pub(super) struct Shape<'d> {
    /// What was read.
    pub(super) schema: Schema<'d>,
    /// Where it is written.
    pub(super) at: Place<'d>,
    /// All that it is made of: what references lead to, and what `allOf` holds.
    pub(super) parts: Vec<Place<'d>>,
    /// Which part is where, once somebody asks.
    by_pointer: OnceCell<HashMap<String, usize>>,
    /// The stated type, or the one that what is stated makes sense for.
    pub(super) kind: Option<&'d str>,
    /// Where the type is stated, if it is.
    pub(super) kind_at: Option<Place<'d>>,
    pub(super) nullable: Option<Place<'d>>,
    /// The values that it is restricted to, without `null`.
    pub(super) values: Option<(Place<'d>, Vec<&'d Value>)>,
    pub(super) properties: BTreeMap<&'d str, Property<'d>>,
    pub(super) items: Schema<'d>,
    pub(super) additional: Additional<'d>,
    pub(super) unions: Vec<Union<'d>>,
    pub(super) discriminator: Option<Place<'d>>,
    /// The values of `not: {enum: […]}`.
    pub(super) excluded: Option<(Place<'d>, Vec<&'d Value>)>,
    /// Every other word, with what is said by it. What is said twice counts once.
    pub(super) words: BTreeMap<&'d str, Vec<Place<'d>>>,
}

/// A property, declared or only required.
#[derive(Debug)]
pub(super) struct Property<'d> {
    pub(super) schema: Schema<'d>,
    /// What makes it required: its declaration beside the list that names it, or what holds the list.
    pub(super) required: Option<Place<'d>>,
}

impl<'d> Property<'d> {
    /// Whether the mark is said of it, in place or by what it refers to.
    pub(super) fn has(&self, mark: &Mark<'d>) -> bool {
        self.schema.parts.iter().any(|part| mark.is_said(part.value))
    }
}

/// `readOnly` or `writeOnly`, and the components that are marked so.
#[derive(Debug)]
pub(super) struct Mark<'d> {
    pub(super) word: &'static str,
    components: HashSet<&'d str>,
}

impl<'d> Mark<'d> {
    pub(super) fn new(document: &'d Value, word: &'static str) -> Self {
        let mut mark = Self { word, components: HashSet::new() };
        // From the marked ones to those that are made of them.
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut open = Vec::new();
        for (name, schema) in openapi::components(document) {
            for part in Self::parts(schema) {
                match reference(part).and_then(openapi::schema_name) {
                    Some(used) => users.entry(used).or_default().push(name),
                    None => open.extend(mark.is_said_by(part).then_some(name.as_str())),
                }
            }
        }
        while let Some(name) = open.pop() {
            if mark.components.insert(name) {
                open.extend(users.get(name).into_iter().flatten());
            }
        }
        mark
    }

    /// The schema itself, and what holds with it.
    fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
        let all = schema.get("allOf").and_then(Value::as_array);
        iter::once(schema).chain(all.into_iter().flatten())
    }

    fn is_said_by(&self, part: &Value) -> bool {
        part.get(self.word).is_some_and(|said| *said == true)
    }

    fn is_said(&self, schema: &Value) -> bool {
        Self::parts(schema).any(|part| {
            let component = || reference(part).and_then(openapi::schema_name);
            self.is_said_by(part) || component().is_some_and(|name| self.components.contains(name))
        })
    }
}

/// What a schema says of properties that it does not name.
#[derive(Debug, Clone)]
pub(super) enum Additional<'d> {
    Open,
    Closed(Place<'d>),
    Typed(Schema<'d>),
}

/// One `oneOf` or `anyOf`.
#[derive(Debug)]
pub(super) struct Union<'d> {
    pub(super) keyword: &'static str,
    pub(super) at: Place<'d>,
    pub(super) variants: Vec<Schema<'d>>,
}

impl<'d> Shape<'d> {
    pub(super) fn of(document: &'d Value, schema: &Schema<'d>) -> Rc<Self> {
        let at = schema.at.clone().resolved(document);
        let mut shape = Self {
            schema: schema.clone(),
            parts: Vec::new(),
            by_pointer: OnceCell::new(),
            kind: None,
            kind_at: None,
            nullable: None,
            values: None,
            properties: BTreeMap::new(),
            items: Schema::any(at.clone()),
            additional: Additional::Open,
            unions: Vec::new(),
            discriminator: None,
            excluded: None,
            words: BTreeMap::new(),
            at,
        };
        let mut required = Vec::new();
        for part in openapi::shape::parts(document, schema.parts.iter().cloned()) {
            shape.add(part, &mut required);
        }
        for (name, part) in required {
            let declared = part.get("properties").and_then(|properties| properties.get(name));
            let place = declared.unwrap_or(part);
            let at = shape.at.clone();
            let property = shape.properties.entry(name);
            let property = property.or_insert_with(|| Property { schema: Schema::any(at), required: None });
            property.required = Some(place);
        }
        shape.kind = shape.kind.or_else(|| shape.implied());
        Rc::new(shape)
    }

    /// Adds what one part says itself.
    fn add(&mut self, part: Place<'d>, required: &mut Vec<(&'d str, Place<'d>)>) {
        self.parts.push(part.clone());
        for (key, member) in part.members() {
            match key {
                "$ref" | "allOf" => {}
                "readOnly" | "writeOnly" | "uniqueItems" | "exclusiveMaximum" | "exclusiveMinimum"
                    if member.value == false => {}
                "type" if member.value.is_string() => {
                    let kind = member.value.as_str().unwrap_or_default();
                    // Of two that hold at once the narrower one counts.
                    if self.kind.is_none_or(|known| known == "number") {
                        self.kind = Some(kind);
                        self.kind_at = Some(member);
                    }
                }
                "nullable" if member.value == true => self.nullable = Some(member),
                "nullable" => {}
                "enum" => {
                    if member.value.as_array().is_some_and(|values| values.contains(&Value::Null)) {
                        self.nullable.get_or_insert_with(|| member.clone());
                    }
                    let values = member.value.as_array().into_iter().flatten().filter(|value| !value.is_null());
                    let values: Vec<_> = values.collect();
                    match &mut self.values {
                        Some((_, known)) => {
                            let values: HashSet<_> = values.into_iter().collect();
                            known.retain(|value| values.contains(value));
                        }
                        None => self.values = Some((member, values)),
                    }
                }
                "properties" => member.members().for_each(|(name, property)| {
                    // `required: true` inside a property is no OpenAPI, but it is said, and meant so.
                    let is_required = property.value.get("required") == Some(&Value::Bool(true));
                    let entry = self.properties.entry(name).or_insert_with(|| Property {
                        schema: Schema { parts: Vec::new(), at: property.clone() },
                        required: None,
                    });
                    if is_required {
                        entry.required = Some(property.clone());
                    }
                    // The last one says most: what is shared comes first in an `allOf`.
                    entry.schema.at = property.clone();
                    entry.schema.parts.push(property);
                }),
                "required" => {
                    let names = member.value.as_array().into_iter().flatten().filter_map(Value::as_str);
                    required.extend(names.map(|name| (name, part.clone())));
                }
                "items" => {
                    if self.items.parts.is_empty() {
                        self.items.at = member.clone();
                    }
                    self.items.parts.push(member);
                }
                "additionalProperties" => match member.value {
                    Value::Bool(false) => self.additional = Additional::Closed(member),
                    Value::Object(schema) if !schema.is_empty() => match &mut self.additional {
                        Additional::Open => self.additional = Additional::Typed(Schema::of(member)),
                        Additional::Typed(known) => known.parts.push(member),
                        Additional::Closed(_) => {}
                    },
                    _ => {}
                },
                "oneOf" | "anyOf" => {
                    let keyword = if key == "oneOf" { "oneOf" } else { "anyOf" };
                    let variants = member.elements().map(Schema::of).collect();
                    self.unions.push(Union { keyword, at: member, variants });
                }
                "discriminator" => self.discriminator = Some(member),
                "not" if excluded(member.value).is_some() => {
                    self.excluded = excluded(member.value).map(|values| (member, values));
                }
                _ => {
                    let said = self.words.entry(key).or_default();
                    if said.iter().all(|other| other.value != member.value) {
                        said.push(member);
                    }
                }
            }
        }
    }

    /// Where in this document the counterpart of `other` would be, which is in the other document: in the part that is
    /// written in the same place, if there is one. So a change in what many schemas share is in one place.
    pub(super) fn beside(&self, other: &Place<'_>) -> Place<'d> {
        self.part_around(other).unwrap_or(&self.at).clone()
    }

    pub(super) fn part_around(&self, other: &Place<'_>) -> Option<&Place<'d>> {
        let index = || self.parts.iter().enumerate().map(|(index, part)| (part.pointer(), index)).collect();
        let parts = self.by_pointer.get_or_init(index);
        let other = other.pointer();
        let mut around = other.as_str();
        loop {
            match parts.get(around) {
                Some(index) => return self.parts.get(*index),
                None => around = around.rsplit_once('/')?.0,
            }
        }
    }

    /// The type that goes without saying.
    fn implied(&self) -> Option<&'static str> {
        if !self.properties.is_empty() || matches!(self.additional, Additional::Typed(_)) {
            return Some("object");
        }
        if !self.items.parts.is_empty() {
            return Some("array");
        }
        let (_, values) = self.values.as_ref()?;
        (!values.is_empty() && values.iter().all(|value| value.is_string())).then_some("string")
    }

    /// The type that all variants have, if it is one.
    pub(super) fn kind_of_variants(&self, document: &'d Value) -> Option<&'d str> {
        let mut kinds =
            self.unions.iter().flat_map(|union| &union.variants).map(|variant| Self::of(document, variant).kind);
        let first = kinds.next()??;
        kinds.all(|kind| kind == Some(first)).then_some(first)
    }

    /// Whether it says anything about a value's form beside being one of several.
    pub(super) fn is_plain_union(&self) -> bool {
        !self.unions.is_empty() && self.properties.is_empty()
    }

    /// What is said by `word`.
    pub(super) fn said(&self, word: &str) -> &[Place<'d>] {
        self.words.get(word).map_or(&[], Vec::as_slice)
    }
}

/// The values in `{enum: […]}`, if that is all there is.
fn excluded(not: &Value) -> Option<Vec<&Value>> {
    let members = not.as_object()?;
    let values = members.get("enum")?.as_array()?;
    members.keys().all(|key| key == "enum" || key == "type" || is_prose(key)).then(|| values.iter().collect())
}
