/**
 * The XML elements of which JUnit documents are made.
 *
 * @module
 */
import { escapeXml } from './escape-xml.ts';

/** The end tag of a test case. */
export const TEST_CASE_END = '</testcase>';

type Attributes = Readonly<Record<string, string | number>>;

/** The whole document, from the lines of its elements. */
export function xmlDocument(lines: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines.join('\n')}\n`;
}

/** The start tag of an element that has content. */
export function xmlStartTag(tag: string, attributes: Attributes): string {
  return `<${tag}${attributesText(attributes)}>`;
}

/** An element without content. */
export function xmlEmptyElement(tag: string, attributes: Attributes): string {
  return `<${tag}${attributesText(attributes)}/>`;
}

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}
