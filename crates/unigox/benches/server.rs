//! A server that sends the same response to every request, in a thread of its own.

use std::{io, net::SocketAddr, sync::mpsc, thread};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Starts a server that responds with `status` and `body`, and returns its address.
pub(crate) fn start(status: u16, body: &str) -> SocketAddr {
    let response =
        format!("HTTP/1.1 {status} \r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let (tell, address) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
            tell.send(listener.local_addr().expect("a bound listener has an address"))
                .expect("the caller waits for it");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, response.clone()));
            }
        });
    });
    address.recv().expect("the server starts")
}

async fn serve(stream: TcpStream, response: String) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    let mut line = String::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
        }
        let mut body = (&mut stream).take(length);
        tokio::io::copy_buf(&mut body, &mut tokio::io::sink()).await?;
        stream.write_all(response.as_bytes()).await?;
    }
}
