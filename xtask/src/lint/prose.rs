//! Lists of values in prose: tables, bullet lists, and words in a row.

/// A list of values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct List<'t> {
    pub(crate) values: Vec<&'t str>,
    /// Whether it is laid out as a list, each row of which opens with a value: who writes that means all of them.
    pub(crate) is_whole: bool,
}

/// Every list in a description, in Markdown.
pub(crate) fn lists(text: &str) -> Vec<List<'_>> {
    let mut lists = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        if line.trim_start().starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|line| line.trim_start().starts_with('|')) {
                rows.push(row);
            }
            lists.extend(table(&rows));
        } else if let Some((indent, item)) = bullet(line) {
            let mut items = vec![item];
            loop {
                while lines.next_if(|line| line.trim().is_empty()).is_some() {}
                let Some(line) = lines.peek() else { break };
                match bullet(line) {
                    // Deeper ones say more about the item above.
                    Some((deeper, _)) if deeper > indent => lists.extend(in_a_row(line)),
                    Some((same, item)) if same == indent => items.push(item),
                    None if line.len() - line.trim_start().len() > indent => lists.extend(in_a_row(line)),
                    _ => break,
                }
                lines.next();
            }
            lists.extend(items.iter().flat_map(|item| in_a_row(item)));
            lists.push(bullets(&items));
        } else {
            lists.extend(in_a_row(line));
        }
    }
    lists.retain(|list| list.values.len() > 1);
    lists
}

/// The indent and the text of a bullet.
fn bullet(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = match text.strip_prefix(['-', '*', '+', '•']) {
        Some(rest) => rest,
        None if after_number.len() < text.len() => after_number.strip_prefix(['.', ')'])?,
        None => return None,
    };
    rest.strip_prefix(' ').map(|rest| (indent, rest.trim()))
}

fn bullets<'t>(items: &[&'t str]) -> List<'t> {
    let mut list = List { values: Vec::new(), is_whole: true };
    for item in items {
        let values = leading(item);
        list.is_whole &= !values.is_empty();
        list.values.extend(values);
    }
    list
}

/// The first column of a table, if each of its cells is one value.
fn table<'t>(rows: &[&'t str]) -> Option<List<'t>> {
    let cell = |row: &&'t str| row.trim().trim_start_matches('|').split('|').next().map(str::trim).unwrap_or_default();
    let ruler = rows.iter().position(|row| cell(row).starts_with(['-', ':']))?;
    let mut list = List { values: Vec::new(), is_whole: true };
    for row in &rows[ruler + 1..] {
        let values = leading(cell(row));
        list.is_whole &= !values.is_empty();
        list.values.extend(values);
    }
    Some(list)
}

/// The values that `text` opens with.
fn leading(text: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((value, after)) = value(rest) {
        values.push(value);
        match separator(after) {
            Some(next) => rest = next,
            None => break,
        }
    }
    values
}

/// The values that stand in a row, with nothing but commas and conjunctions between them.
fn in_a_row(line: &str) -> Vec<List<'_>> {
    let mut lists: Vec<List<'_>> = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let values = leading(rest);
        if let Some(last) = values.last() {
            // Both borrow from the line: the difference of the addresses is the way that was read.
            let end = last.as_ptr() as usize + last.len() - rest.as_ptr() as usize;
            rest = &rest[end..];
            lists.push(List { values, is_whole: false });
        }
        // On to the next word.
        let word_end = rest.find(|c: char| !is_of_value(c)).unwrap_or(rest.len());
        let skip = rest[word_end..].chars().next().map_or(0, char::len_utf8);
        rest = &rest[word_end + skip..];
    }
    lists
}

fn is_of_value(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// A value at the start of `text`, and what follows it: a word in code, or one that is written like a value.
fn value(text: &str) -> Option<(&str, &str)> {
    let bare = text.trim_start_matches(['*', '"', '\'']);
    let (inner, is_code) = match bare.strip_prefix('`') {
        Some(inner) => (inner.trim_start_matches(['"', '\'']), true),
        None => (bare, false),
    };
    let end = inner.find(|c: char| !is_of_value(c)).unwrap_or(inner.len());
    let (word, rest) = inner.split_at(end);
    if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let closed = rest.trim_start_matches(['"', '\'']);
    let (is_value, rest) = if is_code {
        // `a: b` or `a.b` in code is more than a value.
        (closed.starts_with('`'), closed.trim_start_matches('`'))
    } else {
        let all = |is: fn(&char) -> bool| word.chars().all(|c| is(&c) || c.is_ascii_digit() || c == '_');
        let is_upper = (word.len() > 3 || word.contains('_')) && all(char::is_ascii_uppercase);
        (is_upper || (word.contains('_') && all(char::is_ascii_lowercase)), closed)
    };
    is_value.then(|| (word, rest.trim_start_matches(['*', '"', '\''])))
}

/// What follows a separator of values; an explanation in brackets may come before it.
fn separator(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    if let Some(inner) = rest.strip_prefix('(') {
        rest = inner.split_once(')')?.1.trim_start();
    }
    let comma = rest.strip_prefix([',', '/', '|', ';']).map(str::trim_start);
    let after = comma.unwrap_or(rest);
    let word = ["or ", "and "].iter().find_map(|word| after.strip_prefix(word)).map(str::trim_start);
    word.or(comma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&[&str], bool)]) {
        let found = lists(text);
        let found: Vec<_> = found.iter().map(|list| (list.values.as_slice(), list.is_whole)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_bullets_tables_and_rows() {
        check("Is:\n\n- `A_A`: one\n  more\n- **B_B** two\n\n- C_C", &[(&["A_A", "B_B", "C_C"], true)]);
        check("| s | m |\n|---|---|\n| `a` | x |\n| `b_b` | y |\n", &[(&["a", "b_b"], true)]);
        check("one of `a`, `b` (or so) or `c-d`. And X_X.", &[(&["a", "b", "c-d"], false)]);
        check("Status PENDING, IN_PROGRESS and DONE", &[(&["PENDING", "IN_PROGRESS", "DONE"], false)]);
    }

    #[test]
    fn a_list_with_an_item_of_its_own_kind_is_not_whole() {
        check("- `a` is\n- `b` and `c` are\n- Any other is not", &[(&["b", "c"], false), (&["a", "b", "c"], false)]);
    }

    #[test]
    fn prose_is_no_list() {
        check("Send `a`. Then `b: c`, and the EUR or the rest, `é`, ``, - and | so", &[]);
    }
}
