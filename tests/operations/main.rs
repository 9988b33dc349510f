//! What holds for every operation of a document, whatever it is: the calls of the generated table, on the wire and against the
//! mock server. Tests of the pipeline run this program on other documents, so it is small.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

mod facade;
#[allow(dead_code, reason = "the fixture has more than these tests need")]
#[path = "../sandbox/journey/fixture.rs"]
mod fixture;
mod sandbox;
