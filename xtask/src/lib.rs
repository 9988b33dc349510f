//! The pipeline from the vendor's OpenAPI document to the crate `unigox-client`, as a library for the binary, the
//! benchmarks and the tests.

pub mod check;
pub mod ci;
pub mod codegen;
pub mod coverage;
pub mod defect;
pub mod diff;
mod emit;

/// Calls with sample values, for tests.
pub mod calls {
    pub use crate::emit::{SampleBody, SampleCall, SampleResponse, calls, responses};
}
pub mod generate;
pub mod last_run;
pub mod lint;
pub mod lower;
pub mod names;
pub mod openapi;
pub mod output;
pub mod overlay;
pub mod page;
pub mod pipeline;
pub mod public_items;
pub mod report;
pub mod sample;
pub mod transaction;
mod type_kind;
pub mod update;
