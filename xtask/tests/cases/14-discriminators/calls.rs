pub(crate) fn run() {
    // Written and read by the tag, though either would fit.
    let square: types::Square = of(json!({"size": 2.5}));
    let shape = types::Shape::from(square);
    let response = json!({"shapeType": "round", "size": 1.0});
    let (request, value) = both(Reply::json(response.clone()), async |api| api.make_shape(&shape).await);
    assert_eq!(request.json(), json!({"shapeType": "four", "size": 2.5}));
    assert!(matches!(&value, types::Shape::Circle(circle) if circle.size == Some(1.0)), "{value:?}");
    assert_eq!(written(&value), response);
    let other = json!({"shapeType": "star", "points": 5});
    let value: types::Shape = of(other.clone());
    assert!(matches!(value, types::Shape::Unknown(_)));
    assert_eq!(written(&value), other);

    let cat = json!({"petType": "cat", "name": "n", "lives": 9});
    let value = read(Reply::json(cat.clone()), async |api| api.get_pet().await);
    assert!(matches!(&value, types::Pet::Cat(cat) if cat.lives == Some(9) && cat.name.as_deref() == Some("n")));
    assert_eq!(written(&value), cat);
    assert!(matches!(of(json!({"petType": "dog", "bark": true})), types::Pet::Dog(_)));
    let fish = json!({"petType": "fish", "name": "n"});
    assert_eq!(written(&of::<types::Pet>(fish.clone())), fish);
}
