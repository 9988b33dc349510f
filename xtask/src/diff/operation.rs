//! An operation of one document.

use super::place::Place;
use crate::walk;

/// An operation, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Operation<'d> {
    pub(super) path: &'d str,
    pub(super) method: &'static str,
    /// The path item that it is in.
    pub(super) item: Place<'d>,
    pub(super) place: Place<'d>,
}

impl<'d> Operation<'d> {
    /// Every operation, in the document's order.
    pub(super) fn all(root: &Place<'d>) -> Vec<Self> {
        let mut found = Vec::new();
        for (path, item) in root.get("paths").iter().flat_map(Place::members) {
            let item = item.resolved(root.value);
            for method in walk::METHODS {
                if let Some(place) = item.get(method).filter(|place| place.value.is_object()) {
                    found.push(Self { path, method, item: item.clone(), place });
                }
            }
        }
        found
    }

    pub(super) fn id(&self) -> Option<&'d str> {
        self.place.text("operationId").filter(|id| !id.is_empty())
    }

    /// What reports call it.
    pub(super) fn name(&self) -> String {
        self.id().map_or_else(|| self.call(), str::to_owned)
    }

    /// Method and path.
    pub(super) fn call(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// The path without the names of its parameters.
    pub(super) fn template(&self) -> String {
        let mut template = String::new();
        let mut depth = 0_u32;
        for c in self.path.chars() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    template.push_str("{}");
                }
                c if depth == 0 => template.push(c),
                _ => {}
            }
        }
        template
    }

    /// The names of the parameters in its path, in order.
    pub(super) fn placeholders(&self) -> Vec<&'d str> {
        self.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    pub(super) fn id_place(&self) -> Place<'d> {
        self.place.get("operationId").unwrap_or_else(|| self.place.clone())
    }
}
