// Finds every page that somebody can get to by links, one or two of each kind.

import type { APIRequestContext } from "@playwright/test";

export interface Found {
  /** Path and query. */
  url: string;
  /** The address with its ids taken out: pages of one kind share it. */
  kind: string;
  html: string;
}

export interface Crawl {
  pages: Found[];
  /** Links that lead nowhere, with the page that has them. */
  dead: string[];
}

const UUID = /[0-9a-f]{32}/g;
/** Files, streams and what is no page; a scanned code is another story. */
const NO_PAGE = /\.(xlsx|csv|ics)$|^\/(api|pkg|q|p)\/|\/live$/;

/** As many pages of one kind are looked at, and as many of one kind with the same query parameters. */
const PER_KIND = 2;
const PER_FILTER = 1;

export function kindOf(url: string): string {
  return new URL(url, "http://x").pathname.replace(UUID, "{id}");
}

/** Follows every link from the starting pages on. */
export async function crawl(request: APIRequestContext, starts: string[]): Promise<Crawl> {
  const waiting = starts.map((url) => ({ url, from: "the start" }));
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const found: Crawl = { pages: [], dead: [] };
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { url, from } = next;
    if (seen.has(url) || !takes(counts, url)) continue;
    seen.add(url);
    const answer = await request.get(url, { headers: { Accept: "text/html" } });
    if (!answer.ok()) {
      found.dead.push(`${from} links to ${url}, which answers ${answer.status()}`);
      continue;
    }
    const html = await answer.text();
    found.pages.push({ url, kind: kindOf(url), html });
    waiting.push(...linksIn(html, url).map((link) => ({ url: link, from: url })));
  }
  return found;
}

function takes(counts: Map<string, number>, url: string): boolean {
  const { searchParams } = new URL(url, "http://x");
  const names = [...new Set(searchParams.keys())].sort();
  const key = `${kindOf(url)}?${names.join("&")}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count <= (names.length === 0 ? PER_KIND : PER_FILTER);
}

/** Links to pages of this site. */
function linksIn(html: string, from: string): string[] {
  const links: string[] = [];
  for (const [, href] of html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
    const base = new URL(from, "http://here");
    const url = new URL(href!.replaceAll("&amp;", "&"), base);
    if (url.host !== "here" || NO_PAGE.test(url.pathname)) continue;
    url.searchParams.delete("flash");
    links.push(url.pathname + url.search);
  }
  return links;
}
