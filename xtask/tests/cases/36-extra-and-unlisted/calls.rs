pub(crate) fn run() {
    let value = json!({"extra": "e", "unlisted": "u", "third": 3});
    let body: types::A = of(value.clone());
    assert_eq!((body.extra.as_deref(), body.unlisted.as_deref()), (Some("e"), Some("u")));
    assert_eq!(body.unlisted_fields["third"], 3);
    let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
    assert_eq!((request.json(), written(&read)), (value.clone(), value));
}
