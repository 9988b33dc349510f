//! What every report shares: the header that names its documents, and text that can neither act on a terminal nor pass
//! for markup.

use anstyle::Style as Ansi;
use schemars::JsonSchema;
use serde::Serialize;

use crate::openapi::Loaded;

/// A document that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Document {
    /// The file, as it was named.
    pub file: String,
    /// The SHA-256 of its bytes: the vendor's own version says nothing.
    pub sha256: String,
}

impl Document {
    /// The document that was loaded from `file`.
    pub fn new(file: impl std::fmt::Display, loaded: &Loaded) -> Self {
        Self { file: file.to_string(), sha256: loaded.sha256.clone() }
    }
}

/// The first line of a report in a terminal.
pub(crate) fn header(documents: &[&Document]) -> String {
    let files: Vec<String> = documents.iter().map(|document| printable(&document.file)).collect();
    format!("{}\n", files.join(" → "))
}

/// The first line of a report in a pull request.
pub(crate) fn markdown_header(title: &str, documents: &[&Document]) -> String {
    let files: Vec<String> = documents.iter().map(|document| code(&document.file)).collect();
    format!("## {title}: {}\n", files.join(" → "))
}

/// How the terminal shows a report.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "it is made by the command alone")]
pub struct Style {
    /// Whether to use colour.
    pub color: bool,
    /// Columns.
    pub width: usize,
}

impl Style {
    pub(crate) fn paint(self, ansi: Ansi, text: &str) -> String {
        if self.color { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
    }

    /// A paragraph at `indent`, broken between words alone: names are searched for as they are.
    pub(crate) fn paragraph(self, indent: usize, text: &str) -> String {
        let space = " ".repeat(indent);
        let options = textwrap::Options::new(self.width.max(indent + 20)).initial_indent(&space);
        let options = options.subsequent_indent(&space).break_words(false);
        textwrap::fill(&printable(text), options.word_splitter(textwrap::WordSplitter::NoHyphenation))
    }
}

/// `text` in one line, with every character that acts on a terminal or changes the order of reading as `\u{…}`.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match acts(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    out
}

/// `value` for scripts, as JSON in which the same characters are escaped as JSON does it.
///
/// # Errors
///
/// If it can't be written as JSON.
pub fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let escaped = |c: char| match acts(c) && c != '\n' {
        true => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        false => c.to_string(),
    };
    Ok(serde_json::to_string_pretty(value)?.chars().map(escaped).collect::<String>() + "\n")
}

/// A sentence in which names stand in backticks, as Markdown. What a name holds is text and no markup.
pub(crate) fn markdown(sentence: &str) -> String {
    let sentence = printable(sentence);
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) || sentence.contains("``") {
        // A name has backticks of its own: nobody can tell what is in code.
        return escaped(&sentence);
    }
    let part = |(index, part): (usize, &&str)| if index % 2 == 0 { escaped(part) } else { code(part) };
    parts.iter().enumerate().map(part).collect()
}

/// `text` as code in Markdown, in a table, too.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", printable(text).replace('`', "'").replace('|', "\\|"))
}

fn escaped(text: &str) -> String {
    let escaped = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        // A backslash would not keep it from notifying people.
        '@' => "&#64;".to_owned(),
        '\\' | '`' | '*' | '_' | '[' | ']' | '>' | '|' | '#' => format!("\\{c}"),
        c => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// `a, b and c`.
pub(crate) fn enumerated<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// Whether a terminal or a browser does something else with `c` than to show it: control characters, line separators,
/// and what Unicode calls format characters, such as those that change the direction of reading.
fn acts(c: char) -> bool {
    let is_format = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || is_format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_acts_on_a_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb\u{202e}c\u{e0041}"), "a\\u{1b}[2J\\u{a}b\\u{202e}c\\u{e0041}");
        let value = serde_json::json!({"a\u{9b}": ["\u{202e}", "é\u{e0041}\n"]});
        let text = json(&value).expect("JSON");
        assert!(
            text.chars().all(|c| c == '\n' || !acts(c)) && text.contains("\\u202e") && text.contains('é'),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
    }

    #[test]
    fn no_name_passes_for_markup() {
        assert_eq!(markdown("`a_b|<c>` is *not* an @x of [d](e)"), "`a_b\\|<c>` is \\*not\\* an &#64;x of \\[d\\](e)");
        for odd in ["`a`<img>` is", "```<img>` is", "<img>", "`a`b\\`<img>`"] {
            // What a renderer takes for the ends of code is what no backslash escapes.
            let shown = markdown(odd).replace("\\\\", "").replace("\\`", "");
            assert!(!shown.split('`').step_by(2).any(|part| part.contains('<')), "{odd}: {shown}");
        }
        assert_eq!(code("a`|\u{202e}"), "`a'\\|\\u{202e}`");
    }

    #[test]
    fn breaks_lines_between_words_alone() {
        let style = Style { color: false, width: 24 };
        let text = style.paragraph(4, "one two three four a-word-that-is-long-by-itself four");
        assert_eq!(text, "    one two three four\n    a-word-that-is-long-by-itself\n    four");
    }
}
