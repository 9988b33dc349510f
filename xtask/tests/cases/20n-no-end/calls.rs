pub(crate) fn run() {
    // There is no value that ends: what is there is to compile, and to read nothing.
    assert!(serde_json::from_value::<types::A>(json!({"b": {}})).is_err());
}
