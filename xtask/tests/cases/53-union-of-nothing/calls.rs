pub(crate) fn run() {
    let value = json!({"item": {"a": 1}});
    assert_eq!(written(&of::<types::Collaboration>(value.clone())), value);
}
