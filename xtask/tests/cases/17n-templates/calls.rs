pub(crate) fn run() {
    assert_eq!(sent(async |api| api.get_file("a/b", "c").await).target, "/a%2Fb.c");
    assert_eq!(sent(async |api| api.get_slash().await).target, "/x/");
    assert_eq!(sent(async |api| api.get_no_slash().await).target, "/x");
    assert_eq!(sent(async |api| api.get_unicode().await).target, "/%C3%BC/a%20b");
    assert_eq!(sent(async |api| api.get_undeclared("1").await).target, "/r/1");
    assert_eq!(sent(async |api| api.get_unplaced("1").await).target, "/u?id=1");
}
