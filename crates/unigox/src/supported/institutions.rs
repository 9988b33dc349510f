//! The institutions of a rail, page by page.

use std::{
    collections::HashSet,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt, stream};
use unigox_client::operations;

use super::SupportedHandle;
use crate::{
    Error, OptionalText, Response, Result,
    text::{country_code, currency, filled},
    types::{GetInstitutionsParams, Institution, InstitutionPage},
};

/// The sizes of a page that the document allows.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=100;

/// The maximum number of institutions that are read of one list.
const MAX_INSTITUTIONS: usize = 100_000;

/// Which institutions are asked for.
///
/// `Debug` shows the rail alone.
///
/// # Examples
///
/// ```
/// use unigox::InstitutionQuery;
///
/// let query = InstitutionQuery::on("nip-nigeria").search("guaranty").page_size(50);
/// assert_eq!(format!("{query:?}"), r#"InstitutionQuery { rail: "nip-nigeria", .. }"#);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InstitutionQuery {
    rail: String,
    search: Option<String>,
    code: Option<String>,
    country: Option<String>,
    currency: Option<String>,
    page_size: u32,
}

impl InstitutionQuery {
    /// All institutions on a rail, by its `slug`, in pages of 100.
    pub fn on(rail: impl Into<String>) -> Self {
        let page_size = *PAGE_SIZES.end();
        Self { rail: rail.into(), search: None, code: None, country: None, currency: None, page_size }
    }

    /// Those whose name matches this text.
    #[must_use]
    pub fn search(mut self, text: impl OptionalText) -> Self {
        self.search = text.into_text();
        self
    }

    /// Those with this bank code: on `nip-nigeria` the NIBSS code, on `imps-neft-india` the first four letters of an IFSC,
    /// never a whole one.
    #[must_use]
    pub fn code(mut self, code: impl OptionalText) -> Self {
        self.code = code.into_text();
        self
    }

    /// Those in this country, by ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(mut self, code: impl OptionalText) -> Self {
        self.country = code.into_text();
        self
    }

    /// Those for this currency, by ISO 4217.
    #[must_use]
    pub fn currency(mut self, code: impl OptionalText) -> Self {
        self.currency = code.into_text();
        self
    }

    /// How many institutions are asked for at once: 1 to 100.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = size;
        self
    }

    fn validate(&self) -> Result<()> {
        filled("rail", &self.rail)?;
        self.country.as_deref().map_or(Ok(()), |code| country_code("country", code))?;
        self.currency.as_deref().map_or(Ok(()), |code| currency("currency", code))?;
        match PAGE_SIZES.contains(&self.page_size) {
            true => Ok(()),
            false => Err(Error::invalid("limit", "is not 1 to 100")),
        }
    }

    fn params(&self, offset: usize) -> GetInstitutionsParams {
        let mut params = GetInstitutionsParams::new().limit(self.page_size);
        (params.search, params.code) = (self.search.clone(), self.code.clone());
        (params.country, params.currency) = (self.country.clone(), self.currency.clone());
        params.offset = i64::try_from(offset).ok();
        params
    }
}

impl fmt::Debug for InstitutionQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstitutionQuery").field("rail", &self.rail).finish_non_exhaustive()
    }
}

/// A stream of institutions. From [`SupportedHandle::institutions`].
#[must_use = "streams do nothing unless polled"]
pub struct Institutions(Pin<Box<dyn Stream<Item = Result<Institution>> + Send>>);

/// A stream of pages of institutions. From [`SupportedHandle::institution_pages`].
#[must_use = "streams do nothing unless polled"]
pub struct InstitutionPages(Pin<Box<dyn Stream<Item = Result<Vec<Institution>>> + Send>>);

