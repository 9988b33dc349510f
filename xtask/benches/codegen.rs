//! What the pipeline costs: beside the bare generator on the same document, and as the document grows.
//!
//! `cargo bench -p xtask` prints times, and the most memory that was allocated at once beside the size of the input.
//! Every number is of one run on the machine at hand; only their ratios travel.

use std::{hint::black_box, path::PathBuf};

use divan::{AllocProfiler, Bencher, counter::BytesCount};
use serde::Deserialize;
use serde_json::Value;
use xtask::{codegen, coverage::Coverage, diff, generate, lower, openapi, overlay, pipeline};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join("openapi").join(name)).expect("a checked-in file")
}

fn load(name: &str) -> Value {
    openapi::parse(&text(name)).expect("a checked-in document")
}

/// The generator and the formatter alone, on the document that the passes made.
fn bare(effective: &str) -> String {
    let document =
        openapiv3::OpenAPI::deserialize(&mut serde_json::Deserializer::from_str(effective)).expect("a document");
    let settings = progenitor::GenerationSettings::new();
    let tokens = progenitor::Generator::new(&settings).generate_tokens(&document).expect("code");
    prettyplease::unparse(&syn::parse2(tokens).expect("code"))
}

/// The checked-in document: what `cargo xtask codegen` does, beside the bare generator.
#[divan::bench_group(sample_count = 50)]
mod checked_in {
    use super::*;

    /// What anybody has to do at least: read the document, generate, format. The bare generator takes no real document,
    /// so it reads the checked-in one as `codegen` does and generates from the lowered one.
    #[divan::bench]
    fn read_and_bare_generator_and_formatter(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| {
            black_box(load("unigox-partner.yaml"));
            bare(&text("effective.json"))
        });
    }

    #[divan::bench]
    fn bare_generator_and_formatter(bencher: Bencher<'_, '_>) {
        let effective = text("effective.json");
        bencher.bench_local(|| bare(black_box(&effective)));
    }

    #[divan::bench]
    fn codegen(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| codegen::in_place(&root()).expect("outputs").stale().expect("readable outputs"));
    }

    #[divan::bench]
    fn stage_1_load(bencher: Bencher<'_, '_>) {
        let text = text("unigox-partner.yaml");
        bencher.bench_local(|| openapi::parse(black_box(&text)));
    }

    #[divan::bench]
    fn stage_2_overlay(bencher: Bencher<'_, '_>) {
        let corrections = load("overlay.yaml");
        let document = load("unigox-partner.yaml");
        bencher.with_inputs(|| document.clone()).bench_local_values(|document| overlay::apply(document, &corrections));
    }

    #[divan::bench]
    fn stage_3_lower(bencher: Bencher<'_, '_>) {
        let document = overlay::apply(load("unigox-partner.yaml"), &load("overlay.yaml")).expect("a document");
        bencher.with_inputs(|| document.clone()).bench_local_values(lower::lower);
    }

    #[divan::bench]
    fn stage_4_generate(bencher: Bencher<'_, '_>) {
        let effective = load("effective.json");
        bencher.bench_local(|| generate::generate(black_box(&effective)));
    }

    #[divan::bench]
    fn stage_4_and_5_generate_and_emit(bencher: Bencher<'_, '_>) {
        let effective = load("effective.json");
        bencher.bench_local(|| pipeline::generate("effective.json".as_ref(), black_box(&effective)));
    }
}

/// `copies` documents in one, with paths, components and ids of their own.
fn grown(copies: usize) -> Value {
    let text =
        serde_json::to_string(&overlay::apply(load("unigox-partner.yaml"), &load("overlay.yaml")).expect("a document"))
            .expect("JSON");
    let mut whole: Value = serde_json::from_str(&text).expect("JSON");
    for copy in 1..copies {
        let text = text
            .replace("/api/v1/", &format!("/api/c{copy}/"))
            .replace("#/components/schemas/", &format!("#/components/schemas/C{copy}"))
            .replace("\"operationId\":\"", &format!("\"operationId\":\"c{copy}"))
            .replace("\"x-type-name\":\"", &format!("\"x-type-name\":\"C{copy}"));
        let mut part: Value = serde_json::from_str(&text).expect("JSON");
        let paths = std::mem::take(&mut part["paths"]);
        whole["paths"].as_object_mut().expect("paths").extend(paths.as_object().expect("paths").clone());
        let schemas = std::mem::take(&mut part["components"]["schemas"]);
        let schemas = schemas.as_object().expect("schemas").clone();
        let renamed = schemas.into_iter().map(|(name, schema)| (format!("C{copy}{name}"), schema));
        whole["components"]["schemas"].as_object_mut().expect("schemas").extend(renamed);
    }
    whole
}

/// Growth: the checked-in document that many times over in one document. The largest is about as large as GitHub's.
#[divan::bench_group(sample_count = 3, sample_size = 1)]
mod growth {
    use super::*;

    const SIZES: [usize; 4] = [1, 10, 50, 200];

    #[divan::bench(args = SIZES)]
    fn load_json(bencher: Bencher<'_, '_>, copies: usize) {
        let text = grown(copies).to_string();
        bencher.counter(BytesCount::of_str(&text)).bench_local(|| openapi::parse(black_box(&text)));
    }

    #[divan::bench(args = SIZES)]
    fn lower(bencher: Bencher<'_, '_>, copies: usize) {
        let text = grown(copies).to_string();
        let input = || openapi::parse(&text).expect("a document");
        bencher.counter(BytesCount::of_str(&text)).with_inputs(input).bench_local_values(lower::lower);
    }

    #[divan::bench(args = SIZES)]
    fn bare_generator_and_formatter(bencher: Bencher<'_, '_>, copies: usize) {
        let document = grown(copies);
        let size = BytesCount::of_str(&document.to_string());
        let effective = lower::lower(document).expect("a lowered document").0.to_string();
        bencher.counter(size).bench_local(|| bare(black_box(&effective)));
    }

    #[divan::bench(args = SIZES)]
    fn generate_and_emit(bencher: Bencher<'_, '_>, copies: usize) {
        let document = grown(copies);
        let size = BytesCount::of_str(&document.to_string());
        let effective = lower::lower(document).expect("a lowered document").0;
        bencher.counter(size).bench_local(|| pipeline::generate("grown".as_ref(), black_box(&effective)));
    }

    /// Against a document in which every property was made nullable: as much to report as there is to compare.
    #[divan::bench(args = SIZES)]
    fn diff_with_a_change_in_every_property(bencher: Bencher<'_, '_>, copies: usize) {
        let old = grown(copies);
        let mut new = old.clone();
        openapi::schemas_mut(&mut new, &mut |schema, _| {
            for property in schema["properties"].as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
                property["nullable"] = true.into();
            }
        });
        let size = BytesCount::of_str(&old.to_string());
        bencher.counter(size).bench_local(|| diff::compare(black_box(&old), black_box(&new), &Coverage::default()));
    }

    /// Against itself: what a look costs that finds nothing.
    #[divan::bench(args = SIZES)]
    fn diff_without_a_change(bencher: Bencher<'_, '_>, copies: usize) {
        let (old, new) = (grown(copies), grown(copies));
        let size = BytesCount::of_str(&old.to_string());
        bencher.counter(size).bench_local(|| diff::compare(black_box(&old), black_box(&new), &Coverage::default()));
    }
}
