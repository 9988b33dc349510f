//! Each event is handled once by eight processes that share a server of Redis or PostgreSQL.
//!
//! The tests need such a server: `UNIGOX_TEST_REDIS_URL` and `UNIGOX_TEST_POSTGRES_URL` are its addresses, and
//! `.ci/run` sets them. Without them the tests say so on standard error, and do nothing.

#![expect(clippy::print_stderr, reason = "says what was not tested, or how long it took")]

#[path = "../../../crates/unigox/examples/postgres_events.rs"]
mod postgres_events;
#[path = "../../../crates/unigox/examples/redis_events.rs"]
mod redis_events;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    convert::Infallible,
    env,
    fs::{self, File},
    io::{BufWriter, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::json;
use unigox::{
    futures_util::{StreamExt, stream},
    webhooks::{Claim, Deduplicate, Handled},
};

use self::{postgres_events::PostgresEvents, redis_events::RedisEvents};
use super::{headers, verifier};

const PROCESSES: usize = 8;
const EVENTS: usize = 100_000;
const DUPLICATES: usize = EVENTS / 10;
/// How many deliveries a process handles at once.
const AT_ONCE: usize = 32;

/// What the parent tells a process: its number, what makes the identifiers of this run, and where to write.
const WORKER: &str = "UNIGOX_TEST_WORKER";

/// The address of a server, if it was given.
fn address(variable: &str) -> Option<String> {
    let url = env::var(variable).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        eprintln!("not tested, since {variable} is not set; .ci/run starts a server and sets it");
    }
    url
}

#[tokio::test]
async fn eight_processes_handle_each_event_once_over_redis() {
    let Some(url) = address("UNIGOX_TEST_REDIS_URL") else { return };
    let events = RedisEvents::connect(&url).await.expect("the server is there");
    run("eight_processes_handle_each_event_once_over_redis", &events).await;
}

#[tokio::test]
async fn eight_processes_handle_each_event_once_over_postgresql() {
    let Some(url) = address("UNIGOX_TEST_POSTGRES_URL") else { return };
    if env::var_os(WORKER).is_none() {
        PostgresEvents::create_table(&url).await.expect("the server is there");
    }
    let events = PostgresEvents::connect(&url).await.expect("the server is there");
    run("eight_processes_handle_each_event_once_over_postgresql", &events).await;
}

#[tokio::test]
async fn a_claim_over_redis_ends_and_a_confirmation_stays() {
    let Some(url) = address("UNIGOX_TEST_REDIS_URL") else { return };
    let events = RedisEvents::connect(&url).await.expect("the server is there");
    ends_and_stays(&events.with_lease(Duration::from_millis(100))).await;
}

#[tokio::test]
async fn a_claim_over_postgresql_ends_and_a_confirmation_stays() {
    let Some(url) = address("UNIGOX_TEST_POSTGRES_URL") else { return };
    PostgresEvents::create_table(&url).await.expect("the server is there");
    let events = PostgresEvents::connect(&url).await.expect("the server is there");
    ends_and_stays(&events.with_lease(Duration::from_millis(100))).await;
}

/// What is handled in the transaction in which it is confirmed is either both or neither.
#[tokio::test]
async fn a_confirmation_is_part_of_the_transaction_over_postgresql() {
    let Some(url) = address("UNIGOX_TEST_POSTGRES_URL") else { return };
    PostgresEvents::create_table(&url).await.expect("the server is there");
    let events = PostgresEvents::connect(&url).await.expect("the server is there");
    let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("it is there");
    tokio::spawn(connection);
    events.delete_what_ended().await.expect("the server is there");
    let id = format!("evt_{}", Rng::new().u64(..));
    for (commits, expected) in [(false, Claim::InProgress), (true, Claim::Handled)] {
        events.claim(&id).await.expect("the server is there");
        let transaction = client.transaction().await.expect("the server is there");
        PostgresEvents::confirm_in(&transaction, &id).await.expect("the server is there");
        let ended = if commits { transaction.commit().await } else { transaction.rollback().await };
        ended.expect("the server is there");
        assert_eq!(events.claim(&id).await.expect("the server is there"), expected);
    }
}

