//! The table of operations.

use std::fmt::Write as _;

use super::{docs::code, model::Model};

/// The code of `operations.rs`.
pub(super) fn operations(model: &Model<'_>) -> String {
    let used = if model.calls.is_empty() { "Operation" } else { "{Operation, Retry}" };
    let mut out = format!("use crate::runtime::operation::{used};\n");
    let mut all = String::new();
    for call in &model.calls {
        let operation = &call.operation;
        let (name, id) = (call.constant(), call.id());
        // What follows a `#` is never sent; it only tells operations apart.
        let path = operation.path.split('#').next().unwrap_or_default();
        let method = operation.method.to_uppercase();
        let retry = if operation.is_safe_to_repeat() { "Safe" } else { "Never" };
        let check_with = operation.check_with().map(|id| format!(".check_with({id:?})")).unwrap_or_default();
        let conflict = operation.conflict().as_deref().and_then(meaning);
        let conflict = conflict.map(|text| format!(".on_conflict({text:?})")).unwrap_or_default();
        let with_file = if operation.has_file() { ".with_file()" } else { "" };
        let _ = write!(
            out,
            "\n/// {}: {}.\n\
             pub const {name}: Operation =\n    \
                 Operation::new({id:?}, {method:?}, {path:?}, Retry::{retry}){check_with}{conflict}{with_file};\n",
            code(id),
            code(&format!("{method} {path}")),
        );
        let _ = writeln!(all, "    {name},");
    }
    let _ = write!(
        out,
        "\n/// Every operation, in the order of the document.\npub const ALL: &[Operation] = &[\n{all}];\n"
    );
    out
}

/// The longest meaning of a response in the message of an error, in characters.
const MAX_MEANING_CHARS: usize = 300;

/// `description` as the end of a message: the whole sentences of its first paragraph, as far as there is room. Sentences
/// that begin with code are about what the body looks like, and are left out; so is one that begins a list.
fn meaning(description: &str) -> Option<String> {
    let paragraph = description.trim().split("\n\n").next().unwrap_or_default();
    let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = paragraph.split_inclusive(". ").map(|sentence| sentence.trim().trim_end_matches('.'));
    let mut out = String::new();
    for sentence in sentences.filter(|text| !text.is_empty() && !text.starts_with('`') && !text.ends_with(':')) {
        if out.chars().count() + sentence.chars().count() + 2 > MAX_MEANING_CHARS {
            break;
        }
        if !out.is_empty() {
            out.push_str(". ");
        }
        out.push_str(sentence);
    }
    let mut rest = out.chars();
    let first = rest.next()?;
    // It goes on behind a semicolon. A name in capitals stays one.
    match rest.clone().next().is_some_and(char::is_uppercase) {
        true => Some(out),
        false => Some(first.to_lowercase().chain(rest).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meaning_is_whole_sentences_about_the_state() {
        let of = |text: &str| meaning(text);
        assert_eq!(
            of("Linked to offers. Nothing was\ndeleted.").as_deref(),
            Some("linked to offers. Nothing was deleted")
        );
        assert_eq!(of("No offer. `error.code` is `A`.\n\nMore.").as_deref(), Some("no offer"));
        assert_eq!(of("No offer fits. It is one of these:\n\n- `A`").as_deref(), Some("no offer fits"));
        assert_eq!(of("KYC is open.").as_deref(), Some("KYC is open"));
        assert_eq!(of(&format!("Short. {}.", "long ".repeat(100))).as_deref(), Some("short"));
        assert_eq!(of(" \n"), None);
    }
}
