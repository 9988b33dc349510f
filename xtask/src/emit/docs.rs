//! Documentation comments from the document's prose.

use std::fmt::Write as _;

use serde_json::Value;

use super::model::Model;
use crate::page::printable;

/// `text` as lines of a documentation comment, each after `indent`, made safe for rustdoc.
pub(super) fn comment(indent: &str, text: &str) -> String {
    let mut out = String::new();
    for line in plain(text).lines() {
        let space = if line.is_empty() { "" } else { " " };
        let _ = writeln!(out, "{indent}///{space}{line}");
    }
    out
}

/// `text` with what rustdoc would take for a link, a tag or code made plain. Code in backticks is left as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A comment can't hold what a string can.
    let text = text.replace(|c: char| c.is_control() && c != '\n', " ");
    let text = text.lines().map(printable).collect::<Vec<_>>().join("\n");
    for line in with_whole_spans(text.trim()).lines() {
        let line = line.trim_end();
        // Four spaces in front make code, which rustdoc would compile.
        let line = if line.starts_with("    ") { line.trim_start() } else { line };
        let line = if line.trim_start().starts_with("```") { "" } else { line };
        for (index, part) in line.split('`').enumerate() {
            if index > 0 {
                out.push('`');
            }
            if index % 2 == 1 {
                out.push_str(part);
                continue;
            }
            let mut words = part.split(' ');
            if let Some(first) = words.next() {
                word(first, &mut out);
            }
            for next in words {
                out.push(' ');
                word(next, &mut out);
            }
        }
        if line.matches('`').count() % 2 == 1 {
            out.push('`');
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// `text` in which no code in backticks goes on in the next line.
fn with_whole_spans(text: &str) -> String {
    let is_open = |line: &str| line.matches('`').count() % 2 == 1;
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        // A line of a block of code has three backticks.
        match lines.peek() {
            Some(next) if is_open(line) && is_open(next) && ![line, next].iter().any(|line| line.contains("```")) => {
                out.push(' ');
                out.push_str(lines.next().unwrap_or_default().trim_start());
            }
            _ => {}
        }
        out.push('\n');
    }
    out
}

fn word(word: &str, out: &mut String) {
    let mut rest = word;
    while let Some(at) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        escaped(&rest[..at], out);
        let url = &rest[at..];
        let url = &url[..url.find(['<', '>', '[', ']', '|', '"']).unwrap_or(url.len())];
        let url = url.trim_end_matches(['.', ',', ';', ':']);
        let url = if url.contains('(') { url } else { url.trim_end_matches(['.', ',', ';', ':', ')']) };
        out.push_str(&format!("<{url}>"));
        rest = &rest[at + url.len()..];
    }
    escaped(rest, out);
}

/// `text` without what would begin a link or a tag.
fn escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// What the document says of what `holder` and its `schema` describe, with the limits that the server checks.
pub(super) fn described(model: &Model<'_>, holder: &Value, schema: &Value) -> Option<String> {
    let text = |value: &Value| value["description"].as_str().filter(|text| !text.trim().is_empty()).map(sentence);
    let said = text(holder).or_else(|| text(schema)).or_else(|| model.target(schema).and_then(text));
    let limits = limits(schema);
    match (said, limits.is_empty()) {
        (said, true) => said,
        (Some(said), false) => Some(format!("{said} {}", limits.join(" "))),
        (None, false) => None,
    }
}

/// What is checked by the server alone, and what it takes for a value that is left out; a sentence each.
fn limits(schema: &Value) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |key: &str, before: &str, after: &str| {
        if let Some(value) = schema.get(key).filter(|value| !value.is_boolean() || key == "default") {
            all.push(format!("{before}{}{after}.", code(&value.to_string())));
        }
    };
    let strictly = |key: &str| if schema[key] == true { " More than " } else { "At least " };
    say("minimum", strictly("exclusiveMinimum").trim_start(), "");
    say("maximum", if schema["exclusiveMaximum"] == true { "Less than " } else { "At most " }, "");
    say("multipleOf", "A multiple of ", "");
    say("minItems", "At least ", " members");
    say("maxItems", "At most ", " members");
    say("default", "If left out: ", "");
    all
}

/// `text` as code in one line of a comment.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", printable(&text.replace(|c: char| c == '`' || c.is_control(), " ")))
}

/// `text` as the first sentence of a comment: with a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_rustdoc_nothing_to_misread() {
        assert_eq!(plain("see [x] and Vec<T> in `a[0]`"), "see \\[x\\] and Vec\\<T\\> in `a[0]`");
        assert_eq!(plain("at https://a.example/b, now"), "at <https://a.example/b>, now");
        assert_eq!(plain("at https://a.example/b_(c)."), "at <https://a.example/b_(c)>.");
        assert_eq!(plain("[at](https://a.example/b)"), "\\[at\\](<https://a.example/b>)");
        assert_eq!(plain("a `b\nc\n    d"), "a `b`\nc\nd");
        assert_eq!(plain("with `enabled:\n  true` and\nmore"), "with `enabled: true` and\nmore");
        assert_eq!(plain("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(code("a\u{202e}b"), "`a\\u{202e}b`");
    }
}
