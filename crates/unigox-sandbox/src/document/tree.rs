//! The document as a tree of values, and its references.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    validator::{self, Assertions},
    value::{escape, items, members, reference},
};

/// How many references may lead from one to the next.
pub(crate) const MAX_CHAIN: usize = 100;

/// The document. Keywords without a value are left out, as if they were not there.
#[derive(Debug)]
pub(crate) struct Tree {
    root: Value,
    /// The assertions of its schemas, which many have in common.
    assertions: Mutex<HashMap<String, Option<Arc<Assertions>>>>,
}

impl Tree {
    pub(crate) fn new(mut root: Value) -> Self {
        remove_nulls(&mut root);
        Self { root, assertions: Mutex::default() }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// The assertions of a schema; none if it has none. They are made once for all schemas that have the same ones.
    ///
    /// # Errors
    ///
    /// Where the schema is not valid, and why, in words.
    pub(crate) fn assertions(&self, schema: &Map<String, Value>) -> Result<Option<Arc<Assertions>>, (String, String)> {
        let lock = || self.assertions.lock().unwrap_or_else(PoisonError::into_inner);
        let text = Value::Object(validator::assertions_of(schema)).to_string();
        if let Some(known) = lock().get(&text) {
            return Ok(known.clone());
        }
        let made = validator::assertions(schema)?.map(Arc::new);
        lock().insert(text, made.clone());
        Ok(made)
    }

    /// The JSON pointer of a value of the document, by where it is in memory.
    pub(crate) fn pointer_of(&self, address: usize) -> Option<String> {
        let mut waiting = vec![(&self.root, String::new())];
        while let Some((value, pointer)) = waiting.pop() {
            if std::ptr::from_ref(value).addr() == address {
                return Some(pointer);
            }
            waiting.extend(members(value).map(|(name, value)| (value, format!("{pointer}/{}", escape(name)))));
            waiting.extend(items(Some(value)).enumerate().map(|(index, value)| (value, format!("{pointer}/{index}"))));
        }
        None
    }

    /// What `value` leads to, if it is a reference; `value` itself if it is not.
    pub(crate) fn resolve<'t>(&'t self, mut value: &'t Value) -> Result<&'t Value, String> {
        for _ in 0..MAX_CHAIN {
            match reference(value) {
                None => return Ok(value),
                Some(target) => value = self.target(target)?,
            }
        }
        Err("a chain of references has no end".to_owned())
    }

    /// What a reference leads to: another reference, or what is meant.
    pub(crate) fn target(&self, reference: &str) -> Result<&Value, String> {
        let target = pointer(reference).and_then(|pointer| self.root.pointer(&pointer));
        target.ok_or_else(|| format!("the reference `{reference}` leads nowhere in this document"))
    }

    /// The members of an object, each with its references followed.
    pub(crate) fn resolved_members<'t>(&'t self, object: &'t Value) -> Result<Vec<(&'t str, &'t Value)>, String> {
        members(object).map(|(name, value)| Ok((name, self.resolve(value)?))).collect()
    }
}

/// The JSON pointer of a reference within the document.
fn pointer(reference: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let names: Vec<_> =
                object.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.clone()).collect();
            names.iter().for_each(|name| drop(object.remove(name)));
            object.iter_mut().filter(|(name, _)| !holds_data(name)).for_each(|(_, value)| remove_nulls(value));
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

/// Whether what stands under this keyword is data, in which null is a value.
fn holds_data(keyword: &str) -> bool {
    ["example", "examples", "default", "enum"].contains(&keyword) || keyword.starts_with("x-")
}

/// An object with one member.
#[cfg(test)]
pub(crate) fn object(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn follows_references_and_reports_those_that_lead_nowhere() {
        let tree = Tree::new(json!({"a": {"$ref": "#/b~1c%20d"}, "b/c d": {"x": 1}, "e": {"$ref": "#/e"}}));
        let resolve = |name: &str| tree.resolve(&tree.root()[name]).cloned();
        assert_eq!(resolve("a"), Ok(json!({"x": 1})));
        assert!(resolve("e").is_err_and(|problem| problem.contains("no end")));
        let nowhere = object("$ref", json!("#/nowhere"));
        assert!(tree.resolve(&nowhere).is_err_and(|problem| problem.contains("`#/nowhere`")));
        let elsewhere = object("$ref", json!("other.yaml#/a"));
        assert!(tree.resolve(&elsewhere).is_err());
    }

    #[test]
    fn keywords_without_a_value_are_not_there_and_null_in_data_is() {
        let tree = Tree::new(json!({"a": null, "example": {"b": null}, "c": [{"d": null, "enum": [null]}]}));
        assert_eq!(*tree.root(), json!({"example": {"b": null}, "c": [{"enum": [null]}]}));
    }
}
