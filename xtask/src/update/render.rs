//! What is printed of an update: the vendor's changes, what is left to do, the commits.

use std::fmt::Write as _;

use super::{LeftToDo, Update};
use crate::{
    defect::count,
    diff::{self, Style},
    overlay::Dead,
};

/// The update in a terminal.
pub fn text(update: &Update, style: Style) -> String {
    let mut page = Page { out: diff::text(&update.report, style), width: style.width };
    page.out.push('\n');
    if update.changed.is_empty() {
        page.line(0, "Nothing is written: the document is the one that is checked in.");
        page.out.push('\n');
    }
    if update.left.is_empty() {
        page.line(0, "Nothing is left to do by hand.");
    } else {
        page.line(0, "Left to do by hand");
        left(&mut page, &update.left);
    }
    commits(&mut page, update);
    page.out
}

struct Page {
    out: String,
    width: usize,
}

impl Page {
    /// A paragraph, broken between words where it would become too wide.
    fn line(&mut self, indent: usize, text: &str) {
        let space = " ".repeat(indent);
        let options = textwrap::Options::new(self.width).initial_indent(&space).subsequent_indent(&space);
        // Names are to be found again: they are broken neither at a hyphen nor elsewhere.
        let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
        let _ = writeln!(self.out, "{}", textwrap::fill(text, options));
    }

    /// What is to be copied: never broken.
    fn verbatim(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        self.line(2, text);
    }
}

fn left(page: &mut Page, left: &LeftToDo) {
    let LeftToDo {
        dead,
        unmarked_strings,
        unmarked_operations,
        unclaimed_operations,
        gone_operations,
        types,
        errors,
        has_new_dependency,
    } = left;
    if !dead.is_empty() {
        let are_dead = if dead.len() == 1 { "is" } else { "are" };
        page.heading(&format!(
            "{} {are_dead} dead: mend openapi/overlay.yaml, then cargo xtask codegen. Until then codegen --check ends \
             with 3, and tests/drift.rs is red.",
            count(dead.len(), "overlay action")
        ));
        dead.iter().for_each(|action| dead_action(page, action, dead));
    }
    if !unmarked_strings.is_empty() {
        let strings = unmarked_strings.values().map(Vec::len).sum();
        let title = "without x-sensitive: Debug hides what nobody has looked at. Mark each one in the overlay.";
        page.heading(&format!("{} {title}", count(strings, "new string")));
        for (schema, properties) in unmarked_strings {
            page.verbatim(4, schema);
            page.line(6, &properties.join(", "));
        }
    }
    if !unmarked_operations.is_empty() {
        let title = "without x-retry: taken for never. Say safe in the overlay if a second call changes nothing.";
        page.heading(&format!("{} {title}", count(unmarked_operations.len(), "new operation")));
        page.line(4, &unmarked_operations.join(", "));
    }
    if !types.named_for_their_place.is_empty() {
        let title = "with a name made of where it stands: say x-type-name in the overlay if you know a better one.";
        page.heading(&format!("{} {title}", count(types.named_for_their_place.len(), "new type")));
        page.line(4, &types.named_for_their_place.join(", "));
    }
    if !types.gone.is_empty() {
        page.heading(&format!("{} gone, or called something else:", count(types.gone.len(), "type")));
        page.line(4, &types.gone.join(", "));
    }
    if !unclaimed_operations.is_empty() {
        page.heading(&format!(
            "{} without a method in crates/unigox. Each one needs it, with a row in the table of lib.rs; a call in \
             tests/support/call.rs; and a rule in crates/unigox-sandbox/src/rules. Tests are red until then: cargo test \
             -p unigox-tests --test claims prints what to write.",
            count(unclaimed_operations.len(), "operation")
        ));
        page.line(4, &unclaimed_operations.join(", "));
    }
    if !gone_operations.is_empty() {
        page.heading(&format!(
            "{} gone: remove the method, the call in tests/support/call.rs and the rule of the sandbox.",
            count(gone_operations.len(), "operation")
        ));
        page.line(4, &gone_operations.join(", "));
    }
    if !errors.is_empty() {
        let title = "in crates/unigox, which has to follow the client:";
        page.heading(&format!("{} {title}", count(errors.len(), "compiler error")));
        for error in errors.iter().take(MOST_ERRORS) {
            page.verbatim(4, &error.to_string());
        }
        if let Some(more) = errors.len().checked_sub(MOST_ERRORS).filter(|more| *more > 0) {
            page.line(4, &format!("and {more} more: cargo check -p unigox"));
        }
    }
    if *has_new_dependency {
        page.heading("The client takes the crate regress along now, for patterns: look at Cargo.toml and Cargo.lock.");
    }
}

