pub(crate) fn run() {
    let value = json!({"success": true, "data": "d", "kind": "x"});
    assert_eq!(read(Reply::json(value), async |api| api.a().await).kind, Some(types::DocumentType::X));
}
