//! The report for people: in a terminal, and in a pull request.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Effects, Style as Ansi};

use super::{
    report::{Bump, Change, Report, Side},
    rule::{Direction, Rule, Verdict},
};
use crate::{
    defect::count,
    page::{self, Style, code, printable},
};

/// Columns before the sentences.
const MARGIN: usize = 28;

/// A comment on a pull request may have 65,536 characters. What is above this is left to the terminal.
const MARKDOWN_LIMIT: usize = 60_000;

/// The report for a terminal: what breaks, then the rest. What was added has a line each, and of texts only their number is
/// said.
pub fn text(report: &Report, style: Style) -> String {
    let parts = [breaks(report, style), rest(report, style)].concat();
    let header = page::header(&[&report.old, &report.new]);
    let assumed = report.assumed.as_ref().map(|assumed| format!("\n{}\n", style.paragraph(0, assumed)));
    format!("{header}{}{parts}\n{}\n", assumed.unwrap_or_default(), conclusion(report))
}

/// What breaks somebody, or may; nothing if nothing does.
pub(crate) fn breaks(report: &Report, style: Style) -> String {
    let mut section = Section::new("What breaks", style);
    section.operations("Removed operations", report, Rule::OperationRemoved);
    section.changes(report, |change| !is_harmless(change) && change.rule != Rule::OperationRemoved);
    section.out
}

/// What breaks nobody.
pub(crate) fn rest(report: &Report, style: Style) -> String {
    let mut section = Section::new("What else changed", style);
    section.operations("Added operations", report, Rule::OperationAdded);
    section.changes(report, |change| {
        is_harmless(change) && ![Rule::OperationAdded, Rule::ProseChanged].contains(&change.rule)
    });
    section.texts(report);
    section.out
}

/// How much changed, and the next version.
pub(crate) fn summary(report: &Report, style: Style) -> String {
    let mut out = conclusion(report) + "\n";
    if let Some(assumed) = &report.assumed {
        let _ = writeln!(out, "{}", style.paragraph(0, assumed));
    }
    out
}

fn is_harmless(change: &Change) -> bool {
    [change.wire, change.source, change.client] == [Verdict::Ok; 3]
}

/// A part of the report, without a heading until there is something to say.
struct Section {
    out: String,
    heading: &'static str,
    style: Style,
}

impl Section {
    fn new(heading: &'static str, style: Style) -> Self {
        Self { out: String::new(), heading, style }
    }

    fn begin(&mut self, title: &str, reaches: &[String]) {
        let bold = Ansi::new().bold();
        if self.out.is_empty() {
            let _ = writeln!(self.out, "\n{}", self.style.paint(bold, self.heading));
        }
        let _ = write!(self.out, "\n  {}", self.style.paint(bold, &printable(title)));
        if !reaches.is_empty() {
            self.out.push_str(&self.dim(&format!("  → {}", first(reaches, 6))));
        }
        self.out.push('\n');
    }

    fn dim(&self, text: &str) -> String {
        self.style.paint(Ansi::new().effects(Effects::DIMMED), &printable(text))
    }

    /// The operations that were added or removed, a line each.
    fn operations(&mut self, title: &str, report: &Report, rule: Rule) {
        let changes: Vec<&Change> = report.changes.iter().filter(|change| change.rule == rule).collect();
        let name = |change: &Change| first(&change.operations, 1);
        let width = changes.iter().map(|change| name(change).chars().count()).max().unwrap_or_default();
        for (index, change) in changes.iter().enumerate() {
            if index == 0 {
                self.begin(&format!("{}: {}", title, changes.len()), &[]);
            }
            let call = change.summary.split('`').nth(1).unwrap_or_default();
            // One without an id is called for that already.
            let name = if name(change) == call { String::new() } else { name(change) };
            let line = format!("    {:width$}  {}", printable(&name), printable(call));
            let reaches = match change.reaches.as_slice() {
                [] => String::new(),
                methods => self.dim(&format!("  → {}", first(methods, 6))),
            };
            let _ = writeln!(self.out, "{line}{reaches}");
        }
    }

    /// Changes by the operations that they reach.
    fn changes(&mut self, report: &Report, is_wanted: impl Fn(&Change) -> bool) {
        for group in groups(report) {
            let wanted: Vec<&Change> = group.structural.iter().copied().filter(|change| is_wanted(change)).collect();
            if wanted.is_empty() {
                continue;
            }
            self.begin(&group.title, group.reaches);
            for change in wanted {
                let margin = format!("    {:width$}", verdict(change), width = MARGIN - 4);
                let summary = self.style.paragraph(MARGIN, &change.summary);
                let _ = writeln!(self.out, "{}{}", self.style.paint(color(change), &margin), summary.trim_start());
                let place = format!("{}{}, {}", change.rule, direction(change.direction), place(change));
                let _ = writeln!(self.out, "{:MARGIN$}{}", "", self.dim(&place));
            }
        }
    }

    /// How many texts changed, by the operations that they reach.
    fn texts(&mut self, report: &Report) {
        let mut is_first = true;
        for group in groups(report).into_iter().filter(|group| !group.prose.is_empty()) {
            if is_first {
                self.begin("Texts and examples (`spec diff --format json` lists each place)", &[]);
                is_first = false;
            }
            let line = format!("{}: {}", group.title, places(group.prose.len()));
            let _ = writeln!(self.out, "{}", self.style.paragraph(4, &line));
        }
    }
}

fn places(texts: usize) -> String {
    format!("texts of {}", count(texts, "place"))
}