/// Of the facade's errors; a hundred have one cause.
const MOST_ERRORS: usize = 20;

fn dead_action(page: &mut Page, action: &Dead, all: &[Dead]) {
    page.out.push('\n');
    page.verbatim(4, &format!("/actions/{}  {}", action.index, action.target));
    for defect in &action.defects {
        // The place says which field of the action it is, or where in the document it does harm.
        let here = format!("/actions/{}", action.index);
        let place = if defect.place == here { String::new() } else { format!("{}: ", defect.place) };
        let target = format!("`{}` ", action.target);
        page.line(6, &format!("{place}{}", defect.problem.strip_prefix(&target).unwrap_or(&defect.problem)));
        page.line(6, &format!("to do: {}", defect.remedy));
    }
    if let Some(first) = all.iter().find(|other| other.index < action.index && is_below(&action.target, &other.target))
    {
        page.line(6, &format!("after /actions/{}, whose target this one is part of", first.index));
    }
    page.line(6, &format!("why it is there: {}", action.reason));
}

/// Whether the path `target` leads on from `other`.
fn is_below(target: &str, other: &str) -> bool {
    target.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn commits(page: &mut Page, update: &Update) {
    let changed: Vec<&str> = update.changed.iter().filter_map(|path| path.to_str()).collect();
    if changed.is_empty() {
        return;
    }
    let (document, generated): (Vec<&str>, Vec<&str>) = changed.iter().partition(|path| **path == DOCUMENT);
    let short: String = update.sha256.chars().take(12).collect();
    page.out.push('\n');
    page.line(0, "Commits, from the root of the workspace");
    let mut commit = |question: &str, paths: &str, message: &str| {
        page.out.push('\n');
        page.line(2, &format!("# {question}"));
        page.verbatim(2, &format!("git add {paths}; git commit -m \"{message}\""));
    };
    if !document.is_empty() {
        commit("What did they change?", DOCUMENT, &format!("Take over the vendor's document {short}"));
    }
    if update.left.is_for_the_overlay() {
        let message = format!("Bring the overlay in line with the vendor's document {short}");
        commit("What did we make of it? Once the overlay is mended:", "openapi/overlay.yaml xtask", &message);
    }
    // Folders, since what codegen makes of a mended overlay belongs to it, too.
    let mut places = vec!["openapi", "crates/unigox-client/src/generated", "crates/unigox-sandbox/src/document.json"];
    places.extend(generated.iter().filter(|path| path.ends_with("Cargo.toml") || **path == "Cargo.lock"));
    let question = match update.left.is_for_the_overlay() {
        true => "What does it do to the client? After cargo xtask codegen:",
        false => "What does it do to the client?",
    };
    commit(question, &places.join(" "), &format!("Regenerate the client from the vendor's document {short}"));
}

const DOCUMENT: &str = "openapi/unigox-partner.yaml";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_lines_between_words_alone() {
        let mut page = Page { out: String::new(), width: 12 };
        page.line(2, "one two three a-word-that-is-long four");
        assert_eq!(page.out, "  one two\n  three\n  a-word-that-is-long\n  four\n");
    }

    #[test]
    fn tells_a_path_below_another_from_one_that_begins_alike() {
        assert!(is_below("$.a.b.c", "$.a.b") && is_below("$.a.b[1]", "$.a.b") && is_below("$.a", "$.a"));
        assert!(!is_below("$.a.bc", "$.a.b") && !is_below("$.a", "$.a.b"));
    }
}
