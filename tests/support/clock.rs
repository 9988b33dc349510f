//! Paused time that passes only where a test wants it to.

use std::{
    fmt,
    sync::LazyLock,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinHandle};
use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
};

/// The target of the events of the facade.
const FACADE: &str = "unigox::trace";

/// The target of the events of a server that stops sending.
const SERVER: &str = "unigox_tests::withholding";

/// The maximum real time of an attempt. After it, paused time runs on, so that a time-out of the facade ends the test.
const MAX_ATTEMPT: Duration = Duration::from_secs(20);

/// Paused time, for tests that talk to a [`Server`](crate::Server), from here to the end of the test.
///
/// Paused time jumps to the next timer as soon as the runtime is idle, and the runtime is idle while a packet is on its way
/// through the loopback. Time-outs would fire for no reason. So this clock listens to the events of the facade and of the
/// server: as long as an attempt is in progress and no server has stopped sending, it keeps the runtime busy. Time then
/// passes between attempts and while a server is silent on purpose, and nowhere else.
///
/// It follows one call at a time, and only on the thread of the test.
#[derive(Debug)]
pub struct Clock {
    progress: watch::Receiver<Progress>,
    keeper: JoinHandle<()>,
    _listening: DefaultGuard,
}

impl Clock {
    /// Pauses the time of the runtime, which has to be one of a single thread.
    pub fn pause() -> Self {
        tokio::time::pause();
        LazyLock::force(&SECOND_SUBSCRIBER);
        let (sender, progress) = watch::channel(Progress::default());
        let listening = tracing::subscriber::set_default(Registry::default().with(Listener(sender)));
        let keeper = tokio::spawn(keep_busy(progress.clone()));
        Self { progress, keeper, _listening: listening }
    }

    /// How many attempts have ended.
    pub fn attempts(&self) -> usize {
        self.progress.borrow().ended
    }

    /// Waits until as many attempts as these have ended; an hour of paused time at most.
    pub async fn after_attempts(&self, attempts: usize) {
        let mut progress = self.progress.clone();
        let ended = progress.wait_for(|progress| progress.ended >= attempts);
        let ended = tokio::time::timeout(Duration::from_secs(3600), ended).await;
        ended.expect("there are as many attempts").map(drop).expect("the listener lives as long as this");
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Reports that a server has stopped sending, so that time may pass.
pub(crate) fn withholding() {
    tracing::debug!(target: SERVER, "withholding");
}

/// As long as `tracing` has a single subscriber, the first thread that comes to an event decides for all threads whether it
/// is recorded: a call without a clock would disable the events for the clock of another test.
static SECOND_SUBSCRIBER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    started: usize,
    ended: usize,
    is_withheld: bool,
}

impl Progress {
    fn is_in_progress(&self) -> bool {
        self.started > self.ended && !self.is_withheld
    }
}

async fn keep_busy(mut progress: watch::Receiver<Progress>) {
    while progress.wait_for(Progress::is_in_progress).await.is_ok() {
        let since = Instant::now();
        while progress.borrow().is_in_progress() {
            if since.elapsed() > MAX_ATTEMPT {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

struct Listener(watch::Sender<Progress>);

impl<S: Subscriber> Layer<S> for Listener {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        matches!(metadata.target(), FACADE | SERVER)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message::default();
        event.record(&mut message);
        self.0.send_modify(|progress| match message.0.as_str() {
            "sending" => *progress = Progress { started: progress.started + 1, is_withheld: false, ..*progress },
            "response received" | "no response" => {
                *progress = Progress { ended: progress.ended + 1, is_withheld: false, ..*progress };
            }
            "withholding" => progress.is_withheld = true,
            _ => {}
        });
    }
}

/// The text of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
