//! What a rule finds, and the report: what scripts read, and what the renderers show.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::places::Places;
pub(crate) use crate::page::enumerated;
use crate::{
    defect::Defect,
    page::{Document, printable},
};

/// The version of the report's JSON form; it grows when a field changes its meaning or goes.
pub const FORMAT_VERSION: u32 = 1;

/// What contradicts itself in one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Report {
    /// The version of this form.
    pub format_version: u32,
    /// The document.
    pub document: Document,
    /// Every finding, in the order of the document's operations and schemas.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report of `findings` in `document`.
    pub fn new(document: Document, findings: Vec<Finding>) -> Self {
        Self { format_version: FORMAT_VERSION, document, findings }
    }
}

/// One contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Finding {
    /// The rule. The names are stable: scripts may rely on them.
    pub rule: &'static str,
    /// Where: a JSON pointer, the innermost.
    pub pointer: String,
    /// Where else: what it contradicts, or the same thing in other places.
    pub also: Vec<String>,
    /// The operations that it stands in or that reach it, by `operationId`, in the order of the document.
    pub operations: Vec<String>,
    /// What is wrong, in one sentence.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

/// What the rules have found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    /// The rule that is running.
    pub(crate) rule: &'static str,
}

impl Findings {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) {
        self.add_with(pointer, Vec::new(), problem, remedy);
    }

    pub(crate) fn add_defects(&mut self, defects: Vec<Defect>) {
        defects.into_iter().for_each(|defect| self.add(defect.place, defect.problem, defect.remedy));
    }

    pub(crate) fn add_with(
        &mut self,
        pointer: impl Into<String>,
        also: Vec<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.list.push(Finding {
            rule: self.rule,
            pointer: pointer.into(),
            also,
            operations: Vec::new(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// The findings, with their operations, in the order of the document.
    pub(crate) fn in_order(self, places: &Places<'_>) -> Vec<Finding> {
        let mut list = self.list;
        if list.is_empty() {
            return list;
        }
        let users = places.users();
        for finding in &mut list {
            let pointers = std::iter::once(&finding.pointer).chain(&finding.also);
            let reached: BTreeSet<usize> = pointers.flat_map(|pointer| users.of(pointer)).copied().collect();
            let ids = reached.into_iter().map(|index| places.operations[index].id());
            finding.operations = ids.flatten().map(str::to_owned).collect();
        }
        let ranks = places.ranks();
        // Stable: findings at one place stay in the order of the rules, and of what each has found.
        list.sort_by_key(|finding| ranks.of(&finding.pointer));
        list
    }
}

/// A name of the document's in a sentence: nothing in it can pass for the sentence, move the cursor or fill the screen.
pub(crate) fn quoted(name: &str) -> String {
    let mut shown: String = name.chars().take(80).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    format!("`{}`", printable(&shown))
}

/// The names, quoted; past a dozen, how many more.
pub(crate) fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const SHOWN: usize = 12;
    let all: Vec<&str> = names.into_iter().collect();
    let mut shown: Vec<String> = all.iter().take(SHOWN).map(|name| quoted(name)).collect();
    if all.len() > SHOWN {
        shown.push(format!("{} more", all.len() - SHOWN));
    }
    enumerated(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_document_can_not_act_on_a_terminal() {
        assert_eq!(quoted("a\u{1b}[2Jb\u{202e}"), "`a\\u{1b}[2Jb\\u{202e}`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 83);
        assert_eq!(names(["a", "b", "c"]), "`a`, `b` and `c`");
        assert!(names((0..20).map(|_| "v")).ends_with("and 8 more"));
    }

    #[test]
    fn the_json_form_has_a_schema() {
        let schema = serde_json::to_value(schemars::schema_for!(Report)).expect("a schema is JSON");
        assert!(schema.pointer("/properties/format_version").is_some(), "{schema}");
        assert!(schema.pointer("/$defs/Finding/properties/rule").is_some(), "{schema}");
    }
}
