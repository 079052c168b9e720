/**
 * Reads traces of meetings as the ONE simulator takes them (akeranen/the-one,
 * input/StandardEventsReader.java): lines `TIME CONN A B up` and `… down`, in the order of time, in
 * seconds, followed by the name of an interface if there are several. Two nodes are connected while
 * one of their interfaces is. A connection that is still up at the end lasts until `until`, or the
 * last line.
 *
 * Measured traces report each connection twice, once for each end; the first up and the first down
 * count.
 *
 * @module
 */
import { z } from 'zod';
import type {
  ImportMistake,
  ImportResult,
  TopologyImporter,
} from '../../../engine/host/importer.ts';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextOffsets,
  type TextPart,
  wordsOf,
} from '../../../engine/pure/text-lines.ts';
import { bitsPerSecondSchema, durationNsSchema } from '../../_kit/options.ts';
import {
  type FileContact,
  formatWarnings,
  networkOfContacts,
  nodeNamePrefixParameter,
} from './contact-list.ts';

const parameters = z.strictObject({
  prefix: nodeNamePrefixParameter,
  rate: bitsPerSecondSchema()
    .refine((bps) => bps > 0, { message: 'is 0' })
    .default(1e6)
    .meta({ description: 'Rate of each link; traces have none. Default 1Mbit/s.' }),
  delay: durationNsSchema()
    .default(0)
    .meta({ description: 'One-way delay of each link. Default 0s.' }),
  until: durationNsSchema()
    .optional()
    .meta({ description: 'End of connections that never go down. Default: the last line.' }),
});
type Parameters = z.output<typeof parameters>;

/** Traces of meetings, by `import: { trace: file.txt }`. */
export const traceImporter: TopologyImporter<Parameters> = {
  name: 'trace',
  help: 'A trace of meetings of the ONE simulator: TIME CONN A B up|down.',
  parameters,
  read,
};

/** Limits of a file: a topology of a million lines takes about 1 GB of memory. */
const LIMITS = { lines: 1_000_000, columns: 1_000 };

const NS_PER_S = 1e9;
const TIME = /^(\d+\.?\d*|\.\d+)(E[+-]?\d{1,3})?$/i;
const NODE = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
/** Actions about messages: created, sent, delivered, aborted, dropped, removed. */
const OF_MESSAGES = new Set(['C', 'S', 'DE', 'A', 'DR', 'R']);
const FORM = 'expected TIME CONN A B up, or down';

type Mistake = Pick<ImportMistake, 'message' | 'hint'>;

interface Event {
  readonly atNs: number;
  readonly a: string;
  readonly b: string;
  /** Name of the interface; empty if the line has none. */
  readonly face: string;
  readonly isUp: boolean;
  readonly span: TextOffsets;
}

function read(text: string, parameters: Parameters): ImportResult {
  const lines = splitLines(text, LIMITS);
  if (lines.kind === 'mistakes') return lines;
  const trace = new Trace(parameters);
  const mistakes = new LineMistakes();
  for (const line of lines.lines) {
    if (mistakes.isFull) break;
    const words = wordsOf(line);
    const mistake = isNothing(words) ? undefined : trace.take(words);
    if (mistake !== undefined) mistakes.add({ ...nonEmptySpan(line), ...mistake });
  }
  if (mistakes.isAny) return mistakes.all();
  const contacts = trace.finish();
  const warnings = formatWarnings([
    [trace.others, 'line', 'about messages left out'],
    [trace.repeated, 'line', 'left out: the two are connected already, or not any more'],
    [trace.empty, 'contact', 'of length zero left out'],
  ]);
  return networkOfContacts(contacts, { prefix: parameters.prefix, mergeOverlaps: true }, warnings);
}

function isNothing([first]: readonly TextPart[]): boolean {
  return first === undefined || first.text.startsWith('#');
}

/** Converts the lines of a trace to contacts. Keeps which connections are up. */
class Trace {
  readonly #parameters: Parameters;
  readonly #contacts: FileContact[] = [];
  readonly #up = new Map<string, Event>();
  #lastNs = 0;
  #isUnsorted = false;
  /** Number of lines about messages. */
  others = 0;
  /** Number of lines that report a state which the connection already has. */
  repeated = 0;
  /** Number of connections that end at the instant at which they begin. */
  empty = 0;

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  /** Handles the words of a line. @returns what is wrong with them, if anything is. */
  take(words: readonly TextPart[]): Mistake | undefined {
    const event = eventOf(words);
    if (event === 'other') this.others += 1;
    else return 'message' in event ? event : this.#connection(event);
    return undefined;
  }

  #connection(event: Event): Mistake | undefined {
    const { a, b, atNs, isUp } = event;
    if (atNs < this.#lastNs) return this.#outOfOrder();
    if (a === b) return { message: `${a} cannot meet itself` };
    this.#lastNs = atNs;
    const key = keyOf(event);
    const before = this.#up.get(key);
    if (isUp === (before !== undefined)) {
      this.repeated += 1;
      return undefined;
    }
    if (isUp) this.#up.set(key, event);
    else this.#up.delete(key);
    if (before !== undefined) this.#add(before, atNs);
    return undefined;
  }

  /** A mistake about the order of lines, reported once: in an unsorted file, every second line is wrong. */
  #outOfOrder(): Mistake | undefined {
    const isTold = this.#isUnsorted;
    this.#isUnsorted = true;
    const hint = 'lines are in the order of time: sort -n';
    return isTold ? undefined : { message: 'the line is earlier than the one before it', hint };
  }

  /** All contacts. Connections that are still up are ended. */
  finish(): readonly FileContact[] {
    const endNs = this.#parameters.until ?? this.#lastNs;
    for (const event of this.#up.values()) this.#add(event, Math.max(event.atNs, endNs));
    return this.#contacts;
  }

  #add({ a, b, atNs, span }: Event, endNs: number): void {
    if (endNs === atNs) {
      this.empty += 1;
      return;
    }
    const { rate, delay } = this.#parameters;
    const rest = { startNs: atNs, endNs, rateBps: rate, delayNs: delay, span };
    this.#contacts.push({ from: a, to: b, ...rest }, { from: b, to: a, ...rest });
  }
}

/** The key of a connection: the same for both orders of its two nodes. */
function keyOf({ a, b, face }: Event): string {
  return a < b ? `${a} ${b} ${face}` : `${b} ${a} ${face}`;
}

function eventOf(words: readonly TextPart[]): Event | Mistake | 'other' {
  const texts = words.map(({ text }) => text);
  const [time = '', action = '', a = '', b = '', state = '', face = ''] = texts;
  if (!TIME.test(time)) return { message: `the line has no time, ${FORM}` };
  if (OF_MESSAGES.has(action)) return 'other';
  if (action !== 'CONN') return { message: `"${action}" is no action, ${FORM}` };
  const change = state.toLowerCase();
  if (change !== 'up' && change !== 'down') return { message: `"${state}": ${FORM}` };
  const wrong = [a, b].find((name) => !NODE.test(name));
  if (wrong !== undefined) return { message: `"${wrong}" is no name of a node` };
  const span = { start: words[0]?.start ?? 0, end: words[4]?.end ?? 0 };
  const atNs = Math.round(Number(time) * NS_PER_S);
  return { atNs, a, b, face: face.startsWith('#') ? '' : face, isUp: change === 'up', span };
}
