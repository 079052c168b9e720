/**
 * HTML and SVG as values: everything inserted into a template is escaped unless it is markup
 * itself, so that no string from a file or a packet can become a tag.
 *
 * @module
 */
import { escapeXml } from '../escape-xml.ts';

/** Text that is already HTML or SVG. */
export interface Markup {
  readonly markup: string;
}

/** Values that may be inserted into a template. */
export type TemplateContent = Markup | string | number | undefined | readonly TemplateContent[];

/** Empty markup. */
export const EMPTY_MARKUP: Markup = { markup: '' };

/** Template tag: the literal parts are markup, the values are escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly TemplateContent[]): Markup {
  let markup = parts[0] ?? '';
  for (const [i, value] of values.entries()) markup += toMarkup(value) + (parts[i + 1] ?? '');
  return { markup };
}

/** Marks text as trusted markup: only for the report's own style sheet and script. */
export function trustedMarkup(markup: string): Markup {
  return { markup };
}

function toMarkup(content: TemplateContent): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escapeXml(content);
  if (typeof content === 'number') return String(content);
  if ('markup' in content) return content.markup;
  return content.map(toMarkup).join('');
}

/** A coordinate rounded to one decimal. */
export function coordinateText(value: number): string {
  return String(Math.round(value * 10) / 10);
}
