#![allow(missing_docs, reason = "goes with its last users")]
use serde_json::Value;

pub use crate::openapi::{
    METHODS, Object, components_mut as components, components_or_new, extension::*, join, operations_mut, reference,
    reference_to, references, resolve, schema_name, target,
};

#[derive(Debug, Clone, Copy)]
pub struct At<'w> {
    pub path: &'w str,
    pub method: &'w str,
    pub pointer: &'w str,
}

pub fn operations<'d>(document: &'d Value, mut f: impl FnMut(At<'_>, &'d Value)) {
    for operation in crate::openapi::operations(document) {
        let pointer = operation.pointer();
        f(At { path: operation.path, method: operation.method, pointer: &pointer }, operation.value());
    }
}

pub fn push(pointer: &mut String, token: &str) {
    crate::openapi::push(pointer, token);
}

pub fn schemas_mut(document: &mut Value, f: &mut dyn FnMut(&mut Value, &str)) {
    crate::openapi::schemas_mut(document, f);
}
