//! What a file is, by its content: the name that it came with does not count.

use std::io::{Cursor, Read};

use crate::error::{AppError, FieldProblem};

/// The largest file taken, in megabytes of 1024 · 1024 bytes: a scanned contract of some dozen pages.
pub const MOST_MB: usize = 10;
/// The same in bytes.
pub const LARGEST: usize = MOST_MB * 1024 * 1024;
/// An Office file may unpack to this much, in megabytes: more is a zip bomb.
const MOST_UNPACKED_MB: u64 = 200;
/// The most parts that an Office file may have.
const MOST_PARTS: usize = 5_000;
/// The most that the list of an Office file's parts may take, in bytes.
const LARGEST_CONTENTS: u64 = 1024 * 1024;
/// The longest name kept, in characters.
const LONGEST_NAME: usize = 100;

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Webp,
    Doc,
    Xls,
    Ppt,
    Docx,
    Xlsx,
    Pptx,
}

impl Kind {
    /// The type that a download is sent with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        }
    }

    /// Endings that its name may have; the first is given where it has none of them.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Doc => &["doc", "wps"],
            Self::Xls => &["xls", "et"],
            Self::Ppt => &["ppt", "dps"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
        }
    }

    /// Finds out what a file is.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn of(bytes: &[u8]) -> Result<Self, FileFault> {
        if bytes.is_empty() {
            return Err(FileFault::Empty);
        }
        if bytes.len() > LARGEST {
            return Err(FileFault::TooLarge);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return open_office(bytes);
        }
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return old_office(bytes);
        }
        match infer::get(bytes).map(|found| found.mime_type()) {
            Some("application/pdf") => Ok(Self::Pdf),
            Some("image/png") => Ok(Self::Png),
            Some("image/jpeg") => Ok(Self::Jpeg),
            Some("image/webp") => Ok(Self::Webp),
            _ => Err(FileFault::Kind),
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// No file was chosen.
    Missing,
    /// 0 bytes.
    Empty,
    /// More than [`MOST_MB`].
    TooLarge,
    /// None of the kinds that are taken.
    Kind,
    /// An Office file with macros or other active parts.
    Macros,
    /// An Office file behind a password: nobody who checks could open it.
    Locked,
    /// It begins like a kind that is taken, and can't be read to its end.
    Damaged,
    /// It would unpack to more than an Office file does.
    Bomb,
    /// The transfer broke off.
    Broken,
}

impl FileFault {
    /// The fault beside a form's field.
    pub fn beside(self, field: &str) -> FieldProblem {
        match self {
            Self::Missing => FieldProblem::new(field, "files-missing"),
            Self::Empty => FieldProblem::new(field, "files-empty"),
            Self::TooLarge => FieldProblem::new(field, "files-too-large").with("most", MOST_MB),
            Self::Kind => FieldProblem::new(field, "files-kind"),
            Self::Macros => FieldProblem::new(field, "files-macros"),
            Self::Locked => FieldProblem::new(field, "files-locked"),
            Self::Damaged => FieldProblem::new(field, "files-damaged"),
            Self::Bomb => FieldProblem::new(field, "files-bomb"),
            Self::Broken => FieldProblem::new(field, "files-broken"),
        }
    }
}

/// An upload's field is named `file`.
impl From<FileFault> for AppError {
    fn from(fault: FileFault) -> Self {
        Self::Invalid(vec![fault.beside("file")])
    }
}

/// docx, xlsx or pptx, by the list of its parts; every part is unpacked to nowhere, so that what the archive says of its
/// own size need not be believed.
fn open_office(bytes: &[u8]) -> Result<Kind, FileFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileFault::Damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(FileFault::Bomb);
    }
    let contents = contents(&mut archive)?;
    let kind = kind_of_parts(&contents)?;
    let mut left = MOST_UNPACKED_MB * 1024 * 1024;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|_| FileFault::Damaged)?;
        let name = part.name().map_err(|_| FileFault::Damaged)?.to_lowercase();
        if is_active(&name) {
            return Err(FileFault::Macros);
        }
        let unpacked = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink()).map_err(|_| FileFault::Damaged)?;
        left = left.checked_sub(unpacked).ok_or(FileFault::Bomb)?;
    }
    Ok(kind)
}

