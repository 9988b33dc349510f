//! The generated client: what it sends and what it reads.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

mod reading;
mod wire;
