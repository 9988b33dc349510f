//! The body that an operation takes: its media types, and the forms among them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    json_schema::Direction,
    media_type::{self, Kind},
    schema::Schema,
    style::Style,
    tree::Tree,
    value::{items, members, reference},
};

/// The body that an operation takes.
#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) is_required: bool,
    contents: Vec<Content>,
}

/// The body in one media type.
#[derive(Debug)]
pub(crate) struct Content {
    media_type: String,
    pub(crate) kind: Kind,
    pub(crate) schema: Schema,
    /// How fields of a form are written, where the document says it.
    styles: BTreeMap<String, (Style, bool)>,
    /// The media types of the parts of a form, where the document says it.
    part_types: BTreeMap<String, String>,
}

impl RequestBody {
    pub(crate) fn new(tree: &Arc<Tree>, body: &Value) -> Result<Self, String> {
        let mut contents = Vec::new();
        for (media_type, content) in members(&body["content"]) {
            contents.push(Content::new(tree, media_type, Kind::of(media_type), content)?);
        }
        // A file can't be sent as JSON: an alternative with one is meant as a form.
        if !contents.iter().any(|content| content.kind == Kind::Multipart) {
            let json = members(&body["content"])
                .find(|(media_type, content)| Kind::of(media_type) == Kind::Json && has_file(tree, &content["schema"]));
            if let Some((_, content)) = json {
                contents.push(Content::new(tree, "multipart/form-data", Kind::Multipart, content)?);
            }
        }
        Ok(Self { is_required: body.get("required") == Some(&Value::Bool(true)), contents })
    }

    /// What a body of this media type has to be.
    pub(crate) fn content(&self, media_type: &str) -> Option<&Content> {
        let matching = self
            .contents
            .iter()
            .filter_map(|content| Some((media_type::precision(&content.media_type, media_type)?, content)));
        matching.max_by_key(|(precision, _)| *precision).map(|(_, content)| content)
    }

    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.contents.iter().map(|content| &content.schema)
    }
}

impl Content {
    fn new(tree: &Arc<Tree>, media_type: &str, kind: Kind, content: &Value) -> Result<Self, String> {
        let schema = content.get("schema").filter(|schema| !schema.is_null()).unwrap_or(&Value::Bool(true));
        let (mut styles, mut part_types) = (BTreeMap::new(), BTreeMap::new());
        for (name, encoding) in content.get("encoding").into_iter().flat_map(members) {
            let text = |keyword: &str| encoding.get(keyword).and_then(Value::as_str);
            let explode = encoding.get("explode").and_then(Value::as_bool);
            let style = text("style")
                .map(|name| Style::new(name).ok_or_else(|| format!("`{name}` is not a style of OpenAPI 3.0")));
            let style = style.transpose()?;
            if style.is_some() || explode.is_some() {
                let style = style.unwrap_or(Style::Form);
                styles.insert(name.to_owned(), (style, explode.unwrap_or(style == Style::Form)));
            }
            if let Some(part_type) = text("contentType") {
                part_types.insert(name.to_owned(), part_type.to_owned());
            }
        }
        Ok(Self {
            media_type: media_type.to_owned(),
            kind,
            schema: Schema::new(tree, schema, Direction::Request),
            styles,
            part_types,
        })
    }

    /// How a field of a form is written, if the document says it.
    pub(crate) fn style(&self, name: &str) -> Option<(Style, bool)> {
        self.styles.get(name).copied()
    }

    /// Whether the document says that the part of a form is JSON.
    pub(crate) fn is_json_part(&self, name: &str) -> bool {
        self.part_types.get(name).is_some_and(|part_type| Kind::of(part_type) == Kind::Json)
    }
}

/// Whether an object of the schema, or of its alternatives, has a property that is a file.
fn has_file(tree: &Tree, schema: &Value) -> bool {
    let is_file = |schema: &Value| schema.get("format").is_some_and(|format| format == "binary");
    let (mut waiting, mut seen) = (vec![schema], BTreeSet::new());
    while let Some(schema) = waiting.pop() {
        if let Some(target) = reference(schema) {
            if seen.insert(target) {
                waiting.extend(tree.target(target));
            }
            continue;
        }
        if schema.get("properties").into_iter().flat_map(members).any(|(_, property)| is_file(property)) {
            return true;
        }
        waiting.extend(["allOf", "anyOf", "oneOf"].into_iter().flat_map(|keyword| items(schema.get(keyword))));
    }
    false
}
