//! Parameters of an operation: reads them from a request by their style, and validates them.

use std::{borrow::Cow, sync::Arc};

use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    coerce,
    json_schema::Direction,
    merged::Merged,
    path::PathParameters,
    query::{self, Query},
    schema::{Problem, Schema},
    security::cookie,
    style::Style,
    tree::Tree,
    value::{escape, members},
};
use crate::refusal::{Place, Refusal};

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    name: String,
    place: Place,
    style: Style,
    explode: bool,
    is_required: bool,
    may_be_empty: bool,
    /// Its content is JSON.
    is_json: bool,
    schema: Schema,
}

impl Parameter {
    /// A parameter of the document. None for the headers that OpenAPI says are no parameters.
    pub(crate) fn new(tree: &Arc<Tree>, parameter: &Value) -> Result<Option<Self>, String> {
        let text = |name: &str| parameter.get(name).and_then(Value::as_str);
        let is_set = |name: &str| parameter.get(name) == Some(&Value::Bool(true));
        let name = text("name").ok_or("a parameter has no name")?;
        let (place, style) = match text("in") {
            Some("path") => (Place::Path, Style::Simple),
            Some("query") => (Place::Query, Style::Form),
            Some("header") => (Place::Header, Style::Simple),
            Some("cookie") => (Place::Cookie, Style::Form),
            _ => return Err(format!("the parameter `{name}` has no place that OpenAPI 3.0 knows")),
        };
        let is_ignored = ["accept", "content-type", "authorization"].contains(&name.to_ascii_lowercase().as_str());
        if place == Place::Header && is_ignored {
            return Ok(None);
        }
        let style = match text("style") {
            None => style,
            Some(name) => Style::new(name).ok_or_else(|| format!("`{name}` is not a style of OpenAPI 3.0"))?,
        };
        let content = parameter.get("content").and_then(|content| members(content).next());
        let schema = content.map_or(parameter, |(_, content)| content).get("schema").filter(|schema| !schema.is_null());
        Ok(Some(Self {
            name: name.to_owned(),
            place,
            style,
            explode: parameter.get("explode").and_then(Value::as_bool).unwrap_or(style == Style::Form),
            is_required: is_set("required") || place == Place::Path,
            may_be_empty: is_set("allowEmptyValue"),
            is_json: content.is_some(),
            schema: Schema::new(tree, schema.unwrap_or(&Value::Bool(true)), Direction::Request),
        }))
    }

    /// Reads it from the query, where a client has to send what has no place in the path. It need not be there.
    pub(crate) fn move_to_query(&mut self) {
        (self.place, self.style, self.explode, self.is_required) = (Place::Query, Style::Form, true, false);
    }

    pub(crate) fn is(&self, place: Place, name: &str) -> bool {
        self.place == place && self.name == name
    }

