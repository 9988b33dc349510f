//! A server on the loopback that keeps what it receives and answers as it was told to.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::Value;
use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::request::Request;

/// A server on a free port, until it is dropped. One connection carries one request.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    exchanges: Arc<Mutex<Exchanges>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Exchanges {
    replies: VecDeque<Reply>,
    requests: Vec<Request>,
}

impl Server {
    /// A server that has nothing to answer yet: it reads requests, and closes the connection.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let exchanges = Arc::<Mutex<Exchanges>>::default();
        let shared = Arc::clone(&exchanges);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, exchanges, accepting }
    }

    /// A server that answers its first request with `reply`.
    pub async fn replying(reply: Reply) -> Self {
        let server = Self::start().await;
        server.reply(reply);
        server
    }

    /// Where the server is, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next request that has no reply yet with `reply`.
    pub fn reply(&self, reply: Reply) {
        lock(&self.exchanges).replies.push_back(reply);
    }

    /// Every request since the last call, in the order of arrival.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut lock(&self.exchanges).requests)
    }

    /// The one request since the last call.
    pub fn take_request(&self) -> Request {
        let mut requests = self.take_requests();
        assert_eq!(requests.len(), 1, "one request was to arrive, not these: {requests:#?}");
        requests.remove(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(exchanges: &Mutex<Exchanges>) -> MutexGuard<'_, Exchanges> {
    exchanges.lock().expect("nothing panics with the lock in hand")
}

async fn serve(stream: TcpStream, exchanges: Arc<Mutex<Exchanges>>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let request = Request::read(&mut stream).await?;
    let reply = {
        let mut exchanges = lock(&exchanges);
        exchanges.requests.push(request);
        exchanges.replies.pop_front()
    };
    if let Some(reply) = reply {
        stream.write_all(&reply.to_bytes()).await?;
    }
    stream.shutdown().await
}

/// What the server answers.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    missing: usize,
}

impl Reply {
    /// An answer of `status` with `body`, and with no header but what HTTP needs.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), missing: 0 }
    }

    /// An answer of `status` with `body` as `application/json`.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).with_header("content-type", "application/json")
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Closes the connection before the end of the body that the headers announce.
    #[must_use]
    pub fn cut_short(mut self) -> Self {
        self.missing = 1;
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} \r\nconnection: close\r\n", self.status);
        if !matches!(self.status, 204 | 304) {
            head += &format!("content-length: {}\r\n", self.body.len() + self.missing);
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        [head.as_bytes(), &self.body].concat()
    }
}