/// The list of an Office file's parts with their types, in lower case.
fn contents(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<String, FileFault> {
    // A zip file without such a list is some other archive.
    let part = archive.by_name("[Content_Types].xml").map_err(|_| FileFault::Kind)?;
    let mut contents = String::new();
    part.take(LARGEST_CONTENTS + 1)
        .read_to_string(&mut contents)
        .map_err(|_| FileFault::Damaged)?;
    if contents.len() as u64 > LARGEST_CONTENTS {
        return Err(FileFault::Bomb);
    }
    Ok(contents.to_lowercase())
}

fn kind_of_parts(contents: &str) -> Result<Kind, FileFault> {
    // Office writes no references here: they would only hide the name of a type from this look.
    if is_active(contents) || contents.contains('&') {
        return Err(FileFault::Macros);
    }
    let main = |word: &str| contents.contains(&format!("application/vnd.openxmlformats-officedocument.{word}.main+xml"));
    if main("wordprocessingml.document") {
        Ok(Kind::Docx)
    } else if main("spreadsheetml.sheet") {
        Ok(Kind::Xlsx)
    } else if main("presentationml.presentation") {
        Ok(Kind::Pptx)
    } else {
        Err(FileFault::Kind)
    }
}

/// Whether a part's name or type speaks of macros (also the sheets of old Excel macros) or of controls.
fn is_active(lower: &str) -> bool {
    ["macro", "vba", "activex"].iter().any(|word| lower.contains(word))
}

/// doc, xls or ppt, by the streams of the compound file.
fn old_office(bytes: &[u8]) -> Result<Kind, FileFault> {
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| FileFault::Damaged)?;
    let mut kind = Err(FileFault::Kind);
    for entry in file.walk().take(MOST_PARTS) {
        match entry.name() {
            "EncryptedPackage" | "EncryptionInfo" => return Err(FileFault::Locked),
            "WordDocument" => kind = Ok(Kind::Doc),
            "Workbook" | "Book" => kind = Ok(Kind::Xls),
            "PowerPoint Document" => kind = Ok(Kind::Ppt),
            "Macros" | "VBA" | "_VBA_PROJECT" | "_VBA_PROJECT_CUR" => return Err(FileFault::Macros),
            _ => {}
        }
    }
    kind
}

/// A name that says what the file is: no folders, no characters that reorder or hide text, the ending of its kind.
pub fn tidy_name(typed: &str, kind: Kind) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !reorders(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    let plain = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let ending = ending.to_lowercase();
    let known = kind.endings().iter().find(|known| **known == ending);
    let stem = if known.is_some() { stem } else { plain };
    let stem: String = stem.trim().chars().take(LONGEST_NAME).collect();
    let stem = if stem.is_empty() { "file" } else { &stem };
    format!("{stem}.{}", known.unwrap_or(&kind.endings()[0]))
}

/// Marks that turn the direction of writing or have no width: "fdp.exe" can be made to look like "exe.pdf" by them.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{061C}')
}

