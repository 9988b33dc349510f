pub(crate) fn run() {
    let a = types::A::from(types::Ap::new("i", "x"));
    let response = json!({"id": "i", "q": 1});
    let (request, value) = both(Reply::json(response.clone()), async |api| api.make_a(&a).await);
    assert_eq!((request.json(), written(&value)), (json!({"id": "i", "p": "x"}), response));
    assert!(matches!(value, types::A::Aq(q) if q.id == "i" && q.q == 1));
    let b = types::B::from(types::Bq::new("k", 2));
    let (request, _) = both(Reply::json(json!({"k": "k", "p": "x"})), async |api| api.make_b(&b).await);
    assert_eq!(request.json(), json!({"k": "k", "q": 2}));
    let c: types::C = of(json!({"id": "i", "q": 2}));
    assert_eq!(sent(async |api| api.make_c(&c).await).json(), json!({"id": "i", "q": 2}));
    let d: types::D = of(json!({"id": "i", "t": "W", "n": "1"}));
    let (request, value) = both(Reply::json(json!({"id": "i", "t": "vv"})), async |api| api.make_d(&d).await);
    assert_eq!((request.json(), written(&value)), (json!({"id": "i", "t": "W", "n": "1"}), json!({"id": "i", "t": "vv"})));
}
