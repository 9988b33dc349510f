//! Which of two patterns lets more through, found out on their automata.

use std::{cmp::Ordering, collections::HashSet};

use regex_automata::{
    Anchored,
    dfa::{Automaton, dense},
    util::{primitives::StateID, start},
};

/// Automata of more bytes than these, or more pairs of their states, are not looked at: the patterns are two different ones.
const MAX_BYTES: usize = 1 << 20;
const MAX_PAIRS: usize = 50_000;

/// Whether `one` lets less (or more, or exactly what) `other` lets through; none if each has something of its own, or if
/// that can't be said: of what looks around or back, for one.
pub(super) fn order(one: &str, other: &str) -> Option<Ordering> {
    let text = automaton("\\A(?s:.)*\\z")?;
    let (one, other) = (automaton(&translated(one))?, automaton(&translated(other))?);
    match (is_within(&one, &other, &text)?, is_within(&other, &one, &text)?) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
        (false, false) => None,
    }
}

type Dfa = dense::DFA<Vec<u32>>;

fn automaton(pattern: &str) -> Option<Dfa> {
    let config = dense::Config::new().dfa_size_limit(Some(MAX_BYTES)).determinize_size_limit(Some(MAX_BYTES));
    dense::Builder::new().configure(config).build(pattern).ok()
}

/// The pattern as the library reads it: classes of characters are ASCII, and nothing in brackets is an operator.
fn translated(pattern: &str) -> String {
    let mut out = String::new();
    let mut is_in_class = false;
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('d') => out.push_str("[0-9]"),
                Some('D') => out.push_str("[^0-9]"),
                Some('w') => out.push_str("[0-9A-Za-z_]"),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                other => out.extend(std::iter::once('\\').chain(other)),
            },
            '[' | '&' | '~' if is_in_class => out.extend(['\\', c]),
            c => {
                is_in_class = c == '[' || (is_in_class && c != ']');
                out.push(c);
            }
        }
    }
    out
}

/// Whether every `text` that `one` finds itself in, `other` finds itself in, too.
fn is_within(one: &Dfa, other: &Dfa, text: &Dfa) -> Option<bool> {
    let start = |dfa: &Dfa| dfa.start_state(&start::Config::new().anchored(Anchored::No)).ok();
    let ends = |dfa: &Dfa, state: StateID| dfa.is_match_state(dfa.next_eoi_state(state));
    let mut classes = HashSet::new();
    let class = |byte: &u8| [one, other, text].map(|dfa| dfa.byte_classes().get(*byte));
    let bytes: Vec<u8> = (0..=u8::MAX).filter(|byte| classes.insert(class(byte))).collect();
    let first = (start(one)?, start(other)?, start(text)?, false);
    let mut seen = HashSet::from([first]);
    let mut open = vec![first];
    while let Some((a, b, of, was_found)) = open.pop() {
        let is_found = was_found || one.is_match_state(a);
        // What is found stays found, whatever comes after.
        if other.is_match_state(b) {
            continue;
        }
        if ends(text, of) && (is_found || ends(one, a)) && !ends(other, b) {
            return Some(false);
        }
        for byte in &bytes {
            let next = (one.next_state(a, *byte), other.next_state(b, *byte), text.next_state(of, *byte), is_found);
            let is_over = text.is_dead_state(next.2) || (!is_found && one.is_dead_state(next.0));
            if !is_over && seen.insert(next) {
                open.push(next);
            }
        }
        if seen.len() > MAX_PAIRS {
            return None;
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_which_pattern_lets_more_through() {
        for (one, other, expected) in [
            ("^a$", "^[ab]$", Some(Ordering::Less)),
            ("^[A-Z]{2}$", "^[A-Z]{2,3}$", Some(Ordering::Less)),
            ("^a", "a", Some(Ordering::Less)),
            ("^(x|y)$", "^(y|x)$", Some(Ordering::Equal)),
            ("^\\d+$", "^[0-9]{1,}$", Some(Ordering::Equal)),
            ("^[\\w.]+$", "^[A-Za-z0-9_.]+$", Some(Ordering::Equal)),
            ("^[[&~]$", "^(\\[|&|~)$", Some(Ordering::Equal)),
            ("", "^.*$", Some(Ordering::Greater)),
            ("", "[\\s\\S]*", Some(Ordering::Equal)),
            ("^\\p{L}$", "^[a-zé]$", Some(Ordering::Greater)),
            ("^a$", "^b$", None),
            ("^(?=a)a$", "^a$", None),
            ("(", ")", None),
            ("^\\p{L}{1000}$", "^\\p{L}{1001}$", None),
        ] {
            assert_eq!(order(one, other), expected, "{one} {other}");
            assert_eq!(order(other, one), expected.map(Ordering::reverse), "{other} {one}");
        }
    }
}
