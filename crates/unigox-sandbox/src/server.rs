//! Connections: accepts them, serves them within time limits, and resets them when a fault asks for it.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use hyper::{body::Body as _, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpSocket, TcpStream},
    time::Sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a client may take to send the head of a request.
const HEAD_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted. With a short queue many of a large number of clients would have to
/// connect again a second later.
const ACCEPT_BACKLOG: u32 = 4096;

/// How long to wait after a failure to accept, as it happens when there are too many connections.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// How long to keep reading after a refusal, before the connection is closed.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);

/// How much to keep reading after a refusal, before the connection is closed.
const MAX_LINGER_BYTES: usize = 1024 * 1024;

/// An extension of each request: when it is set, its connection is closed with a reset.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResetFlag(Arc<AtomicBool>);

impl ResetFlag {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// In place of a response: the connection is closed, and nothing is sent.
#[derive(Clone, Debug)]
pub(crate) struct NoResponse;

impl NoResponse {
    /// Whether it stands in place of this response.
    pub(crate) fn replaces(response: &Response) -> bool {
        response.extensions().get::<Self>().is_some()
    }
}

impl IntoResponse for NoResponse {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// A listening port. It is closed for all clones at once.
#[derive(Clone, Debug)]
pub(crate) struct Port(Arc<Mutex<Option<TcpListener>>>);

impl Port {
    /// Listens at `address`, and returns the address with the port that was chosen.
    pub(crate) fn listen(address: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A restart should not fail because of closed connections in TIME_WAIT. On Windows the option has another meaning.
        if cfg!(unix) {
            socket.set_reuseaddr(true)?;
        }
        socket.bind(address)?;
        let listener = socket.listen(ACCEPT_BACKLOG)?;
        let address = listener.local_addr()?;
        Ok((Self(Arc::new(Mutex::new(Some(listener)))), address))
    }

    pub(crate) fn close(&self) {
        drop(self.lock().take());
    }

    /// The next connection. It never completes once the port is closed.
    async fn accept(&self) -> io::Result<TcpStream> {
        let poll = |cx: &mut Context<'_>| self.lock().as_ref().map_or(Poll::Pending, |port| port.poll_accept(cx));
        poll_fn(poll).await.map(|(stream, _)| stream)
    }

    fn lock(&self) -> MutexGuard<'_, Option<TcpListener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves connections until `stop`. Open connections are closed after the response in progress.
pub(crate) async fn serve(port: Port, routes: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = port.accept() => accepted,
        };
        let Ok(stream) = accepted else {
            tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            continue;
        };
        connections.spawn(serve_connection(stream, routes.clone(), stop.clone()));
    }
    connections.close();
    connections.wait().await;
}

async fn serve_connection(stream: TcpStream, routes: Router, stop: CancellationToken) {
    // A response in several writes should not wait for acknowledgements.
    let _ = stream.set_nodelay(true);
    let reset = ResetFlag::default();
    let is_refused = Arc::new(AtomicBool::new(false));
    let socket =
        Socket { stream, reset: reset.clone(), is_refused: Arc::clone(&is_refused), linger: None, lingered_bytes: 0 };
    let io = TokioIo::new(socket);
    let service = tower::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(reset.clone());
        let routes = routes.clone();
        let (is_refused, has_body) = (Arc::clone(&is_refused), !request.body().is_end_stream());
        async move {
            let Ok(response) = tower::ServiceExt::oneshot(routes, request).await;
            is_refused.store(has_body && response.status().is_client_error(), Ordering::Relaxed);
            if NoResponse::replaces(&response) { Err(io::Error::other("no response")) } else { Ok(response) }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_READ_TIMEOUT).max_buf_size(64 * 1024);
    let mut serving = std::pin::pin!(http.serve_connection(io, TowerToHyperService::new(service)));
    tokio::select! {
        _ = serving.as_mut() => return,
        () = stop.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}

/// A connection that is closed with a reset if its flag is set, and without one otherwise.
struct Socket {
    stream: TcpStream,
    reset: ResetFlag,
    /// Whether a request was refused that may not have been read to its end.
    is_refused: Arc<AtomicBool>,
    /// Ends when [`LINGER_TIMEOUT`] has passed; there once the connection is to be closed.
    linger: Option<Pin<Box<Sleep>>>,
    /// How many bytes were read since then.
    lingered_bytes: usize,
}

impl Socket {
    /// Keeps reading until the client has read the refusal and closes the connection. If the connection were closed while
    /// the client still sends, the system would send a reset, and the client would lose the response.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let linger = self.linger.get_or_insert_with(|| Box::pin(tokio::time::sleep(LINGER_TIMEOUT)));
        let mut bytes = [0; 16 * 1024];
        while self.lingered_bytes < MAX_LINGER_BYTES {
            let mut read = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if !read.filled().is_empty() => self.lingered_bytes += read.filled().len(),
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => break,
            }
        }
        linger.as_mut().poll(cx)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.is_set() {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // With a shutdown the connection would be closed in the ordinary way, before the reset.
        if self.reset.is_set() {
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        if self.is_refused.load(Ordering::Relaxed) {
            ready!(self.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
