//! A sandbox with a document, and what it returns.

use std::sync::LazyLock;

use reqwest::{RequestBuilder, header::HeaderMap};
use serde_json::Value;
use unigox_sandbox::{Sandbox, SandboxBuilder};

pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
}

/// A response, and why the sandbox refused the request: `place pointer: rule`.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) refusal: String,
}

impl Fixture {
    /// A sandbox that follows `paths` and `components`, in YAML.
    pub(crate) async fn start(rest: &str) -> Self {
        Self::seeded(rest, 0).await
    }

    pub(crate) async fn seeded(rest: &str, seed: u64) -> Self {
        let builder = Sandbox::builder().seed(seed);
        Self::with(builder.document(&format!("openapi: 3.0.3\n{rest}")).expect("the document is valid")).await
    }

    pub(crate) async fn with(builder: SandboxBuilder) -> Self {
        Self { sandbox: builder.start().await.expect("the loopback has a free port") }
    }

    /// A request without a key.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        // Built once, because that loads all certificates. It keeps no connections, which belong to the runtime of one test.
        static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
            let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
            http.redirect(reqwest::redirect::Policy::none()).build().expect("these settings go together")
        });
        let method = method.parse().expect("it is a method");
        HTTP.request(method, format!("{}{path}", self.sandbox.base_url()))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Received {
        let response = request.send().await.expect("the sandbox responds");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("the response is complete").to_vec();
        let logged = self.sandbox.requests().pop().expect("it is logged");
        assert_eq!(logged.status, Some(status));
        let refusal = logged.reason.map(|reason| reason.to_string()).unwrap_or_default();
        Received { status, headers, body, refusal }
    }

    pub(crate) async fn get(&self, path: &str) -> Received {
        self.send(self.request("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Received {
        let request = self.request("POST", path).header("content-type", content_type);
        self.send(request.body(body.into())).await
    }
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("it is not JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The status and the reason.
    pub(crate) fn outcome(&self) -> (u16, &str) {
        (self.status, &self.refusal)
    }
}
