pub(crate) fn run() {
    let filter = json!({"color": "a b", "size": 3});
    let params = types::ListFlatParams::new().filter(of::<types::ListFlatFilter>(filter.clone()));
    assert_eq!(sent(async |api| api.list_flat_with(&params).await).target, "/flat?color=a%20b&size=3");
    let params = types::ListPairsParams::new().filter(of::<types::ListFlatFilter>(filter));
    assert_eq!(sent(async |api| api.list_pairs_with(&params).await).target, "/csv?filter=color,a%20b,size,3");
}
