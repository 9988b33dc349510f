pub(crate) fn run() {
    let tree = json!({
        "kids": [{"kids": [], "byName": {}}], "byName": {"k": {"kids": [], "byName": {}}},
        "left": {"kids": [], "byName": {}}, "list": [[], [[]]], "either": [[]], "nullable": {"again": null},
    });
    let body: types::Tree = of(tree.clone());
    let (request, read) = both(Reply::json(tree.clone()), async |api| api.make_a(&body).await);
    assert_eq!((request.json(), written(&read)), (tree.clone(), tree));
    let empty = types::Tree::new(vec![], std::collections::HashMap::new());
    assert_eq!(written(&empty), json!({"kids": [], "byName": {}}));
}
