//! What pages weigh over the wire, with a cold cache, and what they may weigh.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, Result, ensure};

use crate::throwaway_server::ThrowawayServer;

const KB: usize = 1000;

/// Where the sign-in form posts to, and who signs in.
const SIGN_IN: &str = "/api/sign_in";
const WHO: [(&str, &str); 2] = [("login", "xinan"), ("password", "heluo-demo")];

enum Kind {
    /// No island, so no script and no WASM.
    Plain,
    Interactive,
}

enum Address {
    Fixed(&'static str),
    /// The first link on another page that starts like the second text, and what comes after its id.
    FirstLink(&'static str, &'static str, &'static str),
}

struct Page {
    address: Address,
    kind: Kind,
    status: u16,
}

/// A page without an island.
const fn plain(address: Address) -> Page {
    Page {
        address,
        kind: Kind::Plain,
        status: 200,
    }
}

/// A page with islands.
const fn interactive(address: Address) -> Page {
    Page {
        address,
        kind: Kind::Interactive,
        status: 200,
    }
}

/// One page of each sort: those that a phone in a lecture hall loads, and those that have the most on them.
const PAGES: [Page; 15] = [
    plain(Address::Fixed("/")),
    plain(Address::Fixed("/classes")),
    plain(Address::FirstLink("/", "/classes/", "")),
    plain(Address::Fixed("/schools")),
    plain(Address::Fixed("/plan")),
    plain(Address::Fixed("/q")),
    plain(Address::Fixed("/me")),
    plain(Address::Fixed("/me/qr")),
    // No certificate has this number, which is a page too.
    Page {
        address: Address::Fixed("/verify/HL-0000-000000"),
        kind: Kind::Plain,
        status: 404,
    },
    plain(Address::Fixed("/desk")),
    plain(Address::Fixed("/desk/classes")),
    interactive(Address::FirstLink("/desk", "/desk/lessons/", "")),
    interactive(Address::FirstLink("/desk", "/desk/lessons/", "/wall")),
    interactive(Address::FirstLink("/desk", "/desk/lessons/", "/scan")),
    interactive(Address::FirstLink("/desk", "/desk/classes/", "/roster")),
];

impl Kind {
    fn budget(&self) -> usize {
        match self {
            Self::Plain => 20 * KB,
            Self::Interactive => 110 * KB,
        }
    }
}

/// Starts the server, weighs the pages, prints a table; a page past its budget is an error.
pub fn check(binary: &Path) -> Result<()> {
    let server = ThrowawayServer::start(binary)?;
    let faults = weigh_all(&server.origin).with_context(|| format!("weighing failed; the server said:\n{}", server.log()))?;
    ensure!(faults.is_empty(), "past the budget:{faults}");
    Ok(())
}

fn weigh_all(origin: &str) -> Result<String> {
    let browser = Browser::signed_in(origin)?;
    let mut faults = String::new();
    println!("  {:<38}{:>9}{:>9}{:>9}", "", "raw", "brotli", "budget");
    for page in &PAGES {
        let path = browser.path_of(&page.address)?;
        if let Some(fault) = weigh(&browser, page, &path)? {
            writeln!(faults, "\n  {path} {fault}")?;
        }
    }
    Ok(faults)
}

/// Prints the rows of a page; returns what is wrong with it, if anything.
fn weigh(browser: &Browser, page: &Page, path: &str) -> Result<Option<String>> {
    let html = browser.fetch(path)?;
    let assets = browser.assets_of(&html.text())?;
    let all = || assets.iter().map(|(_, asset)| asset).chain([&html]);
    let sum: usize = all().map(|response| response.wire).sum();
    let raw: usize = all().map(|response| response.plain.len()).sum();
    let budget = kb(page.kind.budget());
    println!("  {path:<38.38}{:>9}{:>9}{budget:>9}", kb(raw), kb(sum));
    print_row("the page itself", &html);
    for (name, asset) in &assets {
        print_row(name.trim_start_matches("/pkg/"), asset);
    }
    let fault = if html.status != page.status {
        Some(format!("answers {}, not {}", html.status, page.status))
    } else if let Some(name) = script_on_plain_page(page, &assets) {
        Some(format!("loads {name}, though it has no island"))
    } else if sum > page.kind.budget() {
        Some(format!("weighs {} of {budget}", kb(sum)))
    } else {
        None
    };
    Ok(fault)
}

fn script_on_plain_page<'a>(page: &Page, assets: &'a [(String, Response)]) -> Option<&'a str> {
    let mut names = assets.iter().map(|(name, _)| name.as_str());
    match page.kind {
        Kind::Plain => names.find(|name| !has_extension(name, "css")),
        Kind::Interactive => None,
    }
}

fn print_row(name: &str, response: &Response) {
    let (raw, wire) = (kb(response.plain.len()), kb(response.wire));
    println!("    {name:<36.36}{raw:>9}{wire:>9}");
}

fn kb(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(KB);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

struct Response {
    status: u16,
    /// Bytes of the body as sent.
    wire: usize,
    plain: Vec<u8>,
}

impl Response {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.plain).into_owned()
    }
}

/// As much of a browser as weighing takes.
struct Browser {
    agent: ureq::Agent,
    origin: String,
    cookies: String,
}

