//! Redirects are never followed: the key would travel along.

use std::{net::IpAddr, time::Duration};

use unigox::{CallOptions, Client, ClientBuilder, Environment, ErrorKind, HttpSettings, RetryPolicy};
use unigox_tests::{API_KEY, Call, Reply, Server, facade_at};

/// Every status that some client somewhere follows.
const STATUSES: [u16; 7] = [300, 301, 302, 303, 305, 307, 308];

#[tokio::test]
async fn no_call_follows_a_redirect() {
    let stage = Stage::open().await;
    stage.check(&facade_at(&stage.here.url()), Call::of_each_operation()).await;
}

#[tokio::test]
async fn no_option_makes_a_call_follow_a_redirect() {
    let stage = Stage::open().await;
    let retries = RetryPolicy::new().attempts(10).base_delay(Duration::ZERO).max_delay(Duration::ZERO);
    let options = CallOptions::new()
        .retries(retries)
        .attempt_timeout(Duration::from_secs(600))
        .total_timeout(Duration::from_secs(600))
        .max_response_bytes(usize::MAX);
    stage.check(&facade_at(&stage.here.url()).with_options(options), Call::of_each_kind()).await;
    let client = builder(&stage.here.url())
        .options(options)
        .application("redirected/1.0")
        .connect_timeout(Duration::from_secs(60))
        .allow_plain_http()
        .no_proxy();
    stage.check(&client.build().expect("these settings go together"), Call::of_each_kind()).await;
}

#[tokio::test]
async fn no_setting_of_the_hook_makes_a_call_follow_a_redirect() {
    let stage = Stage::open().await;
    let port = stage.here.address().port();
    let here = stage.here.address();
    // Only the hook knows where this name is.
    let client = builder(&format!("http://api.localhost:{port}")).http(move |http| everything(http, here));
    stage.check(&client.build().expect("these settings go together"), Call::of_each_kind()).await;
}

#[tokio::test]
async fn a_proxy_does_not_redirect_either() {
    let stage = Stage::open().await;
    let client = builder("http://api.example.com").allow_plain_http().proxy(stage.here.url());
    stage.check(&client.build().expect("these settings go together"), Call::of_each_kind()).await;
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(Environment::Custom(url.to_owned())).api_key(API_KEY)
}

/// All that the hook has to set.
fn everything(http: HttpSettings, address: std::net::SocketAddr) -> HttpSettings {
    http.pool_idle_timeout(Duration::from_secs(600))
        .pool_max_idle(100)
        .tcp_keepalive(Duration::from_secs(1))
        .local_address(IpAddr::from([127, 0, 0, 1]))
        .resolve("api.localhost", address)
}

/// Two servers, of which one redirects. Both would response a second request well.
struct Stage {
    here: Server,
    elsewhere: Server,
}

impl Stage {
    async fn open() -> Self {
        Self { here: Server::start().await, elsewhere: Server::start().await }
    }

    /// Fails if one of `calls` by `client` makes more of a redirect than an error.
    async fn check(&self, client: &Client, calls: impl Iterator<Item = Call>) {
        let (here, elsewhere) = (self.here.url(), self.elsewhere.url());
        let elsewhere_on_any_scheme = elsewhere.trim_start_matches("http:");
        let places = [
            "/api/v1/partner/auth".to_owned(),
            "?again".to_owned(),
            "".to_owned(),
            format!("{here}/api/v1/partner/auth"),
            elsewhere.clone(),
            format!("{elsewhere}/api/v1/partner/auth"),
            format!("{elsewhere_on_any_scheme}/api/v1/partner/auth"),
        ];
        for call in calls {
            self.here.reply_otherwise(call.success());
            self.elsewhere.reply_otherwise(call.success());
            for status in STATUSES {
                for place in &places {
                    for keeps_alive in [false, true] {
                        let reply = Reply::new(status, "").with_header("location", place);
                        let reply = if keeps_alive { reply.keeping_alive() } else { reply };
                        self.here.reply(reply.with_header("refresh", &format!("0; url={elsewhere}")));
                        let error = call.send(client).await.expect_err("a redirect is an error");
                        assert_eq!(error.kind(), ErrorKind::Api, "{call:?}, {status} to {place}: {error:?}");
                        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{call:?}");
                        assert!(error.is_redirect(), "{call:?}, {status} to {place}: {error}");
                        assert_eq!((error.attempts(), error.operation_id()), (1, Some(call.operation_id())));
                        assert_eq!(self.here.take_requests().len(), 1, "{call:?}, {status} to {place}");
                        assert_eq!(self.elsewhere.take_connections(), 0, "{call:?}, {status} to {place}");
                        let printed = format!("{error} {error:?}");
                        assert!(!printed.contains(API_KEY) && !printed.contains("127.0.0.1"), "{printed}");
                    }
                }
            }
        }
    }
}
