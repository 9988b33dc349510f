pub(crate) fn run() {
    let value = json!({"kid": {"x": "1", "kid": {"z": "2"}}});
    let read = read(Reply::json(value.clone()), async |api| api.get_a().await);
    assert_eq!(written(&read), value);
    assert!(read.kid.is_some_and(|kid| !matches!(kid, types::AKid::Unknown(_))));
}
