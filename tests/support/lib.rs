//! Support for tests: a server on the loopback, clients of it, paused time, the document, and a judge that checks bodies by
//! the document.

mod call;
mod clock;
mod document;
mod judge;
mod reply;
mod request;
mod server;
mod stage;
mod transport;

pub use crate::{
    call::{Call, PICTURE, USER, facade_at},
    clock::Clock,
    document::{Document, DocumentedOperation, Success},
    judge::Judge,
    reply::Reply,
    request::{Part, Request},
    server::{ReservedAddress, Server},
    stage::{Outcome, Stage},
    transport::{API_KEY, Failure, Loopback, client_at},
};
