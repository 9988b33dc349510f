pub(crate) fn run() {
    let two = || vec!["a".to_owned(), "b".to_owned()];
    let params = types::ListPipesParams::new().pipes(two());
    // `url` writes the bar as it is, or escaped: both are one.
    let target = sent(async |api| api.list_pipes_with(&params).await).target;
    assert_eq!(target.replace('|', "%7C"), "/list?pipes=a%7Cb");
    let params = types::ListSpacesParams::new().spaces(two());
    assert_eq!(sent(async |api| api.list_spaces_with(&params).await).target, "/l2?spaces=a%20b");
}
