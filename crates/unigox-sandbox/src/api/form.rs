//! Reads forms: fields of a type, several files under a name, and parts that are JSON.

use std::{collections::BTreeMap, io};

use bytes::Bytes;
use multer::Field;
use serde_json::{Map, Value};

use crate::{
    document::{Content, Kind, Merged, Query, Style, decode, escape, merged, value_of},
    refusal::{Place, Refusal},
    rules::{Body, File},
};

/// Reads `application/x-www-form-urlencoded`.
pub(super) fn read_fields(content: &Content, bytes: &[u8]) -> Result<Body, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| refused("", "encoding"))?;
    let query = Query::new(Some(text));
    let schema = FormSchema::new(content)?;
    let mut fields = Map::new();
    for (name, schemas) in schema.types.properties() {
        let types = merged(schema.whole, &schemas);
        let value =
            field(&schema, name, &types, &query).ok_or_else(|| refused(&format!("/{}", escape(name)), "encoding"))?;
        fields.extend(value.map(|value| (name.to_owned(), value)));
    }
    for name in query.names() {
        if !fields.contains_key(name)
            && let Some(text) = query.first(name)
        {
            fields.insert(name.to_owned(), Value::String(text));
        }
    }
    schema.add_empty_lists(&mut fields);
    Ok(Body::Form { fields: Value::Object(fields), files: BTreeMap::new() })
}

/// The value of a field, if it is there; nothing at all if it can't be decoded.
fn field(schema: &FormSchema<'_>, name: &str, types: &Merged<'_>, query: &Query<'_>) -> Option<Option<Value>> {
    let kinds = types.types();
    let texts: Vec<_> = query.all(name).collect();
    let style = schema.content.style(name);
    if let Some((Style::DeepObject, _)) = style {
        let properties = types.properties();
        let member = |(name, text): (String, &str)| {
            let types = merged(schema.whole, properties.get(name.as_str()).map_or(&[], Vec::as_slice));
            Some((name, value_of(&types, &decode(text)?)))
        };
        let members: Map<_, _> = query.members_of(name).into_iter().map(member).collect::<Option<_>>()?;
        return Some((!members.is_empty()).then_some(Value::Object(members)));
    }
    let Some(first) = texts.first() else { return Some(None) };
    if schema.content.is_json_part(name) {
        return serde_json::from_str(&decode(first)?).ok().map(Some);
    }
    if !kinds.contains("array") {
        return Some(Some(value_of(types, &decode(first)?)));
    }
    let texts = match style {
        Some((style, false)) => style.split(first),
        _ => texts,
    };
    let items = merged(schema.whole, &types.items());
    let items = texts.into_iter().map(|text| Some(value_of(&items, &decode(text)?)));
    Some(Some(Value::Array(items.collect::<Option<_>>()?)))
}

/// Reads `multipart/form-data`. A part that is no list may be there once.
pub(super) async fn read_parts(content: &Content, content_type: &str, bytes: Bytes) -> Result<Body, Refusal> {
    let malformed = |_: multer::Error| refused("", "encoding");
    let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
    let once = futures_util::stream::once(async move { Ok::<_, io::Error>(bytes) });
    let mut parts = multer::Multipart::new(once, boundary);
    let schema = FormSchema::new(content)?;
    let properties = schema.types.properties();
    let (mut fields, mut files) = (Map::new(), BTreeMap::<_, Vec<_>>::new());
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(schemas) = properties.get(name.as_str()) else {
            // What is not documented is not read, but it is there.
            fields.insert(name, Value::String(String::new()));
            continue;
        };
        let types = PartTypes::new(&schema, schemas);
        let is_json = schema.content.is_json_part(&name) || part.content_type().is_some_and(is_json);
        let refused_part = |rule: &str| refused(&format!("/{}", escape(&name)), rule);
        let value = if types.is_file() {
            let file = read_file(part, &name).await.map_err(malformed)?;
            files.entry(name.clone()).or_default().push(file);
            Value::String(String::new())
        } else {
            let bytes = part.bytes().await.map_err(malformed)?;
            let text = std::str::from_utf8(&bytes).map_err(|_| refused_part("encoding"))?;
            match is_json {
                true => serde_json::from_str(text).map_err(|_| refused_part("encoding"))?,
                false => value_of(types.items.as_ref().unwrap_or(&types.own), text),
            }
        };
        match (types.items.is_some(), fields.get_mut(&name)) {
            (false, Some(_)) => return Err(refused_part("duplicate")),
            (true, Some(Value::Array(list))) => list.push(value),
            // A list may be one part, if that is JSON.
            (true, _) if !(is_json && value.is_array()) => drop(fields.insert(name, Value::Array(vec![value]))),
            _ => drop(fields.insert(name, value)),
        }
    }
    schema.add_empty_lists(&mut fields);
    Ok(Body::Form { fields: Value::Object(fields), files })
}

async fn read_file(part: Field<'_>, name: &str) -> Result<File, multer::Error> {
    let name = part.file_name().unwrap_or(name).to_owned();
    Ok(File { name, content: part.bytes().await? })
}

fn is_json(media_type: &impl ToString) -> bool {
    Kind::of(&media_type.to_string()) == Kind::Json
}

/// The schema of a form.
struct FormSchema<'c> {
    content: &'c Content,
    whole: &'c Value,
    types: Merged<'c>,
}

impl<'c> FormSchema<'c> {
    fn new(content: &'c Content) -> Result<Self, Refusal> {
        let whole = &content.schema.compiled().map_err(|_| refused("", "schema"))?.json;
        Ok(Self { content, whole, types: merged(whole, &[whole]) })
    }

    /// A list without items has no part. One that is required is there, and empty.
    fn add_empty_lists(&self, fields: &mut Map<String, Value>) {
        let properties = self.types.properties();
        for name in self.types.required() {
            let schemas = properties.get(name).map_or(&[][..], Vec::as_slice);
            if !fields.contains_key(name) && merged(self.whole, schemas).types().contains("array") {
                fields.insert(name.to_owned(), Value::Array(Vec::new()));
            }
        }
    }
}

/// What a part is, and what its items are if it is a list.
struct PartTypes<'c> {
    own: Merged<'c>,
    items: Option<Merged<'c>>,
}

impl<'c> PartTypes<'c> {
    fn new(schema: &FormSchema<'c>, schemas: &[&'c Value]) -> Self {
        let own = merged(schema.whole, schemas);
        let items = own.types().contains("array").then(|| merged(schema.whole, &own.items()));
        Self { own, items }
    }

    fn is_file(&self) -> bool {
        self.items.as_ref().unwrap_or(&self.own).all("format").any(|format| format == "binary")
    }
}

/// A refusal of the body.
pub(super) fn refused(pointer: &str, rule: &str) -> Refusal {
    Refusal::new(Place::Body, pointer, rule)
}
