/**
 * Reads contact plans of HDTN (nasa/HDTN, module/router/contact_plans and common/cgr/src/libcgr.cpp):
 * JSON with `contacts`, each with source, dest, startTime and endTime in seconds, owlt in seconds and
 * rateBitsPerSec, of which 0 is no limit. Plans of older versions have `rate` in Mbit/s. Numbers may
 * be texts. HDTN reads times with decimals as 0; here they are refused.
 *
 * @module
 */
import { z } from 'zod';
import type {
  ImportMistake,
  ImportResult,
  TopologyImporter,
} from '../../../engine/host/importer.ts';
import { LineMistakes, splitLines, type TextOffsets } from '../../../engine/pure/text-lines.ts';
import {
  type FileContact,
  formatWarnings,
  networkOfContacts,
  nodeNamePrefixParameter,
} from './contact-list.ts';
import { locateContacts, locateValue } from './hdtn-places.ts';

const parameters = z.strictObject({ prefix: nodeNamePrefixParameter });

/** Contact plans of HDTN, by `import: { hdtn: plan.json }`. */
export const hdtnImporter: TopologyImporter<z.output<typeof parameters>> = {
  name: 'hdtn',
  help: 'A contact plan of HDTN (JSON); rates are bits per second.',
  parameters,
  read,
};

const NS_PER_S = 1e9;
const MEGABIT = 1e6;
/**
 * Largest number of objects and lists in a file: twice the number of contacts that fit into the
 * largest file.
 */
const BRACKETS_MAX = 1_000_000;
const SHOWN_MAX = 40;
const WHOLE = /^\d{1,15}$/;

type Entry = Readonly<Record<string, unknown>>;
type Read = FileContact | ImportMistake;

function read(text: string, { prefix }: z.output<typeof parameters>): ImportResult {
  const bounded = splitLines(text, { columns: text.length });
  if (bounded.kind === 'mistakes') return bounded;
  const mistakes = new LineMistakes();
  const contacts = contactsOf(text, mistakes);
  if (mistakes.isAny) return mistakes.all();
  const others = contacts.filter(({ from, to }) => from !== to);
  const usable = others.filter(({ startNs, endNs }) => endNs > startNs);
  const warnings = formatWarnings([
    [contacts.length - others.length, 'contact', 'of a node with itself left out'],
    [others.length - usable.length, 'contact', 'left out: the end is not after the start'],
  ]);
  return networkOfContacts(usable, { prefix, mergeOverlaps: true }, warnings);
}

function contactsOf(text: string, mistakes: LineMistakes): readonly FileContact[] {
  const contacts: FileContact[] = [];
  const listed = entriesOf(text);
  if ('message' in listed) {
    mistakes.add(listed);
    return contacts;
  }
  const places = locateContacts(text);
  for (const [index, entry] of listed.entries()) {
    if (mistakes.isFull) break;
    const read = contactOf(entry, text, places.get(index) ?? START);
    if ('message' in read) mistakes.add(read);
    else contacts.push(read);
  }
  return contacts;
}

const START: TextOffsets = { start: 0, end: 1 };

/** The list `contacts` of a file, or what is wrong with the file. */
function entriesOf(text: string): readonly unknown[] | ImportMistake {
  for (const bracket of ['{', '[']) {
    const excess = nth(bracket, text, BRACKETS_MAX + 1);
    if (excess < 0) continue;
    const message = `"${bracket}" number ${BRACKETS_MAX + 1}, the limit is ${BRACKETS_MAX}`;
    return { start: excess, end: excess + 1, message, hint: 'split the file' };
  }
  try {
    const plan: unknown = JSON.parse(text);
    const listed = (plan as { readonly contacts?: unknown } | null)?.contacts;
    if (Array.isArray(listed)) return listed;
    return { ...START, message: 'no list "contacts" was found' };
  } catch (error) {
    const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? Math.max(0, text.length - 1));
    const message = 'this is not JSON, expected a value, a comma or a closing bracket';
    return { start: at, end: at + 1, message };
  }
}

/** Offset at which a character occurs for the nth time; -1 if it occurs less often. */
function nth(sign: string, text: string, n: number): number {
  let at = -1;
  for (let count = 0; count < n; count += 1) {
    at = text.indexOf(sign, at + 1);
    if (at < 0) return -1;
  }
  return at;
}

function contactOf(entry: unknown, text: string, span: TextOffsets): Read {
  if (typeof entry !== 'object' || entry === null) return { ...span, message: 'is no contact' };
  const values = entry as Entry;
  const wrong = (key: string, expected: string): ImportMistake => {
    const place = locateValue(key, text, span);
    const found = text.slice(place.start, Math.min(place.end, place.start + SHOWN_MAX));
    const message = `${key}: ${key in values ? found : 'missing'}, expected ${expected}`;
    const hint = 'HDTN itself would read it as 0';
    return expected === SECONDS ? { ...place, message, hint } : { ...place, message };
  };
  const [source, dest] = [wholeOf(values['source']), wholeOf(values['dest'])];
  const [start, end] = [wholeOf(values['startTime']), wholeOf(values['endTime'])];
  const owlt = wholeOf(values['owlt'] ?? 0);
  if (source === undefined) return wrong('source', 'a number');
  if (dest === undefined) return wrong('dest', 'a number');
  if (start === undefined) return wrong('startTime', SECONDS);
  if (end === undefined) return wrong('endTime', SECONDS);
  if (owlt === undefined) return wrong('owlt', SECONDS);
  const rate = rateOf(values);
  if (rate === undefined) return wrong('rateBitsPerSec', 'bit/s');
  return {
    from: String(source),
    to: String(dest),
    startNs: start * NS_PER_S,
    endNs: end * NS_PER_S,
    rateBps: rate === 0 ? Number.POSITIVE_INFINITY : rate,
    delayNs: owlt * NS_PER_S,
    span,
  };
}

const SECONDS = 'whole seconds';

function rateOf({ rateBitsPerSec, rate }: Entry): number | undefined {
  if (rateBitsPerSec !== undefined) return amountOf(rateBitsPerSec);
  const megabits = amountOf(rate);
  return megabits === undefined ? undefined : megabits * MEGABIT;
}

/**
 * The value if it is a safe integer of at least 0, or a text of such a number; otherwise undefined.
 */
function amountOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value;
  const isAmount = typeof number === 'number' && number >= 0 && number <= Number.MAX_SAFE_INTEGER;
  return isAmount ? number : undefined;
}

function wholeOf(value: unknown): number | undefined {
  const number = amountOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
}
