//! Polls that fail, with a transient error or another.

use std::{error::Error as _, time::Duration};

use serde_json::json;
use tokio::time::Instant;
use unigox::{CallOptions, Client, Error, ErrorKind, RetryPolicy, VerificationOutcome::Pending};
use unigox_tests::{Clock, Reply, ReservedAddress, Server, USER, facade_at};

use super::{TICK, assert_at, failure, pending, session_at, status_reply, timed, within};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_transient_error_does_not_end_a_wait() {
    let clock = Clock::pause();
    let server = Server::start().await;
    let failures = [
        ("408", 3, Reply::new(408, "")),
        ("429", 3, Reply::new(429, "")),
        ("501", 1, Reply::new(501, "")),
        ("501", 1, Reply::new(501, "<html>")),
        ("502", 3, Reply::new(502, "<html>")),
        ("503", 3, Reply::new(503, "")),
        ("504", 3, Reply::new(504, "")),
        ("a broken connection", 3, Reply::raw("")),
        ("a response cut short", 3, pending("VERIFIED").cut_short()),
        ("a response that is not HTTP", 3, Reply::raw("nothing that is HTTP\r\n\r\n")),
    ];
    for (name, attempts, failure) in failures {
        server.reply(pending("IN_PROGRESS"));
        // Two polls fail, each with all the attempts that it has.
        (0..2 * attempts).for_each(|_| server.reply(failure.clone()));
        server.reply(pending("VERIFIED"));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(within(900))).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(outcome.is_verified(), "{name}: {outcome:?}");
        assert_eq!(server.take_requests().len(), 2 + 2 * attempts, "{name}");
        assert_eq!(ends.len(), 2 + 2 * attempts, "{name}");
        // Delays go on doubling as if nothing had happened, with the time that the attempts took in between.
        assert!(ends[ends.len() - 1] <= (2 + 4 + 8 + 3 + 3) * SECOND + 20 * TICK, "{name}: {ends:?}");
        assert!(ends[ends.len() - 1] >= (1 + 2 + 4) * SECOND, "{name}: {ends:?}");
    }
}

#[tokio::test]
async fn silence_does_not_end_a_wait() {
    let clock = Clock::pause();
    let server = Server::start().await;
    (0..3).for_each(|_| server.reply(Reply::raw("").then_silent()));
    server.reply(pending("VERIFIED"));
    let (outcome, ends) = timed(&clock, session_at(&server).wait(within(900))).await;
    assert!(outcome.expect("the fourth attempt has a response").is_verified());
    assert_eq!(ends.len(), 4);
    // The three attempts fill the 90 s that a call may take.
    assert_at(ends[0], 30 * SECOND);
    assert_at(ends[2], 90 * SECOND);
    assert!(ends[3] >= 91 * SECOND && ends[3] <= 92 * SECOND + 2 * TICK, "{ends:?}");
}

#[tokio::test]
async fn a_server_that_comes_late_is_waited_for() {
    let clock = Clock::pause();
    let address = ReservedAddress::new();
    let session = facade_at(&address.url()).user(USER).verification();
    let coming = async {
        tokio::time::sleep(30 * SECOND).await;
        let server = address.open();
        server.reply_otherwise(pending("VERIFIED"));
        server
    };
    let waiting = timed(&clock, session.wait(within(900)));
    let ((outcome, ends), server) = tokio::join!(waiting, coming);
    assert!(outcome.expect("it came").is_verified());
    assert!(ends[ends.len() - 1] >= 30 * SECOND, "{ends:?}");
    assert_eq!(server.take_requests().len(), 1);
}

