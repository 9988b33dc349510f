//! Which fields an account has: those of the rail, or of one of its formats.

use crate::types::{BeneficiaryType, PaymentField, PaymentRail, RailFormat};

/// The key of the field that says whether the holder is a business.
pub(super) const BENEFICIARY_TYPE: &str = "beneficiary_type";

/// Why no format of the rail fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// No format is for the kind of the institution.
    Institution,
    /// No format is for the kind of the holder.
    Beneficiary,
}

/// The lists of fields of which one has to fit. There is more than one only where the rail does not say which.
///
/// A rail without formats has one list. If it has formats, they decide: those that name the kind of the institution, or else
/// those that name none; and of these, for a business those of businesses, or else those that make no difference. If the kind
/// of the institution is not known, all formats are left.
pub(super) fn lists<'r>(
    rail: &'r PaymentRail,
    institution_type: Option<&str>,
    is_business: bool,
) -> Result<Vec<&'r [PaymentField]>, Unfit> {
    let formats = rail.formats.as_deref().unwrap_or_default();
    if formats.is_empty() {
        return Ok(vec![rail.fields.as_deref().unwrap_or_default()]);
    }
    let of_institution = match institution_type {
        None => formats.iter().collect(),
        Some(kind) => {
            let kinds = |format: &RailFormat| format.institution_types.clone().unwrap_or_default();
            let named = select(formats.iter(), |format| kinds(format).iter().any(|known| known == kind));
            if named.is_empty() { select(formats.iter(), |format| kinds(format).is_empty()) } else { named }
        }
    };
    if of_institution.is_empty() {
        return Err(Unfit::Institution);
    }
    let of = |kind: Option<&BeneficiaryType>| {
        select(of_institution.iter().copied(), |format| format.beneficiary_type.as_ref() == kind)
    };
    let own = of(Some(if is_business { &BeneficiaryType::Business } else { &BeneficiaryType::Individual }));
    let of_holder = if own.is_empty() { of(None) } else { own };
    if of_holder.is_empty() {
        return Err(Unfit::Beneficiary);
    }
    let of_rail = rail.fields.as_deref().unwrap_or_default();
    let own = |format: &'r RailFormat| format.fields.as_deref().filter(|fields| !fields.is_empty());
    Ok(of_holder.into_iter().map(|format| own(format).unwrap_or(of_rail)).collect())
}

fn select<'f>(
    formats: impl Iterator<Item = &'f RailFormat>,
    fits: impl Fn(&RailFormat) -> bool,
) -> Vec<&'f RailFormat> {
    formats.filter(|format| fits(format)).collect()
}
