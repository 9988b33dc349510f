//! Connections with TLS, to servers whose certificates are trusted or not.

use std::{error::Error as _, sync::Arc};

use tokio::{io::AsyncWriteExt, net::TcpListener};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::WebPkiClientVerifier,
    },
};
use unigox::{Client, ClientBuilder, Effect, Environment, ErrorKind};
use unigox_tests::{API_KEY, Call, Clock};

/// What signed the other two. These certificates are for these tests alone.
const AUTHORITY: &[u8] = include_bytes!("tls/authority.pem");

/// The certificate and the key of the server, at 127.0.0.1.
const SERVER: &[u8] = include_bytes!("tls/server.pem");

/// The certificate and the key of a client.
const CLIENT: &[u8] = include_bytes!("tls/client.pem");

/// A server with TLS that responds to everything with a success. Returns its URL.
async fn serve(wants_client_certificate: bool) -> String {
    let certificates = |pem| CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().expect("it is PEM");
    let key = PrivateKeyDer::from_pem_slice(SERVER).expect("it has a key");
    let config = match wants_client_certificate {
        false => ServerConfig::builder().with_no_client_auth(),
        true => {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates(AUTHORITY));
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("there is a root");
            ServerConfig::builder().with_client_cert_verifier(verifier)
        }
    };
    let config = config.with_single_cert(certificates(SERVER), key).expect("they go together");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
    let url = format!("https://{}", listener.local_addr().expect("it has an address"));
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let response =
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 26\r\n\r\n{\"success\":true,\"data\":{}}";
            let _ = stream.write_all(response.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(Environment::Custom(url.to_owned())).api_key(API_KEY)
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_tried_once_and_named() {
    let clock = Clock::pause();
    let client = builder(&serve(false).await).build().expect("these settings go together");
    let error = Call::of("verifyAuth").send(&client).await.expect_err("nobody signed it");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::NeverSent, Effect::No), "{error:?}");
    assert_eq!((error.attempts(), clock.attempts(), error.is_transient()), (1, 1, false), "{error:?}");
    assert!(error.to_string().contains("root_certificates") && error.source().is_some(), "{error}");
}

#[tokio::test]
async fn a_certificate_whose_issuer_is_given_is_trusted() {
    let _clock = Clock::pause();
    let client = builder(&serve(false).await).root_certificates(AUTHORITY).build().expect("it is PEM");
    Call::of("verifyAuth").send(&client).await.expect("the issuer is trusted");
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_gets_it() {
    let clock = Clock::pause();
    let url = serve(true).await;
    let builder = || builder(&url).root_certificates(AUTHORITY);
    let client = builder().client_certificate(CLIENT).build().expect("it is PEM");
    Call::of("verifyAuth").send(&client).await.expect("the client is known");
    let attempts = clock.attempts();
    let client = builder().build().expect("these settings go together");
    Call::of("createPaymentDetails").send(&client).await.expect_err("the client is not known");
    assert_eq!(clock.attempts() - attempts, 1);
}
