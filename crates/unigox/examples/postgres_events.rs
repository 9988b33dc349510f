//! Events that were handled, in PostgreSQL: every process that uses the same database shares them.

use std::time::Duration;

use tokio_postgres::{Client, Error, GenericClient, NoTls, types::Type};
use unigox::webhooks::{Claim, Deduplicate};

/// How long an event is remembered after it was handled, in seconds. The vendor delivers it again for about 3.5 days.
const RETENTION: f64 = 4.0 * 24.0 * 60.0 * 60.0;

const TABLE: &str = "create table if not exists unigox_events (
    event_id text primary key,
    is_handled boolean not null,
    ends_at timestamptz not null
)";

/// Atomic: of several that claim at once, one inserts the row. The others do nothing, unless the claim has ended: then one
/// of them takes it over.
const CLAIM: &str = "insert into unigox_events (event_id, is_handled, ends_at)
    values ($1, false, now() + $2 * interval '1 second')
    on conflict (event_id) do update set is_handled = false, ends_at = excluded.ends_at
    where unigox_events.ends_at <= now()";

const IS_HANDLED: &str = "select is_handled from unigox_events where event_id = $1";

const RELEASE: &str = "delete from unigox_events where event_id = $1 and not is_handled";

const CONFIRM: &str = "insert into unigox_events (event_id, is_handled, ends_at)
    values ($1, true, now() + $2 * interval '1 second')
    on conflict (event_id) do update set is_handled = true, ends_at = excluded.ends_at";

/// A row for each event.
pub(crate) struct PostgresEvents {
    client: Client,
    lease: Duration,
}

impl PostgresEvents {
    /// Connects to the database at `url`, such as `postgresql://service@127.0.0.1/service`. The table has to be there.
    pub(crate) async fn connect(url: &str) -> Result<Self, Error> {
        Ok(Self { client: client(url).await?, lease: Duration::from_secs(30) })
    }

    /// Makes the table, unless it is there.
    pub(crate) async fn create_table(url: &str) -> Result<(), Error> {
        client(url).await?.batch_execute(TABLE).await
    }

    /// How long a claim lasts.
    pub(crate) fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Confirms that an event was handled in the transaction in which it is handled: both happen, or neither.
    pub(crate) async fn confirm_in(transaction: &impl GenericClient, event_id: &str) -> Result<(), Error> {
        transaction.execute_typed(CONFIRM, &[(&event_id, Type::TEXT), (&RETENTION, Type::FLOAT8)]).await.map(drop)
    }

    /// Deletes what has ended. To be done now and then, such as once a day.
    pub(crate) async fn delete_what_ended(&self) -> Result<u64, Error> {
        self.client.execute("delete from unigox_events where ends_at <= now()", &[]).await
    }
}

impl Deduplicate for PostgresEvents {
    type Error = Error;

    fn lease(&self) -> Duration {
        self.lease
    }

    async fn claim(&self, event_id: &str) -> Result<Claim, Error> {
        let lease = self.lease.as_secs_f64();
        if self.client.execute_typed(CLAIM, &[(&event_id, Type::TEXT), (&lease, Type::FLOAT8)]).await? == 1 {
            return Ok(Claim::New);
        }
        let row = self.client.query_typed_opt(IS_HANDLED, &[(&event_id, Type::TEXT)]).await?;
        Ok(if row.is_some_and(|row| row.get(0)) { Claim::Handled } else { Claim::InProgress })
    }

    async fn confirm(&self, event_id: &str) -> Result<(), Error> {
        Self::confirm_in(&self.client, event_id).await
    }

    async fn release(&self, event_id: &str) -> Result<(), Error> {
        self.client.execute_typed(RELEASE, &[(&event_id, Type::TEXT)]).await.map(drop)
    }
}

/// A connection without TLS, as on a machine of its own.
async fn client(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends when the client is dropped, and its error is that of the next statement.
    tokio::spawn(connection);
    Ok(client)
}
