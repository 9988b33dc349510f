//! The workspace: generated files, packages, dependencies, and the page that the project is built from.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

mod circles;
mod dependencies;
mod drift;
mod packages;
mod page;
mod parity;