#[tokio::test]
async fn a_wait_whose_last_poll_fails_has_that_error_as_source() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for (reply, kind, status) in [
        (Reply::new(503, r#"{"success":false,"data":{"error_key":"busy"}}"#), ErrorKind::Api, Some(503)),
        (Reply::new(429, ""), ErrorKind::Api, Some(429)),
        (Reply::new(501, ""), ErrorKind::Api, Some(501)),
        (Reply::raw(""), ErrorKind::MaybeSent, None),
    ] {
        for seen_before in [true, false] {
            if seen_before {
                server.reply(pending("IN_PROGRESS"));
            }
            server.reply_otherwise(reply.clone());
            let session = impatient(&server.url()).user(USER).verification();
            let (outcome, ends) = timed(&clock, session.wait(within(60))).await;
            let error = failure(outcome);
            assert_eq!(error.kind(), ErrorKind::WaitFailed);
            assert_eq!(error.operation_id(), Some("getVerificationStatus"));
            let last = source(&error);
            assert_eq!(last.kind(), kind);
            assert_eq!(last.status().map(|status| status.as_u16()), status);
            assert_at(ends[ends.len() - 1], 60 * SECOND);
            assert!(!error.to_string().contains(&last.to_string()), "a message repeats its source: {error}");
        }
    }
    let address = ReservedAddress::new();
    let session = impatient(&address.url()).user(USER).verification();
    let error = failure(session.wait(within(60)).await);
    assert_eq!((error.kind(), source(&error).kind()), (ErrorKind::WaitFailed, ErrorKind::NeverSent));
}

#[tokio::test]
async fn only_the_last_poll_counts_at_the_deadline() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for failure in [Reply::new(599, ""), Reply::new(501, "")] {
        server.reply(failure.clone());
        server.reply(failure);
        server.reply_otherwise(pending("PENDING"));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(within(20))).await;
        assert!(matches!(outcome, Ok(Pending(_))), "{outcome:?}");
        assert_at(ends[ends.len() - 1], 20 * SECOND);
    }
}

#[tokio::test]
async fn a_wait_of_no_time_that_fails_is_an_error() {
    let _clock = Clock::pause();
    let server = Server::replying(Reply::new(501, "")).await;
    let error = failure(session_at(&server).wait(within(0)).await);
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert_eq!(source(&error).status().map(|status| status.as_u16()), Some(501));
    assert_eq!(server.take_requests().len(), 1);
}

#[tokio::test]
async fn an_unknown_key_or_user_ends_a_wait_at_once() {
    let clock = Clock::pause();
    let server = Server::start().await;
    let unauthorized = json!({"success": false, "data": {"error_key": "unauthorized", "message": "m"}});
    for (reply, status) in
        [(Reply::json(401, &unauthorized), 401), (Reply::new(401, "<html>"), 401), (Reply::new(404, ""), 404)]
    {
        for polls in [1, 3] {
            (1..polls).for_each(|_| server.reply(pending("IN_PROGRESS")));
            server.reply(reply.clone());
            let (outcome, ends) = timed(&clock, session_at(&server).wait(within(900))).await;
            let error = failure(outcome);
            assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Api, Some(status)));
            assert_eq!((error.attempts(), ends.len()), (1, polls), "{error}");
            assert_eq!(server.take_requests().len(), polls, "{error}");
            let last = error.last_verification().map(|last| last.status.as_str());
            assert_eq!(last, (polls > 1).then_some("IN_PROGRESS"));
        }
    }
}

/// Responses that are not those of the API, and the kind of error that each of them is.
fn odd_responses() -> Vec<(Reply, ErrorKind)> {
    let refusal = json!({"success": false, "data": {"error_key": "no", "message": "m"}});
    let verified = r#"{"success":true,"data":{"status":"VERIFIED"}}"#;
    let odd_too = r#"{"success":true,"data":{"status":"VERIFIED","verification_seconds_left":0.5}}"#;
    let data = |data| Reply::json(200, &json!({"success": true, "data": data}));
    vec![
        (Reply::new(200, "<html>").with_header("content-type", "text/html"), ErrorKind::Decode),
        (Reply::new(200, ""), ErrorKind::Decode),
        (Reply::new(204, ""), ErrorKind::Decode),
        (Reply::new(302, "").with_header("location", "https://example.com/"), ErrorKind::Api),
        (Reply::new(307, "<html>"), ErrorKind::Api),
        (Reply::new(400, ""), ErrorKind::Api),
        (Reply::new(403, "<html>"), ErrorKind::Api),
        (Reply::new(409, ""), ErrorKind::Api),
        (Reply::json(422, &refusal), ErrorKind::Api),
        (Reply::json(200, &refusal), ErrorKind::Api),
        (data(json!({})), ErrorKind::Decode),
        (data(json!({"status": null})), ErrorKind::Decode),
        (data(json!({"status": 7, "verification_url": 1.5})), ErrorKind::Decode),
        (data(json!(["VERIFIED"])), ErrorKind::Decode),
        (Reply::new(200, verified).with_header("content-type", "text/html"), ErrorKind::Decode),
        (Reply::new(200, odd_too).with_header("content-type", "text/html"), ErrorKind::Decode),
        (Reply::new(200, " ".repeat(11 << 20)), ErrorKind::TooLarge),
    ]
}

