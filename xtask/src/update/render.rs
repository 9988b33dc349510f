//! What is printed of an update: what breaks, what is left to do, the rest of the vendor's changes, the commits.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    compile::CompileError,
    hand_written::Mentions,
    left_to_do::{LeftToDo, Update},
    target::{members, target},
};
use crate::{
    codegen,
    defect::{Defect, count},
    diff,
    openapi::tokens,
    overlay::UnmatchedAction,
    page::{self, Style, printable},
};

/// The update in a terminal.
pub fn text(update: &Update, style: Style) -> String {
    let report = &update.report;
    let mut page = Page { out: page::header(&[&report.old, &report.new]), style };
    let _ = write!(page.out, "\n{}", diff::summary(report, style));
    page.out.push_str(&diff::breaks(report, style));
    page.out.push('\n');
    if update.changed.is_empty() {
        page.line(0, "Nothing is written: the document is the one that is checked in.");
        page.out.push('\n');
    }
    if update.left.is_empty() {
        page.line(0, "Nothing is left to do by hand.");
    } else {
        page.line(0, "Left to do by hand");
        in_the_overlay(&mut page, &update.left);
        in_the_code(&mut page, &update.left);
    }
    may_be_said(&mut page, &update.left);
    page.out.push_str(&diff::rest(report, style));
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

fn in_the_overlay(page: &mut Page, left: &LeftToDo) {
    unmatched_actions(page, &left.unmatched_actions);
    let kept: Vec<_> = left.names_to_keep().collect();
    if !kept.is_empty() {
        page.heading(&format!(
            "{} removed while a similar one was added. Code that uses the name stops compiling, which takes a major \
             version. To keep the name, add the action to openapi/overlay.yaml, or correct the target of the one that is \
             named:",
            count(kept.len(), "type name")
        ));
    }
    for (removed, action) in kept {
        let Some(successor) = &removed.successor else { continue };
        page.out.push('\n');
        let differs = match (successor.lost.as_slice(), successor.gained.as_slice()) {
            ([], []) => "the same".to_owned(),
            (lost, gained) => {
                let part = |what: &str, names: &[String]| {
                    (!names.is_empty()).then(|| format!("{what} {}", page::enumerated(&few(names))))
                };
                [part("without", lost), part("with", gained)].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        };
        page.line(4, &format!("`{}` is `{}` now: {differs}", removed.name, successor.name));
        let named_by = left.unmatched_actions.iter().find(|action| Some(action.index) == removed.named_by);
        if let Some(action) = named_by {
            page.line(6, &format!("the name is given by the action in {}, whose target is now", place_of(action)));
        }
        action.lines().for_each(|line| page.verbatim(4, line));
    }
}

/// The first few of many names.
fn few(names: &[String]) -> Vec<String> {
    const FEW: usize = 6;
    let mut shown: Vec<String> = names.iter().take(FEW).map(|name| format!("`{name}`")).collect();
    if names.len() > FEW {
        shown.push(format!("{} more", names.len() - FEW));
    }
    shown
}

/// The actions, those together that have the same trouble.
fn unmatched_actions(page: &mut Page, actions: &[UnmatchedAction]) {
    if actions.is_empty() {
        return;
    }
    page.heading(&format!(
        "{}: correct openapi/overlay.yaml, then cargo xtask codegen. Until then codegen --check ends with 3, and \
         tests/workspace/drift.rs fails.",
        count(actions.len(), "unmatched overlay action")
    ));
    let mut groups: Vec<(Vec<String>, Vec<&UnmatchedAction>)> = Vec::new();
    for action in actions {
        let trouble: Vec<String> = action.defects.iter().flat_map(|defect| trouble(action, defect)).collect();
        match groups.iter_mut().find(|(known, _)| *known == trouble) {
            Some((_, group)) => group.push(action),
            None => groups.push((trouble, vec![action])),
        }
    }
    for (trouble, group) in groups {
        page.out.push('\n');
        for action in group {
            page.verbatim(4, &format!("{}  {}", place_of(action), action.target));
            let mut earlier = actions.iter().take_while(|other| other.index < action.index);
            if let Some(first) = earlier.find(|other| is_below(&action.target, &other.target)) {
                let first =
                    first.line.map_or_else(|| format!("/actions/{}", first.index), |line| format!("line {line}"));
                page.line(6, &format!("after the action in {first}, whose target this one is part of"));
            }
            page.line(6, &format!("reason: {}", action.reason));
        }
        trouble.iter().for_each(|line| page.line(6, line));
    }
}

/// Where an action stands.
fn place_of(action: &UnmatchedAction) -> String {
    format!("openapi/overlay.yaml{}", action.line.map_or_else(String::new, |line| format!(":{line}")))
}

/// What is wrong with an action, without its own target and place.
fn trouble(action: &UnmatchedAction, defect: &Defect) -> [String; 2] {
    let here = format!("/actions/{}", action.index);
    // The place says which field of the action it is, or where in the document it does harm.
    let place = match defect.place.strip_prefix(&here).map(|field| field.trim_start_matches('/')) {
        Some("") => String::new(),
        Some(field) => format!("{field}: "),
        None => format!("{}: ", defect.place),
    };
    let target = format!("`{}` ", action.target);
    let problem = defect.problem.strip_prefix(&target).unwrap_or(&defect.problem);
    [format!("{place}{problem}"), format!("to do: {}", defect.remedy)]
}

/// Whether the path `target` leads on from `other`.
fn is_below(target: &str, other: &str) -> bool {
    target.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn in_the_code(page: &mut Page, left: &LeftToDo) {
    let errors = &left.errors;
    if !errors.is_empty() {
        let text = "in crates/unigox, which has to follow the client:";
        page.heading(&format!("{} {text}", count(errors.len(), "compiler error")));
        let mut by_cause: BTreeMap<Option<&str>, Vec<&CompileError>> = BTreeMap::new();
        errors.iter().for_each(|error| by_cause.entry(error.cause.as_deref()).or_default().push(error));
        let (unknown, known): (Vec<_>, Vec<_>) = by_cause.into_iter().partition(|(cause, _)| cause.is_none());
        for (cause, errors) in known.into_iter().chain(unknown) {
            page.line(4, cause.unwrap_or("no single change of the document stands out:"));
            errors.iter().for_each(|error| page.verbatim(6, &error.to_string()));
        }
    }
    if !left.mentions.is_empty() {
        let names = count(left.mentions.len(), "name");
        page.heading(&format!("{names} in hand-written files of what was removed, each with what to write:"));
        left.mentions.iter().for_each(|mentions| mention(page, mentions));
    }
    if left.is_for_the_code() {
        page.heading("Then cargo test --workspace: tests say what else does not follow.");
    }
}

fn mention(page: &mut Page, mentions: &Mentions) {
    page.line(4, &format!("{}: {}", mentions.problem, mentions.remedy));
    for (file, lines) in &mentions.places {
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        page.verbatim(6, &format!("{file}:{}", lines.join(", ")));
    }
}

/// What may be said in the overlay: nothing depends on it.
fn may_be_said(page: &mut Page, left: &LeftToDo) {
    let LeftToDo { unmarked_strings, unmarked_operations, types_named_for_their_place, hidden_strings, .. } = left;
    if unmarked_strings.is_empty() && unmarked_operations.is_empty() && types_named_for_their_place.is_empty() {
        if *hidden_strings > 0 {
            let strings = count(*hidden_strings, "string");
            page.out.push('\n');
            page.line(0, &format!("{strings} of the document have no x-sensitive in the overlay, so Debug hides them"));
        }
        return;
    }
    page.out.push('\n');
    page.line(0, "May be said in openapi/overlay.yaml: nothing waits for it");
    if !left.unmarked_strings.is_empty() {
        let strings = left.unmarked_strings.values().map(|properties| properties.len().max(1)).sum();
        page.heading(&format!(
            "{} without x-sensitive: Debug hides what nobody has looked at. An action for each target, with the reason as \
             its description, and with update: {{x-sensitive: true}} or false, says which it is.",
            count(strings, "new string")
        ));
        for (schema, properties) in &left.unmarked_strings {
            let schema = target(&tokens(schema));
            match properties.as_slice() {
                [] => page.verbatim(4, &schema),
                names => page.verbatim(4, &format!("{schema}.properties{}", members(names))),
            }
        }
    }
    page.section(
        &left.unmarked_operations,
        "new operation",
        "without x-retry: treated as never. Set x-retry: safe if a second call changes nothing, and never if it may.",
    );
    page.section(
        types_named_for_their_place,
        "new type",
        "with a name made of the place; x-type-name gives a better one.",
    );
}

fn commits(page: &mut Page, update: &Update) {
    let changed: Vec<&str> = update.changed.iter().filter_map(|path| path.to_str()).collect();
    if changed.is_empty() {
        return;
    }
    let has_document = changed.contains(&DOCUMENT);
    let short: String = update.sha256.chars().take(12).collect();
    page.out.push('\n');
    page.line(0, "Commits, from the root of the workspace");
    let mut commit = |question: &str, paths: &str, message: &str| {
        page.out.push('\n');
        page.line(2, &format!("# {question}"));
        page.verbatim(2, &format!("git add {paths}; git commit -m \"{message}\""));
    };
    if has_document {
        commit("What did they change?", DOCUMENT, &format!("Update to the vendor's document {short}"));
    }
    if update.left.is_for_the_overlay() {
        let message = format!("Bring the overlay in line with the vendor's document {short}");
        commit("How did we adapt to it? Once the overlay is corrected:", "openapi/overlay.yaml xtask", &message);
    }
    // Folders, since what codegen makes of a corrected overlay belongs to it, too.
    let question = match update.left.is_for_the_overlay() {
        true => {
            "What does it do to the client? After cargo xtask codegen, and INSTA_UPDATE=always cargo test --workspace:"
        }
        false => "What does it do to the client? After INSTA_UPDATE=always cargo test --workspace:",
    };
    // All tests, since the snapshots that they accept belong to it.
    let places: Vec<&str> = codegen::PLACES.into_iter().filter(|place| !place.starts_with("tests/")).collect();
    commit(
        question,
        &format!("{} tests", places.join(" ")),
        &format!("Regenerate the client from the vendor's document {short}"),
    );
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
