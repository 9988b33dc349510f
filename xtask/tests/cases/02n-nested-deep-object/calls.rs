pub(crate) fn run() {
    // OpenAPI 3.0 does not say how an object in an object is written: not sent, rather than sent in some way.
    let params = types::GetAParams::new().p(of::<types::GetAp>(json!({"x": {"y": "z"}})));
    assert!(refused(async |api| api.get_a_with(&params).await).contains("has a list or an object in it"));
    let params = types::GetAParams::new().p(of::<types::GetAp>(json!({})));
    assert!(refused(async |api| api.get_a_with(&params).await).contains("leave it out"));
}
