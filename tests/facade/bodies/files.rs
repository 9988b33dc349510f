//! Documents as files: what they have to be.

use std::{fs, path::PathBuf};

use super::*;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0";
const PDF: &[u8] = b"%PDF-1.7\n";

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_file_has_a_name_and_not_a_path() {
    for name in ["", "/home/ada/front.jpg", "ada/front.jpg", "..\\front.jpg", "C:\\ada\\front.jpg", "/"] {
        let error = DocumentFile::from_bytes(name, JPEG).expect_err("it is no name");
        is_refusal(&error, "document", name).expect("it says so");
        let length = JPEG.len().try_into().expect("it is short");
        let error = DocumentFile::from_reader(name, length, JPEG).await.expect_err("it is no name");
        is_refusal(&error, "document", name).expect("it says so");
    }
}

#[test]
fn a_file_is_what_its_content_says() {
    let heads = [("image/jpeg", JPEG), ("image/png", PNG), ("image/gif", GIF), ("application/pdf", PDF)];
    each((select(heads.to_vec()), vec(any::<u8>(), 0..64), file_name()), |((media_type, head), rest, name)| {
        let bytes = [head, &rest].concat();
        let file = DocumentFile::from_bytes(name, bytes.clone()).map_err(failed)?;
        prop_assert_eq!((file.media_type(), file.length()), (media_type, bytes.len() as u64));
        Ok(())
    });
    each((vec(any::<u8>(), 0..64), file_name()), |(bytes, name)| {
        let file = DocumentFile::from_bytes(&name, bytes.clone());
        if let Ok(file) = &file {
            // The beginnings that all files of a type have.
            let heads: [(_, &[u8]); 4] = [
                ("image/jpeg", b"\xff\xd8\xff"),
                ("image/png", b"\x89PNG"),
                ("image/gif", b"GIF"),
                ("application/pdf", b"%PDF"),
            ];
            let head = heads.into_iter().find(|(media_type, _)| *media_type == file.media_type());
            prop_assert!(head.is_some_and(|(_, head)| bytes.starts_with(head)));
            return Ok(());
        }
        is_refusal(&file.expect_err("it was refused"), "document", &name)
    });
}

#[test]
fn a_file_of_another_type_is_refused_whatever_its_name_says() {
    for content in [
        &b"<html><body></body></html>"[..],
        b"\0",
        b"BM\x36\0\0\0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"II*\0",
        b"PK\x03\x04",
        b"\xff\xd8",
        b"%PD",
    ] {
        let error = DocumentFile::from_bytes("ada-obi.jpg", content).expect_err("it is of another type");
        is_refusal(&error, "document", "ada-obi").expect("a refusal is one");
    }
}

/// A PDF may begin a little later than its file.
#[test]
fn a_file_is_the_same_in_memory_and_from_a_reader() {
    let recorder = Recorder::new();
    for content in
        [&[b"\xef\xbb\xbf", PDF].concat(), &[b"\n\n\n\n%!PS-Adobe-3.0\n", PDF].concat(), &[PNG, PDF].concat()]
    {
        let reader = std::io::Cursor::new(content.clone());
        let read = recorder.runtime.block_on(DocumentFile::from_reader("ada-obi.pdf", content.len() as u64, reader));
        let held = DocumentFile::from_bytes("ada-obi.pdf", content.clone());
        let media_type = |file: Result<DocumentFile>| file.map(|file| file.media_type()).map_err(|error| error.kind());
        assert_eq!(media_type(read), media_type(held), "{}", String::from_utf8_lossy(content));
    }
}

#[test]
fn a_file_is_neither_empty_nor_larger_than_10_mib() {
    let of = |length: usize| {
        let mut bytes = vec![0; length];
        bytes.iter_mut().zip(JPEG).for_each(|(byte, jpeg)| *byte = *jpeg);
        bytes
    };
    let recorder = Recorder::new();
    for (length, is_right) in [(0, false), (10 * MIB, true), (10 * MIB + 1, false), (11 * MIB, false)] {
        let path = temporary(&format!("ada-obi-{length}.jpg"));
        fs::write(&path, of(length)).expect("the folder can be written to");
        let from_bytes = DocumentFile::from_bytes("ada-obi.jpg", of(length));
        let opened = recorder.runtime.block_on(DocumentFile::open(&path));
        fs::remove_file(&path).expect("the file is there");
        let reader = std::io::Cursor::new(of(length));
        let read = recorder.runtime.block_on(DocumentFile::from_reader("ada-obi.jpg", length as u64, reader));
        for file in [from_bytes, opened, read] {
            assert_eq!(file.is_ok(), is_right, "{length} bytes");
            file.map_or_else(|error| is_refusal(&error, "document", "ada-obi"), |_| Ok(())).expect("a refusal is one");
        }
    }
}

#[test]
fn what_is_no_file_is_refused_without_its_path() {
    let recorder = Recorder::new();
    let folder = temporary("ada-obi-folder.jpg");
    fs::create_dir_all(&folder).expect("the folder can be written to");
    for path in
        [folder, temporary("ada-obi-nowhere.jpg"), temporary("nowhere").join("ada-obi.jpg"), "/".into(), "".into()]
    {
        let opened = recorder.runtime.block_on(DocumentFile::open(&path));
        let error = opened.map(|_| ()).expect_err("there is no file");
        is_refusal(&error, "document", "ada-obi").expect("a refusal is one");
        is_refusal(&error, "document", &path.display().to_string()).expect("a refusal is one");
    }
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_is_no_text_is_refused() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let recorder = Recorder::new();
    let path = temporary("").join(OsStr::from_bytes(b"ada-obi-\xff.jpg"));
    fs::write(&path, JPEG).expect("the folder can be written to");
    let opened = recorder.runtime.block_on(DocumentFile::open(&path));
    fs::remove_file(&path).expect("the file is there");
    is_refusal(&opened.map(|_| ()).expect_err("a form has no such name"), "document", "ada-obi")
        .expect("a refusal is one");
}

/// Where a test may write.
fn temporary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}
