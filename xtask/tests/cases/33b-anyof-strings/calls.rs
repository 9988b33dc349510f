pub(crate) fn run() {
    for value in [
        json!({"id": "no uuid", "when": "2020-01-31", "enums": "c", "pat": "latest", "plain": "p"}),
        json!({"id": "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04", "when": "2020-01-31T10:00:00Z", "enums": "new", "pat": "12"}),
        json!({"when": "soon", "pat": "x", "objs": {"q": 1}, "list": [1, 2]}),
        json!({"objs": {"p": "x", "q": 1}, "list": ["a"]}),
        json!({"objs": 5, "list": [true]}),
        json!({"plain": null}),
    ] {
        let body: types::A = of(value.clone());
        let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
        assert_eq!((request.json(), written(&read)), (value.clone(), value));
    }
}