impl Institutions {
    pub(super) fn new(handle: SupportedHandle, query: InstitutionQuery) -> Self {
        let members = InstitutionPages::new(handle, query).flat_map(|page| {
            let (members, error) = match page {
                Ok(members) => (members, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            stream::iter(members.into_iter().map(Ok).chain(error.map(Err)))
        });
        Self(Box::pin(members))
    }
}

impl InstitutionPages {
    pub(super) fn new(handle: SupportedHandle, query: InstitutionQuery) -> Self {
        let start = Reader { handle, query, list: List::default(), next: Next::Read };
        let pages = stream::unfold(start, |mut reader| async move { Some((reader.next_page().await?, reader)) });
        Self(Box::pin(pages.fuse()))
    }
}

macro_rules! stream {
    ($name:ident, $item:ty) => {
        impl Stream for $name {
            type Item = Result<$item>;

            fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                self.0.as_mut().poll_next(context)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

stream!(Institutions, Institution);
stream!(InstitutionPages, Vec<Institution>);

/// Reads one page after the other.
struct Reader {
    handle: SupportedHandle,
    query: InstitutionQuery,
    list: List,
    next: Next,
}

/// What comes after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Another page.
    Read,
    /// The list is complete.
    End,
    /// It may not be.
    Fail(&'static str),
}

impl Reader {
    async fn next_page(&mut self) -> Option<Result<Vec<Institution>>> {
        if self.next == Next::Read {
            match self.read_page().await {
                Ok(page) if !page.is_empty() => return Some(Ok(page)),
                Ok(_) => {}
                Err(error) => {
                    self.next = Next::End;
                    return Some(Err(error));
                }
            }
        }
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Fail(problem) => Some(Err(Error::incomplete(&operations::GET_INSTITUTIONS, problem))),
            Next::Read | Next::End => None,
        }
    }

    /// The next page, without what was read before. It is empty only if there is no other.
    async fn read_page(&mut self) -> Result<Vec<Institution>> {
        self.query.validate().map_err(|error| error.with_operation(&operations::GET_INSTITUTIONS))?;
        let params = self.query.params(self.list.received);
        let page = self.handle.client.api().get_institutions_with(&self.query.rail, &params).await?;
        let has_lost = has_lost_members(&page);
        let InstitutionPage { institutions, pagination, .. } = page.into_value();
        let total = pagination.total.and_then(|total| usize::try_from(total).ok());
        // The server may have a smaller maximum of its own.
        let stated = pagination.limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
        let page_size = self.query.page_size as usize;
        let is_full = institutions.len() >= stated.map_or(page_size, |stated| stated.min(page_size));
        let (new, next) = self.list.add(institutions, total, is_full, has_lost);
        self.next = next;
        Ok(new)
    }
}

/// Whether institutions of the page could not be read at all.
fn has_lost_members(page: &Response<InstitutionPage>) -> bool {
    page.problems().iter().any(|problem| {
        let index = problem.path().strip_prefix("data.institutions[").and_then(|rest| rest.strip_suffix(']'));
        index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// What was read of a list so far.
#[derive(Debug, Default)]
struct List {
    /// The institutions that were read, as JSON: one identifier may have several branches.
    seen: HashSet<String>,
    /// How many were received, with those that came again.
    received: usize,
    total: Option<usize>,
    has_changed: bool,
    has_lost: bool,
}

impl List {
    /// Adds a page. Returns what is new in it, and what comes next.
    fn add(
        &mut self,
        page: Vec<Institution>,
        total: Option<usize>,
        is_full: bool,
        has_lost: bool,
    ) -> (Vec<Institution>, Next) {
        self.has_changed |= self.received > 0 && self.total != total;
        self.total = total;
        self.has_lost |= has_lost;
        self.received += page.len();
        let is_empty = page.is_empty();
        let new: Vec<_> = page.into_iter().filter(|institution| self.seen.insert(identity(institution))).collect();
        let next = match new.is_empty() {
            true if is_empty => self.at_end(),
            true if self.total.is_none() => Next::Fail("a page repeats"),
            true => self.at_end(),
            false if self.seen.len() > MAX_INSTITUTIONS => Next::Fail("it has more than 100,000 institutions"),
            // A total by itself may be wrong, and so may a page that is not full.
            false if !is_full && self.total == Some(self.seen.len()) => self.at_end(),
            false => Next::Read,
        };
        (new, next)
    }

    fn at_end(&self) -> Next {
        if self.has_lost {
            Next::Fail("a page has institutions that can't be read")
        } else if self.has_changed {
            Next::Fail("it changed while it was read")
        } else if self.total.is_some_and(|total| self.seen.len() < total) {
            Next::Fail("it ends, or repeats, before its total is reached")
        } else {
            Next::End
        }
    }
}

/// What tells an institution from any other. One that can't be written as JSON does not exist.
fn identity(institution: &Institution) -> String {
    serde_json::to_string(institution).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: std::ops::Range<usize>) -> Vec<Institution> {
        let institution = |id: usize| {
            let mut institution = Institution::default();
            institution.id = Some(format!("bank-{id}"));
            institution
        };
        ids.map(institution).collect()
    }

    /// What comes after these pages of at most two institutions, each with the total that it states, and how many were new.
    fn after(pages: &[(std::ops::Range<usize>, Option<usize>)]) -> (usize, Next) {
        let mut list = List::default();
        let (mut count, mut last) = (0, Next::Read);
        for (ids, total) in pages {
            assert_eq!(last, Next::Read, "{pages:?}");
            let (new, next) = list.add(page(ids.clone()), *total, ids.len() >= 2, false);
            (count, last) = (count + new.len(), next);
        }
        (count, last)
    }

    #[test]
    fn a_list_ends_where_its_total_and_its_pages_say_so() {
        assert_eq!(after(&[(0..0, Some(0))]), (0, Next::End));
        assert_eq!(after(&[(0..1, Some(1))]), (1, Next::End));
        assert_eq!(after(&[(0..2, Some(3)), (2..3, Some(3))]), (3, Next::End));
        assert_eq!(after(&[(0..2, None), (2..3, None), (0..0, None)]), (3, Next::End));
    }

    #[test]
    fn a_total_that_is_too_small_does_not_end_it() {
        assert_eq!(after(&[(0..2, Some(2))]), (2, Next::Read));
        assert_eq!(after(&[(0..2, Some(2)), (2..4, Some(2)), (4..4, Some(2))]), (4, Next::End));
    }

    #[test]
    fn a_list_without_an_end_is_ended() {
        let (mut list, mut next, mut first) = (List::default(), Next::Read, 0);
        while next == Next::Read {
            next = list.add(page(first..first + 1_000), None, true, false).1;
            first += 1_000;
        }
        assert!(matches!(next, Next::Fail(_)) && first <= MAX_INSTITUTIONS + 1_000, "{first}: {next:?}");
    }

    #[test]
    fn what_may_be_missing_is_said() {
        let is_failure = |next| matches!(next, Next::Fail(_));
        for pages in [
            &[(0..2, Some(9)), (2..2, Some(9))][..],
            &[(0..2, Some(9)), (0..2, Some(9))],
            &[(0..2, None), (0..2, None)],
            &[(0..2, Some(3)), (2..3, Some(4)), (3..3, Some(4))],
            &[(0..2, Some(4)), (3..4, Some(3))],
        ] {
            assert!(is_failure(after(pages).1), "{pages:?}");
        }
    }
}
