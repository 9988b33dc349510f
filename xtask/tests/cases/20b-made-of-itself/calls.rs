pub(crate) fn run() {
    let value = json!({"kid": [{"x": "1", "kid": []}], "kin": {"k": {"x": "2"}}, "next": null});
    let body: types::B = of(value.clone());
    let response = json!({"right": {"l": "1", "left": {"r": "2", "right": {}}}});
    let (request, read) = both(Reply::json(response.clone()), async |api| api.make_b(&body).await);
    assert_eq!((request.json(), written(&read)), (value, response));
}
