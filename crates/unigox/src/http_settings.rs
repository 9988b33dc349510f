//! Settings of connections.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

/// Settings of connections, for [`ClientBuilder::http`](crate::ClientBuilder::http).
///
/// Redirects, retries and the check of certificates can't be set.
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
    /// How long an idle connection is kept open; 4 s by default, which is less than usual servers keep theirs.
    ///
    /// A request that is sent while the server closes the connection may be lost, and is not repeated if that is not safe.
    /// Set more only if the server, and every proxy before it, is known to keep connections longer.
    pub fn pool_idle_timeout(self, time: Duration) -> Self {
        Self(self.0.pool_idle_timeout(time))
    }

    /// The maximum number of idle connections; unlimited by default.
    pub fn pool_max_idle(self, connections: usize) -> Self {
        Self(self.0.pool_max_idle_per_host(connections))
    }

    /// How long a connection is idle before the first TCP keepalive probe.
    pub fn tcp_keepalive(self, time: Duration) -> Self {
        Self(self.0.tcp_keepalive(time))
    }

    /// The local address to connect from.
    pub fn local_address(self, address: IpAddr) -> Self {
        Self(self.0.local_address(address))
    }

    /// Connects to `address` if `host` is the host of the base URL, without a DNS lookup. If the port of `address` is 0,
    /// that of the URL is used.
    pub fn resolve(self, host: &str, address: SocketAddr) -> Self {
        Self(self.0.resolve(host, address))
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings").finish_non_exhaustive()
    }
}
