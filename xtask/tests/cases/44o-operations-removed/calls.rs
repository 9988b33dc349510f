pub(crate) fn run() {
    let value = json!({"orders": [{"id": "1", "kind": "gift"}]});
    let found = read(Reply::json(value), async |api| api.list_orders().await);
    assert_eq!(found.orders[0].kind, Some(types::OrderKind::Gift));
}