#[tokio::test]
async fn odd_responses_do_not_end_a_wait() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for (odd, kind) in odd_responses() {
        for _ in 0..2 {
            server.reply(pending("IN_PROGRESS"));
            (0..4).for_each(|_| server.reply(odd.clone()));
        }
        server.reply(pending("VERIFIED"));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(within(3600))).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{kind:?}, {odd:.200?}: {error}"));
        assert!(outcome.is_verified(), "{odd:.200?}: {outcome:?}");
        assert_eq!((ends.len(), server.take_requests().len()), (11, 11), "{odd:.200?}");
    }
}

#[tokio::test]
async fn five_odd_responses_in_a_row_end_a_wait_with_what_was_read_before() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for (odd, kind) in odd_responses() {
        for seen_before in [true, false] {
            if seen_before {
                server.reply(pending("IN_PROGRESS"));
            }
            server.reply(odd.clone());
            // What is transient neither counts nor begins the count anew.
            server.reply(Reply::new(501, ""));
            server.reply_otherwise(odd.clone());
            let (outcome, ends) = timed(&clock, session_at(&server).wait(within(3600))).await;
            let error = failure(outcome);
            let polls = if seen_before { 7 } else { 6 };
            assert_eq!((error.kind(), source(&error).kind()), (ErrorKind::WaitFailed, kind), "{odd:.200?}: {error}");
            assert_eq!((error.attempts() as usize, ends.len()), (polls, polls), "{odd:.200?}: {error}");
            assert!(error.to_string().contains(&format!(", after {polls} attempts")), "{error}");
            let last = error.last_verification().map(|last| last.status.as_str());
            assert_eq!(last, seen_before.then_some("IN_PROGRESS"));
            assert_eq!(server.take_requests().len(), polls);
        }
    }
}

#[tokio::test]
async fn an_odd_response_at_the_deadline_ends_a_wait_with_what_was_read_before() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("PENDING_DOCUMENTS"));
    server.reply_otherwise(Reply::new(403, "<html>"));
    let error = failure(session_at(&server).wait(within(1)).await);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::WaitFailed, 2));
    assert_eq!(error.last_verification().map(|last| last.status.as_str()), Some("PENDING_DOCUMENTS"));
    let shown = format!("{error:?} {error:#?} {error}");
    assert!(!shown.contains("PENDING_DOCUMENTS"), "an error shows no response: {shown}");
}

#[tokio::test]
async fn a_field_of_another_type_does_not_hide_the_status() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for (data, seconds, url, messages) in [
        (json!({"status": "VERIFIED", "verification_seconds_left": 3599.5}), None, None, None),
        (
            json!({"status": "VERIFIED", "verification_seconds_left": "60", "verification_url": "u"}),
            None,
            Some("u"),
            None,
        ),
        (json!({"verification_url": 1, "verification_seconds_left": 60, "status": "VERIFIED"}), Some(60), None, None),
        (json!({"status": "VERIFIED", "provider_messages": "one", "verification_url": "u"}), None, Some("u"), None),
        (json!({"status": "VERIFIED", "provider_messages": ["a"], "verification_url": {}}), None, None, Some(1)),
    ] {
        server.reply(status_reply(&data));
        let outcome = session_at(&server).wait(within(60)).await.unwrap_or_else(|error| panic!("{data}: {error}"));
        assert!(outcome.is_verified(), "{data}");
        let read = outcome.verification();
        assert_eq!(read.verification_seconds_left.flatten(), seconds, "{data}");
        assert_eq!(outcome.verification_url(), url, "{data}");
        assert_eq!(read.provider_messages.clone().flatten().map(|list| list.len()), messages, "{data}");
        server.reply(status_reply(&data));
        let read = session_at(&server).status().await.expect("the status is one");
        assert_eq!(read.raw().json().expect("it is JSON")["data"], data, "the response is kept as it was");
    }
}

// ---- Retry-After ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_server_that_asks_for_time_gets_it() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for status in [429, 503] {
        // Longer than a call waits, and longer than the delay.
        server.reply(Reply::new(status, "").with_header("retry-after", "100"));
        server.reply(pending("VERIFIED"));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(within(900))).await;
        assert!(outcome.expect("the second poll sees it").is_verified());
        assert_eq!((ends.len(), ends[0]), (2, Duration::ZERO));
        assert_at(ends[1], 100 * SECOND);
    }
}

