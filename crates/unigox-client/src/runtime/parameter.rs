//! How a value is written into a parameter: OpenAPI 3.0's table of styles, with the escapes of RFC 6570.
//!
//! Where the table has no cell for a value (a list in a list, a scalar in a delimited style), the value is refused.

use super::node::Node;

/// How the document wants a parameter, or a field of a form, to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    kind: Kind,
    is_exploded: bool,
    keeps_reserved: bool,
    allows_empty: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Json,
}

#[allow(dead_code, reason = "which of these are used depends on the document that the methods are generated from")]
impl Style {
    pub(crate) const SIMPLE: Self = Self::new(Kind::Simple, false);
    pub(crate) const LABEL: Self = Self::new(Kind::Label, false);
    pub(crate) const MATRIX: Self = Self::new(Kind::Matrix, false);
    pub(crate) const FORM: Self = Self::new(Kind::Form, true);
    pub(crate) const SPACE_DELIMITED: Self = Self::new(Kind::SpaceDelimited, false);
    pub(crate) const PIPE_DELIMITED: Self = Self::new(Kind::PipeDelimited, false);
    /// There is one form of this, whatever `explode` says.
    pub(crate) const DEEP_OBJECT: Self = Self::new(Kind::DeepObject, true);
    /// A parameter with `content: application/json`.
    pub(crate) const JSON: Self = Self::new(Kind::Json, false);

    const fn new(kind: Kind, is_exploded: bool) -> Self {
        Self { kind, is_exploded, keeps_reserved: false, allows_empty: false }
    }

    pub(crate) const fn exploded(mut self, is_exploded: bool) -> Self {
        self.is_exploded = is_exploded;
        self
    }

    /// `allowReserved`: reserved characters stay as they are, except those that would end the value.
    pub(crate) const fn allow_reserved(mut self) -> Self {
        self.keeps_reserved = true;
        self
    }

    /// `allowEmptyValue`: an exploded object without members is sent as its name alone, and not left out.
    pub(crate) const fn allow_empty(mut self) -> Self {
        self.allows_empty = true;
        self
    }

    /// The value of a path parameter, ready to be put into the path; nothing for null.
    pub(super) fn path(self, name: &str, value: Node) -> Result<Option<String>, Problem> {
        let row = match self.kind {
            Kind::Simple => Row::SIMPLE,
            Kind::Label => Row::LABEL,
            Kind::Matrix => Row::MATRIX,
            Kind::Json => return Ok(json(value)?.map(|text| escape(&text, &[]))),
            _ => return Err(NO_CELL),
        };
        let Some(shape) = Shape::of(value)? else { return Ok(None) };
        let expanded = self.expand(row, name, &shape);
        // Servers and proxies drop line breaks and tabs, which would turn one id into another. They are escaped by now.
        if expanded.contains('%') && shape.has_word(|word| word.contains(char::is_control)) {
            return Err("has a control character in it");
        }
        match expanded.as_str() {
            "" => Err("is empty, which would call another path"),
            // A URL can only express these as steps in the path.
            "." | ".." => Err("is a step in the path, which would call another path"),
            _ => Ok(Some(expanded)),
        }
    }

    /// Adds a query parameter to `query`; nothing for null.
    pub(super) fn query(self, name: &str, value: Node, query: &mut String) -> Result<(), Problem> {
        let row = match self.kind {
            Kind::Form => Row::FORM,
            Kind::SpaceDelimited => Row { delimiter: " ", ..Row::FORM },
            Kind::PipeDelimited => Row { delimiter: "|", ..Row::FORM },
            Kind::DeepObject => Row::FORM,
            Kind::Json => {
                if let Some(text) = json(value)? {
                    append(query, "&", &format!("{}={}", escape(name, &[]), self.escaped(&text, &[])));
                }
                return Ok(());
            }
            Kind::Simple | Kind::Label | Kind::Matrix => return Err(NO_CELL),
        };
        let Some(shape) = Shape::of(value)? else { return Ok(()) };
        let expanded = match (self.kind, &shape) {
            (Kind::Form, Shape::Map(members)) if members.is_empty() && self.is_exploded && !self.allows_empty => {
                return Ok(());
            }
            (Kind::Form, _) => self.expand(row, name, &shape),
            (_, shape) if shape.is_empty() => return Err(EMPTY),
            (Kind::DeepObject, Shape::Map(members)) => {
                let name = escape(name, &[]);
                let pairs = members
                    .iter()
                    .map(|(key, value)| format!("{name}[{}]={}", escape(key, &[]), self.escaped(value, &[])));
                pairs.collect::<Vec<_>>().join("&")
            }
            (Kind::DeepObject, _) | (_, Shape::Text(_)) => return Err(NO_CELL),
            _ if self.is_exploded => return Err("has a style that has no exploded form"),
            // The escape of a space is the delimiter itself.
            (Kind::SpaceDelimited, shape) if shape.has_word(|word| word.contains(' ')) => {
                return Err("has a space in a member, which is what separates the members");
            }
            _ => self.expand(row, name, &shape),
        };
        append(query, "&", &expanded);
        Ok(())
    }

