//! A server, a client of it, and paused time, for tests of single calls.

use std::time::Duration;

use tokio::time::Instant;
use unigox::{Client, Error};

use crate::{Call, Clock, Request, Server, facade_at};

/// A server, a client of it, and paused time.
#[derive(Debug)]
pub struct Stage {
    clock: Clock,
    /// The server, which has no replies yet.
    pub server: Server,
    /// The facade as it is without any options.
    pub client: Client,
}

/// The outcome of a call.
#[derive(Debug)]
pub struct Outcome {
    /// The call.
    pub call: Call,
    /// Its result.
    pub result: Result<(), Error>,
    /// The requests that arrived.
    pub requests: Vec<Request>,
    /// How long it took, in paused time.
    pub took: Duration,
}

impl Stage {
    /// A stage with a server and a client of its own.
    pub async fn open() -> Self {
        let clock = Clock::pause();
        let server = Server::start().await;
        let client = facade_at(&server.url());
        Self { clock, server, client }
    }

    /// Sends `call`.
    pub async fn send(&self, call: Call) -> Outcome {
        self.send_by(&self.client, call).await
    }

    /// Sends `call` by another client of the same server.
    pub async fn send_by(&self, client: &Client, call: Call) -> Outcome {
        let (started, attempts) = (Instant::now(), self.clock.attempts());
        let result = call.send(client).await;
        let (took, requests) = (started.elapsed(), self.server.take_requests());
        assert_eq!(self.clock.attempts() - attempts, requests.len(), "{call:?}: each attempt is one request");
        self.server.forget_replies();
        Outcome { call, result, requests, took }
    }
}
