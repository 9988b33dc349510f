//! The steps of CI, in order. `cargo xtask ci` runs them, and they are listed nowhere else.

/// A step: `cargo` with these arguments, in this environment.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The arguments of `cargo`.
    pub arguments: &'static [&'static str],
    /// Variables that are set for this step alone.
    pub environment: &'static [(&'static str, &'static str)],
}

impl Step {
    const fn cargo(arguments: &'static [&'static str]) -> Self {
        Self { arguments, environment: &[] }
    }

    /// The step as it is typed in a shell.
    pub fn command(&self) -> String {
        let set = self.environment.iter().map(|(name, value)| format!("{name}={} ", quoted(value)));
        let arguments: Vec<_> = self.arguments.iter().map(|argument| quoted(argument)).collect();
        format!("{}cargo {}", set.collect::<String>(), arguments.join(" "))
    }
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '"']) { format!("'{word}'") } else { word.to_owned() }
}

/// The steps. The test command of the README is the first.
pub const STEPS: &[Step] = &[
    Step {
        arguments: &["test", "--workspace", "--locked"],
        // A snapshot that differs is a failure, and not a file beside it.
        environment: &[("INSTA_UPDATE", "no")],
    },
    Step::cargo(&["fmt", "--all", "--check"]),
    Step::cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"]),
    Step {
        arguments: &["doc", "--workspace", "--all-features", "--no-deps", "--locked"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    Step::cargo(&["xtask", "codegen", "--check"]),
    // Not the advisories: their database is fetched from elsewhere, and an outage of it should not turn a change red.
    Step::cargo(&["deny", "--locked", "check", "bans", "licenses", "sources"]),
    Step {
        arguments: &[
            "package",
            // So that it also runs before a commit.
            "--allow-dirty",
            "--locked",
            "--offline",
            "--package=unigox-client",
            "--package=unigox",
            "--package=unigox-sandbox",
            // With `publish = false`, cargo does not use the archive of one crate as a dependency of another.
            "--config=patch.crates-io.unigox-client.path=\"crates/unigox-client\"",
        ],
        // The profiles of the workspace do not apply to the archives.
        environment: &[("CARGO_INCREMENTAL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "false")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_shown_as_they_are_typed() {
        let commands: Vec<_> = STEPS.iter().map(Step::command).collect();
        insta::assert_snapshot!(commands.join("\n"), @r#"
        INSTA_UPDATE=no cargo test --workspace --locked
        cargo fmt --all --check
        cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
        RUSTDOCFLAGS='-D warnings' cargo doc --workspace --all-features --no-deps --locked
        cargo xtask codegen --check
        cargo deny --locked check bans licenses sources
        CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=false cargo package --allow-dirty --locked --offline --package=unigox-client --package=unigox --package=unigox-sandbox '--config=patch.crates-io.unigox-client.path="crates/unigox-client"'
        "#);
    }

    #[test]
    fn the_first_step_is_what_the_readme_says() {
        let readme = include_str!("../../README.md");
        let test = format!("cargo {}", STEPS[0].arguments[..2].join(" "));
        assert!(readme.contains(&test), "the README does not say `{test}`");
    }
}