    pub(crate) fn name_and_place(&self) -> (&str, Place) {
        (&self.name, self.place)
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Why the document does not accept the parameter of a request.
    pub(crate) fn problem(&self, head: &Parts, path: &PathParameters) -> Option<Refusal> {
        let refused = |problem: Problem| {
            let pointer = format!("/{}{}", escape(&self.name), problem.pointer);
            Refusal { place: self.place, pointer, rule: problem.rule }
        };
        let simply = |rule: &str| refused(Problem { pointer: String::new(), rule: rule.to_owned() });
        let candidates = match self.values(head, path) {
            Read::Absent => return self.is_required.then(|| simply("required")),
            Read::Malformed => return Some(simply("encoding")),
            Read::Values(candidates) => candidates,
        };
        if candidates.iter().any(|candidate| self.schema.accepts(candidate)) {
            return None;
        }
        candidates.first().and_then(|candidate| self.schema.problem(candidate)).map(refused)
    }

    /// What the parameter may stand for.
    fn values(&self, head: &Parts, path: &PathParameters) -> Read {
        let Ok(compiled) = self.schema.compiled() else { return Read::Values(vec![Value::Null]) };
        let whole = &compiled.json;
        let types = coerce::merged(whole, &[whole]);
        match self.place {
            Place::Path => {
                let value = path.iter().find(|(name, _)| *name == self.name).map(|(_, value)| value.as_str());
                value.map_or(Read::Absent, |value| self.once(whole, &types, value))
            }
            Place::Header => {
                let values: Vec<_> = head.headers.get_all(self.name.as_str()).iter().collect();
                let values: Result<Vec<_>, _> = values.into_iter().map(|value| value.to_str()).collect();
                match values {
                    Ok(values) if values.is_empty() => Read::Absent,
                    Ok(values) => self.once(whole, &types, &values.join(",")),
                    Err(_) => Read::Malformed,
                }
            }
            Place::Cookie => match cookie(&head.headers, &self.name) {
                Some(value) => self.once(whole, &types, &value),
                None => Read::Absent,
            },
            _ => self.in_query(whole, &types, &Query::new(head.uri.query())),
        }
    }

    fn in_query(&self, whole: &Value, types: &Merged<'_>, query: &Query<'_>) -> Read {
        let values: Vec<_> = query.all(&self.name).collect();
        if self.may_be_empty && values == [""] {
            return Read::Absent;
        }
        let kinds = types.types();
        if kinds.contains("object")
            && !self.is_json
            && (self.style == Style::DeepObject || self.explode && values.is_empty())
        {
            let properties = types.properties();
            let pairs = match self.style {
                Style::DeepObject => query.members_of(&self.name),
                _ => properties
                    .keys()
                    .flat_map(|name| query.all(name).map(|value| ((*name).to_owned(), value)))
                    .collect(),
            };
            return match pairs.is_empty() {
                true => Read::Absent,
                false => object(whole, types, pairs, query::decode),
            };
        }
        match values.as_slice() {
            [] => Read::Absent,
            values if kinds.contains("array") && self.explode && !self.is_json => {
                array(whole, types, values, query::decode)
            }
            [value, ..] => self.once(whole, types, value),
        }
    }

    /// What a value that is written once may stand for.
    fn once(&self, whole: &Value, types: &Merged<'_>, text: &str) -> Read {
        let decode = |text: &str| match self.place {
            Place::Query => query::decode(text),
            Place::Header => Some(text.to_owned()),
            _ => percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned),
        };
        if self.is_json {
            let json = decode(text).and_then(|text| serde_json::from_str(&text).ok());
            return json.map_or(Read::Malformed, |json| Read::Values(vec![json]));
        }
        let kinds = types.types();
        let matrix = format!(";{}=", self.name);
        let (text, style) = match self.style {
            Style::Label => (text.strip_prefix('.').unwrap_or(text), Style::Label),
            Style::Matrix => (text.strip_prefix(';').unwrap_or(text), Style::Matrix),
            style => (text, style),
        };
        let parts = match (style, self.explode) {
            (Style::Label, true) => text.split('.').collect(),
            (Style::Matrix, true) => text.split(';').collect(),
            (Style::Matrix, false) => style.split(text.strip_prefix(&matrix[1..]).unwrap_or(text)),
            _ => style.split(text),
        };
        if kinds.contains("array") {
            let item = |part: &'_ str| -> String { part.strip_prefix(&matrix[1..]).unwrap_or(part).to_owned() };
            let parts: Vec<_> = parts
                .into_iter()
                .map(|part| if style == Style::Matrix { item(part) } else { part.to_owned() })
                .collect();
            let parts: Vec<_> = parts
                .iter()
                .map(|part| part.trim_start_matches(if self.place == Place::Header { " " } else { "" }))
                .collect();
            return array(whole, types, &parts, decode);
        }
        if kinds.contains("object") {
            let pairs = match self.explode {
                true => parts.iter().map(|part| part.split_once('=').unwrap_or((part, ""))).collect(),
                false => {
                    parts.chunks(2).map(|pair| (pair[0], pair.get(1).copied().unwrap_or_default())).collect::<Vec<_>>()
                }
            };
            let pairs: Option<Vec<_>> = pairs.into_iter().map(|(name, value)| Some((decode(name)?, value))).collect();
            return pairs.map_or(Read::Malformed, |pairs| object(whole, types, pairs, decode));
        }
        let text = if style == Style::Matrix { text.strip_prefix(&matrix[1..]).unwrap_or(text) } else { text };
        decode(text).map_or(Read::Malformed, |text| Read::Values(coerce::candidates(types, &text)))
    }
}

