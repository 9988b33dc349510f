pub(crate) fn run() {
    let pair = || json!({"x": 1, "y": "a.b"});
    let target = sent(async |api| api.get_labels("p q", &[1, 2], &of(pair())).await).target;
    assert_eq!(target, "/l/.p%20q/.1.2/.x,1,y,a.b");
    let c = ["u".to_owned(), "v;w".to_owned()];
    let target = sent(async |api| api.get_matrix("p", &[1, 2], &c, &of(pair())).await).target;
    assert_eq!(target, "/m/;a=p/;b=1;b=2/;c=u,v%3Bw/;x=1;y=a.b");
}
