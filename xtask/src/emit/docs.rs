//! Documentation comments from the document's prose.

use std::fmt::Write as _;

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
    for line in text.trim().lines() {
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

fn word(word: &str, out: &mut String) {
    if word.contains("://") && !word.contains(['<', '>', '(', '[']) {
        let end = word.trim_end_matches(['.', ',', ';', ':', ')']);
        out.push_str(&format!("<{end}>{}", &word[end.len()..]));
        return;
    }
    for c in word.chars() {
        if matches!(c, '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// `text` as code in one line of a comment.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", text.replace(|c: char| c == '`' || c.is_control(), " "))
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
        assert_eq!(plain("a `b\nc\n    d"), "a `b`\nc\nd");
    }
}
