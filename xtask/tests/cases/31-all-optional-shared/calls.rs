pub(crate) fn run() {
    let mut body = types::A::default();
    body.b = Some(2);
    let (request, value) = both(Reply::json(json!({"a": "x", "new": 1})), async |api| api.make_a(&body).await);
    assert_eq!((request.text(), value.a.as_deref()), (r#"{"b":2}"#, Some("x")));
    assert_eq!(written(&value), json!({"a": "x", "new": 1}));
}
