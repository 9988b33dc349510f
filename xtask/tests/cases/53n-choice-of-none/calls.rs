pub(crate) fn run() {
    let value = json!({"b": [1], "d": "x"});
    let body: types::A = of(value.clone());
    let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
    assert_eq!((request.json(), written(&read)), (value.clone(), value));
}
