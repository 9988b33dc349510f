//! Whether each object of a document has the keywords that OpenAPI 3.0 gives it and no others, and whether references lead to
//! what belongs in their place. What is misspelt, or from another version, would be lost in silence.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::nearest;
use crate::{
    defect::Defect,
    openapi::{Object, at, local, reference, resolve, tokens},
};

/// What an object describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Schema,
}

/// What stands under a keyword.
#[derive(Debug, Clone, Copy)]
enum Holds {
    /// What is checked elsewhere, or not at all.
    Any,
    One(Kind),
    List(Kind),
    ByName(Kind),
}

use Holds::{Any, ByName, List, One};

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Document => "a document",
            Self::Components => "the components",
            Self::PathItem => "a path item",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::Header => "a header",
            Self::RequestBody => "a request body",
            Self::Response => "a response",
            Self::MediaType => "a media type",
            Self::Encoding => "an encoding",
            Self::Schema => "a schema",
        }
    }

    /// The keywords of OpenAPI 3.0, and those of later versions that say nothing of types.
    fn keywords(self) -> &'static [(&'static str, Holds)] {
        match self {
            Self::Document => &[
                ("openapi", Any),
                ("info", Any),
                ("servers", Any),
                ("paths", ByName(Self::PathItem)),
                ("components", One(Self::Components)),
                ("security", Any),
                ("tags", Any),
                ("externalDocs", Any),
            ],
            Self::Components => &[
                ("schemas", ByName(Self::Schema)),
                ("responses", ByName(Self::Response)),
                ("parameters", ByName(Self::Parameter)),
                ("examples", Any),
                ("requestBodies", ByName(Self::RequestBody)),
                ("headers", ByName(Self::Header)),
                ("securitySchemes", Any),
                ("links", Any),
                ("callbacks", Any),
                ("pathItems", ByName(Self::PathItem)),
            ],
            Self::PathItem => &[
                ("summary", Any),
                ("description", Any),
                ("servers", Any),
                ("parameters", List(Self::Parameter)),
                ("get", One(Self::Operation)),
                ("put", One(Self::Operation)),
                ("post", One(Self::Operation)),
                ("delete", One(Self::Operation)),
                ("options", One(Self::Operation)),
                ("head", One(Self::Operation)),
                ("patch", One(Self::Operation)),
                ("trace", One(Self::Operation)),
            ],
            Self::Operation => &[
                ("tags", Any),
                ("summary", Any),
                ("description", Any),
                ("externalDocs", Any),
                ("operationId", Any),
                ("parameters", List(Self::Parameter)),
                ("requestBody", One(Self::RequestBody)),
                ("responses", ByName(Self::Response)),
                ("callbacks", Any),
                ("deprecated", Any),
                ("security", Any),
                ("servers", Any),
            ],
            Self::Parameter | Self::Header => &[
                ("name", Any),
                ("in", Any),
                ("description", Any),
                ("required", Any),
                ("deprecated", Any),
                ("allowEmptyValue", Any),
                ("style", Any),
                ("explode", Any),
                ("allowReserved", Any),
                ("schema", One(Self::Schema)),
                ("example", Any),
                ("examples", Any),
                ("content", ByName(Self::MediaType)),
            ],
            Self::RequestBody => &[("description", Any), ("content", ByName(Self::MediaType)), ("required", Any)],
            Self::Response => &[
                ("description", Any),
                ("headers", ByName(Self::Header)),
                ("content", ByName(Self::MediaType)),
                ("links", Any),
            ],
            Self::MediaType => &[
                ("schema", One(Self::Schema)),
                ("example", Any),
                ("examples", Any),
                ("encoding", ByName(Self::Encoding)),
            ],
            Self::Encoding => &[
                ("contentType", Any),
                ("headers", ByName(Self::Header)),
                ("style", Any),
                ("explode", Any),
                ("allowReserved", Any),
            ],
            Self::Schema => &[
                ("type", Any),
                ("description", Any),
                ("example", Any),
                ("format", Any),
                ("enum", Any),
                ("properties", ByName(Self::Schema)),
                ("required", Any),
                ("items", One(Self::Schema)),
                ("additionalProperties", One(Self::Schema)),
                ("allOf", List(Self::Schema)),
                ("oneOf", List(Self::Schema)),
                ("anyOf", List(Self::Schema)),
                ("not", One(Self::Schema)),
                ("nullable", Any),
                ("default", Any),
                ("title", Any),
                ("multipleOf", Any),
                ("maximum", Any),
                ("exclusiveMaximum", Any),
                ("minimum", Any),
                ("exclusiveMinimum", Any),
                ("maxLength", Any),
                ("minLength", Any),
                ("pattern", Any),
                ("maxItems", Any),
                ("minItems", Any),
                ("uniqueItems", Any),
                ("maxProperties", Any),
                ("minProperties", Any),
                ("discriminator", Any),
                ("readOnly", Any),
                ("writeOnly", Any),
                ("xml", Any),
                ("externalDocs", Any),
                ("deprecated", Any),
                // Of JSON Schema and OpenAPI 3.1: remarks, which no value depends on.
                ("examples", Any),
                ("$comment", Any),
                ("$schema", Any),
                ("$id", Any),
                ("contentEncoding", Any),
                ("contentMediaType", Any),
            ],
        }
    }

    fn keyword(self, key: &str) -> Option<Holds> {
        self.keywords().iter().find(|(known, _)| *known == key).map(|(_, holds)| *holds)
    }
}

