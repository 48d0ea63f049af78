//! The file of an upload.

use axum::extract::Multipart;

use crate::error::AppError;

/// The field `file` of an upload: its name, tidied, and its bytes.
pub async fn uploaded(mut upload: Multipart) -> Result<(String, Vec<u8>), AppError> {
    let broken = |_| AppError::field("file", "import-upload-broken");
    while let Some(field) = upload.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            let name: String = field
                .file_name()
                .unwrap_or_default()
                .chars()
                .filter(|c| !c.is_control())
                .take(120)
                .collect();
            let bytes = field.bytes().await.map_err(broken)?.to_vec();
            if name.is_empty() && bytes.is_empty() {
                break;
            }
            return Ok((name, bytes));
        }
    }
    Err(AppError::field("file", "import-file-missing"))
}
