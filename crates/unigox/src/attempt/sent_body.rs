//! The body of a request, as it is handed to the connection.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body::{Body, Frame, SizeHint};

/// A body that streams. It has exactly as many bytes as it states, or fails, and notes that it failed: a connection that
/// broke has another reason then.
pub(crate) struct SentBody {
    body: reqwest::Body,
    /// How many bytes are missing, if a length was stated.
    left: Option<u64>,
    failed: Arc<AtomicBool>,
}

impl SentBody {
    /// Watches the body of `request`, if it streams. Returns what tells whether it failed.
    pub(crate) fn watch(request: &mut reqwest::Request) -> Option<Arc<AtomicBool>> {
        let body = request.body_mut().take_if(|body| body.as_bytes().is_none())?;
        let failed = Arc::<AtomicBool>::default();
        let stated = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let left = stated.or_else(|| body.size_hint().exact());
        *request.body_mut() = Some(reqwest::Body::wrap(Self { body, left, failed: Arc::clone(&failed) }));
        Some(failed)
    }

    fn check(&mut self, frame: Option<Result<Frame<Bytes>, reqwest::Error>>) -> Option<io::Result<Frame<Bytes>>> {
        let length = |problem: &'static str| Some(Err(io::Error::other(problem)));
        match (frame, &mut self.left) {
            (Some(Err(error)), _) => Some(Err(io::Error::other(error.without_url()))),
            (None, Some(1..)) => length("the body is shorter than stated"),
            (None, _) => None,
            (Some(Ok(frame)), None) => Some(Ok(frame)),
            (Some(Ok(frame)), Some(left)) => {
                match left.checked_sub(frame.data_ref().map_or(0, |data| data.len() as u64)) {
                    Some(rest) => {
                        *left = rest;
                        Some(Ok(frame))
                    }
                    None => length("the body is longer than stated"),
                }
            }
        }
    }
}

impl Body for SentBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let checked = self.check(frame);
        if matches!(checked, Some(Err(_))) {
            self.failed.store(true, Ordering::Relaxed);
        }
        Poll::Ready(checked)
    }

    fn is_end_stream(&self) -> bool {
        // What is missing shows at the end alone.
        self.left.is_none_or(|left| left == 0) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(|| self.body.size_hint(), SizeHint::with_exact)
    }
}
