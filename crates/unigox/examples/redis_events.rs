//! Events that were handled, in Redis: every process that uses the same server shares them.

use std::time::Duration;

use redis::{Client, RedisError, aio::MultiplexedConnection};
use unigox::webhooks::{Claim, Deduplicate};

/// How long an event is remembered after it was handled. The vendor delivers it again for about 3.5 days.
const RETENTION: Duration = Duration::from_secs(4 * 24 * 60 * 60);

/// A key for each event, which Redis forgets by itself. It needs Redis 7.
///
/// Redis may forget what it was told last if it crashes: by default it writes to the disk once in a second.
#[derive(Clone)]
pub(crate) struct RedisEvents {
    connection: MultiplexedConnection,
    lease: Duration,
}

impl RedisEvents {
    /// Connects to the server at `url`, such as `redis://127.0.0.1/`.
    pub(crate) async fn connect(url: &str) -> Result<Self, RedisError> {
        let connection = Client::open(url)?.get_multiplexed_async_connection().await?;
        Ok(Self { connection, lease: Duration::from_secs(30) })
    }

    /// How long a claim lasts.
    pub(crate) fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }
}

impl Deduplicate for RedisEvents {
    type Error = RedisError;

    fn lease(&self) -> Duration {
        self.lease
    }

    /// One command, which is atomic: the key is set unless there is one, and what was there is returned.
    async fn claim(&self, event_id: &str) -> Result<Claim, RedisError> {
        let mut set = redis::cmd("SET");
        set.arg(key(event_id)).arg("claimed").arg("NX").arg("GET").arg("PX").arg(millis(self.lease));
        let before: Option<String> = set.query_async(&mut self.connection.clone()).await?;
        Ok(match before.as_deref() {
            None => Claim::New,
            Some("handled") => Claim::Handled,
            Some(_) => Claim::InProgress,
        })
    }

    async fn confirm(&self, event_id: &str) -> Result<(), RedisError> {
        let mut set = redis::cmd("SET");
        set.arg(key(event_id)).arg("handled").arg("PX").arg(millis(RETENTION));
        set.query_async(&mut self.connection.clone()).await
    }

    async fn release(&self, event_id: &str) -> Result<(), RedisError> {
        redis::cmd("DEL").arg(key(event_id)).query_async(&mut self.connection.clone()).await
    }
}

fn key(event_id: &str) -> String {
    format!("unigox:event:{event_id}")
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