impl Browser {
    fn signed_in(origin: &str) -> Result<Self> {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut browser = Self {
            agent,
            origin: origin.to_owned(),
            cookies: String::new(),
        };
        browser.sign_in()?;
        Ok(browser)
    }

    fn sign_in(&mut self) -> Result<()> {
        let response = self
            .agent
            .post(format!("{}{SIGN_IN}", self.origin))
            .header("Origin", &self.origin)
            .header("Accept", "text/html")
            .send_form(WHO)?;
        let set: Vec<&str> = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .collect();
        ensure!(!set.is_empty(), "signing in at {SIGN_IN} gave no cookie but {}", response.status());
        self.cookies = set.join("; ");
        Ok(())
    }

    fn fetch(&self, path: &str) -> Result<Response> {
        let mut response = self
            .agent
            .get(format!("{}{path}", self.origin))
            .header("Accept-Encoding", "br")
            .header("Accept", "text/html")
            .header("Cookie", &self.cookies)
            .call()
            .with_context(|| format!("no answer from {path}"))?;
        let body = response.body_mut().read_to_vec()?;
        let encoding = response.headers().get("content-encoding");
        let plain = match encoding.map(ureq::http::HeaderValue::as_bytes) {
            Some(b"br") => unbrotli(&body)?,
            _ => body.clone(),
        };
        Ok(Response {
            status: response.status().as_u16(),
            wire: body.len(),
            plain,
        })
    }

    fn path_of(&self, address: &Address) -> Result<String> {
        match address {
            Address::Fixed(path) => Ok((*path).to_owned()),
            Address::FirstLink(page, start, below) => {
                let html = self.fetch(page)?.text();
                let link = first_link(&html, start).with_context(|| format!("{page} has no link to {start}…"))?;
                Ok(up_to_the_id(&link, start) + below)
            }
        }
    }

    /// Styles, scripts and WASM that the page names, and what the scripts import.
    fn assets_of(&self, html: &str) -> Result<Vec<(String, Response)>> {
        let mut assets = Vec::new();
        let mut names = assets_in(html, "/pkg/");
        while let Some(name) = names.pop() {
            let asset = self.fetch(&name)?;
            ensure!(asset.status == 200, "{name} answers {}", asset.status);
            if has_extension(&name, "js") {
                let imports = assets_in(&asset.text(), "./snippets-");
                names.extend(imports.iter().map(|path| path.replacen('.', "/pkg", 1)));
            }
            assets.push((name, asset));
        }
        assets.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(assets)
    }
}

fn unbrotli(body: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &*body, &mut plain)?;
    Ok(plain)
}

/// Each address that starts like this and names a style, a script or WASM, once.
fn assets_in(text: &str, start: &str) -> Vec<String> {
    let mut found: Vec<String> = quoted(text, start)
        .filter(|name| ["css", "js", "wasm"].iter().any(|kind| has_extension(name, kind)))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn first_link(html: &str, start: &str) -> Option<String> {
    let prefix = format!("href=\"{start}");
    let link = quoted(html, &prefix).next()?;
    Some(link.trim_start_matches("href=\"").to_owned())
}

/// `start` and the id that follows it, without what comes after.
fn up_to_the_id(link: &str, start: &str) -> String {
    let id = link[start.len()..].split(['/', '?', '#']).next().unwrap_or_default();
    format!("{start}{id}")
}

/// From each occurrence of `start` on to the quote that ends it.
fn quoted<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = String> + 'a {
    text.match_indices(start).map(move |(at, _)| {
        let rest = &text[at + start.len()..];
        let end = rest.find(['"', '\'', '<', '>', ' ', ')', '`']).unwrap_or(rest.len());
        format!("{start}{}", &rest[..end])
    })
}

fn has_extension(name: &str, extension: &str) -> bool {
    let found = Path::new(name).extension();
    found.is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = r#"<link rel="stylesheet" href="/pkg/heluo.1.css">
        <link rel="modulepreload" href="/pkg/heluo.2.js"><link href="/pkg/heluo.3.wasm">
        <link href="/pkg/heluo.1.css"><a href="/classes/7">…</a><a href="/classes/8">…</a>"#;

    #[test]
    fn a_page_names_each_asset_once() {
        assert_eq!(assets_in(HTML, "/pkg/"), ["/pkg/heluo.1.css", "/pkg/heluo.2.js", "/pkg/heluo.3.wasm"]);
    }

    #[test]
    fn imports_of_scripts_count_too() {
        let js = "import { a } from './snippets-00ff/x-1/inline0.js';";
        let imports = assets_in(js, "./snippets-");
        assert_eq!(imports, ["./snippets-00ff/x-1/inline0.js"]);
    }

    #[test]
    fn the_first_link_leads_to_a_class() {
        assert_eq!(first_link(HTML, "/classes/").unwrap(), "/classes/7");
        assert_eq!(first_link(HTML, "/firm/"), None);
    }

    #[test]
    fn what_is_below_an_id_is_left_out() {
        assert_eq!(up_to_the_id("/desk/classes/7/roster?view=all", "/desk/classes/"), "/desk/classes/7");
        assert_eq!(up_to_the_id("/classes/8", "/classes/"), "/classes/8");
    }

    #[test]
    fn weights_are_rounded_up() {
        assert_eq!(kb(20_000), "20.0 KB");
        assert_eq!(kb(20_001), "20.1 KB");
    }
}