async fn ends_and_stays(events: &impl Deduplicate) {
    let id = format!("evt_{}", Rng::new().u64(..));
    let claim = async || events.claim(&id).await.expect("the server is there");
    assert_eq!((claim().await, claim().await), (Claim::New, Claim::InProgress));
    // Until the lease of the process that died ends.
    let started = Instant::now();
    while claim().await != Claim::New {
        assert!(started.elapsed() < Duration::from_secs(20), "a claim has no end");
    }
    events.confirm(&id).await.expect("the server is there");
    // A claim would have ended by then.
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(200) {
        assert_eq!(claim().await, Claim::Handled);
    }
    // One that began before it was confirmed by another.
    events.confirm(&id).await.expect("the server is there");
    assert_eq!(claim().await, Claim::Handled);
}

/// Runs this test in eight processes, or does what one of them does.
async fn run(test: &str, events: &impl Deduplicate) {
    if let Ok(task) = env::var(WORKER) {
        return work(&task, events).await;
    }
    let run = Rng::new().u64(..);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |worker: usize| folder.path().join(worker.to_string());
    let path = format!("{}::{test}", module_path!().split_once("::").expect("it is in a crate").1);
    let started = Instant::now();
    let processes: Vec<_> = (0..PROCESSES)
        .map(|worker| {
            let mut command = Command::new(env::current_exe().expect("it runs"));
            command.args([&path, "--exact", "--nocapture"]).stdout(Stdio::null());
            command.env(WORKER, format!("{worker} {run} {}", file(worker).display()));
            command.spawn().expect("it starts")
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().expect("it ends").success(), "a process failed");
    }
    let took = started.elapsed();
    let mut handled: BTreeMap<usize, usize> = BTreeMap::new();
    for worker in 0..PROCESSES {
        let lines = fs::read_to_string(file(worker)).expect("it has written");
        assert!(lines.lines().count() > EVENTS / PROCESSES / 2, "process {worker} did little");
        for line in lines.lines() {
            *handled.entry(line.parse().expect("a number")).or_default() += 1;
        }
    }
    let twice: Vec<_> = handled.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{} events were handled more than once", twice.len());
    assert!(handled.keys().copied().eq(0..EVENTS), "of {EVENTS} events, {} were handled", handled.len());
    let deliveries = EVENTS + DUPLICATES;
    let rate = deliveries as f64 / took.as_secs_f64();
    eprintln!("{test}: {deliveries} deliveries of {EVENTS} events in {took:.1?}, {rate:.0} in a second");
}

/// What one of the processes does: it receives its part of the deliveries, and those again that could not be handled.
async fn work(task: &str, events: &impl Deduplicate) {
    let [worker, run, file] = task.splitn(3, ' ').collect::<Vec<_>>().try_into().expect("three parts");
    let (worker, run): (usize, u64) = (worker.parse().expect("a number"), run.parse().expect("a number"));
    let file = RefCell::new(BufWriter::new(File::create(file).expect("the folder is there")));
    let (verifier, file) = (&verifier(), &file);
    let deliveries = deliveries(run).into_iter().enumerate().filter(|(place, _)| place % PROCESSES == worker);
    let receive = |(_, number): (usize, usize)| async move {
        let body = json!({"event_id": format!("evt_{run}_{number}"), "event_type": "user.kyc.updated"});
        let body = body.to_string().into_bytes();
        let event = verifier.verify(&headers(&body), &body).expect("it is genuine");
        loop {
            let handling = async {
                // Others may receive the same event meanwhile.
                tokio::task::yield_now().await;
                Ok::<_, Infallible>(())
            };
            match events.handle_once(event.id(), handling).await.expect("the server is there") {
                Handled::Now(()) => {
                    writeln!(file.borrow_mut(), "{number}").expect("it can be written");
                    return;
                }
                Handled::Before => return,
                Handled::Elsewhere => tokio::task::yield_now().await,
            }
        }
    };
    stream::iter(deliveries).map(receive).buffer_unordered(AT_ONCE).collect::<()>().await;
    file.borrow_mut().flush().expect("it can be written");
}

/// The numbers of the events in the order of their deliveries: in a run, all processes have the same. A duplicate is
/// delivered about when the event is, so that it comes to another process at the same time, or much later.
fn deliveries(run: u64) -> Vec<usize> {
    let mut random = Rng::with_seed(run);
    let mut deliveries: Vec<usize> = (0..EVENTS).collect();
    random.shuffle(&mut deliveries);
    for _ in 0..DUPLICATES / 2 {
        let place = random.usize(..deliveries.len());
        deliveries.insert(place, deliveries[place]);
    }
    deliveries.extend((0..DUPLICATES - DUPLICATES / 2).map(|_| random.usize(..EVENTS)));
    deliveries
}
