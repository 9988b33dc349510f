//! What the tests stand on: a server on the loopback, a transport to it, and the document that both are held to.

mod document;
mod request;
mod server;
mod transport;

pub use crate::{
    document::{Document, DocumentedOperation, Success},
    request::{Part, Request},
    server::{Reply, Server},
    transport::{API_KEY, Failure, Loopback, client_at},
};
