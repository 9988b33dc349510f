pub(crate) fn run() {
    let params = types::GetAParams::new().r("a/b?c&d=e f").e("").plain("a/b");
    let target = sent(async |api| api.get_a_with(&params).await).target;
    assert_eq!(target, "/a?r=a/b?c%26d=e%20f&e=&plain=a%2Fb");
}
