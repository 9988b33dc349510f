//! A simple transport to the loopback.

use std::{sync::Mutex, time::Duration};

use reqwest::{header::HeaderValue, redirect::Policy};
use unigox_client::{Client, Error, Operation, RawResponse, Transport};

/// The key that the transport sends.
pub const API_KEY: &str = "canary-api-key-7f3e";

/// The error of a call through [`Loopback`].
pub type Failure = Error<reqwest::Error>;

/// A client of the API at `base_url`.
pub fn client_at(base_url: &str) -> Client<Loopback> {
    Client::new(base_url, Loopback::new()).expect("the base URL is valid")
}

/// Sends each request once, with the key, and records which operations were called.
#[derive(Debug)]
pub struct Loopback {
    http: reqwest::Client,
    key: HeaderValue,
    called: Mutex<Vec<&'static Operation>>,
}

impl Loopback {
    /// A transport with connections of its own.
    pub fn new() -> Self {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .build()
            .expect("these settings go together");
        let mut key = HeaderValue::from_static(API_KEY);
        key.set_sensitive(true);
        Self { http, key, called: Mutex::default() }
    }

    /// The operations that were called, in order.
    pub fn called(&self) -> Vec<&'static Operation> {
        self.called.lock().expect("nothing panics with the lock in hand").clone()
    }
}

impl Default for Loopback {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for Loopback {
    type Error = reqwest::Error;

    fn http(&self) -> &reqwest::Client {
        &self.http
    }

    async fn send(
        &self,
        mut request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<RawResponse, reqwest::Error> {
        self.called.lock().expect("nothing panics with the lock in hand").push(operation);
        request.headers_mut().insert("X-API-Key", self.key.clone());
        let response = self.http.execute(request).await.map_err(reqwest::Error::without_url)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(reqwest::Error::without_url)?;
        Ok(RawResponse::new(status, headers, body))
    }
}
