pub(crate) fn run() {
    for (value, kind) in [(json!({"kind": "Cat", "x": 1}), "Cat"), (json!({"kind": "hound"}), "Dog"), (json!({"kind": "Eel"}), "Eel")] {
        let a: types::A = of(value.clone());
        let found = match &a {
            types::A::Cat(_) => "Cat",
            types::A::Dog(_) => "Dog",
            types::A::Eel(_) => "Eel",
            _ => "none",
        };
        assert_eq!(found, kind);
        let (request, read) = both(Reply::json(value.clone()), async |api| api.make_a(&a).await);
        assert!(request.json()["kind"].is_string());
        assert_eq!(read, a);
    }
    let eel: types::Eel = of(json!({"x": 2}));
    assert_eq!(written(&types::A::from(eel)), json!({"kind": "Eel", "x": 2}));
    let other = json!({"kind": "Fox"});
    assert_eq!(written(&of::<types::A>(other.clone())), other);
}
