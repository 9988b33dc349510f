pub(crate) fn run() {
    let request = sent(async |api| api.any_bytes(vec![0, 255]).await);
    assert_eq!((request.header("content-type"), &request.body[..]), (Some("application/octet-stream"), [0, 255].as_slice()));
    let body: types::AnyObjectBody = of(json!({"a": "x"}));
    let request = sent(async |api| api.any_object(&body).await);
    assert_eq!((request.header("content-type"), request.text()), (Some("application/json"), r#"{"a":"x"}"#));
    assert_eq!(sent(async |api| api.any_nothing("x").await).text(), "x");
    let value = read(Reply(200, "text/plain", "t".to_owned()), async |api| api.any_answer().await);
    assert_eq!(&value.0[..], b"t");
}
