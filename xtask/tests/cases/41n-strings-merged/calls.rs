pub(crate) fn run() {
    // The narrower bound of each, and the format that has a type.
    assert!(types::Text2To4::new("abcd".to_owned()).is_ok());
    assert!(types::Text2To4::new("a".to_owned()).is_err());
    assert!(types::Text2To4::new("abcde".to_owned()).is_err());
    assert!(types::Text2To5::new("abcde".to_owned()).is_ok());
    assert!(types::Text2To5::new("abcdef".to_owned()).is_err());
    for (text, is_one) in [("a1", true), ("x1a", true), ("11", false), ("ab", false)] {
        assert_eq!(types::Both::new(text.to_owned()).is_ok(), is_one, "{text}");
    }
    let value = json!({
        "code": "ab", "text": "abc", "word": "abc", "both": "a1", "id": "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04", "color": "blue",
        "same": "green", "size": null,
    });
    let body: types::A = of(value.clone());
    let _: &Option<types::Id> = &body.id;
    assert_eq!(body.same, Some(types::Color::Green));
    assert_eq!(body.size, Some(None));
    let (request, response) = both(Reply::json(value.clone()), async |api| api.make_a(&body).await);
    assert_eq!(request.json(), value);
    assert_eq!(serde_json::to_value(response).expect("JSON"), value);
}
