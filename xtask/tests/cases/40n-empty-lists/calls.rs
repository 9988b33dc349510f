pub(crate) fn run() {
    let value = json!({"a": 1, "b": {"c": 2}, "c": [1, "x"], "d": null});
    assert_eq!(written(&read(Reply::json(value.clone()), async |api| api.get_a().await)), value);
    assert_eq!(sent(async |api| api.post_a().await).header("content-length"), Some("0"));
}
