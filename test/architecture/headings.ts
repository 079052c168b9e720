/**
 * Headings of Markdown documents, as links name them.
 *
 * @module
 */

/** The anchor that GitHub generates for a heading. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\s-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** The anchors of all headings of a document. */
export function anchorsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => slugOf(title)));
}
