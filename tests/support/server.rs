//! A server on the loopback that records its requests and sends the replies that it was given.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

use crate::{clock, reply::Reply, request::Request};

/// A server on a free port, until it is dropped. One connection carries one request, unless its reply says otherwise.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    exchanges: Arc<Mutex<Exchanges>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Exchanges {
    replies: VecDeque<Reply>,
    /// The reply if `replies` is empty.
    otherwise: Option<Reply>,
    requests: Vec<Request>,
    connections: usize,
}

/// What a server does with a connection.
#[derive(Clone, Copy, Debug)]
enum Mode {
    Serving,
    Silent,
    HangingUp,
}

impl Server {
    /// A server without replies: it reads requests, and closes the connection.
    pub async fn start() -> Self {
        ReservedAddress::new().open()
    }

    /// A server that sends `reply` to its first request.
    pub async fn replying(reply: Reply) -> Self {
        let server = Self::start().await;
        server.reply(reply);
        server
    }

    /// A server that accepts connections and sends nothing on them, not even in a TLS handshake.
    pub async fn silent() -> Self {
        ReservedAddress::new().listen(Mode::Silent)
    }

    /// A server that closes every connection before it has read from it.
    pub async fn hanging_up() -> Self {
        ReservedAddress::new().listen(Mode::HangingUp)
    }

    /// The URL of the server, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends `reply` to the next request that has no reply yet.
    pub fn reply(&self, reply: Reply) {
        lock(&self.exchanges).replies.push_back(reply);
    }

    /// Sends `reply` to every request without another reply, from now on.
    pub fn reply_otherwise(&self, reply: Reply) {
        lock(&self.exchanges).otherwise = Some(reply);
    }

    /// Discards the replies that were not sent yet.
    pub fn forget_replies(&self) {
        lock(&self.exchanges).replies.clear();
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

    /// How many connections there were since the last call.
    pub fn take_connections(&self) -> usize {
        std::mem::take(&mut lock(&self.exchanges).connections)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An address that is reserved, and where nothing listens: connections are refused.
#[derive(Debug)]
pub struct ReservedAddress {
    socket: TcpSocket,
    address: SocketAddr,
}

impl ReservedAddress {
    /// A free port of the loopback.
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("there is a socket left");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("the loopback has a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        Self { socket, address }
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A server at this address, without replies.
    pub fn open(self) -> Server {
        self.listen(Mode::Serving)
    }

    fn listen(self, mode: Mode) -> Server {
        let listener = self.socket.listen(128).expect("the socket is bound");
        let exchanges = Arc::<Mutex<Exchanges>>::default();
        let accepting = tokio::spawn(accept(listener, mode, Arc::clone(&exchanges)));
        Server { address: self.address, exchanges, accepting }
    }
}

impl Default for ReservedAddress {
    fn default() -> Self {
        Self::new()
    }
}

fn lock(exchanges: &Mutex<Exchanges>) -> MutexGuard<'_, Exchanges> {
    exchanges.lock().expect("nothing panics with the lock in hand")
}

async fn accept(listener: TcpListener, mode: Mode, exchanges: Arc<Mutex<Exchanges>>) {
    while let Ok((stream, _)) = listener.accept().await {
        lock(&exchanges).connections += 1;
        // Head and body are two writes, which should not wait for each other.
        let _ = stream.set_nodelay(true);
        match mode {
            Mode::Serving => drop(tokio::spawn(serve(stream, Arc::clone(&exchanges)))),
            Mode::Silent => drop(tokio::spawn(say_nothing(stream))),
            Mode::HangingUp => drop(stream),
        }
    }
}

async fn serve(stream: TcpStream, exchanges: Arc<Mutex<Exchanges>>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = Request::read(&mut stream).await?;
        let reply = {
            let mut exchanges = lock(&exchanges);
            exchanges.requests.push(request);
            exchanges.replies.pop_front().or_else(|| exchanges.otherwise.clone())
        };
        let Some(reply) = reply else { break };
        if !reply.send(&mut stream).await? {
            break;
        }
    }
    stream.shutdown().await
}

async fn say_nothing(mut stream: TcpStream) -> io::Result<usize> {
    clock::withholding();
    stream.read_to_end(&mut Vec::new()).await
}
