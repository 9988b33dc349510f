//! How connections are made.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

/// How connections are made, for [`ClientBuilder::http`](crate::ClientBuilder::http).
///
/// It has no setting for redirects, for retries and for what is trusted blindly.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use unigox::{Client, Environment};
///
/// # fn main() -> Result<(), unigox::Error> {
/// let unigox = Client::builder(Environment::Staging)
///     .api_key("the key")
///     .http(|http| http.pool_idle_timeout(Duration::from_secs(20)).tcp_keepalive(Duration::from_secs(60)))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct HttpSettings(pub(crate) reqwest::ClientBuilder);

impl HttpSettings {
    /// How long a connection may stay open without a call on it; 90 s by default.
    pub fn pool_idle_timeout(self, time: Duration) -> Self {
        Self(self.0.pool_idle_timeout(time))
    }

    /// How many connections without a call on them are kept; no limit by default.
    pub fn pool_max_idle(self, connections: usize) -> Self {
        Self(self.0.pool_max_idle_per_host(connections))
    }

    /// How long a connection is silent before TCP asks whether the other end is still there.
    pub fn tcp_keepalive(self, time: Duration) -> Self {
        Self(self.0.tcp_keepalive(time))
    }

    /// The address of this machine to connect from.
    pub fn local_address(self, address: IpAddr) -> Self {
        Self(self.0.local_address(address))
    }

    /// Connects to `address` where the base URL names `host`, and asks no name server. The port of the URL is used if
    /// that of `address` is 0.
    pub fn resolve(self, host: &str, address: SocketAddr) -> Self {
        Self(self.0.resolve(host, address))
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings").finish_non_exhaustive()
    }
}
