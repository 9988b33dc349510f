pub(crate) fn run() {
    let body: types::PatchThingBody = of(json!({"name": "n"}));
    let request = sent(async |api| api.patch_thing("1", &body).await);
    assert_eq!((request.method.as_str(), request.header("content-type")), ("PATCH", Some("application/merge-patch+json")));
    assert_eq!(request.text(), r#"{"name":"n"}"#);
    let body: types::MakeDocBody = of(json!({}));
    let reply = Reply(201, "application/vnd.api+json", json!({"a": "x"}).to_string());
    let (request, value) = both(reply, async |api| api.make_doc(&body).await);
    assert_eq!(request.header("content-type"), Some("application/vnd.api+json"));
    assert_eq!((request.text(), value.a.as_deref()), ("{}", Some("x")));
    let request = sent(async |api| api.put_image(vec![1, 2, 255]).await);
    assert_eq!((request.header("content-type"), &request.body[..]), (Some("image/png"), [1, 2, 255].as_slice()));
    let request = sent(async |api| api.put_csv("a,ü").await);
    assert_eq!((request.header("content-type"), request.text()), (Some("text/csv; charset=utf-8"), "a,ü"));
}
