//! A sandbox: started, asked, scripted, stopped.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, http::HeaderMap};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    Clock, Fault, LoggedRequest, Script, api, control,
    document::Document,
    server::{self, Port},
    world::World,
};

/// The key of the one partner that there is by default.
pub const DEFAULT_KEY: &str = "sandbox-key";

/// A running stand-in for the API, on a free port of the loopback. It ends when it is dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use unigox_sandbox::{Fault, Sandbox, Script};
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.script(Script::rejected("the photo is blurred"));
/// sandbox.fault("createPartnerUser", Fault::status(503));
///
/// // … let your service call `sandbox.base_url()` with `sandbox.key()` …
///
/// assert!(sandbox.requests().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    base_url: String,
    key: String,
    port: Port,
    stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
}

/// What the routes share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) document: &'static Document,
    pub(crate) clock: Clock,
    world: Mutex<World>,
    observer: Observer,
}

/// Told of each request when it is answered.
struct Observer(Option<Observe>);

type Observe = Box<dyn Fn(&LoggedRequest) + Send + Sync>;

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Observer")
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self, request: LoggedRequest) {
        if let Observer(Some(observe)) = &self.observer {
            observe(&request);
        }
        self.lock().log.push(request);
    }

    /// The partner that the key of a request belongs to.
    pub(crate) fn partner(&self, headers: &HeaderMap) -> Option<String> {
        let key = headers.get("x-api-key")?.to_str().ok()?;
        self.lock().partners.get(key).cloned()
    }
}

impl Sandbox {
    /// A sandbox with one partner, the machine's time, and verifications that end well after two looks.
    ///
    /// # Errors
    ///
    /// If the loopback has no free port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A sandbox to be set up further.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            partners: Vec::new(),
            clock: Clock::system(),
            seed: 0,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            observer: None,
        }
    }

    /// Where it is: what the client takes for a base URL.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The key of the first partner.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What becomes of verifications that are submitted from now on.
    pub fn script(&self, script: Script) {
        self.shared.lock().script = script;
    }

    /// What becomes of verifications of the user `user_ref` that are submitted from now on; it stands above
    /// [`script`](Self::script).
    pub fn script_user(&self, user_ref: impl Into<String>, script: Script) {
        self.shared.lock().scripts.insert(user_ref.into(), script);
    }

    /// Lets something go wrong with the next call of the operation that has no fault waiting yet.
    ///
    /// # Panics
    ///
    /// If the document has no operation of this `operationId`: a test that misspells it would test nothing.
    pub fn fault(&self, operation_id: &str, fault: Fault) {
        assert!(self.shared.document.operation(operation_id).is_some(), "there is no operation `{operation_id}`");
        self.shared.lock().faults.entry(operation_id.to_owned()).or_default().push_back(fault);
    }

    /// Lets an active offer refer to an account, so that it can't be deleted; or no longer.
    pub fn hold(&self, payment_details_id: impl Into<String>, held: bool) {
        let (id, mut world) = (payment_details_id.into(), self.shared.lock());
        match held {
            true => drop(world.held.insert(id)),
            false => drop(world.held.remove(&id)),
        }
    }

    /// Moves the time on.
    pub fn advance(&self, time: Duration) {
        self.shared.clock.advance(time);
    }

    /// What was asked so far, in the order in which it was answered: the last ten thousand requests, or fewer if their
    /// bodies are large.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.lock().log.requests().iter().cloned().collect()
    }

    /// Ends it, and waits until calls that are under way are answered.
    pub async fn stop_and_wait(mut self) {
        self.port.close();
        self.stop.cancel();
        if let Some(serving) = self.serving.take() {
            let _ = serving.await;
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.port.close();
        self.stop.cancel();
    }
}

/// Sets up a [`Sandbox`].
#[must_use]
pub struct SandboxBuilder {
    partners: Vec<(String, String)>,
    clock: Clock,
    seed: u64,
    address: SocketAddr,
    observer: Option<Observe>,
}

impl SandboxBuilder {
    /// Adds a partner. Users of one are unknown to another. Without any there is one, with the key [`DEFAULT_KEY`].
    pub fn partner(mut self, name: impl Into<String>, key: impl Into<String>) -> Self {
        self.partners.push((key.into(), name.into()));
        self
    }

    /// The time that it goes by.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Identifiers follow from this number; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Listens at `address`, and not at a free port of the loopback.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Tells `observer` of each request when it is answered.
    pub fn on_request(mut self, observer: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// If the address can't be listened at.
    pub async fn start(mut self) -> io::Result<Sandbox> {
        if self.partners.is_empty() {
            self.partners.push((DEFAULT_KEY.to_owned(), "partner".to_owned()));
        }
        let (port, address) = Port::listen(self.address)?;
        let base_url = format!("http://{address}");
        let key = self.partners[0].0.clone();
        let partners: HashMap<_, _> = self.partners.into_iter().collect();
        let shared = Arc::new(Shared {
            document: Document::checked_in(),
            clock: self.clock,
            world: Mutex::new(World::new(partners, self.seed)),
            observer: Observer(self.observer),
        });
        let stop = CancellationToken::new();
        let unknown = Router::new().fallback(api::unknown).with_state(Arc::clone(&shared));
        let routes = api::routes(&shared).merge(control::routes(&shared)).merge(unknown);
        let serving = Some(tokio::spawn(server::serve(port.clone(), routes, stop.clone())));
        Ok(Sandbox { shared, base_url, key, port, stop, serving })
    }
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("address", &self.address)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