#[cfg(test)]
pub mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    /// A zip file of these parts.
    pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
            archive.write_all(bytes).expect("its content");
        }
        archive.finish().expect("an archive").into_inner()
    }

    /// An Office file whose list of parts says this.
    pub fn office(types: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
        let contents = format!("<Types>{types}</Types>");
        let mut parts: Vec<(&str, &[u8])> = vec![("[Content_Types].xml", contents.as_bytes())];
        parts.extend(more);
        zipped(&parts)
    }

    const DOCX: &str = r#"<Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#;

    fn compound(streams: &[&str]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a compound file");
        for name in streams {
            file.create_stream(format!("/{name}"))
                .expect("a stream")
                .write_all(b"x")
                .expect("written");
        }
        file.into_inner().into_inner()
    }

    #[test]
    fn what_is_taken_is_known_by_its_content() {
        let sheet = DOCX.replace("wordprocessingml.document", "spreadsheetml.sheet");
        let slides = DOCX.replace("wordprocessingml.document", "presentationml.presentation");
        let files: [(Vec<u8>, Kind); 10] = [
            (b"%PDF-1.7\n".to_vec(), Kind::Pdf),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Kind::Png),
            (b"\xFF\xD8\xFF\xE0rest".to_vec(), Kind::Jpeg),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Kind::Webp),
            (office(DOCX, &[]), Kind::Docx),
            (office(&sheet, &[("xl/workbook.xml", b"<workbook/>")]), Kind::Xlsx),
            (office(&slides, &[]), Kind::Pptx),
            (compound(&["WordDocument"]), Kind::Doc),
            (compound(&["Workbook"]), Kind::Xls),
            (compound(&["PowerPoint Document"]), Kind::Ppt),
        ];
        for (bytes, kind) in files {
            assert_eq!(Kind::of(&bytes), Ok(kind));
        }
    }

    #[test]
    fn hostile_files_are_refused_each_for_its_reason() {
        let macros = DOCX.replace("openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled");
        let hidden = format!(r#"{DOCX}<Override ContentType="application/vnd.ms-office.v&#98;aProject"/>"#);
        let files: Vec<(Vec<u8>, FileFault)> = vec![
            (Vec::new(), FileFault::Empty),
            (vec![b'%'; LARGEST + 1], FileFault::TooLarge),
            (b"<!DOCTYPE html><script>alert(1)</script>".to_vec(), FileFault::Kind),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(), FileFault::Kind),
            (b"#!/bin/sh\nrm -rf /\n".to_vec(), FileFault::Kind),
            (b"MZ\x90\0".to_vec(), FileFault::Kind),
            (b"\x7fELF\x02\x01".to_vec(), FileFault::Kind),
            (b"GIF89a".to_vec(), FileFault::Kind),
            ("只是文字".as_bytes().to_vec(), FileFault::Kind),
            (zipped(&[("readme.txt", b"hello")]), FileFault::Kind),
            (b"PK\x03\x04 and then nothing".to_vec(), FileFault::Damaged),
            (office(&macros, &[]), FileFault::Macros),
            (office(DOCX, &[("word/vbaProject.bin", b"x")]), FileFault::Macros),
            (office(DOCX, &[("word/activeX/activeX1.bin", b"x")]), FileFault::Macros),
            (office(&hidden, &[]), FileFault::Macros),
            (compound(&["WordDocument", "_VBA_PROJECT"]), FileFault::Macros),
            (compound(&["EncryptedPackage"]), FileFault::Locked),
            (compound(&["Anything"]), FileFault::Kind),
            (
                [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 100]].concat(),
                FileFault::Damaged,
            ),
        ];
        for (bytes, fault) in files {
            let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(20)]).into_owned();
            assert_eq!(Kind::of(&bytes), Err(fault), "{begin:?}");
        }
    }

    #[test]
    fn a_zip_bomb_is_stopped_whatever_it_says_of_itself() {
        let zeros = vec![0; 210 * 1024 * 1024];
        let mut bomb = office(DOCX, &[("word/media/a.bin", &zeros)]);
        assert!(bomb.len() < LARGEST, "{} bytes", bomb.len());
        assert_eq!(Kind::of(&bomb), Err(FileFault::Bomb));
        // The same with the size in the directory forged to ten bytes.
        let true_size = u32::try_from(zeros.len()).expect("fits").to_le_bytes();
        let places: Vec<usize> = bomb
            .windows(4)
            .enumerate()
            .filter(|(_, four)| *four == true_size)
            .map(|(at, _)| at)
            .collect();
        assert!(!places.is_empty());
        for at in places {
            bomb[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        assert!(matches!(Kind::of(&bomb), Err(FileFault::Bomb | FileFault::Damaged)));
    }

    #[test]
    fn a_name_is_no_path_and_says_what_the_file_is() {
        for (typed, kept) in [
            ("营业执照.PDF", "营业执照.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\me\\合同.pdf", "合同.pdf"),
            ("virus.pdf.exe", "virus.pdf.exe.pdf"),
            ("evil\u{202E}fdp.exe", "evilfdp.exe.pdf"),
            ("a\0b\r\nc.pdf", "abc.pdf"),
            ("😀.pdf", "😀.pdf"),
            ("", "file.pdf"),
            (".pdf", "pdf.pdf"),
            ("\"><script>.pdf", "___script_.pdf"),
        ] {
            assert_eq!(tidy_name(typed, Kind::Pdf), kept, "{typed:?}");
        }
        assert_eq!(tidy_name("照片.jpeg", Kind::Jpeg), "照片.jpeg");
        assert_eq!(tidy_name(&"长".repeat(300), Kind::Docx).chars().count(), LONGEST_NAME + 5);
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Kind::of(&bytes);
            let mut archive = b"PK\x03\x04".to_vec();
            archive.extend(&bytes);
            let _ = Kind::of(&archive);
            let mut compound = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
            compound.extend(&bytes);
            let _ = Kind::of(&compound);
        }

        #[test]
        fn any_name_becomes_a_plain_one(typed in "\\PC*") {
            let kept = tidy_name(&typed, Kind::Pdf);
            prop_assert!(!kept.contains(['/', '\\', '\r', '\n', '"', '\0']) && kept.rsplit('.').next() == Some("pdf"));
        }
    }
}