#[tokio::test]
async fn a_server_that_asks_for_less_than_the_delay_changes_nothing() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(Reply::new(429, "").with_header("retry-after", "1"));
    server.reply(pending("VERIFIED"));
    let session = impatient(&server.url()).user(USER).verification();
    let policy = within(900).first_delay(60 * SECOND);
    let (outcome, ends) = timed(&clock, session.wait(policy)).await;
    assert!(outcome.expect("the second poll sees it").is_verified());
    assert!(ends[1] >= 30 * SECOND && ends[1] <= 60 * SECOND + TICK, "{ends:?}");
}

#[tokio::test]
async fn a_request_for_time_holds_for_one_poll_only() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(Reply::new(429, "").with_header("retry-after", "200"));
    server.reply(Reply::new(501, ""));
    server.reply(pending("VERIFIED"));
    let (outcome, ends) = timed(&clock, session_at(&server).wait(within(900))).await;
    assert!(outcome.expect("the third poll sees it").is_verified());
    assert_at(ends[1], 200 * SECOND);
    assert!(ends[2] - ends[1] <= 4 * SECOND + TICK, "{ends:?}");
}

#[tokio::test]
async fn a_server_that_asks_for_more_time_than_is_left_is_polled_at_the_deadline() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for asked in ["3600", "61", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        server.reply(Reply::new(429, "").with_header("retry-after", asked));
        server.reply(pending("VERIFIED"));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(within(60))).await;
        assert!(outcome.expect("the last poll sees it").is_verified());
        assert_eq!((ends.len(), ends[0]), (2, Duration::ZERO), "{asked}");
        assert_at(ends[1], 60 * SECOND);

        server.reply_otherwise(Reply::new(429, "").with_header("retry-after", asked));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(within(60))).await;
        let error = failure(outcome);
        assert_eq!((error.kind(), source(&error).is_rate_limited()), (ErrorKind::WaitFailed, true));
        assert!(source(&error).retry_after().is_some_and(|asked| asked >= 61 * SECOND));
        assert_eq!((ends.len(), ends[0]), (2, Duration::ZERO), "{asked}");
    }
}

#[tokio::test]
async fn the_last_poll_takes_no_longer_than_a_call() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(pending("PENDING"));
    server.reply_otherwise(Reply::raw("").then_silent());
    let start = Instant::now();
    let error = failure(session_at(&server).wait(within(1)).await);
    assert!(source(&error).is_timeout(), "{error:?}");
    assert_at(start.elapsed(), 91 * SECOND);
}

/// A client that tries once.
fn impatient(url: &str) -> Client {
    facade_at(url).with_options(CallOptions::new().retries(RetryPolicy::none()))
}

/// The error behind one that gave up.
fn source(error: &Error) -> &Error {
    let source = error.source().expect("there is an error behind it");
    source.downcast_ref().expect("it is one of the same type")
}

/// Polls before the deadline are cut off by it, and the last one has the time of one call.
#[tokio::test]
async fn a_silent_server_does_not_make_a_wait_longer_than_one_more_call() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(Reply::raw("").then_silent());
    let (outcome, ends) = timed(&clock, session_at(&server).wait(within(20))).await;
    assert_eq!(failure(outcome).kind(), ErrorKind::WaitFailed);
    assert_at(ends[0], 20 * SECOND);
    let last = *ends.last().expect("there are attempts");
    assert!(last <= (20 + 90) * SECOND + 20 * TICK, "{ends:?}");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_beyond_the_deadline_is_polled_once_more_at_the_deadline() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply(Reply::new(429, "").with_header("retry-after", "50"));
    server.reply_otherwise(pending("IN_PROGRESS"));
    let (outcome, ends) = timed(&clock, session_at(&server).wait(within(20))).await;
    assert!(matches!(outcome.expect("the last poll has a response"), Pending(_)));
    assert_eq!(ends.len(), 2);
    assert_at(ends[1], 20 * SECOND);
}

#[tokio::test]
async fn a_policy_of_no_delay_hammers_nobody() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("IN_PROGRESS"));
    for policy in [within(10).first_delay(Duration::ZERO), within(10).max_delay(Duration::ZERO)] {
        let policy = policy.max_delay(Duration::ZERO);
        let (outcome, ends) = timed(&clock, session_at(&server).wait(policy)).await;
        outcome.expect("every poll has a response");
        assert!(ends.len() <= 202, "{} polls in 10 s", ends.len());
    }
}
