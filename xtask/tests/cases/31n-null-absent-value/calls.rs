pub(crate) fn run() {
    for value in [
        json!({"must": null}),
        json!({
            "must": "x", "s": null, "e": null, "i": null, "l": null, "plain": [], "members": ["a", null], "m": {"k": null, "l": "v"},
            "mm": null, "r": null, "n": null, "u": null, "c": null, "any": null, "anyn": null,
        }),
        json!({
            "must": "x", "s": "", "e": "a", "i": 0, "l": [], "plain": ["a"], "members": [], "m": {}, "mm": {}, "r": {}, "n": {},
            "u": 5, "c": "", "any": 1, "anyn": {},
        }),
    ] {
        let body: types::A = of(value.clone());
        let (request, read) = both(Reply::json(value.clone()), async |api| api.patch_a(&body).await);
        assert_eq!((request.json(), written(&read)), (value.clone(), value));
    }
}
