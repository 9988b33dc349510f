//! The sandbox with documents of its tests: whatever a document says, it judges requests and gives the responses.

mod faults;
mod fixture;
mod forms;
mod limits;
mod requests;
mod responses;
mod rules;
mod security;
mod vendor;
