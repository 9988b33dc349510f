//! The sandbox with documents of its tests: whatever a document says, its requests are judged and answered by it.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

#[path = "sandbox_document/answers.rs"]
mod answers;
#[path = "sandbox_document/faults.rs"]
mod faults;
#[path = "sandbox_document/fixture.rs"]
mod fixture;
#[path = "sandbox_document/forms.rs"]
mod forms;
#[path = "sandbox_document/limits.rs"]
mod limits;
#[path = "sandbox_document/requests.rs"]
mod requests;
#[path = "sandbox_document/rules.rs"]
mod rules;
#[path = "sandbox_document/security.rs"]
mod security;
#[path = "sandbox_document/vendor.rs"]
mod vendor;
