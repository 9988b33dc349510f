//! Strings that match a regular expression.

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The maximum length of a string that is made, in bytes.
const MAX_BYTES: usize = 10_000;

/// A string that matches `pattern`. What repeats without a limit repeats up to `more` times more than it has to. None for
/// patterns that look around, and other ones that are not understood.
pub(super) fn matching(pattern: &str, more: u32, random: &mut Rng) -> Option<String> {
    let pattern = regex_syntax::parse(pattern).ok()?;
    let mut made = Vec::new();
    add(&pattern, more, random, &mut made);
    String::from_utf8(made).ok()
}

fn add(pattern: &Hir, more: u32, random: &mut Rng, made: &mut Vec<u8>) {
    if made.len() > MAX_BYTES {
        return;
    }
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => made.extend(&*literal.0),
        HirKind::Class(class) => made.extend(character(class, random).into_iter().collect::<String>().bytes()),
        HirKind::Repetition(repetition) => {
            let highest = repetition.min.saturating_add(more);
            let highest = repetition.max.map_or(highest, |maximum| maximum.min(highest));
            for _ in 0..random.u32(repetition.min..=highest.max(repetition.min)) {
                if made.len() > MAX_BYTES {
                    break;
                }
                add(&repetition.sub, more, random, made);
            }
        }
        HirKind::Capture(capture) => add(&capture.sub, more, random, made),
        HirKind::Concat(parts) => parts.iter().for_each(|part| add(part, more, random, made)),
        HirKind::Alternation(parts) => {
            if let Some(part) = random.choice(parts) {
                add(part, more, random, made);
            }
        }
    }
}

/// A character of a class: a visible one of ASCII if it has one.
fn character(class: &Class, random: &mut Rng) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let visible = ranges.iter().map(|(start, end)| ((*start).max('!'), (*end).min('~')));
    let visible: Vec<_> = visible.filter(|(start, end)| start <= end).collect();
    let (start, end) = random.choice(if visible.is_empty() { ranges } else { visible })?;
    Some(random.char(start..=end))
}
