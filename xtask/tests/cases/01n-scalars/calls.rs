pub(crate) fn run() {
    let (u, t, d) = ("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04", "2020-01-31T10:00:00Z", "2020-01-31");
    let constrained = types::Text2To3::new("ab").expect("two characters");
    assert!(types::Text2To3::new("abcd").is_err());
    let list = [types::E::XY, types::E::Z];
    let request = sent(async |api| {
        api.get_a(
            -5,
            of(json!(u)),
            of(json!(t)),
            true,
            0.5,
            of(json!(d)),
            &types::E::XY,
            &list,
            &constrained,
            &types::XInt::Value2,
            &of(json!("all")),
            "none",
        )
        .await
    });
    let path = format!("/a/-5/{u}/2020-01-31T10%3A00%3A00Z");
    assert_eq!(request.target, format!("{path}?b=true&n=0.5&d={d}&e=x-y&l=x-y&l=z&c=ab&o=all&noschema=none"));
    assert_eq!(request.header("x-int"), Some("2"));
}
