//! A value in a document together with the way to it, so that a JSON pointer can be written where one is needed.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    rc::Rc,
};

use serde_json::Value;

use super::{
    pointer::push,
    reference::{local, reference},
};

/// A value and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Place<'d> {
    pub(crate) value: &'d Value,
    trail: Option<Rc<Step<'d>>>,
}

#[derive(Debug)]
struct Step<'d> {
    before: Option<Rc<Step<'d>>>,
    token: Token<'d>,
}

#[derive(Debug, Clone, Copy)]
enum Token<'d> {
    Name(&'d str),
    Index(usize),
}

impl<'d> Place<'d> {
    pub(crate) fn root(document: &'d Value) -> Self {
        Self { value: document, trail: None }
    }

    /// The place of a local reference.
    pub(crate) fn at(document: &'d Value, reference: &str) -> Option<Self> {
        let pointer = local(reference)?;
        let tokens = pointer.strip_prefix('/')?.split('/');
        tokens.map(|token| token.replace("~1", "/").replace("~0", "~")).try_fold(
            Self::root(document),
            |place, token| match place.value {
                Value::Array(_) => place.element(token.parse().ok()?),
                _ => place.get(&token),
            },
        )
    }

    /// Which value it is: two places with the same identity are one.
    pub(crate) fn identity(&self) -> usize {
        std::ptr::from_ref(self.value).addr()
    }

    fn below(&self, token: Token<'d>, value: &'d Value) -> Self {
        Self { value, trail: Some(Rc::new(Step { before: self.trail.clone(), token })) }
    }

    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        let (name, value) = self.value.as_object()?.get_key_value(name)?;
        Some(self.below(Token::Name(name), value))
    }

    pub(crate) fn element(&self, index: usize) -> Option<Self> {
        Some(self.below(Token::Index(index), self.value.as_array()?.get(index)?))
    }

    /// The members of an object, with their names.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'d str, Self)> + use<'d> {
        let here = self.clone();
        let members = self.value.as_object().into_iter().flatten();
        members.map(move |(name, value)| (name.as_str(), here.below(Token::Name(name), value)))
    }

    /// The elements of an array.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Self> + use<'d> {
        let here = self.clone();
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        elements.map(move |(index, value)| here.below(Token::Index(index), value))
    }

    /// The members under `key`, with references followed.
    pub(crate) fn resolved_members(&self, document: &'d Value, key: &str) -> BTreeMap<&'d str, Self> {
        let members = self.get(key);
        members.iter().flat_map(Self::members).map(|(name, place)| (name, place.resolved(document))).collect()
    }

    /// The string under `name`.
    pub(crate) fn text(&self, name: &str) -> Option<&'d str> {
        self.value.get(name)?.as_str()
    }

    /// Follows references that lead somewhere, in a circle as well: then it is one of the circle.
    pub(crate) fn resolved(mut self, document: &'d Value) -> Self {
        let mut seen = HashSet::new();
        while let Some(target) = reference(self.value).and_then(|reference| Self::at(document, reference)) {
            if !seen.insert(target.identity()) {
                break;
            }
            self = target;
        }
        self
    }

    /// The JSON pointer.
    pub(crate) fn pointer(&self) -> String {
        self.tokens().iter().fold(String::new(), |mut pointer, token| {
            push(&mut pointer, token);
            pointer
        })
    }

    /// The way to it from the root.
    pub(crate) fn tokens(&self) -> Vec<Cow<'d, str>> {
        let mut tokens = Vec::new();
        let mut step = self.trail.as_deref();
        while let Some(Step { before, token }) = step {
            tokens.push(match token {
                Token::Name(name) => Cow::Borrowed(*name),
                Token::Index(index) => Cow::Owned(index.to_string()),
            });
            step = before.as_deref();
        }
        tokens.reverse();
        tokens
    }
}
