//! Reading a document or an overlay from disk as a value tree.
//!
//! Nothing is typed yet: a vendor document that the typed model refuses must still reach the passes that repair it.

use std::{
    fmt,
    fs::{self, File},
    io::Read,
    path::Path,
};

use anyhow::Context;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Object;
use crate::defect::{Defect, Defects, Error};

/// The largest file that is read, in bytes: five times the largest public OpenAPI document known to us (12 MiB).
///
/// Everything after loading keeps the whole document in memory, so a file past this is a mistake more often than a
/// document, and it is refused before any of it is read.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A file that was read: its value and what identifies its bytes.
#[derive(Debug)]
pub struct Loaded {
    /// The value tree.
    pub value: Value,
    /// The text that it was read from: a pipe can't be read a second time.
    pub text: String,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// Reads `path` as YAML or JSON.
///
/// # Errors
///
/// If the file can't be read; [`Defects`] if it is too large or can't be parsed.
pub fn load(path: &Path) -> Result<Loaded, Error> {
    let shown = path.display().to_string();
    let read = || -> std::io::Result<(u64, Option<String>)> {
        let mut file = File::open(path)?;
        let size = fs::metadata(path)?.len();
        if size > MAX_BYTES {
            return Ok((size, None));
        }
        let mut text = String::with_capacity(usize::try_from(size).unwrap_or(0));
        // A device or a pipe states no size: the limit holds for what is read, too.
        let read = Read::by_ref(&mut file).take(MAX_BYTES + 1).read_to_string(&mut text)?;
        Ok((read as u64, (read as u64 <= MAX_BYTES).then_some(text)))
    };
    let (size, text) = match read() {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            let defect = Defect::new("line 1", "not UTF-8 text", "give a YAML or JSON file encoded as UTF-8");
            return Err(Defects::of(shown, vec![defect]).into());
        }
        other => other.with_context(|| format!("can't read {shown}"))?,
    };
    let Some(text) = text else {
        let defect = Defect::new(
            "line 1",
            format!("{size} bytes, more than the limit of {MAX_BYTES}"),
            "split the document, or raise MAX_BYTES in xtask/src/openapi/load.rs if it really is that large",
        );
        return Err(Defects::of(shown, vec![defect]).into());
    };
    let value = parse(&text).map_err(|defect| Defects::of(shown, vec![defect]))?;
    let sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Loaded { value, text, sha256 })
}

/// Parses `text` as JSON if it opens with a brace, as YAML otherwise.
///
/// # Errors
///
/// One [`Defect`] with line and column.
pub fn parse(text: &str) -> Result<Value, Defect> {
    // Leave a BOM to neither parser: one of them refuses it.
    let text = text.trim_start_matches('\u{feff}');
    let value = if text.trim_start().starts_with('{') {
        match serde_json::from_str(text) {
            Ok(Unique(value)) => value,
            // `{` opens a YAML flow mapping, too; only the YAML parser can tell a slip in JSON from that.
            Err(json) => parse_yaml(text).map_err(|_| {
                let place = format!("line {}, column {}", json.line(), json.column());
                let message = json.to_string();
                let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
                Defect::new(place, format!("not JSON: {message}"), "correct the JSON there")
            })?,
        }
    } else {
        parse_yaml(text)?
    };
    if value.is_object() {
        return Ok(value);
    }
    let problem = "the top level of the file is not a mapping";
    Err(Defect::new("line 1", problem, "give an OpenAPI document (or overlay) in YAML or JSON"))
}

fn parse_yaml(text: &str) -> Result<Value, Defect> {
    read_yaml(text).map_err(|error| {
        let place = error
            .location()
            .map_or_else(|| "line 1".to_owned(), |at| format!("line {}, column {}", at.line(), at.column()));
        Defect::new(place, format!("not YAML: {}", one_line(&error.to_string())), "correct the YAML there")
    })
}

/// A value of JSON in which no object has a key twice: the parser would take the last one. That of YAML refuses it.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(member)) = members.next_element()? {
            list.push(member);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
            }
            let Unique(member) = members.next_value()?;
            object.insert(key, member);
        }
        Ok(Value::Object(object))
    }
}

/// Reads YAML within the bounds that hold for every input.
pub(crate) fn read_yaml<T: DeserializeOwned>(text: &str) -> Result<T, serde_saphyr::Error> {
    // Booleans are `true` and `false` alone, as OpenAPI 3.0 asks (YAML 1.2): a property may well be called `n` or `on`.
    // Budgets are sized for the largest file allowed; what aliases may add is bounded far below that.
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_nodes: 16_000_000,
            max_events: 64_000_000,
            max_total_scalar_bytes: 64 * 1024 * 1024,
            max_depth: 256,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 1_000_000 },
    };
    serde_saphyr::from_str_with_options(text, options)
}

/// The first line of a parser's message, without the position that the defect states already.
fn one_line(message: &str) -> &str {
    let line = message.lines().next().unwrap_or(message);
    line.strip_prefix("error: ").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(text: &str) -> String {
        let defect = parse(text).expect_err("text should be refused");
        format!("{}: {}", defect.place, defect.problem)
    }

    #[test]
    fn reads_yaml_by_the_rules_of_version_1_2() {
        let text = "n: no\n200: {on: off, zip: 03229, big: 1}\nnil: ~\n";
        let expected = json!({"n": "no", "200": {"on": "off", "zip": "03229", "big": 1}, "nil": null});
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn reads_json_and_yaml_flow_alike() {
        assert_eq!(parse("{\"a\": [1]}"), Ok(json!({"a": [1]})));
        assert_eq!(parse("\u{feff}{a: [1]}"), Ok(json!({"a": [1]})));
    }

    #[test]
    fn says_line_and_column_of_a_slip() {
        assert!(problem("a: 1\nb: [\n").starts_with("line 2, column 4: not YAML: "), "{}", problem("a: 1\nb: [\n"));
        assert!(problem("{\"a\": 1,,}").starts_with("line 1, column 9: not JSON: "), "{}", problem("{\"a\": 1,,}"));
    }

    #[test]
    fn refuses_a_key_given_twice() {
        assert!(problem("a: 1\na: 2\n").starts_with("line 2, column 1: "));
        let json = problem("{\"b\": {\"a\": 1,\n\"a\": 2}}");
        assert!(json.starts_with("line 2, column 3: not JSON: duplicate key `a`"), "{json}");
    }

    #[test]
    fn refuses_what_is_no_mapping() {
        for text in ["", "- a\n", "just words", "[1, 2]", "42"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn bounds_depth_and_aliases() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{{\"a\":{}", "[".repeat(100_000))).is_err());
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
        for (from, to) in ('a'..='h').zip('b'..='i') {
            bomb += &format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 10].join(","));
        }
        assert!(parse(&bomb).is_err());
    }
}
