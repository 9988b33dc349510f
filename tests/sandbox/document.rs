//! The sandbox with documents of its tests: whatever a document says, its requests are judged and answered by it.

mod answers;
mod faults;
mod fixture;
mod forms;
mod limits;
mod requests;
mod rules;
mod security;
mod vendor;
