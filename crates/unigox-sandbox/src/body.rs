//! Reads the bodies of requests within limits of size and time.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// The maximum size of a JSON body.
pub(crate) const MAX_JSON_BYTES: usize = 1024 * 1024;

/// How long a client may take to send a body.
const BODY_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The body is too large, arrives too slowly, or breaks off. A part of it may still be unread.
#[derive(Debug)]
pub(crate) struct IncompleteBody;

/// Reads a whole body of at most `max_bytes`.
pub(crate) async fn read_body(mut body: Body, max_bytes: usize) -> Result<Bytes, IncompleteBody> {
    // A declared length that is too large is refused before the body arrives.
    if HttpBody::size_hint(&body).lower() > max_bytes as u64 {
        return Err(IncompleteBody);
    }
    let reading = async {
        let mut collected = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| IncompleteBody)?.into_data() else { continue };
            if collected.len() + data.len() > max_bytes {
                return Err(IncompleteBody);
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected.freeze())
    };
    tokio::time::timeout(BODY_READ_TIMEOUT, reading).await.map_err(|_| IncompleteBody)?
}
