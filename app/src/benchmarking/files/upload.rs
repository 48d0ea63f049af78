//! A form with a file: its fields, and the one file in it.

use std::collections::BTreeMap;

use axum::extract::Multipart;
use axum::extract::multipart::Field;

use super::kind::{FileFault, LARGEST};
use crate::request::Cx;

/// The most that a typed field may take, in bytes; forms have limits of their own, in words.
const LARGEST_FIELD: usize = 64 * 1024;
/// The most fields that a form has.
const MOST_FIELDS: usize = 60;

/// What a form with a file sent.
#[derive(Debug, Default)]
pub struct Upload {
    typed: BTreeMap<String, Vec<String>>,
    file: Option<(String, Result<Vec<u8>, FileFault>)>,
    broken: bool,
}

impl Upload {
    /// Reads the form to its end, also past a fault: a browser whose transfer is cut off shows an error of its own, and
    /// what was typed would be lost. Of a file that is too large no more than the limit is held.
    pub async fn read(mut form: Multipart) -> Self {
        let mut upload = Self::default();
        for _ in 0..MOST_FIELDS {
            match form.next_field().await {
                Ok(Some(field)) => {
                    if !upload.take(field).await {
                        upload.broken = true;
                        break;
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    upload.broken = true;
                    break;
                }
            }
        }
        upload
    }

    /// Takes one field; false when the transfer broke off.
    async fn take(&mut self, mut field: Field<'_>) -> bool {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(ToOwned::to_owned);
        let most = if file_name.is_some() { LARGEST } else { LARGEST_FIELD };
        let (mut bytes, mut is_over) = (Vec::new(), false);
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > most => is_over = true,
                Ok(Some(chunk)) if !is_over => bytes.extend_from_slice(&chunk),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return false,
            }
        }
        match file_name {
            // A browser sends a field that nobody chose a file for as an empty one without a name.
            Some(file_name) if name == "file" && !(file_name.is_empty() && bytes.is_empty()) => {
                let content = if is_over { Err(FileFault::TooLarge) } else { Ok(bytes) };
                self.file = Some((file_name, content));
            }
            Some(_) => {}
            None => {
                let text = String::from_utf8_lossy(&bytes).replace('\0', "");
                self.typed.entry(name).or_default().push(text);
            }
        }
        true
    }

    /// What was typed into a field; empty where there is none.
    pub fn field(&self, name: &str) -> &str {
        self.typed.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Puts what was typed where a form that comes back finds it again.
    pub fn give_back(&self, cx: &mut Cx) {
        cx.typed.clone_from(&self.typed);
    }

    /// The file's name as it came, and its content.
    ///
    /// # Errors
    /// A [`FileFault`] beside the field `file`: none was chosen, it is too large, or the transfer broke off.
    pub fn file(&mut self) -> Result<(String, Vec<u8>), FileFault> {
        match self.file.take() {
            Some((name, content)) => Ok((name, content?)),
            None if self.broken => Err(FileFault::Broken),
            None => Err(FileFault::Missing),
        }
    }

    /// Whether a file came with the form at all.
    pub fn has_file(&self) -> bool {
        self.file.is_some() || self.broken
    }
}
