pub(crate) fn run() {
    let value = json!({"c": "<x>", "e": 5, "f": "`a"});
    let (request, read) = both(Reply::json(value.clone()), async |api| api.get_a(1).await);
    assert_eq!((request.target.as_str(), written(&read)), ("/a?r=1", value));
}