/// Every object that is not as OpenAPI 3.0 has it.
pub(crate) fn structure(document: &Value, defects: &mut Vec<Defect>) {
    let mut walk = Walk { document, defects, elsewhere: Vec::new() };
    walk.object(Kind::Document, document, &mut String::new());
    let mut seen: HashSet<String> = HashSet::new();
    while let Some((kind, mut pointer)) = walk.elsewhere.pop() {
        let value = document.pointer(&pointer).filter(|_| seen.insert(pointer.clone()));
        value.into_iter().for_each(|value| walk.object(kind, value, &mut pointer));
    }
}

const CORRECT: &str = "correct the document there, or with an overlay action";

struct Walk<'w> {
    document: &'w Value,
    defects: &'w mut Vec<Defect>,
    /// What references lead to outside of the parts of OpenAPI, and what it has to be.
    elsewhere: Vec<(Kind, String)>,
}

impl Walk<'_> {
    fn defect(&mut self, place: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        self.defects.push(Defect::new(place, problem, remedy));
    }

    fn object(&mut self, kind: Kind, value: &Value, pointer: &mut String) {
        let Some(object) = value.as_object() else { return };
        if let Some(target) = reference(value)
            && !matches!(kind, Kind::Document | Kind::Components | Kind::Operation | Kind::MediaType | Kind::Encoding)
        {
            self.reference(kind, target, pointer);
            // A path item alone may say more than its reference. In the others it is ignored, as the specification says.
            if kind != Kind::PathItem {
                return;
            }
        }
        for (key, member) in object {
            if key == "$ref" || key.starts_with("x-") || member.is_null() {
                continue;
            }
            at(pointer, key, |p| match kind.keyword(key) {
                Some(holds) => self.held(kind, holds, member, p),
                None => {
                    let like = nearest(key, kind.keywords().iter().map(|(known, _)| *known));
                    let like = like.map(|like| format!("; the nearest is `{like}`")).unwrap_or_default();
                    let problem = format!("`{key}` is not a keyword of {} in OpenAPI 3.0{like}", kind.noun());
                    let remedy = format!("{CORRECT}; a keyword of your own begins with `x-`");
                    self.defect(p, problem, remedy);
                }
            });
        }
        match kind {
            Kind::Document => self.paths(value),
            Kind::PathItem => self.headers(object, pointer),
            Kind::Operation => {
                self.headers(object, pointer);
                self.statuses(object, pointer);
            }
            Kind::Parameter => self.parameter(object, pointer),
            _ => {}
        }
    }

    fn held(&mut self, holder: Kind, holds: Holds, value: &Value, pointer: &mut String) {
        // What a schema holds, and what an operation can't do without, is checked with its other keywords.
        let is_checked_elsewhere = holder == Kind::Schema || pointer == "/paths";
        match (holds, value) {
            (Any, _) => {}
            (One(kind), Value::Object(_)) => self.object(kind, value, pointer),
            (List(kind), Value::Array(list)) => {
                for (index, member) in list.iter().enumerate() {
                    at(pointer, &index.to_string(), |p| match member {
                        Value::Null if holder != Kind::Schema => {
                            self.defect(p, format!("not {}", kind.noun()), CORRECT)
                        }
                        _ => self.member(holder, kind, member, p),
                    });
                }
            }
            (ByName(kind), Value::Object(named)) => {
                if holder != Kind::Components && kind != Kind::PathItem && reference(value).is_some() {
                    let problem = "a mapping of names that is a reference is not OpenAPI 3.0";
                    at(pointer, "$ref", |p| self.defect(p, problem, "write it out in place"));
                }
                // A reference in place of all names, and an extension among paths, are no members.
                let is_member = |name: &str, value: &Value| {
                    !(name == "$ref" && value.is_string() || kind == Kind::PathItem && name.starts_with("x-"))
                };
                for (name, member) in named.iter().filter(|(name, member)| is_member(name, member)) {
                    at(pointer, name, |p| self.member(holder, kind, member, p));
                }
            }
            _ if is_checked_elsewhere => {}
            (One(Kind::Operation), _) | (ByName(Kind::Response), _) if holder != Kind::Components => {}
            (One(kind), _) => self.defect(pointer, format!("not {}", kind.noun()), CORRECT),
            (List(_), _) => self.defect(pointer, "not a list", CORRECT),
            (ByName(_), _) => self.defect(pointer, "not a mapping", CORRECT),
        }
    }

    fn member(&mut self, holder: Kind, kind: Kind, value: &Value, pointer: &mut String) {
        // Of these the outline of the document tells.
        let is_checked_elsewhere = matches!(kind, Kind::PathItem | Kind::Schema) || holder == Kind::Schema;
        match value {
            Value::Object(_) => self.object(kind, value, pointer),
            Value::Null => {}
            _ if is_checked_elsewhere => {}
            _ => self.defect(pointer, format!("not {}", kind.noun()), CORRECT),
        }
    }

    /// A reference to something else than what belongs here. Where it leads nowhere, that is said elsewhere.
    fn reference(&mut self, kind: Kind, target: &str, pointer: &mut String) {
        let Some(to) = local(target).filter(|to| self.document.pointer(to).is_some()) else { return };
        let pointer_to = to.into_owned();
        let to = tokens(&pointer_to);
        // A whole section of the document is a defect of its own.
        if to.len() < 3 && to.first().is_none_or(|first| first == "paths" || first == "components") {
            return;
        }
        let found = match kind_at(&to) {
            Found::One(found) if found == kind => return,
            Found::Open => return self.elsewhere.push((kind, pointer_to)),
            Found::One(found) => found.noun(),
            Found::Other => "something else",
        };
        let problem = format!("`{target}` is {found}, where {} belongs", kind.noun());
        let remedy = format!("refer to {}, or write it out in place", kind.noun());
        at(pointer, "$ref", |p| self.defect(p, problem, remedy));
    }

    /// Paths that can't be sent, or that can't be told apart.
    fn paths(&mut self, document: &Value) {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let mut known: HashMap<String, &str> = HashMap::new();
        for (path, _) in paths.filter(|(path, item)| !path.starts_with("x-") && item.is_object()) {
            let mut place = "/paths".to_owned();
            at(&mut place, path, |p| {
                if !path.starts_with('/') {
                    return self.defect(p, "a path begins with `/`", CORRECT);
                }
                if let Some(first) = known.insert(without_names(path), path) {
                    let problem = format!("matches the same requests as `{first}`");
                    self.defect(p, problem, "have one path with the operations of both, by an overlay action");
                }
            });
        }
    }

    fn parameter(&mut self, parameter: &Object, pointer: &str) {
        let text = |key: &str| parameter.get(key).and_then(Value::as_str);
        if text("name").is_none_or(str::is_empty) {
            self.defect(pointer, "a parameter without `name`, a string", CORRECT);
        }
        if text("in").is_none_or(|place| !["path", "query", "header", "cookie"].contains(&place)) {
            let problem = "a parameter whose `in` is not one of `path`, `query`, `header` and `cookie`";
            self.defect(pointer, problem, CORRECT);
        }
    }

    /// Header parameters that are one header to HTTP, and those that belong to the connection.
    fn headers(&mut self, holder: &Object, pointer: &str) {
        let list = holder.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut known: HashMap<String, &str> = HashMap::new();
        for (index, parameter) in list.iter().enumerate() {
            let resolved = resolve(self.document, parameter).unwrap_or(parameter);
            let text = |key: &str| resolved.get(key).and_then(Value::as_str);
            let (Some("header"), Some(name)) = (text("in"), text("name")) else { continue };
            let lower = name.to_ascii_lowercase();
            let problem = match known.insert(lower.clone(), name) {
                // The same name twice is said elsewhere.
                Some(first) if first != name => format!("`{name}` and `{first}` are the same header"),
                _ if OF_CONNECTION.contains(&lower.as_str()) => format!("`{name}` is a header of the connection"),
                _ => continue,
            };
            let place = format!("{pointer}/parameters/{index}");
            self.defect(&place, problem, "remove the parameter with an overlay action");
        }
    }

    fn statuses(&mut self, operation: &Object, pointer: &mut String) {
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        for (status, _) in responses.filter(|(status, _)| !status.starts_with("x-") && *status != "$ref") {
            if status != "default" && !is_status(status) {
                at(pointer, "responses", |p| {
                    at(p, status, |p| {
                        let remedy = "write a status such as `200`, a range such as `4XX`, or `default`";
                        self.defect(p, format!("`{status}` is not a status"), remedy);
                    });
                });
            }
        }
    }
}

