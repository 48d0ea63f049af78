//! A bare handler: the least that answering costs with the same library, runtime and number of bytes.

use std::path::Path;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;

/// Answers every address with the bytes of a file, at `HELUO_ADDR`, until it is killed.
pub async fn answer_with(file: &Path) -> Result<()> {
    let bytes = Bytes::from(std::fs::read(file)?);
    let answer = move || {
        let bytes = bytes.clone();
        async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes) }
    };
    let listener = TcpListener::bind(std::env::var("HELUO_ADDR")?).await?;
    Ok(axum::serve(listener, Router::new().fallback(get(answer))).await?)
}
