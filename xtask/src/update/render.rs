//! What is printed of an update: the vendor's changes, what is left to do, the commits.

use std::fmt::Write as _;

use super::left_to_do::{LeftToDo, Update};
use crate::{
    defect::count,
    diff,
    overlay::UnmatchedAction,
    page::{Style, printable},
};

/// The update in a terminal.
pub fn text(update: &Update, style: Style) -> String {
    let mut page = Page { out: diff::text(&update.report, style), style };
    page.out.push('\n');
    if update.changed.is_empty() {
        page.line(0, "Nothing is written: the document is the one that is checked in.");
        page.out.push('\n');
    }
    if update.left.is_empty() {
        page.line(0, "Nothing is left to do by hand.");
    } else {
        page.line(0, "Left to do by hand");
        left_to_do(&mut page, &update.left);
    }
    commits(&mut page, update);
    page.out
}

struct Page {
    out: String,
    style: Style,
}

impl Page {
    /// A paragraph.
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{}", self.style.paragraph(indent, text));
    }

    /// What is to be copied: never broken.
    fn verbatim(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{}", "", printable(text));
    }

    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        self.line(2, text);
    }

    /// How many `names` there are, what to do about them, and the names; nothing if there is no name.
    fn section(&mut self, names: &[String], noun: &str, text: &str) {
        if !names.is_empty() {
            self.heading(&format!("{} {text}", count(names.len(), noun)));
            self.line(4, &names.join(", "));
        }
    }
}

fn left_to_do(page: &mut Page, left: &LeftToDo) {
    let actions = &left.unmatched_actions;
    if !actions.is_empty() {
        page.heading(&format!(
            "{}: correct openapi/overlay.yaml, then cargo xtask codegen. Until then codegen --check ends with 3, and \
             tests/drift.rs fails.",
            count(actions.len(), "unmatched overlay action")
        ));
        actions.iter().for_each(|action| unmatched_action(page, action, actions));
    }
    if !left.unmarked_strings.is_empty() {
        let strings = left.unmarked_strings.values().map(Vec::len).sum();
        let text = "without x-sensitive: Debug hides what nobody has looked at. Mark each one in the overlay.";
        page.heading(&format!("{} {text}", count(strings, "new string")));
        for (schema, properties) in &left.unmarked_strings {
            page.verbatim(4, schema);
            page.line(6, &properties.join(", "));
        }
    }
    page.section(
        &left.unmarked_operations,
        "new operation",
        "without x-retry: treated as never. Set x-retry: safe in the overlay if a second call changes nothing.",
    );
    page.section(
        &left.types_named_for_their_place,
        "new type",
        "with a name made of its place: say x-type-name in the overlay if you know a better one.",
    );
    page.section(&left.removed_types, "type", "removed, or with another name:");
    page.section(
        &left.uncovered_operations,
        "operation",
        "without a method in crates/unigox. Each one needs it, with a row in the table of lib.rs; a call in \
         tests/support/call.rs; and a rule in crates/unigox-sandbox/src/rules. Tests fail until then: cargo test -p \
         unigox-tests --test coverage prints what to write.",
    );
    page.section(
        &left.removed_operations,
        "operation",
        "removed: remove the method, the call in tests/support/call.rs and the rule of the sandbox.",
    );
    let errors = &left.errors;
    if !errors.is_empty() {
        let text = "in crates/unigox, which has to follow the client:";
        page.heading(&format!("{} {text}", count(errors.len(), "compiler error")));
        errors.iter().take(MAX_ERRORS).for_each(|error| page.verbatim(4, &error.to_string()));
        if errors.len() > MAX_ERRORS {
            page.line(4, &format!("and {} more: cargo check -p unigox", errors.len() - MAX_ERRORS));
        }
    }
}

/// Of the facade's errors; a hundred have one cause.
const MAX_ERRORS: usize = 20;

fn unmatched_action(page: &mut Page, action: &UnmatchedAction, all: &[UnmatchedAction]) {
    let here = format!("/actions/{}", action.index);
    page.out.push('\n');
    page.verbatim(4, &format!("{here}  {}", action.target));
    for defect in &action.defects {
        // The place says which field of the action it is, or where in the document it does harm.
        let place = if defect.place == here { String::new() } else { format!("{}: ", defect.place) };
        let target = format!("`{}` ", action.target);
        page.line(6, &format!("{place}{}", defect.problem.strip_prefix(&target).unwrap_or(&defect.problem)));
        page.line(6, &format!("to do: {}", defect.remedy));
    }
    let mut earlier = all.iter().take_while(|other| other.index < action.index);
    if let Some(first) = earlier.find(|other| is_below(&action.target, &other.target)) {
        page.line(6, &format!("after /actions/{}, whose target this one is part of", first.index));
    }
    page.line(6, &format!("reason: {}", action.reason));
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
        commit("What did they change?", DOCUMENT, &format!("Update to the vendor's document {short}"));
    }
    if update.left.is_for_the_overlay() {
        let message = format!("Bring the overlay in line with the vendor's document {short}");
        commit("How did we adapt to it? Once the overlay is corrected:", "openapi/overlay.yaml xtask", &message);
    }
    // Folders, since what codegen makes of a corrected overlay belongs to it, too.
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
    fn tells_a_path_below_another_from_one_that_begins_alike() {
        assert!(is_below("$.a.b.c", "$.a.b") && is_below("$.a.b[1]", "$.a.b") && is_below("$.a", "$.a"));
        assert!(!is_below("$.a.bc", "$.a.b") && !is_below("$.a", "$.a.b"));
    }
}
