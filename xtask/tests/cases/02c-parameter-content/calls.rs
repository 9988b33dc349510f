pub(crate) fn run() {
    let params = types::ListJsonParams::new().filter(of::<types::ListJsonFilter>(json!({"color": "a b"})));
    let target = sent(async |api| api.list_json_with(&params).await).target;
    assert_eq!(target, "/json?filter=%7B%22color%22%3A%22a%20b%22%7D");
}
