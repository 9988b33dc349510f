//! What a generated client sends, judged by an independent reading of OpenAPI 3.0: every style of a parameter that is
//! defined, with every kind of value, and every media type of a body. The document and the values are made at random, from a
//! fixed seed; the program only calls and prints what arrived. What is right is worked out here, by the specification and
//! RFC 6570, and by nothing that the client is made of.

use std::{fmt::Write as _, fs, path::Path};

use crate::support::scratch::{Scratch, root};
use serde_json::{Map, Value, json};
use xtask::pipeline::Inputs;

/// How many values each parameter and body is sent with.
const VALUES: usize = 4;

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Text,
    Number,
    Flag,
    Texts,
    Numbers,
    Object,
}

const KINDS: [Kind; 6] = [Kind::Text, Kind::Number, Kind::Flag, Kind::Texts, Kind::Numbers, Kind::Object];

impl Kind {
    fn schema(self) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Number => json!({"type": "integer"}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Texts => json!({"type": "array", "items": {"type": "string"}}),
            Self::Numbers => json!({"type": "array", "items": {"type": "integer"}}),
            Self::Object => json!({"$ref": "#/components/schemas/Thing"}),
        }
    }

    /// The type in Rust, and how it is passed as an argument.
    fn types(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("String", "&"),
            Self::Number => ("i64", ""),
            Self::Flag => ("bool", ""),
            Self::Texts => ("Vec<String>", "&"),
            Self::Numbers => ("Vec<i64>", "&"),
            Self::Object => ("types::Thing", "&"),
        }
    }

    fn is_scalar(self) -> bool {
        matches!(self, Self::Text | Self::Number | Self::Flag)
    }
}

/// A parameter of an operation of its own.
struct Parameter {
    location: &'static str,
    style: &'static str,
    explode: bool,
    kind: Kind,
    required: bool,
}

/// Every cell of the table of styles that is defined for a kind of value.
fn parameters() -> Vec<Parameter> {
    let mut all = Vec::new();
    for (location, style) in [
        ("path", "simple"),
        ("path", "label"),
        ("path", "matrix"),
        ("query", "form"),
        ("query", "spaceDelimited"),
        ("query", "pipeDelimited"),
        ("query", "deepObject"),
        ("header", "simple"),
        ("cookie", "form"),
    ] {
        for kind in KINDS {
            for explode in [false, true] {
                let is_defined = match (location, style) {
                    (_, "spaceDelimited" | "pipeDelimited") => !kind.is_scalar() && !explode,
                    (_, "deepObject") => kind == Kind::Object && explode,
                    // Several cookies by one parameter are refused.
                    ("cookie", _) => kind.is_scalar() || !explode,
                    _ => true,
                };
                for required in [true, false] {
                    if is_defined && (required || location != "path") {
                        all.push(Parameter { location, style, explode, kind, required });
                    }
                }
            }
        }
    }
    all
}

impl Parameter {
    fn describe(&self, name: &str) -> Value {
        json!({
            "name": name, "in": self.location, "style": self.style, "explode": self.explode, "required": self.required,
            "schema": self.kind.schema(),
        })
    }

