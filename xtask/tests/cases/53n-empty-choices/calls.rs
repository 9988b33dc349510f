pub(crate) fn run() {
    for value in [json!({"a": 1, "d": "x", "e": 5, "f": {"x": "1", "y": "2"}, "g": null, "h": {"y": "z"}}), json!({"c": {}})] {
        let body: types::A = of(value.clone());
        let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
        assert_eq!((request.json(), written(&read)), (value.clone(), value));
    }
}
