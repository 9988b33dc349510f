//! The replies of a server, valid or not.

use std::io;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::clock;

/// The maximum size of a chunk.
const CHUNK_BYTES: usize = 256 << 10;

/// The number of chunks of an endless body: more than any limit, and few enough for a failing test to end.
const ENDLESS_CHUNKS: usize = 256;

/// A reply of the server. The request is read to its end before.
#[derive(Clone, Debug)]
pub struct Reply {
    content: Content,
    ending: Ending,
}

#[derive(Clone, Debug)]
enum Content {
    Raw(Vec<u8>),
    Response { status: u16, headers: Vec<(String, String)>, body: Vec<u8>, framing: Framing },
}

#[derive(Clone, Copy, Debug)]
enum Framing {
    /// A length, which exceeds what is sent by this many bytes.
    Length {
        missing: usize,
    },
    Chunks,
    EndlessChunks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Close,
    Silence,
    KeepAlive,
}

impl Reply {
    /// A response of `status` with `body`, and with no headers but those that HTTP needs.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let framing = Framing::Length { missing: 0 };
        let content = Content::Response { status, headers: Vec::new(), body: body.into(), framing };
        Self { content, ending: Ending::Close }
    }

    /// A response of `status` with `body` as `application/json`.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).with_header("content-type", "application/json")
    }

    /// These bytes, which need not be HTTP, before the connection is closed. Without any, there is no response.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { content: Content::Raw(bytes.into()), ending: Ending::Close }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Content::Response { headers, .. } = &mut self.content {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Closes the connection before the end of the body that the headers announce.
    #[must_use]
    pub fn cut_short(self) -> Self {
        self.framed(Framing::Length { missing: 1 })
    }

    /// Sends the body in chunks, so that its length is not known before its end.
    #[must_use]
    pub fn in_chunks(self) -> Self {
        self.framed(Framing::Chunks)
    }

    /// Sends blanks after the body until the client goes away.
    #[must_use]
    pub fn endless(self) -> Self {
        self.framed(Framing::EndlessChunks)
    }

    /// Is silent after what is sent, and leaves the connection open until the client goes away.
    #[must_use]
    pub fn then_silent(mut self) -> Self {
        self.ending = Ending::Silence;
        self
    }

    /// Leaves the connection open for another request.
    #[must_use]
    pub fn keeping_alive(mut self) -> Self {
        self.ending = Ending::KeepAlive;
        self
    }

    fn framed(mut self, as_this: Framing) -> Self {
        if let Content::Response { framing, .. } = &mut self.content {
            *framing = as_this;
        }
        self
    }

    /// Sends it. True if another request may come on the same connection.
    pub(crate) async fn send(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<bool> {
        match &self.content {
            Content::Raw(bytes) => stream.write_all(bytes).await?,
            Content::Response { body, framing, .. } => {
                stream.write_all(self.head().as_bytes()).await?;
                match framing {
                    Framing::Length { .. } => stream.write_all(body).await?,
                    Framing::Chunks => {
                        write_chunks(stream, body).await?;
                        stream.write_all(b"0\r\n\r\n").await?;
                    }
                    Framing::EndlessChunks => {
                        write_chunks(stream, body).await?;
                        for _ in 0..ENDLESS_CHUNKS {
                            write_chunks(stream, &[b' '; CHUNK_BYTES]).await?;
                        }
                    }
                }
            }
        }
        stream.flush().await?;
        if self.ending == Ending::Silence {
            clock::withholding();
            stream.read_to_end(&mut Vec::new()).await?;
        }
        Ok(self.ending == Ending::KeepAlive)
    }

    fn head(&self) -> String {
        let Content::Response { status, headers, body, framing } = &self.content else { return String::new() };
        let mut head = format!("HTTP/1.1 {status} \r\n");
        if self.ending != Ending::KeepAlive {
            head += "connection: close\r\n";
        }
        match framing {
            Framing::Length { .. } if matches!(status, 204 | 304) => {}
            Framing::Length { missing } => head += &format!("content-length: {}\r\n", body.len() + missing),
            Framing::Chunks | Framing::EndlessChunks => head += "transfer-encoding: chunked\r\n",
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }
}

async fn write_chunks(stream: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> io::Result<()> {
    for chunk in body.chunks(CHUNK_BYTES) {
        stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
        stream.write_all(chunk).await?;
        stream.write_all(b"\r\n").await?;
    }
    Ok(())
}
