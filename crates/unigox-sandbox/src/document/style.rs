//! Styles: how values with members are written in a parameter or a field of a form.

/// How a value that is not a single one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

impl Style {
    pub(crate) fn new(name: &str) -> Option<Self> {
        Some(match name {
            "simple" => Self::Simple,
            "label" => Self::Label,
            "matrix" => Self::Matrix,
            "form" => Self::Form,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "deepObject" => Self::DeepObject,
            _ => return None,
        })
    }

    /// What separates the members of a value that is written once.
    fn separators(self) -> &'static [&'static str] {
        match self {
            Self::SpaceDelimited => &["%20", "+"],
            Self::PipeDelimited => &["|", "%7C", "%7c"],
            _ => &[","],
        }
    }

    /// The members of a value that is written once.
    pub(crate) fn split(self, text: &str) -> Vec<&str> {
        if text.is_empty() {
            return Vec::new();
        }
        let separators = self.separators().iter();
        separators
            .fold(vec![text], |parts, separator| parts.into_iter().flat_map(|part| part.split(*separator)).collect())
    }
}
