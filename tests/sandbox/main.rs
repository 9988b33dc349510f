//! The mock server, as its users meet it.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

mod bad_input;
mod document;
mod journey;
mod rails;
mod webhooks;
