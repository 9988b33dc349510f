//! A wait is woken before its next poll is due.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use unigox::WaitSignal;
use unigox_tests::{Clock, Reply, Server};

use super::{TICK, pending, session_at, timed, within};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_wait_that_is_woken_polls_at_once() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("IN_PROGRESS"));
    server.reply(pending("VERIFIED"));
    let signal = WaitSignal::new();
    let policy = within(3600).first_delay(60 * SECOND).woken_by(&signal);
    let waking = async {
        sleep(7 * SECOND).await;
        signal.clone().wake();
    };
    let ((outcome, ends), ()) = tokio::join!(timed(&clock, session_at(&server).wait(policy)), waking);
    assert!(outcome.expect("nothing fails").is_verified());
    assert!(ends.len() == 2 && ends[1] >= 7 * SECOND && ends[1] <= 7 * SECOND + TICK, "{ends:?}");
}

#[tokio::test]
async fn a_wait_that_is_not_woken_polls_as_without_a_signal() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("IN_PROGRESS"));
    server.reply(pending("VERIFIED"));
    let signal = WaitSignal::new();
    // Before the wait, which polls at once anyway.
    signal.wake();
    let policy = within(3600).first_delay(60 * SECOND).woken_by(&signal);
    signal.wake();
    drop(signal);
    let (outcome, ends) = timed(&clock, session_at(&server).wait(policy)).await;
    assert!(outcome.expect("nothing fails").is_verified());
    assert!(ends[1] >= 30 * SECOND && ends[1] <= 60 * SECOND + TICK, "{ends:?}");
}

#[tokio::test]
async fn a_wait_that_is_woken_while_it_polls_polls_again() {
    let clock = Clock::pause();
    let server = Server::start().await;
    // The first poll has its response after 30 s, by the second attempt.
    server.reply(Reply::raw("").then_silent());
    server.reply(pending("IN_PROGRESS"));
    server.reply(pending("VERIFIED"));
    let signal = WaitSignal::new();
    let policy = within(3600).first_delay(600 * SECOND).max_delay(600 * SECOND).woken_by(&signal);
    let waking = async {
        sleep(5 * SECOND).await;
        signal.wake();
    };
    let ((outcome, ends), ()) = tokio::join!(timed(&clock, session_at(&server).wait(policy)), waking);
    assert!(outcome.expect("nothing fails").is_verified());
    assert!(ends.len() == 3 && ends[2] - ends[1] <= Duration::from_millis(100) + TICK, "{ends:?}");
}

#[tokio::test]
async fn the_delays_begin_anew_after_a_signal() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("IN_PROGRESS"));
    let signal = WaitSignal::new();
    let policy = within(2000).woken_by(&signal);
    let waking = async {
        sleep(1000 * SECOND).await;
        signal.wake();
    };
    let ((_, ends), ()) = tokio::join!(timed(&clock, session_at(&server).wait(policy)), waking);
    let woken = ends.iter().position(|end| *end >= 1000 * SECOND).expect("it goes on");
    assert!(ends[woken] <= 1000 * SECOND + TICK, "{ends:?}");
    assert!(ends[woken + 1] - ends[woken] <= 2 * SECOND + TICK, "{ends:?}");
}

#[tokio::test]
async fn a_signal_does_not_flood_the_server_nor_shorten_what_it_asks_for() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(Reply::new(429, "").with_header("retry-after", "100"));
    server.reply_otherwise(pending("IN_PROGRESS"));
    let signal = WaitSignal::new();
    let policy = within(110).woken_by(&signal);
    let waking = async {
        let until = Instant::now() + 110 * SECOND;
        while Instant::now() < until {
            signal.wake();
            sleep(Duration::from_millis(7)).await;
        }
    };
    let ((_, ends), ()) = tokio::join!(timed(&clock, session_at(&server).wait(policy)), waking);
    assert!(ends[1] >= 100 * SECOND, "{:?}", &ends[..2]);
    assert!(ends.len() <= 2 + 101, "{} polls in 10 s", ends.len());
}

#[tokio::test]
async fn one_signal_wakes_all_waits_that_have_it() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    (0..3).for_each(|_| server.reply(pending("IN_PROGRESS")));
    server.reply_otherwise(pending("VERIFIED"));
    let signal = WaitSignal::new();
    let waits = [(); 3].map(|()| {
        let policy = within(3600).first_delay(600 * SECOND).max_delay(600 * SECOND).woken_by(&signal);
        tokio::spawn(session_at(&server).wait(policy))
    });
    let started = Instant::now();
    while server.take_requests().is_empty() {
        tokio::task::yield_now().await;
    }
    sleep(SECOND).await;
    signal.wake();
    for wait in waits {
        assert!(wait.await.expect("no panic").expect("nothing fails").is_verified());
    }
    assert!(started.elapsed() < 60 * SECOND, "{:?}", started.elapsed());
}
