pub(crate) fn run() {
    let value = json!({"links": {"self": "x"}});
    assert_eq!(written(&read(Reply::json(value.clone()), async |api| api.a().await)), value);
}
