pub(crate) fn run() {
    let params = types::ListDeepParams::new().page(of::<types::ListDeepPage>(json!({"size": 5, "number": 2})));
    let target = sent(async |api| api.list_deep_with(&params).await).target;
    assert_eq!(target, "/deep?page[size]=5&page[number]=2");
    let params = types::ListDeepParams::new().page(of::<types::ListDeepPage>(json!({"number": 2})));
    assert_eq!(sent(async |api| api.list_deep_with(&params).await).target, "/deep?page[number]=2");
}
