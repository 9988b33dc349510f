//! The address that events are sent to: registered, read, tried out, removed.

use serde_json::json;
use unigox::{Client, ErrorKind};
use unigox_tests::{Reply, Request, Server, facade_at};

async fn server(data: &serde_json::Value) -> (Server, Client) {
    let server = Server::replying(Reply::json(200, &json!({"success": true, "data": data}))).await;
    let client = facade_at(&server.url());
    (server, client)
}

fn sent(server: &Server) -> (String, String, Vec<u8>) {
    let [Request { method, target, body, .. }] = server.take_requests().try_into().expect("one request");
    (method, target, body)
}

#[tokio::test]
async fn an_address_is_registered_read_tried_out_and_removed() {
    let (there, client) = server(&json!({"url": "https://example.com/a", "enabled": true})).await;
    let registered = client.webhooks().register("https://example.com/a").await.expect("it is accepted");
    assert_eq!(registered.url, Some(Some("https://example.com/a".to_owned())));
    let (method, target, body) = sent(&there);
    assert_eq!((method.as_str(), target.as_str()), ("POST", "/api/v1/partner/webhooks"));
    assert_eq!(body, json!({"url": "https://example.com/a"}).to_string().into_bytes());

    let (there, client) = server(&json!({"url": null, "enabled": false})).await;
    assert_eq!(client.webhooks().get().await.expect("it is read").url, Some(None));
    assert_eq!(sent(&there), ("GET".to_owned(), "/api/v1/partner/webhooks".to_owned(), Vec::new()));

    let (there, client) = server(&json!({"delivered": true, "http_status": 204})).await;
    assert_eq!(client.webhooks().send_test_event().await.expect("it is sent").http_status, Some(204));
    assert_eq!(sent(&there), ("POST".to_owned(), "/api/v1/partner/webhooks/test".to_owned(), Vec::new()));

    let (there, client) = server(&json!({"message": "removed"})).await;
    client.webhooks().delete().await.expect("it is removed");
    let (method, target, _) = sent(&there);
    assert_eq!((method.as_str(), target.rsplit_once('/').map(|it| it.0)), ("DELETE", Some("/api/v1/partner/webhooks")));
}

#[tokio::test]
async fn what_is_no_https_url_is_not_sent() {
    let (there, client) = server(&json!({})).await;
    for url in ["", "canary", "http://canary.example.com/a", "ftp://canary.example.com"] {
        let error = client.webhooks().register(url).await.expect_err("it is not accepted");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some("url")), "{url}");
        assert!(error.to_string().starts_with("registerWebhook: ") && !error.to_string().contains("canary"), "{error}");
    }
    assert_eq!(there.take_requests().len(), 0);
}
