//! A request as it arrived.

use std::{collections::BTreeSet, io};

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// A request as it arrived: nothing is decoded, sorted or folded. Only the chunks of a chunked body are joined.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The target: path and query as they stood in the request line.
    pub target: String,
    /// Names and values of the headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of the header `name`, which occurs once or not at all.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let value = values.next();
        assert!(values.next().is_none(), "`{name}` is there more than once: {:?}", self.headers);
        value.map(|(_, value)| value.as_str())
    }

    /// The names of the headers, in lower case.
    pub fn header_names(&self) -> BTreeSet<String> {
        self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect()
    }

    /// The body, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// The parts of the body, which is a multipart form.
    pub fn parts(&self) -> Vec<Part> {
        let content_type = self.header("content-type").expect("a form has a content type");
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("the body is a form");
        let opening = format!("--{boundary}\r\n").into_bytes();
        let between = format!("\r\n--{boundary}\r\n").into_bytes();
        let closing = format!("\r\n--{boundary}--\r\n").into_bytes();
        let parts = self.body.strip_prefix(opening.as_slice()).expect("a form begins with its boundary");
        let mut rest = parts.strip_suffix(closing.as_slice()).expect("a form ends with its boundary");
        let mut parts = Vec::new();
        while let Some(at) = find(rest, &between) {
            parts.push(Part::new(&rest[..at]));
            rest = &rest[at + between.len()..];
        }
        parts.push(Part::new(rest));
        parts
    }

    /// Reads one request to its end.
    pub(crate) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Self> {
        let line = read_line(stream).await?;
        let mut words = line.split(' ').map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut headers = Vec::new();
        loop {
            let line = read_line(stream).await?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut request = Self { method, target, headers, body: Vec::new() };
        if request.header("transfer-encoding") == Some("chunked") {
            request.body = read_chunks(stream).await?;
        } else if let Some(length) = request.header("content-length") {
            let length = length.parse().map_err(|_| io::ErrorKind::InvalidData)?;
            request.body = vec![0; length];
            stream.read_exact(&mut request.body).await?;
        }
        Ok(request)
    }
}

async fn read_chunks(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream).await?;
        let length = usize::from_str_radix(&line, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let start = body.len();
        body.resize(start + length, 0);
        stream.read_exact(&mut body[start..]).await?;
        if !read_line(stream).await?.is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Reads a line without its end.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let line = line.strip_suffix("\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(line.to_owned())
}

/// A part of a multipart form as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The lines of its header, in their order.
    pub head: Vec<String>,
    /// Its content.
    pub content: Vec<u8>,
}

impl Part {
    /// The name of the field.
    pub fn name(&self) -> Option<&str> {
        let disposition = self.head.iter().find_map(|line| line.strip_prefix("Content-Disposition: form-data; "))?;
        disposition.strip_prefix("name=\"")?.split_once('"').map(|(name, _)| name)
    }

    fn new(bytes: &[u8]) -> Self {
        let end = find(bytes, b"\r\n\r\n").expect("an empty line ends the header of a part");
        let head = str::from_utf8(&bytes[..end]).expect("the header of a part is text");
        Self { head: head.split("\r\n").map(str::to_owned).collect(), content: bytes[end + 4..].to_vec() }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
