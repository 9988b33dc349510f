pub(crate) fn run() {
    let keys = ["a,b".to_owned(), "c/d".to_owned()];
    let params = types::GetRowsParams::new().x_tags(vec!["x".to_owned(), "y z".to_owned()]);
    let request = sent(async |api| api.get_rows_with(&keys, &params).await);
    assert_eq!((request.target.as_str(), request.header("x-tags")), ("/rows/a%2Cb,c%2Fd", Some("x,y z")));
    assert_eq!(sent(async |api| api.get_rows(&keys[..1]).await).header("x-tags"), None);
    // A comma in a member would be read as two members.
    let params = types::GetRowsParams::new().x_tags(vec!["x,y".to_owned()]);
    assert!(refused(async |api| api.get_rows_with(&keys, &params).await).contains("X-Tags"));
}
