pub(crate) fn run() {
    let json = json!({"a": "x"});
    let (request, ()) = both(Reply::json(json.clone()), async |api| api.head_a().await);
    assert_eq!(request.method, "HEAD");
    read(Reply(200, "", String::new()), async |api| api.get_empty().await);
    read(Reply(204, "", String::new()), async |api| api.get_no_content().await);
    assert_eq!(read(Reply::json(json.clone()), async |api| api.get_default().await).a.as_deref(), Some("x"));
    let reply = Reply(206, "application/json", json.to_string());
    assert_eq!(read(reply, async |api| api.get_range().await).a.as_deref(), Some("x"));
    let (request, value) = both(Reply::json(json.clone()), async |api| api.get_two().await);
    assert_eq!(request.header("accept"), Some("application/json, text/plain"));
    assert!(matches!(value, types::GetTwoResponse::Status200(value) if value.a.as_deref() == Some("x")));
    let value = read(Reply(202, "text/plain", "t".to_owned()), async |api| api.get_two().await);
    assert!(matches!(value, types::GetTwoResponse::Status202(value) if &value.0[..] == b"t"));
    assert!(matches!(read(Reply::empty(), async |api| api.get_two().await), types::GetTwoResponse::Status204));
    assert_eq!(read(Reply::json(json.clone()), async |api| api.get_any().await).a.as_deref(), Some("x"));
    let (request, value) = both(Reply(200, "application/octet-stream", "b".to_owned()), async |api| api.get_bytes().await);
    assert_eq!((request.header("accept"), &value.0[..]), (Some("application/octet-stream"), b"b".as_slice()));
    let (request, value) = both(Reply::json(json.clone()), async |api| api.get_charset().await);
    assert_eq!((request.header("accept"), value.a.as_deref()), (Some("application/json; charset=utf-8"), Some("x")));
    assert_eq!(written(&read(Reply::json(json.clone()), async |api| api.get_no_schema().await)), json);
    let value = read(Reply(200, "application/xml", "<a/>".to_owned()), async |api| api.get_xml().await);
    assert_eq!(&value.0[..], b"<a/>");
    let (request, value) = both(Reply::json(json!([1])), async |api| api.get_errors().await);
    assert_eq!((request.header("accept"), value), (Some("application/json, application/problem+json"), vec![1]));
}
