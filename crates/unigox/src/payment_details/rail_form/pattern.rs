//! The pattern of a field. It comes from the server, so its size and the time that it takes are limited.
//!
//! `regex-lite` is one crate, and takes time that is at most proportional to pattern and value;
//! `regress`, which reads all of ECMAScript, may take exponential time, and `regex` is three crates. A pattern that
//! `regex-lite` can't read is reported, and checked by the server alone.

use regex_lite::{Regex, RegexBuilder};

/// The longest pattern that is used, in bytes.
const MAX_PATTERN_BYTES: usize = 2_000;

/// The largest program that is made of a pattern, in bytes.
const MAX_PROGRAM_BYTES: usize = 64 * 1024;

/// The longest value of a field, in bytes.
pub(super) const MAX_VALUE_BYTES: usize = 4_096;

/// A program for the pattern, if there can be one.
///
/// The time of a match is at most proportional to the size of the program and the length of the value, whatever the pattern
/// is. For that, patterns with look-around, back-references or Unicode classes have no program. Neither have those that are
/// no regular expressions, or are too large.
pub(super) fn program(pattern: &str) -> Option<Regex> {
    if pattern.len() > MAX_PATTERN_BYTES {
        return None;
    }
    RegexBuilder::new(pattern).size_limit(MAX_PROGRAM_BYTES).build().ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_pattern_matches_as_in_json_schema() {
        for (pattern, good, bad) in [
            (r"^[0-9]{10}$", "0123456789", "0123456789\n"),
            (r"^\d+$", "42", "٤٢"),
            (r"[a-z]", "1a", "1"),
            (r"^[\w.-]+@[\w.-]+$", "ada@upi", "ada"),
            (r"^(GB|DE)\/x$", "DE/x", "FR/x"),
            (r"^\+[1-9]\d{1,14}$", "+37012345678", "37012345678"),
            (r"^é$", "é", "e"),
            (r"^[a-zA-ZÀ-ÿ\u0100-\u017F\u0400-\u04FF\s'-]{2,50}$", "Ada Żółć О'би", "Ada 2"),
        ] {
            let program = program(pattern).expect("it is a pattern");
            assert!(program.is_match(good), "{pattern} does not match {good:?}");
            assert!(!program.is_match(bad), "{pattern} matches {bad:?}");
        }
    }

    #[test]
    fn a_pattern_that_can_not_be_used_is_none() {
        let deep = format!("{}a{}", "(".repeat(900), ")".repeat(900));
        for pattern in ["(", "[a", "a{2,1}", "*", r"^(?=.*\d).+$", r"(a)\1", r"^\p{L}+$", r"a{,5}", "((a{99}){99}){99}"]
        {
            assert!(program(pattern).is_none(), "{pattern}");
        }
        assert!(program(&deep).is_none());
        assert!(program(&"a".repeat(MAX_PATTERN_BYTES + 1)).is_none());
    }

    #[test]
    fn the_time_of_a_match_is_bounded() {
        let started = Instant::now();
        let value = "a".repeat(MAX_VALUE_BYTES);
        for pattern in ["^(a+)+$b", "^(a|a)*b$", "^(a?){300}b$", "(.*.*.*)*b"] {
            if let Some(program) = program(pattern) {
                assert!(!program.is_match(&value), "{pattern}");
            }
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }
}
