//! Which change of the document leads to what the compiler refuses, where that can be told by the names that it gives.

use std::collections::{BTreeMap, BTreeSet};

use super::{compile::CompileError, kept_names::RemovedType};
use crate::{
    diff::{Change, Report, Rule, Side, Verdict},
    names::pascal,
    openapi::tokens,
};

/// More changes than these with the same names don't say which one it is.
const MAX_ALIKE: usize = 3;

/// Gives each error its cause; `waiting` is what unmatched overlay actions give.
pub(super) fn explain(
    errors: &mut [CompileError],
    report: &Report,
    removed: &[RemovedType],
    waiting: &BTreeSet<String>,
) {
    let waiting: BTreeMap<String, &String> = waiting.iter().map(|name| (pascal(name), name)).collect();
    let breaks = |change: &&Change| change.source == Verdict::Break || change.client == Verdict::Break;
    let changes: Vec<(&Change, BTreeSet<String>)> =
        report.changes.iter().filter(breaks).map(|change| (change, names_of(change))).collect();
    for error in errors {
        let names = identifiers(&format!("{} {}", error.message, error.labels));
        let used: Vec<&RemovedType> = removed.iter().filter(|removed| names.contains(&removed.name)).collect();
        error.cause = match used.as_slice() {
            [] => names.iter().find_map(|name| waiting.get(name)).map_or_else(
                || by_names(&names, &changes),
                |given| Some(format!("an unmatched overlay action gives `{given}`; correct that action first")),
            ),
            used => Some(used.iter().map(|removed| of_type(removed)).collect::<Vec<_>>().join("; ")),
        };
    }
}

fn of_type(removed: &RemovedType) -> String {
    let name = &removed.name;
    match &removed.successor {
        Some(successor) => format!("the type `{name}` was removed; `{}` is similar", successor.name),
        None => format!("the type `{name}` was removed"),
    }
}

/// The change that has most of the names, unless too many have as many.
fn by_names(names: &BTreeSet<String>, changes: &[(&Change, BTreeSet<String>)]) -> Option<String> {
    let common = |of: &BTreeSet<String>| of.intersection(names).count();
    let most = changes.iter().map(|(_, of)| common(of)).max().filter(|most| *most > 0)?;
    let alike: Vec<&Change> = changes.iter().filter(|(_, of)| common(of) == most).map(|(change, _)| *change).collect();
    let first = alike.first().filter(|_| alike.len() <= MAX_ALIKE)?;
    Some(described(first))
}

/// A change in one line.
pub(super) fn described(change: &Change) -> String {
    match change.place() {
        (_, "") => change.summary.clone(),
        (Side::Old, place) if place != change.new => format!("{}, at {place} of the old document", change.summary),
        (_, place) => format!("{}, at {place}", change.summary),
    }
}

/// The names that the code for a change has: of properties, components and operations, and what its summary quotes.
fn names_of(change: &Change) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pointer in [&change.old, &change.new] {
        let tokens = tokens(pointer);
        let named = tokens.windows(2).filter(|pair| matches!(pair[0].as_str(), "properties" | "schemas"));
        // The last ones: a name further up is that of many changes.
        names.extend(named.map(|pair| pascal(&pair[1])).next_back());
    }
    let quoted = change.summary.split('`').skip(1).step_by(2).flat_map(|part| part.split('.').map(str::to_owned));
    names.extend(quoted.filter(|part| !part.contains(['/', ' '])).map(|part| pascal(&part)));
    if matches!(change.rule, Rule::OperationRemoved | Rule::OperationIdChanged) {
        names.extend(change.operations.iter().map(|id| pascal(id)));
    }
    names
}

/// The identifiers in `text`, in the one form in which types, fields and constants can be compared.
fn identifiers(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let words = quoted.flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| word.len() > 1).map(pascal).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{coverage::Coverage, diff, page::Document};

    fn error(message: &str) -> CompileError {
        CompileError { place: "a.rs:1".to_owned(), message: message.to_owned(), cause: None, labels: String::new() }
    }

    fn document(property: &str) -> serde_json::Value {
        json!({"paths": {
            "/a": {"get": {"operationId": "getA", "responses": {"200": {"content": {"application/json": {"schema": {
                "$ref": "#/components/schemas/A"}}}}}}}},
            "components": {"schemas": {"A": {"type": "object", "required": [property, "size"], "properties": {
                property: {"type": "string"}, "size": {"type": "integer"}}}}}})
    }

    #[test]
    fn an_error_has_the_change_that_it_names() {
        let mut new = document("user_id");
        new["components"]["schemas"]["A"]["properties"]["size"]["type"] = "string".into();
        let changes = diff::compare(&document("user_ref"), &new, &Coverage::default());
        let name = Document { file: String::new(), sha256: String::new() };
        let report = Report::new(name.clone(), name, diff::Compared { changes, assumed: None });
        let removed = RemovedType { name: "Gone".to_owned(), successor: None, named_by: None };
        let mut errors = [
            error("no field `user_ref` on type `&A`"),
            error("unresolved import `unigox_client::types::Gone`"),
            error("struct `A` has no field named `size`"),
            error("mismatched types"),
            error("no variant named `Next` found for enum `State`"),
        ];
        explain(&mut errors, &report, &[removed], &BTreeSet::from(["NEXT".to_owned()]));
        let causes: Vec<Option<&str>> = errors.iter().map(|error| error.cause.as_deref()).collect();
        assert!(
            causes[0].is_some_and(|cause| cause.contains("`user_ref`") && cause.contains("/properties/user_")),
            "{causes:?}"
        );
        assert_eq!(causes[1], Some("the type `Gone` was removed"));
        assert!(causes[2].is_some_and(|cause| cause.contains("/properties/size")), "{causes:?}");
        assert_eq!(causes[3], None);
        assert_eq!(causes[4], Some("an unmatched overlay action gives `NEXT`; correct that action first"));
    }
}
