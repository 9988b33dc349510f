//! Where the examples run: against staging if `UNIGOX_API_KEY` is set, and otherwise against a sandbox of their own.

use std::{env, error::Error, time::Duration};

use unigox::{Client, Environment, WaitPolicy};
use unigox_sandbox::Sandbox;

/// What the examples return.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A client, and the sandbox that it talks to, if it does.
pub struct Desk {
    pub unigox: Client,
    sandbox: Option<Sandbox>,
}

impl Desk {
    /// Sets up a client. A sandbox ends with the desk.
    pub async fn open() -> Outcome<Self> {
        if env::var_os("UNIGOX_API_KEY").is_some() {
            println!("staging, with the key in UNIGOX_API_KEY");
            return Ok(Self { unigox: Client::builder(Environment::Staging).build()?, sandbox: None });
        }
        let sandbox = Sandbox::start().await?;
        println!("a sandbox at {} (set UNIGOX_API_KEY to use staging)", sandbox.base_url());
        let environment = Environment::Custom(sandbox.base_url().to_owned());
        let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
        Ok(Self { unigox, sandbox: Some(sandbox) })
    }

    /// A quarter of an hour; in the sandbox nobody has to wait that long.
    pub fn patience(&self) -> WaitPolicy {
        match self.sandbox {
            None => WaitPolicy::within(Duration::from_secs(900)),
            Some(_) => WaitPolicy::within(Duration::from_secs(10)).first_delay(Duration::from_millis(100)),
        }
    }

    /// Whether it is safe to make things up.
    pub fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }
}
