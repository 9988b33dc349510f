//! The stream of changes.

use std::{pin::pin, time::Duration};

use serde_json::json;
use tokio::time::{Instant, timeout};
use unigox::{
    ErrorKind, Result,
    futures_util::{StreamExt, TryStreamExt},
    types::Verification,
};
use unigox_tests::{Clock, Reply, Server};

use super::{assert_at, pending, recording, session_at, status_reply, timed, within};

#[tokio::test]
async fn the_first_status_and_each_change_are_yielded_up_to_a_final_one() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for last in ["VERIFIED", "VERIFICATION_REJECTED", "FAILED"] {
        for status in ["PENDING", "PENDING", "IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS", "PENDING", "odd ü", last] {
            server.reply(pending(status));
        }
        let statuses = statuses(session_at(&server).changes(within(3600)).collect().await);
        assert_eq!(statuses, ["PENDING", "IN_PROGRESS", "PENDING", "odd ü", last]);
        assert_eq!(server.take_requests().len(), 8);
    }
}

#[tokio::test]
async fn a_new_page_is_a_change_and_the_seconds_left_are_not() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for (url, seconds) in [(None, 60), (Some("a"), 50), (Some("a"), 40), (Some("b"), 30), (None, 20), (None, 10)] {
        server.reply(status_reply(
            &json!({"status": "PENDING", "verification_url": url, "verification_seconds_left": seconds}),
        ));
    }
    server.reply(pending("VERIFIED"));
    let (policy, pages) = recording(within(3600));
    let changes: Vec<_> = session_at(&server).changes(policy).try_collect().await.expect("nothing fails");
    let urls: Vec<_> = changes.iter().map(|change| change.verification_url.as_ref()?.as_deref()).collect();
    assert_eq!(urls, [None, Some("a"), Some("b"), None, None]);
    assert_eq!(*pages.lock().expect("no panic"), ["a", "b"]);
}

#[tokio::test]
async fn a_stream_without_an_end_ends_at_the_deadline() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("UNDER_REVIEW"));
    let (changes, ends) = timed(&clock, session_at(&server).changes(within(600)).collect::<Vec<_>>()).await;
    assert_eq!(statuses(changes), ["UNDER_REVIEW"]);
    assert_at(ends[ends.len() - 1], Duration::from_secs(600));
    assert_eq!(ends.len(), server.take_requests().len());
    for pair in ends.windows(2) {
        assert!(pair[1] - pair[0] <= Duration::from_secs(121), "{ends:?}");
    }
}

#[tokio::test]
async fn a_change_at_the_deadline_is_yielded() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("PENDING"));
    server.reply(pending("IN_PROGRESS"));
    let changes = session_at(&server).changes(within(1).first_delay(Duration::from_secs(60))).collect().await;
    assert_eq!(statuses(changes), ["PENDING", "IN_PROGRESS"]);
}

#[tokio::test]
async fn the_deadline_counts_from_the_first_poll() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("PENDING"));
    let changes = session_at(&server).changes(within(60));
    tokio::time::sleep(Duration::from_secs(1000)).await;
    assert_eq!(server.take_requests().len(), 0, "a stream does nothing unless polled");
    let (changes, ends) = timed(&clock, changes.collect()).await;
    assert_eq!(statuses(changes), ["PENDING"]);
    assert_eq!(ends[0], Duration::ZERO);
    assert_at(ends[ends.len() - 1], Duration::from_secs(60));
}

#[tokio::test]
async fn a_transient_error_is_not_yielded() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(Reply::new(501, ""));
    server.reply(pending("PENDING"));
    (0..3).for_each(|_| server.reply(Reply::new(503, "")));
    server.reply(Reply::new(429, "").with_header("retry-after", "100"));
    server.reply(pending("PENDING"));
    (0..3).for_each(|_| server.reply(Reply::raw("")));
    server.reply(pending("VERIFIED"));
    let changes = session_at(&server).changes(within(900)).collect().await;
    assert_eq!(statuses(changes), ["PENDING", "VERIFIED"]);
    assert_eq!(server.take_requests().len(), 11);
}

