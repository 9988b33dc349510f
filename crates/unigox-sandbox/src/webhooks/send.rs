//! Sends one request to the loopback.

use std::{net::SocketAddr, pin::pin};

use axum::http::{Request, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::{Position, Url};

use super::signature::{SIGNATURE, TIMESTAMP};

/// How the sandbox calls itself, as the API does.
const USER_AGENT: &str = "unigox-webhooks/1.0";

/// The headers and the body of an event.
pub(super) struct Message {
    pub(super) timestamp: i64,
    pub(super) signature: String,
    pub(super) body: Bytes,
}

/// The status of the response; `None` without a response.
pub(super) async fn send(address: SocketAddr, url: &Url, message: Message) -> Option<u16> {
    let request = Request::post(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONTENT_TYPE, "application/json")
        .header(TIMESTAMP, message.timestamp)
        .header(SIGNATURE, message.signature)
        .body(Full::new(message.body))
        .ok()?;
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let (mut connection, mut response) = (pin!(connection), pin!(sender.send_request(request)));
    let response = tokio::select! {
        biased;
        response = &mut response => response,
        // The response is there, or there will be none.
        _ = &mut connection => response.await,
    };
    Some(response.ok()?.status().as_u16())
}
