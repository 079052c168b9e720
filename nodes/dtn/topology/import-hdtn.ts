/**
 * Reads contact plans of HDTN (nasa/HDTN, module/router/contact_plans): JSON with `contacts`, each
 * with source, dest, startTime and endTime in seconds, owlt in seconds and rateBitsPerSec. Plans of
 * older versions have `rate` in Mbit/s. HDTN reads times with decimals as 0; here they are refused.
 *
 * @module
 */
import { z } from 'zod';
import type { Imported, ImportMistake, TopologyImporter } from '../../../engine/host/importer.ts';
import { type ListedContact, networkOf, prefixParameter, type Span } from './contact-list.ts';

const parameters = z.strictObject({ prefix: prefixParameter });

/** Contact plans of HDTN, by `import: { hdtn: plan.json }`. */
export const hdtnImporter: TopologyImporter<z.output<typeof parameters>> = {
  name: 'hdtn',
  help: 'A contact plan of HDTN (JSON); rates are bits per second.',
  parameters,
  read,
};

const NS_PER_S = 1e9;
const MEGABIT = 1e6;
const WHOLE = ['source', 'dest', 'startTime', 'endTime'] as const;

type Entry = Readonly<Record<string, unknown>>;

function read(text: string, { prefix }: z.output<typeof parameters>): Imported {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length - 1);
    const message = 'this is not JSON, expected a value, a comma or a closing bracket';
    return { kind: 'mistakes', mistakes: [{ start: at, end: at + 1, message }] };
  }
  const listed = (plan as { readonly contacts?: unknown } | null)?.contacts;
  if (!Array.isArray(listed)) {
    const message = 'no list "contacts" was found';
    return { kind: 'mistakes', mistakes: [{ start: 0, end: 1, message }] };
  }
  const spans = objectsIn(text);
  const mistakes: ImportMistake[] = [];
  const contacts = listed.flatMap((entry: unknown, index) => {
    const span = spans[index] ?? { start: 0, end: 1 };
    const read = contactOf(entry as Entry, text, span);
    if ('message' in read) mistakes.push(read);
    return 'message' in read ? [] : [read];
  });
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  return networkOf(
    contacts.filter(({ from, to }) => from !== to),
    prefix,
    [],
  );
}

function contactOf(entry: Entry, text: string, span: Span): ListedContact | ImportMistake {
  const wrong = (key: string, expected: string): ImportMistake => {
    const found = JSON.stringify(entry[key]) ?? 'missing';
    const hint = 'HDTN itself would read it as 0';
    const message = `${key}: ${found}, expected ${expected}`;
    const where = spanOf(key, text, span);
    return expected.startsWith('whole') ? { ...where, message, hint } : { ...where, message };
  };
  if (typeof entry !== 'object' || entry === null) return { ...span, message: 'is no contact' };
  for (const key of WHOLE) {
    if (!isWhole(entry[key]))
      return wrong(key, key.endsWith('Time') ? 'whole seconds' : 'a number');
  }
  const { source, dest, startTime, endTime, owlt = 0, rate, rateBitsPerSec } = entry;
  if (!isWhole(owlt)) return wrong('owlt', 'whole seconds');
  if (rateBitsPerSec === undefined && !isNumber(rate)) return wrong('rateBitsPerSec', 'bit/s');
  if (rateBitsPerSec !== undefined && !isNumber(rateBitsPerSec)) {
    return wrong('rateBitsPerSec', 'bit/s');
  }
  return {
    from: String(source),
    to: String(dest),
    startNs: Number(startTime) * NS_PER_S,
    endNs: Number(endTime) * NS_PER_S,
    rateBps: Number(rateBitsPerSec ?? Number(rate) * MEGABIT),
    delayNs: owlt * NS_PER_S,
    span,
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function isWhole(value: unknown): value is number {
  return isNumber(value) && Number.isSafeInteger(value);
}

/** The objects inside the object that is the file, in their order. */
function objectsIn(text: string): readonly Span[] {
  const spans: Span[] = [];
  const starts: number[] = [];
  // Strings are skipped as a whole, so that brackets in them do not count.
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (sign === '{') starts.push(index);
    if (sign !== '}') continue;
    const start = starts.pop();
    if (starts.length === 1 && start !== undefined) spans.push({ start, end: index + 1 });
  }
  return spans;
}

/** The value of a key inside an object, or the object. */
function spanOf(key: string, text: string, span: Span): Span {
  const inside = text.slice(span.start, span.end);
  const found = new RegExp(`"${key}"\\s*:\\s*([^\\s,}]+)`).exec(inside);
  if (found === null) return { start: span.start, end: span.start + 1 };
  const end = span.start + found.index + found[0].length;
  return { start: end - (found[1] ?? '').length, end };
}
