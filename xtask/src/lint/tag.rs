//! Tags: what operations use against what the document declares.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, quoted},
};
use crate::openapi::join;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let mut declared: HashMap<&str, String> = HashMap::new();
    let list = places.document.get("tags").and_then(Value::as_array);
    let mut used: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in &places.operations {
        let pointer = join(&operation.pointer(), "tags");
        let tags = operation.value().get("tags").and_then(Value::as_array);
        for (index, tag) in tags.into_iter().flatten().enumerate() {
            if let Some(tag) = tag.as_str() {
                used.entry(tag).or_default().push(join(&pointer, &index.to_string()));
            }
        }
    }
    for (index, tag) in list.into_iter().flatten().enumerate() {
        let Some(name) = tag.get("name").and_then(Value::as_str) else { continue };
        let pointer = join("/tags", &index.to_string());
        if let Some(first) = declared.insert(name, pointer.clone()) {
            let problem = format!("the tag {} is declared twice", quoted(name));
            findings.add_with(pointer, vec![first], problem, "declare it once");
        } else if !used.contains_key(name) {
            let problem = format!("no operation uses the tag {}", quoted(name));
            findings.add(pointer, problem, "remove it, or tag the operations that it is about");
        }
    }
    // A document may do without declaring any.
    if declared.is_empty() {
        return;
    }
    for (tag, mut places) in used {
        if !declared.contains_key(tag) {
            let first = places.remove(0);
            let problem = format!("the tag {} is not declared among the `tags` of the document", quoted(tag));
            findings.add_with(first, places, problem, "declare it, or use one that is");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(declared: Value, used: Value, expected: &[&str]) {
        let paths = json!({"/a": {"get": {"tags": used, "responses": {}}}});
        assert_eq!(super::super::found("tag", json!({"tags": declared, "paths": paths})), expected);
    }

    #[test]
    fn tags_are_declared_once_and_used() {
        check(
            json!([{"name": "a"}, {"name": "b"}, {"name": "a"}]),
            json!(["a", "c"]),
            &[
                "/tags/1: no operation uses the tag `b`",
                "/tags/2: the tag `a` is declared twice",
                "/paths/~1a/get/tags/1: the tag `c` is not declared among the `tags` of the document",
            ],
        );
    }

    #[test]
    fn a_document_may_declare_no_tags_at_all() {
        check(json!([]), json!(["a"]), &[]);
        check(json!([{"name": "a"}]), json!(["a"]), &[]);
    }
}
