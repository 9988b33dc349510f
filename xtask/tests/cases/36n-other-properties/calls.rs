pub(crate) fn run() {
    for value in [
        json!({"open": {"a": "x", "b": 1}, "closed": {"a": "x", "new": 1}, "typed": {"a": "x", "b": 1}, "map": {"k": {"v": 1}}}),
        json!({"maps": {"a": {"b": 1}}, "free": {"x": [1]}, "never": {}, "extra": {"extra": {"k": "v"}, "other": 1}, "else": 2}),
    ] {
        let body: types::A = of(value.clone());
        let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
        assert_eq!((request.json(), written(&read)), (value.clone(), value));
    }
}
