//! Connections: accepted, served, reset on purpose, and never more patient than the rest can bear.

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

use axum::{Router, extract::Request};
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

/// How long a client may take to say what it wants.
const HEAD: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted. Of a crowd that is larger, many try again a second later.
const QUEUE: u32 = 4096;

/// How long to go on after the listener failed, as it does when there are too many connections.
const BREATH: Duration = Duration::from_millis(50);

/// How long a client that was refused may take to notice, and how much of its body is still taken until then.
const FAREWELL: (Duration, usize) = (Duration::from_secs(1), 1024 * 1024);

/// Set in a request, to reset the connection that it came by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reset(Arc<AtomicBool>);

impl Reset {
    pub(crate) fn on_close(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Marks a response that is not sent; the connection ends instead.
#[derive(Clone, Debug)]
pub(crate) struct NoAnswer;

/// A port that is listened at until it is closed, which is at once.
#[derive(Clone, Debug)]
pub(crate) struct Port(Arc<Mutex<Option<TcpListener>>>);

impl Port {
    /// Listens at `address`, and tells where that is in the end.
    pub(crate) fn listen(address: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Whoever starts again should not wait for what is left of the connections before. Elsewhere it means more.
        if cfg!(unix) {
            socket.set_reuseaddr(true)?;
        }
        socket.bind(address)?;
        let listener = socket.listen(QUEUE)?;
        let address = listener.local_addr()?;
        Ok((Self(Arc::new(Mutex::new(Some(listener)))), address))
    }

    pub(crate) fn close(&self) {
        drop(self.lock().take());
    }

    /// The next connection. There is none any more once the port is closed.
    async fn accept(&self) -> io::Result<TcpStream> {
        let poll = |cx: &mut Context<'_>| self.lock().as_ref().map_or(Poll::Pending, |port| port.poll_accept(cx));
        poll_fn(poll).await.map(|(stream, _)| stream)
    }

    fn lock(&self) -> MutexGuard<'_, Option<TcpListener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves connections until `stop`. Those that are open then end with the answer that they are at.
pub(crate) async fn serve(port: Port, routes: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = port.accept() => accepted,
        };
        let Ok(stream) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        connections.spawn(connection(stream, routes.clone(), stop.clone()));
    }
    connections.close();
    connections.wait().await;
}

async fn connection(stream: TcpStream, routes: Router, stop: CancellationToken) {
    // An answer in several writes should not wait for the other end.
    let _ = stream.set_nodelay(true);
    let reset = Reset::default();
    let is_refused = Arc::new(AtomicBool::new(false));
    let socket = Socket { stream, reset: reset.clone(), is_refused: Arc::clone(&is_refused), farewell: None, taken: 0 };
    let io = TokioIo::new(socket);
    let service = tower::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(reset.clone());
        let routes = routes.clone();
        let (is_refused, has_body) = (Arc::clone(&is_refused), !request.body().is_end_stream());
        async move {
            let Ok(response) = tower::ServiceExt::oneshot(routes, request).await;
            is_refused.store(has_body && response.status().is_client_error(), Ordering::Relaxed);
            match response.extensions().get::<NoAnswer>() {
                None => Ok(response),
                Some(NoAnswer) => Err(io::Error::other("no answer, on purpose")),
            }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(64 * 1024);
    let mut serving = std::pin::pin!(http.serve_connection(io, TowerToHyperService::new(service)));
    tokio::select! {
        _ = serving.as_mut() => return,
        () = stop.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}

/// A connection that can end with a reset, and otherwise does not.
struct Socket {
    stream: TcpStream,
    reset: Reset,
    /// Whether a request was refused that may not have been read to its end.
    is_refused: Arc<AtomicBool>,
    farewell: Option<Pin<Box<Sleep>>>,
    /// How many bytes came after the end.
    taken: usize,
}

impl Socket {
    /// Waits until the client has noticed that it was refused. Were the connection closed before, what it goes on to
    /// send would be answered with a reset, which takes away the answer as well.
    fn poll_farewell(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (time, most) = FAREWELL;
        let farewell = self.farewell.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
        let mut bytes = [0; 16 * 1024];
        while self.taken < most {
            let mut read = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if !read.filled().is_empty() => self.taken += read.filled().len(),
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => break,
            }
        }
        farewell.as_mut().poll(cx)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.0.load(Ordering::Relaxed) {
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
        // A reset says no goodbye.
        if self.reset.0.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        if self.is_refused.load(Ordering::Relaxed) {
            ready!(self.poll_farewell(cx));
        }
        Poll::Ready(Ok(()))
    }
}
