/**
 * Characters that GML and XML write as entities: `&amp;`, `&#233;`, `&#xe9;`. Other entities stay
 * unexpanded, so that no document can define entities that grow.
 *
 * @module
 */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  quot: '"',
};
const ENTITY = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|apos|gt|lt|quot));/g;
const LAST = 0x10ffff;

/**
 * Returns the text with its entities (`&amp;`, `&#233;`, `&#xe9;`) replaced by their characters;
 * unknown entities stay.
 */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(ENTITY, (whole, decimal?: string, hex?: string, word?: string) => {
    if (word !== undefined) return NAMED[word] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return point <= LAST ? String.fromCodePoint(point) : whole;
  });
}