    /// What no value may have in it here: what the style keeps for itself and can't escape.
    fn forbidden(&self) -> &'static str {
        match (self.location, self.style) {
            ("header", _) => ",=\" é",
            ("cookie", _) => ",;\"\\",
            (_, "spaceDelimited") => " ",
            (_, "pipeDelimited") => "|",
            _ => "",
        }
    }

    /// The target and the headers of a request with `value`, where `path` is the one without it.
    fn judge(&self, path: &str, name: &str, value: &Value) -> (String, Option<(String, String)>) {
        let is_header = self.location == "header";
        let text = |value: &Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if is_header { text } else { escaped(&text) }
        };
        let list: Option<Vec<String>> = value.as_array().map(|list| list.iter().map(text).collect());
        let pairs: Option<Vec<(String, String)>> =
            value.as_object().map(|map| map.iter().map(|(key, value)| (key.clone(), text(value))).collect());
        let flat = |between: &str| match (&list, &pairs) {
            (Some(list), _) => list.join(between),
            (_, Some(pairs)) => {
                pairs.iter().map(|(key, value)| format!("{key}{between}{value}")).collect::<Vec<_>>().join(between)
            }
            _ => text(value),
        };
        let each = |one: &dyn Fn(&str, &str) -> String, between: &str| match (&list, &pairs) {
            (Some(list), _) => list.iter().map(|member| one(name, member)).collect::<Vec<_>>().join(between),
            (_, Some(pairs)) => pairs.iter().map(|(key, value)| one(key, value)).collect::<Vec<_>>().join(between),
            _ => one(name, &text(value)),
        };
        let equals = |key: &str, value: &str| format!("{key}={value}");
        let exploded = self.explode;
        match (self.location, self.style) {
            ("path", "simple") if exploded && pairs.is_some() => (format!("{path}/{}", each(&equals, ",")), None),
            ("path", "simple") => (format!("{path}/{}", flat(",")), None),
            ("path", "label") if exploded && pairs.is_some() => (format!("{path}/.{}", each(&equals, ".")), None),
            ("path", "label") => (format!("{path}/.{}", flat(if exploded { "." } else { "," })), None),
            ("path", "matrix") if exploded => (format!("{path}/;{}", each(&equals, ";")), None),
            ("path", _) => (format!("{path}/;{name}={}", flat(",")), None),
            ("query", "form") if exploded => (format!("{path}?{}", each(&equals, "&")), None),
            ("query", "form") => (format!("{path}?{name}={}", flat(",")), None),
            ("query", "spaceDelimited") => (format!("{path}?{name}={}", flat("%20")), None),
            ("query", "pipeDelimited") => (format!("{path}?{name}={}", flat("|")), None),
            ("query", _) => {
                let bracketed = |key: &str, value: &str| format!("{name}[{key}]={value}");
                (format!("{path}?{}", each(&bracketed, "&")), None)
            }
            ("header", _) => {
                let value = if exploded && pairs.is_some() { each(&equals, ",") } else { flat(",") };
                (path.to_owned(), Some((name.to_lowercase(), value)))
            }
            _ => (path.to_owned(), Some(("cookie".to_owned(), format!("{name}={}", flat(","))))),
        }
    }
}

/// Everything but what RFC 3986 calls unreserved, as bytes.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// Brackets, bars and dots may be escaped or not: a server reads both alike.
fn plain(target: &str) -> String {
    target.replace("%5B", "[").replace("%5D", "]").replace("%7C", "|").replace("%2E", ".")
}

struct Random(fastrand::Rng);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0.usize(..limit)
    }

    /// Text of one to eight characters, none of them in `forbidden`; never a step in a path.
    fn text(&mut self, forbidden: &str) -> String {
        const SIGNS: &str = "abcXYZ019 -._~!$&'()*+,;=:@/?#[]%\"<>\\^`{|}é";
        let signs: Vec<char> = SIGNS.chars().filter(|sign| !forbidden.contains(*sign)).collect();
        let length = 1 + self.below(8);
        let mut text: String = (0..length).map(|_| signs[self.below(signs.len())]).collect();
        // Outer blanks and bare dots have a meaning of their own in headers and paths.
        text.insert(0, 'a');
        text.push('z');
        text
    }

    fn number(&mut self) -> i64 {
        self.0.i64(-1_000_000_000..1_000_000_000)
    }

    fn value(&mut self, kind: Kind, forbidden: &str) -> Value {
        let length = 1 + self.below(3);
        match kind {
            Kind::Text => self.text(forbidden).into(),
            Kind::Number => self.number().into(),
            Kind::Flag => (self.below(2) == 0).into(),
            Kind::Texts => (0..length).map(|_| Value::from(self.text(forbidden))).collect(),
            Kind::Numbers => (0..length).map(|_| Value::from(self.number())).collect(),
            Kind::Object => json!({"color": self.text(forbidden), "size": self.number()}),
        }
    }
}

/// What a body is sent as, and what is expected of it.
const BODIES: [&str; 6] = [
    "application/json",
    "application/merge-patch+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/csv",
    "application/octet-stream",
];