#[tokio::test]
async fn an_error_that_ends_a_wait_is_yielded_last() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for (reply, kind) in [(Reply::new(401, ""), ErrorKind::Api), (Reply::new(404, ""), ErrorKind::Api)] {
        server.reply(pending("PENDING"));
        server.reply(reply);
        server.reply(pending("VERIFIED"));
        let changes: Vec<_> = session_at(&server).changes(within(900)).collect().await;
        let [Ok(first), Err(error)] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((first.status.as_str(), error.kind()), ("PENDING", kind));
        assert_eq!(error.last_verification(), Some(first));
        assert_eq!(server.take_requests().len(), 2);
        server.forget_replies();
    }
}

#[tokio::test]
async fn odd_responses_are_not_yielded_unless_five_come_in_a_row() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("PENDING"));
    (0..4).for_each(|_| server.reply(Reply::new(200, "<html>")));
    server.reply(pending("IN_PROGRESS"));
    server.reply_otherwise(Reply::new(403, ""));
    let changes: Vec<_> = session_at(&server).changes(within(3600)).collect().await;
    let [Ok(_), Ok(second), Err(error)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((error.kind(), error.attempts(), error.last_verification()), (ErrorKind::WaitFailed, 11, Some(second)));
}

#[tokio::test]
async fn a_stream_whose_last_poll_fails_ends_with_an_error() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("PENDING"));
    server.reply_otherwise(Reply::new(501, ""));
    let (changes, ends) = timed(&clock, session_at(&server).changes(within(60)).collect::<Vec<_>>()).await;
    let [Ok(first), Err(error)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((first.status.as_str(), error.kind()), ("PENDING", ErrorKind::WaitFailed));
    assert!(std::error::Error::source(error).is_some_and(|source| source.is::<unigox::Error>()), "{error:?}");
    assert_at(ends[ends.len() - 1], Duration::from_secs(60));
}

#[tokio::test]
async fn a_session_is_asked_for_by_its_id() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("PENDING"));
    let session = session_at(&server).of_session("a b");
    session.changes(within(10)).try_collect::<Vec<_>>().await.expect("nothing fails");
    let requests = server.take_requests();
    assert!(requests.len() > 2, "{requests:?}");
    assert!(requests.iter().all(|request| request.target.ends_with("/verification-status?verification_id=a%20b")));
}

/// A caller with a time-out of its own loses neither changes nor the position in the wait.
#[tokio::test]
async fn a_stream_continues_when_the_future_of_its_next_item_is_dropped() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    (0..5).for_each(|_| server.reply(pending("PENDING")));
    server.reply(pending("VERIFIED"));
    let mut changes = pin!(session_at(&server).changes(within(3600)));
    let start = Instant::now();
    let mut seen = Vec::new();
    let mut dropped = 0;
    while seen.last().map(String::as_str) != Some("VERIFIED") {
        match timeout(Duration::from_millis(700), changes.next()).await {
            Ok(change) => seen.push(change.expect("it goes on").expect("nothing fails").status.to_string()),
            Err(_) => dropped += 1,
        }
    }
    assert_eq!(seen, ["PENDING", "VERIFIED"]);
    assert!(dropped > 10, "it was dropped {dropped} times");
    assert_eq!(server.take_requests().len(), 6);
    assert!(start.elapsed() <= Duration::from_secs(2 + 4 + 8 + 16 + 32 + 1), "{:?}", start.elapsed());
    assert!(changes.next().await.is_none());
}

fn statuses(changes: Vec<Result<Verification>>) -> Vec<String> {
    let changes: Result<Vec<_>> = changes.into_iter().collect();
    changes.expect("nothing fails").iter().map(|change| change.status.to_string()).collect()
}

#[tokio::test]
async fn a_stream_that_has_ended_stays_at_its_end() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("VERIFIED"));
    let mut changes = pin!(session_at(&server).changes(within(60)));
    assert!(changes.next().await.is_some());
    for _ in 0..3 {
        assert!(changes.next().await.is_none());
    }
}
