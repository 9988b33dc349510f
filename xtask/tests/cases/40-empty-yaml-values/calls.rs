pub(crate) fn run() {
    let value = read(Reply::json(json!({"a": "x"})), async |api| api.get_a().await);
    assert_eq!(value.a.as_deref(), Some("x"));
}