/// The headers that no caller sets.
const OF_CONNECTION: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn is_status(status: &str) -> bool {
    matches!(status.as_bytes(), [b'1'..=b'5', rest @ ..]
        if rest == b"XX" || (rest.len() == 2 && rest.iter().all(u8::is_ascii_digit)))
}

/// A path template without the names of its parameters.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| shape + "{" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// What is at a place.
enum Found {
    One(Kind),
    /// Nothing that can be referred to.
    Other,
    /// Below an extension, or in another place where anything can be.
    Open,
}

fn kind_at(tokens: &[String]) -> Found {
    let mut here = One(Kind::Document);
    for token in tokens {
        here = match here {
            List(kind) | ByName(kind) => One(kind),
            One(kind) => match kind.keyword(token) {
                Some(Any) if token == "callbacks" => return Found::Open,
                Some(holds) => holds,
                None => return Found::Open,
            },
            Any => return Found::Other,
        };
    }
    match here {
        One(kind) => Found::One(kind),
        Any | List(_) | ByName(_) => Found::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::openapi::METHODS;

    fn found(paths: Value, components: Value) -> Vec<String> {
        let document = json!({"openapi": "3.0.3", "info": {}, "paths": paths, "components": components});
        let mut defects = Vec::new();
        structure(&document, &mut defects);
        defects.into_iter().map(|defect| format!("{}: {}", defect.place, defect.problem)).collect()
    }

    #[test]
    fn every_method_is_a_keyword_of_a_path_item() {
        assert!(METHODS.iter().all(|method| matches!(Kind::PathItem.keyword(method), Some(One(Kind::Operation)))));
    }

    #[test]
    fn names_what_is_misspelt_at_every_kind_of_place() {
        let operation = json!({
            "requestbody": {}, "parameters": [{"name": "a", "in": "query", "shcema": {}}],
            "requestBody": {"contents": {}}, "x-own": 1, "summary": null,
            "responses": {"200": {"contnt": {}, "content": {"a/b": {"shema": {}, "schema": {
                "propertes": {}, "properties": {"const": {"const": 1, "x-own": 1}}}}}}},
        });
        assert_eq!(
            found(json!({"/a": {"GET": {}, "get": operation}, "x-own": {"gett": 1}}), json!({"schema": {}})),
            [
                "/paths/~1a/GET: `GET` is not a keyword of a path item in OpenAPI 3.0; the nearest is `get`",
                "/paths/~1a/get/requestbody: `requestbody` is not a keyword of an operation in OpenAPI 3.0; the nearest is \
                 `requestBody`",
                "/paths/~1a/get/parameters/0/shcema: `shcema` is not a keyword of a parameter in OpenAPI 3.0; the nearest is \
                 `schema`",
                "/paths/~1a/get/requestBody/contents: `contents` is not a keyword of a request body in OpenAPI 3.0; the \
                 nearest is `content`",
                "/paths/~1a/get/responses/200/contnt: `contnt` is not a keyword of a response in OpenAPI 3.0; the nearest is \
                 `content`",
                "/paths/~1a/get/responses/200/content/a~1b/shema: `shema` is not a keyword of a media type in OpenAPI 3.0; \
                 the nearest is `schema`",
                "/paths/~1a/get/responses/200/content/a~1b/schema/propertes: `propertes` is not a keyword of a schema in \
                 OpenAPI 3.0; the nearest is `properties`",
                "/paths/~1a/get/responses/200/content/a~1b/schema/properties/const/const: `const` is not a keyword of a \
                 schema in OpenAPI 3.0",
                "/components/schema: `schema` is not a keyword of the components in OpenAPI 3.0; the nearest is `schemas`",
            ]
        );
    }

    #[test]
    fn names_what_has_another_shape() {
        let operation = json!({"parameters": {"id": {}}, "requestBody": [], "responses": {"200": "ok"}});
        assert_eq!(
            found(
                json!({"/a": {"get": operation, "parameters": ["a", null]}}),
                json!({"schemas": [], "headers": {"H": 5}})
            ),
            [
                "/paths/~1a/get/parameters: not a list",
                "/paths/~1a/get/requestBody: not a request body",
                "/paths/~1a/get/responses/200: not a response",
                "/paths/~1a/parameters/0: not a parameter",
                "/paths/~1a/parameters/1: not a parameter",
                "/components/schemas: not a mapping",
                "/components/headers/H: not a header",
            ]
        );
    }

    #[test]
    fn names_parameters_statuses_and_paths_that_can_not_be() {
        let parameters = json!([
            {"in": "query"}, {"name": "b"}, {"name": "c", "in": "Query"}, {"name": "X-A", "in": "header"},
            {"name": "x-a", "in": "header"}, {"name": "Host", "in": "header"}, {"name": "X-A", "in": "query"},
        ]);
        let responses = json!({"200": {}, "4XX": {}, "default": {}, "2OO": {}, "99": {}, "600": {}, "4xx": {}});
        let item = json!({"get": {"parameters": parameters, "responses": responses}});
        assert_eq!(
            found(json!({"/a/{b}/c": item, "/a/{d}/c": {}, "a": {}, "/a/{b}": {}, "/a/b": {}}), json!({})),
            [
                "/paths/~1a~1{b}~1c/get/parameters/0: a parameter without `name`, a string",
                "/paths/~1a~1{b}~1c/get/parameters/1: a parameter whose `in` is not one of `path`, `query`, `header` and \
                 `cookie`",
                "/paths/~1a~1{b}~1c/get/parameters/2: a parameter whose `in` is not one of `path`, `query`, `header` and \
                 `cookie`",
                "/paths/~1a~1{b}~1c/get/parameters/4: `x-a` and `X-A` are the same header",
                "/paths/~1a~1{b}~1c/get/parameters/5: `Host` is a header of the connection",
                "/paths/~1a~1{b}~1c/get/responses/2OO: `2OO` is not a status",
                "/paths/~1a~1{b}~1c/get/responses/99: `99` is not a status",
                "/paths/~1a~1{b}~1c/get/responses/600: `600` is not a status",
                "/paths/~1a~1{b}~1c/get/responses/4xx: `4xx` is not a status",
                "/paths/~1a~1{d}~1c: matches the same requests as `/a/{b}/c`",
                "/paths/a: a path begins with `/`",
            ]
        );
    }

    #[test]
    fn names_references_to_something_else_than_what_belongs_there() {
        let refer = |to: &str| json!({"$ref": to});
        let schemas = json!({
            "A": refer("#/components/responses/R"), "B": refer("#/info"), "C": refer("#/components/schemas/A/properties/x"),
            "D": refer("#/components/x-own/D"), "G": {"properties": refer("#/components/schemas/A")}, "E": refer("#/paths/~1a/get/parameters/0/schema"), "F": refer("#/nothing"),
        });
        let operation = json!({
            "parameters": [{"name": "a", "in": "query", "schema": {}}, refer("#/components/schemas/A")],
            "requestBody": refer("#/components/responses/R"), "responses": {"200": refer("#/components/responses/R")},
        });
        assert_eq!(
            found(
                json!({"/a": {"get": operation}}),
                json!({"schemas": schemas, "responses": {"R": {}}, "x-own": {"D": {"tipe": "string"}}}),
            ),
            [
                "/paths/~1a/get/parameters/1/$ref: `#/components/schemas/A` is a schema, where a parameter belongs",
                "/paths/~1a/get/requestBody/$ref: `#/components/responses/R` is a response, where a request body belongs",
                "/components/schemas/A/$ref: `#/components/responses/R` is a response, where a schema belongs",
                "/components/schemas/B/$ref: `#/info` is something else, where a schema belongs",
                "/components/schemas/G/properties/$ref: a mapping of names that is a reference is not OpenAPI 3.0",
                "/components/x-own/D/tipe: `tipe` is not a keyword of a schema in OpenAPI 3.0; the nearest is `type`",
            ]
        );
    }
}
