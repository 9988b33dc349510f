//! A sandbox with a client, and what its responses contain.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use unigox::{
    CallOptions, Client, Environment, Error, KycSubmission, Pii, Response, RetryPolicy, UserHandle,
    chrono::{DateTime, Utc},
};
use unigox_sandbox::{Clock, LoggedRequest, Sandbox, SandboxBuilder};

/// The time of a paused clock.
pub(crate) const NOON: &str = "2026-02-03T12:00:00Z";

/// A sandbox and a client of its first partner. At the end it asserts that every response was a documented one.
pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    /// How many names of users were generated.
    names: AtomicUsize,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::builder()).await
    }

    /// With a paused clock.
    pub(crate) async fn at(time: &str) -> Self {
        Self::with(Sandbox::builder().clock(Clock::paused_at(date(time)))).await
    }

    pub(crate) async fn with(builder: SandboxBuilder) -> Self {
        let sandbox = builder.start().await.expect("the loopback has a free port");
        let client = client_of(&sandbox, sandbox.key());
        Self { sandbox, client, names: AtomicUsize::new(0) }
    }

    /// A client with another key.
    pub(crate) fn client_with(&self, key: &str) -> Client {
        client_of(&self.sandbox, key)
    }

    /// The user `user_ref`, which is created if it does not exist.
    pub(crate) async fn user(&self, user_ref: &str) -> UserHandle {
        let created = self.client.users().create(user_ref, "ada@example.com").await.expect("the user is complete");
        self.client.user(created.user_uuid)
    }

    /// A name that no user has.
    pub(crate) fn name(&self) -> String {
        format!("user-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// A new user.
    pub(crate) async fn new_user(&self) -> UserHandle {
        self.user(&self.name()).await
    }

    /// A new user with KYC data, whose verification waits for documents.
    pub(crate) async fn known_user(&self) -> UserHandle {
        let user = self.new_user().await;
        user.kyc().submit(&ada()).await.expect("the data is complete");
        user
    }

    /// Sends JSON that the facade would not send.
    pub(crate) async fn send_json(&self, method: &str, path: &str, body: &Value) -> Outcome {
        let request = self.request(method, path).header("content-type", "application/json").body(body.to_string());
        Outcome::of_raw(request).await
    }

    /// Sends a form that the facade would not send.
    pub(crate) async fn send_form(&self, path: &str, form: reqwest::multipart::Form) -> Outcome {
        Outcome::of_raw(self.request("POST", path).multipart(form)).await
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        /// Built once, because that loads all certificates. It keeps no connections, which belong to the runtime of one test.
        static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
            let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
            http.build().expect("these settings go together")
        });
        let method = method.parse().expect("it is a method");
        HTTP.request(method, format!("{}/api/v1/partner{path}", self.sandbox.base_url()))
            .header("x-api-key", self.sandbox.key())
    }

    /// The requests of an operation so far: the fault and the status of each.
    pub(crate) fn requests_of(&self, operation_id: &str) -> Vec<(Option<&'static str>, Option<u16>)> {
        let requests = self.sandbox.requests().into_iter();
        let requests = requests.filter(|request| request.operation_id.as_deref() == Some(operation_id));
        requests.map(|request| (request.fault, request.status)).collect()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_documented(&self.sandbox.requests());
        }
    }
}

/// The sandbox responds with 599 when a rule and the document contradict each other.
pub(crate) fn assert_documented(requests: &[LoggedRequest]) {
    let undocumented: Vec<_> = requests.iter().filter(|request| request.status == Some(599)).collect();
    assert!(undocumented.is_empty(), "{undocumented:#?}");
}

/// A client with hardly any delay between attempts.
pub(crate) fn client_of(sandbox: &Sandbox, key: &str) -> Client {
    let environment = Environment::Custom(sandbox.base_url().to_owned());
    let client = Client::builder(environment).api_key(key).build().expect("these settings go together");
    client.with_options(CallOptions::new().retries(RetryPolicy::new().base_delay(Duration::from_millis(1))))
}

pub(crate) fn ada() -> KycSubmission {
    KycSubmission::direct(Pii::new("Ada", "Obi", "NG"))
}

pub(crate) fn date(text: &str) -> DateTime<Utc> {
    text.parse().expect("it is a time")
}

/// The path of a resource of a user.
pub(crate) fn path_of(user: &UserHandle, rest: &str) -> String {
    format!("/users/{}{rest}", user.uuid())
}

/// What a response contains.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    pub(crate) key: Option<String>,
    pub(crate) message: Option<String>,
}

impl Outcome {
    pub(crate) fn of<T>(outcome: Result<Response<T>, Error>) -> Self {
        match outcome {
            Ok(response) => Self { status: response.http_status().as_u16(), key: None, message: None },
            Err(error) => Self::of_error(&error),
        }
    }

    pub(crate) fn of_error(error: &Error) -> Self {
        let status = error.status().unwrap_or_else(|| panic!("there was no response: {error}"));
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self { status: status.as_u16(), key: owned(error.key()), message: owned(error.message()) }
    }

    async fn of_raw(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the sandbox responds");
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("the response is complete");
        let body = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self { status, key: text("/data/error_key"), message: text("/error") }
    }
}
