//! A server on the loopback that keeps what it receives and answers as it was told to.

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
    /// For when there are no more replies.
    otherwise: Option<Reply>,
    requests: Vec<Request>,
    connections: usize,
}

/// What a server does with a connection.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Serving,
    Silent,
    HangingUp,
}

impl Server {
    /// A server that has nothing to answer yet: it reads requests, and closes the connection.
    pub async fn start() -> Self {
        ReservedAddress::new().open()
    }

    /// A server that answers its first request with `reply`.
    pub async fn replying(reply: Reply) -> Self {
        let server = Self::start().await;
        server.reply(reply);
        server
    }

    /// A server that takes connections and says nothing on them, not even to a TLS handshake.
    pub async fn silent() -> Self {
        ReservedAddress::new().listen(Manner::Silent)
    }

    /// A server that closes every connection before it has read from it.
    pub async fn hanging_up() -> Self {
        ReservedAddress::new().listen(Manner::HangingUp)
    }

    /// Where the server is, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers the next request that has no reply yet with `reply`.
    pub fn reply(&self, reply: Reply) {
        lock(&self.exchanges).replies.push_back(reply);
    }

    /// Answers every request with `reply` for which there is no other, from now on.
    pub fn reply_otherwise(&self, reply: Reply) {
        lock(&self.exchanges).otherwise = Some(reply);
    }

    /// Forgets the replies that no request has come for.
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

/// An address that no one else gets, and where no one listens: whoever connects to it is refused.
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

    /// Where a server would be, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A server at this address, which has nothing to answer yet.
    pub fn open(self) -> Server {
        self.listen(Manner::Serving)
    }

    fn listen(self, manner: Manner) -> Server {
        let listener = self.socket.listen(128).expect("the socket is bound");
        let exchanges = Arc::<Mutex<Exchanges>>::default();
        let accepting = tokio::spawn(accept(listener, manner, Arc::clone(&exchanges)));
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

async fn accept(listener: TcpListener, manner: Manner, exchanges: Arc<Mutex<Exchanges>>) {
    while let Ok((stream, _)) = listener.accept().await {
        lock(&exchanges).connections += 1;
        // A head and a body in two writes should not wait for each other.
        let _ = stream.set_nodelay(true);
        match manner {
            Manner::Serving => drop(tokio::spawn(serve(stream, Arc::clone(&exchanges)))),
            Manner::Silent => drop(tokio::spawn(say_nothing(stream))),
            Manner::HangingUp => drop(stream),
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