    /// The value of a header, which has no escapes; nothing for null.
    pub(super) fn header(self, value: Node) -> Result<Option<String>, Problem> {
        let text = match self.kind {
            Kind::Json => json(value)?,
            Kind::Simple => match Shape::of(value)? {
                None => None,
                Some(Shape::Text(text)) => Some(text),
                Some(shape) if shape.is_empty() => {
                    return Err(EMPTY);
                }
                Some(shape) if shape.has_word(|word| word.contains(',')) => {
                    return Err("has a comma in a member, which is what separates the members");
                }
                Some(Shape::List(members)) => Some(members.join(",")),
                Some(Shape::Map(members)) if members.iter().any(|(key, _)| self.is_exploded && key.contains('=')) => {
                    return Err("has an equals sign in a name, which is what ends the name");
                }
                Some(Shape::Map(members)) => {
                    let sign = if self.is_exploded { "=" } else { "," };
                    let pairs = members.iter().map(|(key, value)| format!("{key}{sign}{value}"));
                    Some(pairs.collect::<Vec<_>>().join(","))
                }
            },
            _ => return Err(NO_CELL),
        };
        if text.as_ref().is_some_and(|text| text.trim_matches([' ', '\t']).len() < text.len()) {
            return Err("begins or ends with a space, which a header loses");
        }
        Ok(text)
    }

    /// Adds a cookie to `cookies`; nothing for null.
    pub(super) fn cookie(self, name: &str, value: Node, cookies: &mut String) -> Result<(), Problem> {
        let expanded = match self.kind {
            Kind::Json => json(value)?.map(|text| format!("{name}={}", escape(&text, &[]))),
            Kind::Form => match Shape::of(value)? {
                None => None,
                // Several cookies, of which none has the name of the parameter or all have the same.
                Some(Shape::List(_) | Shape::Map(_)) if self.is_exploded => return Err(NO_CELL),
                Some(shape) => Some(Self { keeps_reserved: false, ..self }.expand(Row::FORM, name, &shape)),
            },
            _ => return Err(NO_CELL),
        };
        if let Some(expanded) = expanded {
            append(cookies, "; ", &expanded);
        }
        Ok(())
    }

    /// What RFC 6570 calls an expansion.
    fn expand(self, row: Row, name: &str, shape: &Shape) -> String {
        let name = if row.is_named { escape(name, &[]) } else { String::new() };
        let pair = |value: String| {
            let sign = if value.is_empty() { row.empty_sign } else { "=" };
            if row.is_named { format!("{name}{sign}{value}") } else { value }
        };
        let inside = row.separator.as_bytes();
        let expanded = match shape {
            Shape::Text(text) => pair(self.escaped(text, &[])),
            shape if shape.is_empty() => pair(String::new()),
            Shape::List(members) if self.is_exploded => {
                let members = members.iter().map(|member| pair(self.escaped(member, inside)));
                members.collect::<Vec<_>>().join(row.separator)
            }
            Shape::Map(members) if self.is_exploded => {
                let members = members.iter().map(|(key, value)| {
                    let sign = if value.is_empty() && row.is_named { row.empty_sign } else { "=" };
                    format!("{}{sign}{}", escape(key, inside), self.escaped(value, inside))
                });
                members.collect::<Vec<_>>().join(row.separator)
            }
            shape => {
                let words = shape.words().map(|word| self.escaped(word, row.delimiter.as_bytes()));
                pair(words.collect::<Vec<_>>().join(if row.delimiter == " " { "%20" } else { row.delimiter }))
            }
        };
        if row.first.is_empty() { expanded } else { format!("{}{expanded}", row.first) }
    }

    fn escaped(self, text: &str, also: &[u8]) -> String {
        if self.keeps_reserved { escape_but_reserved(text, also) } else { escape(text, also) }
    }
}

/// Why a value can't be written, as a phrase that follows the name of its parameter.
pub(super) type Problem = &'static str;

const NO_CELL: Problem = "has a value that its style has no form for";
const EMPTY: Problem = "is empty, which its style has no form for: leave it out";