/// The content of a form, whether of parts or of fields.
fn fields(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let each = |(name, value): (&String, &Value)| match value.as_array() {
        Some(list) => list.iter().map(|member| (name.clone(), text(member))).collect(),
        None => vec![(name.clone(), text(value))],
    };
    value.as_object().into_iter().flatten().flat_map(each).collect()
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                u8::from_str_radix(std::str::from_utf8(&digits).expect("digits"), 16).expect("hexadecimal")
            }
            other => other,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Whether `body` of `content_type` is `value` as `media_type`.
fn is_body(media_type: &str, content_type: &str, body: &str, value: &Value) -> bool {
    match media_type {
        "application/x-www-form-urlencoded" => {
            let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
            let pairs: Vec<_> = pairs.map(|(name, value)| (unescaped(name), unescaped(value))).collect();
            content_type == media_type && pairs == fields(value)
        }
        "multipart/form-data" => {
            let Some(boundary) = content_type.strip_prefix("multipart/form-data; boundary=") else { return false };
            let body = format!("\r\n{body}");
            let parts: Vec<&str> =
                body.split(&format!("\r\n--{boundary}")).filter(|part| part.contains("\r\n\r\n")).collect();
            let read = |part: &&str| {
                let (head, content) = part.split_once("\r\n\r\n")?;
                let name = head.split_once("; name=\"")?.1.split_once('"')?.0;
                Some((name.to_owned(), content.to_owned()))
            };
            parts.iter().map(read).collect::<Option<Vec<_>>>() == Some(fields(value))
        }
        "text/csv" => content_type.starts_with("text/csv") && value == body,
        "application/octet-stream" => content_type == media_type && value == body,
        _ => content_type == media_type && serde_json::from_str::<Value>(body).ok().as_ref() == Some(value),
    }
}

/// A call, and whether what arrived is right.
type Judge = Box<dyn Fn(&Value) -> bool>;

