pub(crate) fn run() {
    let body: types::OptionalJsonBody = of(json!({"a": "x"}));
    let request = sent(async |api| api.optional_json(Some(&body)).await);
    assert_eq!((request.header("content-type"), request.text()), (Some("application/json; charset=utf-8"), r#"{"a":"x"}"#));
    for request in [
        sent(async |api| api.optional_json(None).await),
        sent(async |api| api.optional_text(None).await),
        sent(async |api| api.optional_bytes(None).await),
        sent(async |api| api.no_body().await),
        sent(async |api| api.put_no_body().await),
        sent(async |api| api.patch_no_body().await),
    ] {
        assert_eq!((request.header("content-length"), request.header("content-type")), (Some("0"), None), "{request:?}");
    }
    let request = sent(async |api| api.optional_text(Some("t")).await);
    assert_eq!((request.header("content-type"), request.text()), (Some("text/plain; charset=utf-8"), "t"));
    let request = sent(async |api| api.optional_bytes(Some("b".into())).await);
    assert_eq!((request.header("content-type"), request.text()), (Some("application/octet-stream"), "b"));
    assert_eq!(sent(async |api| api.delete_body(Some(&[1, 2])).await).text(), "[1,2]");
    assert_eq!(sent(async |api| api.delete_body(Some(&[])).await).text(), "[]");
    assert_eq!(sent(async |api| api.delete_body(None).await).text(), "");
    assert_eq!(sent(async |api| api.delete_nothing().await).header("content-type"), None);
    assert_eq!(sent(async |api| api.any_json(&json!([null, {}])).await).text(), "[null,{}]");
    let request = sent(async |api| api.xml_text("<a/>").await);
    assert_eq!((request.header("content-type"), request.text()), (Some("application/xml"), "<a/>"));
    let body: types::ChoiceBody = of(json!({}));
    assert_eq!(sent(async |api| api.choice(&body).await).header("content-type"), Some("application/json"));
    let request = sent(async |api| api.no_schema_bytes("%PDF").await);
    assert_eq!((request.header("content-type"), request.text()), (Some("application/pdf"), "%PDF"));
    assert_eq!(sent(async |api| api.nullable_body(None).await).text(), "null");
    assert_eq!(sent(async |api| api.nullable_body(Some("x")).await).text(), "\"x\"");
}
