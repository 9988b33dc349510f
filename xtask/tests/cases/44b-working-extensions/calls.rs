pub(crate) fn run() {
    assert_eq!(read(Reply::json(json!({"a": "x"})), async |api| api.get_a().await).a.as_deref(), Some("x"));
}