/// A row of the table of styles.
#[derive(Clone, Copy)]
struct Row {
    /// What stands before the value.
    first: &'static str,
    /// What stands between members if they are exploded.
    separator: &'static str,
    /// What stands between members if they are not.
    delimiter: &'static str,
    /// Whether the name of the parameter stands before a value.
    is_named: bool,
    /// What stands between a name and an empty value.
    empty_sign: &'static str,
}

impl Row {
    const SIMPLE: Self = Self { first: "", separator: ",", delimiter: ",", is_named: false, empty_sign: "" };
    const LABEL: Self = Self { first: ".", separator: ".", ..Self::SIMPLE };
    const MATRIX: Self = Self { first: ";", separator: ";", is_named: true, ..Self::SIMPLE };
    const FORM: Self = Self { separator: "&", is_named: true, empty_sign: "=", ..Self::SIMPLE };
}

/// A value as the table of styles tells them apart. Members that are null are left out of a map.
enum Shape {
    Text(String),
    List(Vec<String>),
    Map(Vec<(String, String)>),
}

impl Shape {
    fn of(value: Node) -> Result<Option<Self>, Problem> {
        const NESTED: Problem = "has a list or an object in it, which its style has no form for";
        const NULL: Problem = "has a null in it, which its style has no form for";
        Ok(Some(match value {
            Node::List(members) => {
                let members = members.into_iter().map(|member| {
                    let problem = if member.is_null() { NULL } else { NESTED };
                    member.into_text().ok_or(problem)
                });
                Self::List(members.collect::<Result<_, _>>()?)
            }
            Node::Map(members) => {
                let members = members.into_iter().filter(|(_, value)| !value.is_null());
                let members = members.map(|(key, value)| Ok((key, value.into_text().ok_or(NESTED)?)));
                Self::Map(members.collect::<Result<_, Problem>>()?)
            }
            scalar => return Ok(scalar.into_text().map(Self::Text)),
        }))
    }

    /// The members, and the names of members, in their order.
    fn words(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Text(text) => Box::new(std::iter::once(text.as_str())),
            Self::List(members) => Box::new(members.iter().map(String::as_str)),
            Self::Map(members) => Box::new(members.iter().flat_map(|(key, value)| [key.as_str(), value])),
        }
    }

    fn has_word(&self, test: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Text(text) => test(text),
            shape => shape.words().any(test),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(members) => members.is_empty(),
            Self::Map(members) => members.is_empty(),
        }
    }
}

/// JSON as text; nothing for null.
fn json(value: Node) -> Result<Option<String>, Problem> {
    if value.is_null() { Ok(None) } else { value.json().map(Some).ok_or("can't be written as JSON") }
}

fn append(list: &mut String, separator: &str, text: &str) {
    if !list.is_empty() {
        list.push_str(separator);
    }
    list.push_str(text);
}

/// Escapes everything but what RFC 3986 calls unreserved, and also `also`.
fn escape(text: &str, also: &[u8]) -> String {
    escape_unless(text, |byte| UNRESERVED[usize::from(byte)] && !also.contains(&byte))
}

/// Escapes what is neither unreserved nor reserved, and also `also`. `#` would end a query, `&` a parameter, and `+`
/// is read as a space.
fn escape_but_reserved(text: &str, also: &[u8]) -> String {
    const RESERVED: [bool; 256] = unreserved_and(b":/?[]@!$'()*,;=");
    escape_unless(text, |byte| RESERVED[usize::from(byte)] && !also.contains(&byte))
}

/// Adds a part of a path template that is no parameter: what may stand in a path stays, and slashes.
pub(super) fn push_literal(out: &mut String, text: &str) {
    const LITERAL: [bool; 256] = unreserved_and(b"/:@!$&'()*+,;=%");
    push_escaped(out, text, |byte| LITERAL[usize::from(byte)]);
}

const UNRESERVED: [bool; 256] = unreserved_and(b"");

/// For each byte, whether it stays as it is.
const fn unreserved_and(others: &[u8]) -> [bool; 256] {
    const UNRESERVED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    let mut stays = [false; 256];
    let mut at = 0;
    while at < UNRESERVED.len() + others.len() {
        let byte = if at < UNRESERVED.len() { UNRESERVED[at] } else { others[at - UNRESERVED.len()] };
        stays[byte as usize] = true;
        at += 1;
    }
    stays
}

fn escape_unless(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(&mut out, text, stays);
    out
}

fn push_escaped(out: &mut String, text: &str, stays: impl Fn(u8) -> bool) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if text.bytes().all(&stays) {
        return out.push_str(text);
    }
    for byte in text.bytes() {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', char::from(DIGITS[usize::from(byte >> 4)]), char::from(DIGITS[usize::from(byte & 15)])]);
        }
    }
}