/// What was read of a parameter.
enum Read {
    Absent,
    /// It can't be decoded.
    Malformed,
    /// What it may stand for.
    Values(Vec<Value>),
}

fn array(whole: &Value, types: &Merged<'_>, texts: &[&str], decode: impl Fn(&str) -> Option<String>) -> Read {
    let items = coerce::merged(whole, &types.items());
    let items: Option<Vec<_>> = texts.iter().map(|text| Some(coerce::value(&items, &decode(text)?))).collect();
    items.map_or(Read::Malformed, |items| Read::Values(vec![Value::Array(items)]))
}

fn object(
    whole: &Value,
    types: &Merged<'_>,
    pairs: Vec<(String, &str)>,
    decode: impl Fn(&str) -> Option<String>,
) -> Read {
    let (properties, others) = (types.properties(), types.other_properties());
    let member = |(name, text): (String, &str)| {
        let schemas = properties.get(name.as_str()).unwrap_or(&others);
        let value = coerce::value(&coerce::merged(whole, schemas), &decode(text)?);
        Some((name, value))
    };
    let object: Option<Map<_, _>> = pairs.into_iter().map(member).collect();
    object.map_or(Read::Malformed, |object| Read::Values(vec![Value::Object(object)]))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use super::*;

    /// Checks the parameter `p`, with the value `sent` in its place: in the query that is the whole query.
    fn check(parameter: Value, sent: Option<&str>, expected: Option<(&str, &str)>) {
        let mut parameter = parameter;
        parameter["name"] = json!("p");
        let place = parameter["in"].as_str().unwrap_or_default().to_owned();
        let uri = if place == "query" { format!("/?{}", sent.unwrap_or_default()) } else { "/".to_owned() };
        let mut request = Request::builder().uri(uri);
        match (place.as_str(), sent) {
            ("header", Some(value)) => request = request.header("p", value),
            ("cookie", Some(value)) => request = request.header("cookie", format!("p={value}")),
            _ => {}
        }
        let (head, ()) = request.body(()).expect("it is a request").into_parts();
        let path = sent.map(|value| ("p".to_owned(), value.to_owned())).into_iter().collect();
        let tree = Arc::new(Tree::new(json!({})));
        let read = Parameter::new(&tree, &parameter).expect("it is valid").expect("it is a parameter");
        let problem = read.problem(&head, &path);
        let problem = problem.as_ref().map(|refusal| (refusal.pointer.as_str(), refusal.rule.as_str()));
        assert_eq!(problem, expected, "{parameter}: {sent:?}");
    }

    #[test]
    fn single_values_are_validated_by_type_format_and_bounds() {
        let query = |schema: Value| json!({"in": "query", "required": true, "schema": schema});
        let limit = || query(json!({"type": "integer", "minimum": 1, "maximum": 100}));
        check(limit(), Some("p=20&other=x"), None);
        check(limit(), Some("p=0"), Some(("/p", "minimum")));
        check(limit(), Some("p=ten"), Some(("/p", "type")));
        check(limit(), Some("other=1"), Some(("/p", "required")));
        check(limit(), Some("p=%ff"), Some(("/p", "encoding")));
        check(query(json!({"type": "string", "enum": ["a b"]})), Some("p=a+b"), None);
        check(query(json!({"type": "string", "enum": ["a b"]})), Some("p=c"), Some(("/p", "enum")));
        check(query(json!({"type": "boolean"})), Some("p=true"), None);
        check(json!({"in": "query", "schema": {"type": "string"}}), None, None);
        check(json!({"in": "query", "schema": {"enum": ["a"]}, "allowEmptyValue": true}), Some("p="), None);
        let uuid = || json!({"in": "path", "schema": {"type": "string", "format": "uuid"}});
        check(uuid(), Some("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04"), None);
        check(uuid(), Some("6f1c2d9e"), Some(("/p", "format")));
        let header = || json!({"in": "header", "required": true, "schema": {"type": "string", "pattern": "^[a-c%]+$"}});
        check(header(), Some("a%"), None);
        check(header(), Some("d"), Some(("/p", "pattern")));
        check(header(), None, Some(("/p", "required")));
        check(json!({"in": "cookie", "schema": {"type": "integer"}}), Some("x"), Some(("/p", "type")));
        check(
            json!({"in": "query", "schema": {"anyOf": [{"type": "integer"}, {"enum": ["all"]}]}}),
            Some("p=all"),
            None,
        );
    }

    #[test]
    fn lists_and_objects_are_read_by_their_style() {
        let list = |place: &str, style: &str, explode: bool| {
            let schema =
                json!({"type": "array", "items": {"enum": ["a,b", 1], "type": ["string", "integer"]}, "minItems": 2});
            json!({"in": place, "style": style, "explode": explode, "schema": schema})
        };
        for (parameter, sent) in [
            (list("query", "form", true), "p=a,b&p=1"),
            (list("query", "form", false), "p=a%2Cb,1"),
            (list("query", "spaceDelimited", false), "p=a%2Cb%201"),
            (list("query", "pipeDelimited", false), "p=a%2Cb|1"),
            (list("path", "simple", false), "a%2Cb,1"),
            (list("path", "label", true), ".a%2Cb.1"),
            (list("path", "label", false), ".a%2Cb,1"),
            (list("path", "matrix", true), ";p=a%2Cb;p=1"),
            (list("path", "matrix", false), ";p=a%2Cb,1"),
            (list("header", "simple", false), "1, 1"),
        ] {
            check(parameter, Some(sent), None);
        }
        check(list("query", "form", false), Some("p=1,2"), Some(("/p/1", "enum")));
        check(list("query", "form", true), Some("p=1"), Some(("/p", "minItems")));
        let object = |place: &str, style: &str, explode: bool| {
            let schema =
                json!({"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}, "y": {}}});
            json!({"in": place, "style": style, "explode": explode, "schema": schema})
        };
        for (parameter, sent) in [
            (object("query", "form", true), "x=1&y=2"),
            (object("query", "form", false), "p=x,1,y,2"),
            (object("query", "deepObject", true), "p[x]=1&p%5By%5D=2"),
            (object("path", "simple", true), "x=1,y=2"),
            (object("path", "simple", false), "x,1"),
            (object("path", "matrix", true), ";x=1;y=2"),
            (object("header", "simple", true), "x=1"),
        ] {
            check(parameter, Some(sent), None);
        }
        check(object("query", "deepObject", true), Some("p[x]=a"), Some(("/p/x", "type")));
        check(object("query", "deepObject", true), Some("p[y]=a"), Some(("/p/x", "required")));
        let json = || json!({"in": "query", "content": {"application/json": {"schema": {"type": "object"}}}});
        check(json(), Some("p=%7B%7D"), None);
        check(json(), Some("p=%5B%5D"), Some(("/p", "type")));
        check(json(), Some("p=%7B"), Some(("/p", "encoding")));
    }

    #[test]
    fn what_is_no_parameter_is_left_out_or_an_error() {
        let tree = Arc::new(Tree::new(json!({})));
        let new = |parameter: Value| Parameter::new(&tree, &parameter);
        assert!(new(json!({"in": "header", "name": "Accept"})).is_ok_and(|parameter| parameter.is_none()));
        for parameter in [json!({}), json!({"name": "a"}), json!({"name": "a", "in": "query", "style": "round"})] {
            assert!(new(parameter.clone()).is_err(), "{parameter}");
        }
    }
}
