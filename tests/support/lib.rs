//! Support for tests: a server on the loopback, clients of it, paused time, the document, and a judge that checks bodies by
//! the document.
//!
//! The examples in READMEs are its documentation tests.

mod call;
mod clock;
mod document;
mod generated {
    #[rustfmt::skip]
    pub(crate) mod calls;
}
mod judge;
mod reply;
mod request;
mod server;
mod stage;
mod transport;

#[cfg(doctest)]
mod readmes {
    #[doc = include_str!("../../README.md")]
    struct Root;
    #[doc = include_str!("../../crates/unigox/README.md")]
    struct Unigox;
    #[doc = include_str!("../../crates/unigox-client/README.md")]
    struct UnigoxClient;
}

pub use crate::{
    call::{Call, PICTURE, Received, USER, facade_at},
    clock::Clock,
    document::{Document, DocumentedOperation},
    judge::Judge,
    reply::Reply,
    request::{Part, Request},
    server::{ReservedAddress, Server},
    stage::{Outcome, Stage},
    transport::{API_KEY, Failure, Loopback, client_at},
};
