//! A wait may be dropped at any time, and started again.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    runtime,
    time::{sleep, timeout},
};
use unigox::futures_util::StreamExt;
use unigox_tests::{Clock, Reply, Server};

use super::{pending, session_at, within};

const LATER: Duration = Duration::from_secs(100_000);

#[tokio::test]
async fn a_wait_dropped_between_polls_sends_nothing_more_and_can_start_again() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let session = session_at(&server);
    for millis in [1, 999, 1_500, 2_500, 7_000, 30_000, 100_000, 500_000, 899_999] {
        server.reply_otherwise(pending("IN_PROGRESS"));
        let time = Duration::from_millis(millis);
        timeout(time, session.wait(within(900))).await.expect_err("it takes longer");
        assert!(!server.take_requests().is_empty(), "nothing was sent within {time:?}");
        sleep(LATER).await;
        assert_eq!(server.take_requests().len(), 0, "after a drop at {time:?}");

        server.reply(pending("VERIFIED"));
        assert!(session.wait(within(900)).await.expect("nothing fails").is_verified());
        assert_eq!(server.take_requests().len(), 1);
    }
}

#[tokio::test]
async fn a_wait_dropped_while_the_server_is_silent_can_start_again() {
    for silent in [Reply::raw("").then_silent(), pending("VERIFIED").cut_short().then_silent()] {
        let clock = Clock::pause();
        let server = Server::start().await;
        let session = session_at(&server);
        server.reply(silent);
        timeout(Duration::from_secs(5), session.wait(within(900))).await.expect_err("the server is silent");
        assert_eq!(server.take_requests().len(), 1);
        sleep(LATER).await;
        assert_eq!(server.take_requests().len(), 0);

        server.reply(pending("VERIFIED"));
        assert!(session.wait(within(900)).await.expect("nothing fails").is_verified());
        drop(clock);
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_wait_dropped_before_a_retry_sends_nothing_more() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let session = session_at(&server);
    server.reply_otherwise(Reply::new(503, "").with_header("retry-after", "50"));
    timeout(Duration::from_secs(20), session.wait(within(900))).await.expect_err("the server asks for more");
    assert_eq!(server.take_requests().len(), 1);
    sleep(LATER).await;
    assert_eq!(server.take_requests().len(), 0);
    server.reply(pending("VERIFIED"));
    assert!(session.wait(within(900)).await.expect("nothing fails").is_verified());
}

/// A future can be dropped wherever it is pending: each place in turn.
#[test]
fn a_wait_dropped_at_any_point_sends_nothing_more_and_can_start_again() {
    let mut polls = 0;
    while dropped_after(polls, |session| async move {
        assert!(session.wait(within(900)).await.expect("nothing fails").is_verified());
    }) {
        polls += 1;
    }
    assert!(polls > 10, "a wait of four requests is pending {polls} times");
}

#[test]
fn a_stream_dropped_at_any_point_sends_nothing_more() {
    let mut polls = 0;
    while dropped_after(polls, |session| async move {
        assert_eq!(session.changes(within(900)).count().await, 2);
    }) {
        polls += 1;
    }
    assert!(polls > 10, "a stream of four requests is pending {polls} times");
}

/// Whether what `begin` makes was dropped by the time that it was polled `polls` times. It takes four requests.
fn dropped_after<F: Future<Output = ()>>(polls: usize, begin: fn(unigox::VerificationHandle) -> F) -> bool {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("there is room for a runtime").block_on(async {
        let server = Server::start().await;
        let session = session_at(&server);
        for status in ["PENDING", "PENDING", "PENDING", "VERIFIED"] {
            server.reply(pending(status));
        }
        let clock = Clock::pause();
        let is_dropped = drop_after(polls, begin(session.clone())).await;
        drop(clock);
        // Requests that were on their way arrive.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let requests = server.take_requests().len();
        assert!(requests == 4 || is_dropped && requests < 4, "{requests} requests");
        sleep(LATER).await;
        assert_eq!(server.take_requests().len(), 0, "after a drop at poll {polls}");

        tokio::time::resume();
        let _clock = Clock::pause();
        server.forget_replies();
        server.reply(pending("VERIFIED"));
        assert!(session.wait(within(900)).await.expect("nothing fails").is_verified());
        assert_eq!(server.take_requests().len(), 1);
        is_dropped
    })
}

/// Polls `future` at most `polls` times, then drops it; whether that was before its end.
async fn drop_after(polls: usize, future: impl Future<Output = ()>) -> bool {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context: &mut Context<'_>| {
        if left == 0 {
            return Poll::Ready(true);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            // The last poll is followed by the drop at once.
            Poll::Pending if left == 0 => Poll::Ready(true),
            outcome => outcome.map(|()| false),
        }
    })
    .await
}
