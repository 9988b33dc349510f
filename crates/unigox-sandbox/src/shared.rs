//! What all routes share: the document, the clock, the state, and the observer of requests.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::request::Parts;

use crate::{clock::Clock, document::Document, log::LoggedRequest, world::World};

/// What all routes share.
pub(crate) struct Shared {
    pub(crate) document: &'static Document,
    pub(crate) clock: Clock,
    world: Mutex<World>,
    observer: Option<Observer>,
}

/// Called with each request when its response is known.
pub(crate) type Observer = Box<dyn Fn(&LoggedRequest) + Send + Sync>;

impl Shared {
    pub(crate) fn new(clock: Clock, world: World, observer: Option<Observer>) -> Self {
        Self { document: Document::checked_in(), clock, world: Mutex::new(world), observer }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log entry of a request of which only the head is known.
    pub(crate) fn log_entry(&self, head: &Parts) -> LoggedRequest {
        let key = head.headers.get("x-api-key").and_then(|key| key.to_str().ok());
        LoggedRequest {
            at: self.clock.now(),
            operation_id: None,
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            partner: key.and_then(|key| self.lock().partner(key).map(str::to_owned)),
            body: None,
            body_bytes: 0,
            status: None,
            fault: None,
        }
    }

    /// Adds a request to the log, and reports it to the observer.
    pub(crate) fn log(&self, request: LoggedRequest) {
        if let Some(observer) = &self.observer {
            observer(&request);
        }
        self.lock().log_request(request);
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("clock", &self.clock).field("world", &self.world).finish_non_exhaustive()
    }
}
