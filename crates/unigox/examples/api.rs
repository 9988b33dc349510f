//! The API that the examples call: staging if `UNIGOX_API_KEY` is set, otherwise a mock server of their own.

use std::{env, error::Error, time::Duration};

use unigox::{Client, Environment, WaitPolicy};
use unigox_sandbox::Sandbox;

/// The result of an example.
pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A client, and the mock server that it calls, if there is one.
pub struct Api {
    pub unigox: Client,
    sandbox: Option<Sandbox>,
}

impl Api {
    /// Builds a client, and starts a mock server if there is no key.
    pub async fn connect() -> Result<Self> {
        if env::var_os("UNIGOX_API_KEY").is_some() {
            println!("staging, with the key in UNIGOX_API_KEY");
            return Ok(Self { unigox: Client::builder(Environment::Staging).build()?, sandbox: None });
        }
        let sandbox = Sandbox::start().await?;
        println!("a mock server at {} (set UNIGOX_API_KEY to use staging)", sandbox.base_url());
        let environment = Environment::Custom(sandbox.base_url().to_owned());
        let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
        Ok(Self { unigox, sandbox: Some(sandbox) })
    }

    /// Waits up to 15 minutes on staging, and a few seconds for the mock server.
    pub fn wait_policy(&self) -> WaitPolicy {
        match self.sandbox {
            None => WaitPolicy::within(Duration::from_secs(900)),
            Some(_) => WaitPolicy::within(Duration::from_secs(10)).first_delay(Duration::from_millis(100)),
        }
    }

    /// Whether the client calls a mock server.
    pub fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }
}

/// The names in a list, or `none`.
pub fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
