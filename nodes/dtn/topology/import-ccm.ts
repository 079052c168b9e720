/**
 * Reads contact plans of the Core Contact Plan Manager (`.ccm`, `.ccp`; its README): lines
 * `a contact BEGIN END A B BANDWIDTH [LOSS% [DELAY [JITTER]]]`, both ways, in seconds, bit/s (or
 * `10mbit`) and microseconds, as CORE has them, and `s loop 1` for a plan that begins again.
 *
 * Loss and jitter of single contacts have no effect here, and a warning says so. Plans with
 * `a fixed` or with names of interfaces (`dev:`) are refused.
 *
 * @module
 */
import { z } from 'zod';
import type { GeneratedDirection, GeneratedLink } from '../../../engine/host/generator.ts';
import type {
  ImportMistake,
  ImportResult,
  TopologyImporter,
} from '../../../engine/host/importer.ts';
import { readNumber } from '../../../engine/pure/read-number.ts';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextPart,
  wordsOf,
} from '../../../engine/pure/text-lines.ts';
import {
  type FileContact,
  formatWarnings,
  networkOfContacts,
  nodeNamePrefixParameter,
} from './contact-list.ts';

const parameters = z.strictObject({
  prefix: nodeNamePrefixParameter,
  delayUnit: z
    .enum(['us', 'ms'])
    .default('us')
    .meta({ description: 'Unit of delays: CORE has microseconds. Default us.' }),
});
type Parameters = z.output<typeof parameters>;

/** Core contact plans, by `import: { ccm: plan.ccm }`. */
export const ccmImporter: TopologyImporter<Parameters> = {
  name: 'ccm',
  help: 'A contact plan of the Core Contact Plan Manager.',
  parameters,
  read,
};

/** Limits of a file: a topology of a million lines takes about 1 GB of memory. */
const LIMITS = { lines: 1_000_000, columns: 1_000 };
const NS_PER_S = 1e9;
const UNIT_NS = { us: 1e3, ms: 1e6 } as const;
const TIME_FORM = /^\+?\d{1,8}(?:\.\d{1,9})?$/;
const NODE_FORM = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const RATE_FORM = /^(\d{1,15})([kmg]bit)?$/;
const RATE_MAX = 1e15;
const FACTOR: Readonly<Record<string, number>> = { kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const FORM = 'expected a contact BEGIN END A B BANDWIDTH [LOSS DELAY JITTER]';

interface Plan {
  readonly contacts: FileContact[];
  isLooped: boolean;
  /** Number of contacts with loss or jitter. */
  impaired: number;
}

function read(text: string, { prefix, delayUnit }: Parameters): ImportResult {
  const lines = splitLines(text, LIMITS);
  if (lines.kind === 'mistakes') return lines;
  const mistakes = new LineMistakes();
  const plan: Plan = { contacts: [], isLooped: false, impaired: 0 };
  for (const line of lines.lines) {
    if (mistakes.isFull) break;
    const words = wordsOf(line);
    if (words[0] === undefined || words[0].text.startsWith('#')) continue;
    const message = take(plan, line, words, UNIT_NS[delayUnit]);
    if (message !== undefined) mistakes.add({ ...nonEmptySpan(line), message });
  }
  if (mistakes.isAny) return mistakes.all();
  const why = 'with loss or jitter, which has no effect';
  const warnings = formatWarnings([[plan.impaired, 'contact', why]]);
  const read = networkOfContacts(plan.contacts, { prefix, mergeOverlaps: true }, warnings);
  if (read.kind === 'mistakes') return { ...read, mistakes: once(read.mistakes) };
  return plan.isLooped ? looped(read, plan.contacts) : read;
}

/** Removes repeated mistakes: a mistake in a line is found in both directions of its contact. */
function once(mistakes: readonly ImportMistake[]): readonly ImportMistake[] {
  const places = new Set<number>();
  return mistakes.filter(({ start }) => !places.has(start) && places.add(start));
}

/** Adds a line to the plan. @returns what is wrong with the line, if anything is. */
function take(
  plan: Plan,
  line: TextPart,
  words: readonly TextPart[],
  unitNs: number,
): string | undefined {
  const [verb, what, ...rest] = words.map(({ text }) => text);
  if (verb === 's' && what === 'loop') {
    plan.isLooped = ['1', 'true'].includes(rest[0]?.toLowerCase() ?? '');
    return undefined;
  }
  if (verb === 'a' && what === 'fixed') return 'links that are always there (a fixed) are not read';
  return verb === 'a' && what === 'contact' ? takeContact(plan, line, rest, unitNs) : FORM;
}

function takeContact(
  plan: Plan,
  line: TextPart,
  words: readonly string[],
  unitNs: number,
): string | undefined {
  const [begin = '', end = '', from = '', to = '', bandwidth = '', ...more] = words;
  const [loss = 0, delay = 0, jitter = 0] = more.map((word) => readNumber(word) ?? -1);
  const rateBps = rateOf(bandwidth);
  if (!(TIME_FORM.test(begin) && TIME_FORM.test(end))) return `no times in seconds, ${FORM}`;
  if (!(NODE_FORM.test(from) && NODE_FORM.test(to))) return `no names of nodes, ${FORM}`;
  if (from === to) return `${from} cannot meet itself`;
  if (rateBps > RATE_MAX) return `"${bandwidth}" is no bandwidth such as 100000 or 10mbit`;
  if (Math.min(loss, delay, jitter) < 0) return 'loss, delay and jitter are not numbers from 0';
  if (loss > 0 || jitter > 0) plan.impaired += 1;
  const startNs = Math.round(Number(begin) * NS_PER_S);
  const endNs = Math.round(Number(end) * NS_PER_S);
  const common = {
    startNs,
    endNs,
    rateBps,
    delayNs: Math.round(delay * unitNs),
    span: nonEmptySpan(line),
  };
  plan.contacts.push({ from, to, ...common }, { from: to, to: from, ...common });
  return undefined;
}

/** Reads a rate in bits per second; Infinity if the text is not a rate. */
function rateOf(text: string): number {
  const [, digits, unit] = RATE_FORM.exec(text) ?? [];
  if (digits === undefined) return Number.POSITIVE_INFINITY;
  return Number(digits) * (FACTOR[unit ?? ''] ?? 1);
}

/** The plan is repeated from the end of its last contact on. */
function looped(
  read: Extract<ImportResult, { kind: 'network' }>,
  contacts: readonly FileContact[],
): ImportResult {
  const periodNs = contacts.reduce((last, { endNs }) => Math.max(last, endNs), 1);
  const again = (direction: GeneratedDirection = {}): GeneratedDirection => ({
    ...direction,
    contacts: { windows: direction.contacts?.windows ?? [], periodNs },
  });
  const links = read.topology.links.map((link): GeneratedLink => {
    return { ...link, forward: again(link.forward), backward: again(link.backward) };
  });
  return { ...read, topology: { ...read.topology, links } };
}