#[test]
fn what_is_sent_is_what_the_specification_says() {
    // A failure names the value, which the seed makes again.
    let mut random = Random(fastrand::Rng::with_seed(11));
    let mut paths = Map::new();
    let mut calls = String::new();
    let mut judges: Vec<(String, Judge)> = Vec::new();
    let mut call = |expression: String, about: String, judge: Judge| {
        let _ = writeln!(calls, "    shown(sent(async |api| {expression}.await));");
        judges.push((about, judge));
    };
    for (index, parameter) in parameters().into_iter().enumerate() {
        let name = ["p", "filter-by", "X-List", "q2"][random.below(4)];
        let ident = name.to_lowercase().replace('-', "_");
        let id = format!("op{index}");
        let path = if parameter.location == "path" { format!("/{id}/{{{name}}}") } else { format!("/{id}") };
        let operation = json!({"operationId": id, "parameters": [parameter.describe(name)], "responses": {"204": {"description": ""}}});
        paths.insert(path, json!({"get": operation}));
        let about =
            format!("{} {} explode={} {:?}", parameter.location, parameter.style, parameter.explode, parameter.kind);
        let parameter = std::rc::Rc::new(parameter);
        for _ in 0..VALUES {
            let value = random.value(parameter.kind, parameter.forbidden());
            let (ty, pass) = parameter.kind.types();
            let given = format!("of::<{ty}>(json!({value}))");
            let expression = match parameter.required {
                true => format!("api.{id}({pass}{given})"),
                false => format!("api.{id}_with(&types::Op{index}Params::new().{ident}({given}))"),
            };
            let (target, header) = parameter.judge(&format!("/{id}"), name, &value);
            let about = format!("{about}: {value}: expected {target} {header:?}");
            let judge = move |arrived: &Value| {
                let has = |(name, value): &(String, String)| arrived["headers"][name.as_str()] == value.as_str();
                arrived["target"].as_str().map(plain) == Some(plain(&target)) && header.as_ref().is_none_or(has)
            };
            call(expression, about, Box::new(judge));
        }
    }
    for (index, media_type) in BODIES.into_iter().enumerate() {
        for required in [true, false] {
            let id = format!("{}{index}", if required { "body" } else { "maybe" });
            let schema = match media_type {
                "text/csv" => json!({"type": "string"}),
                "application/octet-stream" => json!({"type": "string", "format": "binary"}),
                "multipart/form-data" => {
                    json!({"type": "object", "required": ["color", "tags"], "properties": {
                        "color": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}}})
                }
                _ => json!({"$ref": "#/components/schemas/Body"}),
            };
            let operation = json!({"operationId": id, "responses": {"204": {"description": ""}},
                "requestBody": {"required": required, "content": {media_type: {"schema": schema}}}});
            paths.insert(format!("/{id}"), json!({"post": operation}));
            for _ in 0..VALUES {
                let value = match media_type {
                    "text/csv" | "application/octet-stream" => Value::from(random.text("")),
                    _ => json!({"color": random.text(""), "tags": random.value(Kind::Texts, "")}),
                };
                let given = match media_type {
                    "text/csv" | "application/octet-stream" => format!("of::<String>(json!({value}))"),
                    "multipart/form-data" => {
                        let form = format!("types::{}Form", id[..1].to_uppercase() + &id[1..]);
                        format!(
                            "{form}::new(of::<String>(json!({})), of::<Vec<String>>(json!({})))",
                            value["color"], value["tags"]
                        )
                    }
                    _ => format!("of::<types::Body>(json!({value}))"),
                };
                let is_borrowed = media_type != "application/octet-stream";
                let given = if is_borrowed { format!("&{given}") } else { given };
                let given = match (required, media_type) {
                    (true, _) => given,
                    (false, "application/octet-stream") => format!("Some({given}.into())"),
                    (false, _) => format!("Some({given})"),
                };
                let suffix = if media_type == "multipart/form-data" { "_multipart" } else { "" };
                let about = format!("{media_type}: {value}");
                let judge = move |arrived: &Value| {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    is_body(media_type, &text(&arrived["headers"]["content-type"]), &text(&arrived["body"]), &value)
                };
                call(format!("api.{id}{suffix}({given})"), about, Box::new(judge));
            }
            if !required {
                let suffix = if media_type == "multipart/form-data" { "_multipart" } else { "" };
                let judge = |arrived: &Value| {
                    arrived["headers"].get("content-type").is_none() && arrived["headers"]["content-length"] == "0"
                };
                call(format!("api.{id}{suffix}(None)"), format!("{media_type} left out"), Box::new(judge));
            }
        }
    }
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Judged", "version": "1"}, "paths": paths,
        "components": {"schemas": {
            "Thing": {"type": "object", "required": ["color", "size"],
                "properties": {"color": {"type": "string"}, "size": {"type": "integer"}}},
            "Body": {"type": "object", "required": ["color", "tags"],
                "properties": {"color": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}}},
        }},
    });
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("judge");
    fs::create_dir_all(&folder).expect("a folder");
    let input = folder.join("input.json");
    fs::write(&input, document.to_string()).expect("written");
    let mut scratch = Scratch::new(&folder);
    scratch.add("judged", &Inputs { document: input, overlay: None });
    let wire = fs::read_to_string(root().join("xtask/tests/cases/wire.rs")).expect("a file");
    let main = format!(
        "mod wire;\n\nmod calls {{\n    crate::wire::calls! {{ judged }}\n\n    \
             fn shown(request: Request) {{\n        \
                 let pairs = request.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));\n        \
                 let headers: Value = pairs.collect();\n        \
                 println!(\"{{}}\", json!({{\"target\": request.target, \"headers\": headers, \"body\": request.text()}}));\n    }}\n\n    \
             pub(super) fn run() {{\n{calls}    }}\n}}\n\nfn main() {{\n    calls::run();\n}}\n"
    );
    let out = scratch.run(&[("main.rs", main), ("wire.rs", wire)]);
    let arrived: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(arrived.len(), judges.len(), "a call was not made");
    let wrong: Vec<String> = (judges.iter().zip(&arrived))
        .filter(|((_, judge), arrived)| !judge(arrived))
        .map(|((about, _), arrived)| format!("{about}\n  arrived: {arrived}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), judges.len(), wrong.join("\n"));
}
