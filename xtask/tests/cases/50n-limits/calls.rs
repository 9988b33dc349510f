pub(crate) fn run() {
    // What is read is kept, whatever its length, pattern and bounds.
    let value = json!({
        "short": "longer", "code": "x", "int": 99, "u": 0, "num": -1.5, "list": ["a", "a", "b"], "multiple": 3, "map": {"a": 1, "b": 2},
    });
    let kept = read(Reply::json(value.clone()), async |api| api.make_a(&types::A::default()).await);
    assert_eq!(written(&kept), value);
    let value = json!({"short": "longer", "code": "x"});
    assert_eq!(written(&read(Reply::json(value.clone()), async |api| api.get_c().await)), value);
    // What is sent is held to it.
    assert!(types::TextUpTo3::new("abcd").is_err() && types::TextUpTo3::new("äöü").is_ok());
    assert!(types::Code::new("AB").is_ok() && types::Code::new("ab").is_err());
    assert!(types::Letters::new("äß").is_ok() && types::Letters::new("a1").is_err());
    assert!(types::Look::new("a1").is_ok() && types::Look::new("ab").is_err());
    assert!(types::Slash::new("/a-b").is_ok() && types::NonEmptyText::new("").is_err());
}
