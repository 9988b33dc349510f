pub(crate) fn run() {
    for value in [
        json!({"id": 1, "num": 1.5, "tag": "a", "codes": 1, "mixed": 1.5, "one": "x", "flag": true, "objs": {"q": 1}}),
        json!({"id": "x", "num": 2.5, "tag": "other", "codes": 9, "mixed": 2.5, "one": ["x"], "flag": {"x": 1}, "objs": {"p": "x", "q": 1}}),
        json!({"id": [1], "flag": "text", "objs": {"r": 1}, "single": {"p": "x"}, "same": {"p": "y"}}),
        json!({"beside": {"k": "1", "p": "x"}, "maps": {"a": 1}}),
        json!({"beside": {"k": "1", "q": 2}, "maps": {"a": "b"}}),
    ] {
        let body: types::A = of(value.clone());
        let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
        assert_eq!((request.json(), written(&read)), (value.clone(), value));
    }
    assert_eq!(written(&types::ABesideP::new("k", "p")), json!({"k": "k", "p": "p"}));
}
