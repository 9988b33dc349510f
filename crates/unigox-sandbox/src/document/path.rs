//! Path templates, and which of them a path matches.

use percent_encoding::percent_decode_str;

/// A path template, such as `/users/{user_uuid}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathTemplate(Vec<Vec<Piece>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Parameter(String),
}

/// The parameters in a path: their names, and their values as they were sent.
pub(crate) type PathParameters = Vec<(String, String)>;

impl PathTemplate {
    pub(crate) fn new(template: &str) -> Self {
        Self(template.split('/').skip(1).map(pieces).collect())
    }

    /// The parameters of `path`, if it matches.
    pub(crate) fn matches(&self, path: &str) -> Option<PathParameters> {
        let segments: Vec<_> = path.strip_prefix('/')?.split('/').collect();
        if segments.len() != self.0.len() {
            return None;
        }
        let mut parameters = Vec::new();
        self.0
            .iter()
            .zip(segments)
            .all(|(pieces, segment)| match_segment(pieces, segment, &mut parameters))
            .then_some(parameters)
    }

    /// Whether it has a parameter of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().flatten().any(|piece| matches!(piece, Piece::Parameter(known) if known == name))
    }

    /// What templates are sorted by, so that the most specific one is first: literal segments come before others.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        let order = |pieces: &Vec<Piece>| match pieces.as_slice() {
            [Piece::Parameter(_)] => 2,
            pieces if pieces.iter().any(|piece| matches!(piece, Piece::Parameter(_))) => 1,
            _ => 0,
        };
        self.0.iter().map(order).collect::<Vec<u8>>()
    }

    /// The template without the names of its parameters: two templates with the same shape match the same paths.
    pub(crate) fn shape(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Parameter(_) => "{}".to_owned(),
        };
        self.0.iter().map(|pieces| format!("/{}", pieces.iter().map(piece).collect::<String>())).collect()
    }
}

fn pieces(segment: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some((literal, (name, after))) =
        rest.split_once('{').and_then(|(literal, parameter)| Some((literal, parameter.split_once('}')?)))
    {
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        pieces.push(Piece::Parameter(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

/// Whether the segment matches. A parameter takes at least one character, and ends where the literal after it begins.
fn match_segment(pieces: &[Piece], segment: &str, parameters: &mut PathParameters) -> bool {
    if let [Piece::Literal(literal)] = pieces {
        return percent_decode_str(segment).decode_utf8().is_ok_and(|segment| segment == *literal);
    }
    let mut rest = segment;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(literal) => match rest.strip_prefix(literal.as_str()) {
                Some(after) => rest = after,
                None => return false,
            },
            Piece::Parameter(name) => {
                let end = match pieces.get(index + 1) {
                    Some(Piece::Literal(next)) => {
                        rest.char_indices().skip(1).find(|(at, _)| rest[*at..].starts_with(next))
                    }
                    Some(Piece::Parameter(_)) => rest.char_indices().nth(1),
                    None => None,
                };
                let (value, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
                if value.is_empty() || percent_decode_str(value).decode_utf8().is_err() {
                    return false;
                }
                parameters.push((name.clone(), value.to_owned()));
                rest = after;
            }
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, path: &str, expected: Option<&[(&str, &str)]>) {
        let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(PathTemplate::new(template).matches(path), expected.map(owned), "{template}: {path}");
    }

    #[test]
    fn a_path_matches_with_its_parameters_as_they_were_sent() {
        check("/", "/", Some(&[]));
        check("/users/{id}", "/users/a%2Fb,c", Some(&[("id", "a%2Fb,c")]));
        check("/users/{id}", "/users/", None);
        check("/users/{id}", "/users/a/", None);
        check("/users/{id}", "/users/%ff", None);
        check("/users/{id}", "*", None);
        check("/us ers", "/us%20ers", Some(&[]));
        check("/files/{name}.{type}", "/files/a.b.c", Some(&[("name", "a"), ("type", "b.c")]));
        check("/files/{name}.json", "/files/.json", None);
        check("/a{b}{c}", "/axy", Some(&[("b", "x"), ("c", "y")]));
        check("/{", "/{", Some(&[]));
        check("/ä{b}ö", "/äüö", Some(&[("b", "ü")]));
    }

    #[test]
    fn literal_templates_come_first_and_names_do_not_make_a_difference() {
        let mut templates = ["/a/{x}", "/{y}/b", "/a/b", "/a/{x}.json"].map(PathTemplate::new);
        templates.sort_by_cached_key(PathTemplate::order);
        assert_eq!(templates.map(|template| template.shape()), ["/a/b", "/a/{}.json", "/a/{}", "/{}/b"]);
    }
}
