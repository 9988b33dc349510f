pub(crate) fn run() {
    let response = |media_type, text: &str| Reply(200, media_type, text.to_owned());
    let (request, value) = both(response("text/plain", "1.2"), async |api| api.get_version().await);
    assert_eq!((request.header("accept"), &value.0[..]), (Some("text/plain"), b"1.2".as_slice()));
    let (request, value) = both(response("application/pdf", "%PDF"), async |api| api.get_report().await);
    assert_eq!((request.header("accept"), &value.0[..]), (Some("application/pdf"), b"%PDF".as_slice()));
    let (request, value) = both(response("text/csv", "a,b"), async |api| api.get_csv().await);
    assert_eq!((request.header("accept"), &value.0[..]), (Some("text/csv"), b"a,b".as_slice()));
    let json = "{\"a\": \"x\"}";
    let (request, value) = both(response("application/vnd.api+json", json), async |api| api.get_json_api().await);
    assert_eq!((request.header("accept"), value.a.as_deref()), (Some("application/vnd.api+json"), Some("x")));
    let (request, value) = both(response("application/json", json), async |api| api.get_either().await);
    assert_eq!((request.header("accept"), value.a.as_deref()), (Some("application/json"), Some("x")));
}
