pub(crate) fn run() {
    let c = types::A::from(types::C::new(1, 2));
    let response = json!({"kind": "B", "b": 3, "id": "i"});
    let (request, value) = both(Reply::json(response.clone()), async |api| api.make_a(&c).await);
    assert_eq!(request.json(), json!({"kind": "C", "b": 1, "c": 2}));
    assert!(matches!(&value, types::A::B(b) if b.b == 3));
    assert_eq!(written(&value), response);
    let base = json!({"kind": "A", "id": "i"});
    assert!(matches!(of(base.clone()), types::A::Base(_)));
    assert_eq!(written(&of::<types::A>(base.clone())), base);
}
