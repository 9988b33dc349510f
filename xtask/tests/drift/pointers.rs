//! The pointers that a report prints: each leads somewhere in the document that it is said to be of.

use serde_json::Value;
use xtask::{
    diff::{self, Change, Compared, Report},
    page::{Document, Style},
};

/// What is wrong with a pointer in the report for a terminal, if one is.
pub(crate) fn check(old: &Value, new: &Value, changes: &[Change]) -> Result<(), String> {
    let name = |file: &str| Document { file: file.to_owned(), sha256: String::new() };
    let compared = Compared { changes: changes.to_vec(), assumed: None };
    let report = Report::new(name("old"), name("new"), compared);
    let text = diff::text(&report, Style { color: false, width: 100 });
    for line in text.lines() {
        // The rule, the direction perhaps, and the pointer, in a line of its own.
        let is_rule = |word: &str| report.changes.iter().any(|change| change.rule.to_string() == word);
        let Some((rule, rest)) = line.trim_start().split_once(", ").filter(|(rule, _)| is_rule(rule)) else { continue };
        let place = rest.strip_prefix("request, ").or_else(|| rest.strip_prefix("response, ")).unwrap_or(rest);
        let (document, pointer) = match place.strip_suffix(" (old document)") {
            Some(pointer) => (old, pointer),
            None => (new, place.strip_prefix("the root").unwrap_or(place)),
        };
        if document.pointer(pointer).is_none() {
            return Err(format!("nothing is at {pointer}, of {rule}:\n{text}"));
        }
    }
    Ok(())
}

#[test]
fn what_was_removed_is_shown_in_the_old_document_and_what_was_added_in_the_new_one() {
    let document = |property: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{get: {{operationId: a, responses: {{'200': \
             {{description: ok, content: {{application/json: {{schema: {{type: object, properties: {{id: {{type: string}}{property}}}\
             }}}}}}}}}}}}}}}}\n"
        );
        xtask::openapi::parse(&text).expect("YAML without a slip")
    };
    let (without, with) = (document(""), document(", size: {type: integer, format: int32}"));
    let at = "/paths/~1a/get/responses/200/content/application~1json/schema/properties/size";
    for (old, new, end) in [(&without, &with, ""), (&with, &without, " (old document)")] {
        let changes = super::compare(old, new);
        check(old, new, &changes).expect("every pointer leads somewhere");
        let name = || Document { file: String::new(), sha256: String::new() };
        let report = Report::new(name(), name(), Compared { changes, assumed: None });
        let text = diff::text(&report, Style { color: false, width: 100 });
        assert!(text.contains(&format!(", response, {at}{end}\n")), "{text}");
    }
}
