//! The runtime of generated clients, which no document reaches as a whole: what it puts on the wire for each style and
//! media type of OpenAPI, what it reads, and the types that its macros make.
//!
//! The runtime is compiled into this test, since its interface is the generated code's alone.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unnameable_types,
    unused_qualifications,
    clippy::exhaustive_enums,
    reason = "the runtime has the lints of a crate that is generated; tests are claims, and documented by their names"
)]

#[path = "../../crates/unigox-client/src/runtime"]
mod runtime {
    pub(crate) mod call;
    pub(crate) mod choice;
    pub(crate) mod constrained;
    pub(crate) mod error;
    pub(crate) mod error_body;
    pub(crate) mod form;
    pub(crate) mod hidden;
    pub(crate) mod integer_enum;
    pub(crate) mod node;
    pub(crate) mod null;
    pub(crate) mod operation;
    pub(crate) mod parameter;
    pub(crate) mod params;
    pub(crate) mod response;
    pub(crate) mod string_enum;
    pub(crate) mod tolerant;
    pub(crate) mod transport;
    pub(crate) mod union;
}

mod bodies;
mod parameters;
mod types;

use runtime::{
    call::{Call, Client, Received},
    constrained::ConstraintError,
    error::Error,
    integer_enum::UnknownInteger,
    operation::Operation,
    string_enum::ParseEnumError,
    transport::{RawResponse, Transport},
};
use unigox_tests::{Reply, Request, Server};

/// Sends each request once, without a key.
struct Http(reqwest::Client);

impl Transport for Http {
    type Error = reqwest::Error;

    fn http(&self) -> &reqwest::Client {
        &self.0
    }

    async fn send(&self, request: reqwest::Request, _: &'static Operation) -> Result<RawResponse, reqwest::Error> {
        let response = self.0.execute(request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(RawResponse::new(status, headers, response.bytes().await?))
    }
}

/// What arrives of a call, and what it returns for `reply`; or why nothing was sent.
async fn exchange(
    operation: &'static Operation,
    reply: Reply,
    add: impl for<'c> FnOnce(Call<'c, Http>) -> Call<'c, Http>,
) -> Result<(Request, Received), String> {
    let server = Server::replying(reply).await;
    let http = reqwest::Client::builder().no_proxy().build().expect("these settings go together");
    let client = Client::new(&format!("{}/base/", server.url()), Http(http)).expect("the base URL is valid");
    match add(client.call(operation)).send().await {
        Ok(received) => Ok((server.take_request(), received)),
        Err(Error::InvalidRequest(error)) => {
            assert!(server.take_requests().is_empty(), "{error}");
            Err(error.to_string())
        }
        Err(error) => panic!("{error}"),
    }
}

/// What arrives of a call; or why nothing was sent.
async fn sent(
    operation: &'static Operation,
    add: impl for<'c> FnOnce(Call<'c, Http>) -> Call<'c, Http>,
) -> Result<Request, String> {
    exchange(operation, Reply::new(204, ""), add).await.map(|(request, _)| request)
}