/// Where a change is: in the old document if something was removed, or else in the new one.
fn place(change: &Change) -> String {
    match change.place() {
        (Side::Old, place) if place != change.new => format!("{place} (old document)"),
        (_, "") => "the root".to_owned(),
        (_, place) => place.to_owned(),
    }
}

/// The report for a pull request.
pub fn markdown(report: &Report) -> String {
    let mut out = page::markdown_header("API drift", &[&report.old, &report.new]);
    let _ = writeln!(out, "\n**{}**", page::markdown(&conclusion(report)));
    if let Some(assumed) = &report.assumed {
        let _ = writeln!(out, "\n{}", page::markdown(assumed));
    }
    let mut left_out = 0;
    for group in groups(report) {
        let section = section(&group);
        match out.len() + section.len() > MARKDOWN_LIMIT {
            true => left_out += group.structural.len() + group.prose.len(),
            false => out.push_str(&section),
        }
    }
    if left_out > 0 {
        let _ = writeln!(out, "\n{} more: run `cargo xtask spec diff` to read them.", count(left_out, "change"));
    }
    out
}

fn section(group: &Group<'_>) -> String {
    let mut out = format!("\n### {}\n", page::markdown(&group.title));
    if !group.reaches.is_empty() {
        let _ = writeln!(out, "\nReaches `{}`.", group.reaches.join("`, `"));
    }
    if !group.structural.is_empty() {
        out.push_str("\n| | change | rule | where |\n|---|---|---|---|\n");
    }
    for change in &group.structural {
        let (verdict, direction) = (verdict(change), direction(change.direction));
        let (summary, place) = (page::markdown(&change.summary), code(&place(change)));
        let _ = writeln!(out, "| {verdict} | {summary} | `{}`{direction} | {place} |", change.rule);
    }
    if !group.prose.is_empty() {
        let prose = count(group.prose.len(), "text");
        let _ = writeln!(out, "\n<details><summary>{prose} changed</summary>\n");
        for change in &group.prose {
            let _ = writeln!(out, "- {}, {}", page::markdown(&change.summary), code(&place(change)));
        }
        out.push_str("\n</details>\n");
    }
    out
}

/// The changes that reach the same operations.
struct Group<'r> {
    title: String,
    reaches: &'r [String],
    structural: Vec<&'r Change>,
    prose: Vec<&'r Change>,
}

fn groups(report: &Report) -> Vec<Group<'_>> {
    let same = |a: &Change, b: &Change| a.operations == b.operations;
    report
        .changes
        .chunk_by(same)
        .map(|changes| {
            let (prose, structural) = changes.iter().partition(|change| change.rule == Rule::ProseChanged);
            let [first, ..] = changes else { return Group { title: String::new(), reaches: &[], structural, prose } };
            Group { title: title(&first.operations), reaches: &first.reaches, structural, prose }
        })
        .collect()
}

fn title(operations: &[String]) -> String {
    match operations {
        [] => "The document, and what no operation reaches".to_owned(),
        names => first(names, 4),
    }
}

/// The first `few` of many names.
fn first(names: &[String], few: usize) -> String {
    match names.get(..few) {
        Some(first) if names.len() > few => format!("{} and {} more", first.join(", "), names.len() - few),
        _ => names.join(", "),
    }
}

/// The counts, and the next version.
fn conclusion(report: &Report) -> String {
    let breaking = |what: fn(&Change) -> Verdict| {
        let breaking = report.changes.iter().filter(|change| what(change) == Verdict::Break).count();
        format!("{breaking} {}", if breaking == 1 { "breaks" } else { "break" })
    };
    let (wire, source) = (breaking(|change| change.wire), breaking(|change| change.source));
    let client = breaking(|change| change.client);
    let words = report.changes.iter().filter(|change| change.rule == Rule::ProseChanged).count();
    let next = match (report.bump, &report.assumed) {
        (Bump::None, _) => return "nothing changed".to_owned(),
        (_, Some(_)) => "the next version is not known, see above",
        (Bump::Patch, None) => "a patch version of unigox: only descriptions changed",
        (Bump::Minor, None) => "a minor version of unigox: code that uses it still compiles",
        (Bump::Major, None) => "a major version of unigox: code that uses it may not compile",
    };
    let structural = count(report.changes.len() - words, "change");
    let words = if words == 0 { String::new() } else { format!(" and {} of words", count(words, "change")) };
    format!(
        "{structural} ({wire} the wire, {source} the source of unigox, {client} that of unigox-client){words}: {next}"
    )
}

/// Whom it breaks. What breaks code that uses `unigox` breaks code that uses `unigox-client`, too.
fn verdict(change: &Change) -> &'static str {
    match (change.wire, change.source, change.client) {
        (Verdict::Break, Verdict::Break, _) => "breaks wire, source",
        (Verdict::Break, _, Verdict::Break) => "breaks wire, client",
        (Verdict::Break, ..) => "breaks wire",
        (Verdict::Warning, Verdict::Break, _) => "warning, breaks source",
        (Verdict::Warning, _, Verdict::Break) => "warning, breaks client",
        (Verdict::Warning, ..) => "warning",
        (Verdict::Ok, Verdict::Break, _) => "breaks source",
        (Verdict::Ok, _, Verdict::Break) => "breaks client",
        (Verdict::Ok, ..) => "harmless",
    }
}

fn color(change: &Change) -> Ansi {
    let color = match (change.wire, change.source.max(change.client)) {
        (Verdict::Break, _) => AnsiColor::Red,
        (Verdict::Ok, Verdict::Ok) => AnsiColor::Green,
        _ => AnsiColor::Yellow,
    };
    color.on_default()
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => ", request",
        Direction::Response => ", response",
        Direction::None => "",
    }
}
