pub(crate) fn run() {
    let mut body = types::A::new("n", types::Inner::new(1), vec![types::Inner::new(2)]);
    body.pin = Some("p".to_owned());
    let response = json!({"id": "1", "name": "n", "inner": {"at": "t", "v": 1}, "list": [], "audit": {"at": "t", "v": 3}});
    let (request, read) = both(Reply::json(response.clone()), async |api| api.make_a(&body).await);
    assert_eq!(request.json(), json!({"pin": "p", "name": "n", "inner": {"v": 1}, "list": [{"v": 2}]}));
    assert_eq!(written(&read), response);
    let b = read_b(json!({"id": "1"}));
    assert_eq!(b.id, "1");
    let request = sent(async |api| api.make_c(&types::C::new("s")).await);
    assert_eq!(request.text(), r#"{"secret":"s"}"#);
}

fn read_b(value: Value) -> types::B {
    read(Reply::json(value), async |api| api.list_b().await)
}
