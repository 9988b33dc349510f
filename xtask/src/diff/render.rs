//! The report for people: in a terminal, and in a pull request.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Effects, Style as Ansi};

use super::{
    report::{Bump, Change, Report},
    rule::{Direction, Rule, Verdict},
};
use crate::{
    defect::count,
    page::{self, Style, code, printable},
};

/// Columns before the sentences.
const MARGIN: usize = 26;

/// A comment on a pull request may have 65,536 characters. What is above this is left to the terminal.
const MARKDOWN_LIMIT: usize = 60_000;

/// The report for a terminal.
pub fn text(report: &Report, style: Style) -> String {
    let bold = Ansi::new().bold();
    let dim = Ansi::new().effects(Effects::DIMMED);
    let hanging = |margin: &str, ansi: Ansi, text: &str| {
        let margin = style.paint(ansi, &format!("  {margin:<width$}", width = MARGIN - 2));
        format!("{margin}{}\n", style.paragraph(MARGIN, text).trim_start())
    };
    let mut out = page::header(&[&report.old, &report.new]);
    for group in groups(report) {
        let _ = write!(out, "\n{}", style.paint(bold, &printable(&group.title)));
        if !group.reaches.is_empty() {
            out.push_str(&style.paint(dim, &format!("  → {}", first(group.reaches, 6))));
        }
        out.push('\n');
        for change in group.structural {
            out.push_str(&hanging(verdict(change), color(change), &change.summary));
            let place = if change.new.is_empty() { "the root" } else { &change.new };
            let place = format!("{}{}, {}", change.rule, direction(change.direction), printable(place));
            let _ = writeln!(out, "{:MARGIN$}{}", "", style.paint(dim, &place));
        }
        if !group.prose.is_empty() {
            let places = group.prose.iter().map(|change| change.summary.trim_end_matches(" changed"));
            out.push_str(&hanging("words", dim, &places.collect::<Vec<_>>().join("; ")));
        }
    }
    let _ = writeln!(out, "\n{}", conclusion(report));
    if let Some(assumed) = &report.assumed {
        let _ = writeln!(out, "{}", style.paragraph(0, assumed));
    }
    out
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
        let (summary, place) = (page::markdown(&change.summary), code(&change.new));
        let _ = writeln!(out, "| {verdict} | {summary} | `{}`{direction} | {place} |", change.rule);
    }
    if !group.prose.is_empty() {
        let prose = count(group.prose.len(), "text");
        let _ = writeln!(out, "\n<details><summary>{prose} changed</summary>\n");
        for change in &group.prose {
            let _ = writeln!(out, "- {}, {}", page::markdown(&change.summary), code(&change.new));
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
    let next = match report.bump {
        Bump::None => return "nothing changed".to_owned(),
        Bump::Patch => "a patch version of unigox: only descriptions changed",
        Bump::Minor => "a minor version of unigox: code that uses it still compiles",
        Bump::Major => "a major version of unigox: code that uses it may not compile",
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
