//! References that lead nowhere, out of the document or in a circle, and what stands beside a reference.

use super::{
    places::Places,
    report::{Findings, enumerated, quoted},
};
use crate::{check, openapi::references};

pub(crate) fn leads_somewhere(places: &Places<'_>, findings: &mut Findings) {
    let mut defects = Vec::new();
    check::references(places.document, &mut defects);
    check::cycles(places.document, &mut defects);
    findings.add_defects(defects);
}

pub(crate) fn stands_alone(places: &Places<'_>, findings: &mut Findings) {
    references(places.document, &mut |pointer, _| {
        // A path item is the one thing that may say more than its reference.
        if pointer.starts_with("/paths/") && pointer.matches('/').count() == 2 {
            return;
        }
        let object = places.document.pointer(pointer).and_then(serde_json::Value::as_object);
        let beside = object.into_iter().flatten().map(|(key, _)| key.as_str());
        let beside: Vec<String> = beside.filter(|key| *key != "$ref" && !key.starts_with("x-")).map(quoted).collect();
        if !beside.is_empty() {
            let problem = format!("{} beside `$ref` is ignored by OpenAPI 3.0", enumerated(&beside));
            findings.add(pointer, problem, "put the reference into an `allOf`, or remove what stands beside it");
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[track_caller]
    fn check(rule: &str, schemas: Value, expected: &[&str]) {
        assert_eq!(super::super::found(rule, json!({"components": {"schemas": schemas}})), expected);
    }

    #[test]
    fn a_dangling_or_circular_reference_is_a_finding_and_no_end() {
        check(
            "reference",
            json!({"A": {"$ref": "#/components/schemas/Nothing"}, "B": {"allOf": [{"$ref": "#/components/schemas/B"}]}}),
            &[
                "/components/schemas/A/$ref: dangling reference: nothing is at `#/components/schemas/Nothing`",
                "/components/schemas/B: circular reference: #/components/schemas/B → #/components/schemas/B",
            ],
        );
        check("reference", json!({"A": {"items": {"$ref": "#/components/schemas/A"}}}), &[]);
    }

    #[test]
    fn what_stands_beside_a_reference_is_ignored() {
        check(
            "reference-sibling",
            json!({"A": {"properties": {
                "a": {"$ref": "#/components/schemas/B", "nullable": true, "description": "d"},
                "b": {"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": true},
                "c": {"$ref": "#/components/schemas/B", "x-own": 1},
            }}, "B": {}}),
            &[
                "/components/schemas/A/properties/a: `nullable` and `description` beside `$ref` is ignored by OpenAPI 3.0",
            ],
        );
    }
}
