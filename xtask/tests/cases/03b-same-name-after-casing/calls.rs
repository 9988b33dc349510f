pub(crate) fn run() {
    let params = types::DeleteCertParams::new().cert_name("q").cert_name_header("h");
    let request = sent(async |api| api.delete_cert_with("p", &params).await);
    assert_eq!((request.target.as_str(), request.header("cert-name")), ("/certs/p?cert.name=q", Some("h")));
}
