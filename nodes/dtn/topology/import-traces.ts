/**
 * Reads traces of meetings as the ONE simulator writes them (akeranen/the-one,
 * report/ConnectivityONEReport.java): lines `TIME CONN A B up` and `… down`, in the order of time,
 * in seconds. A connection that is still up at the end lasts until `until`, or the last line.
 *
 * @module
 */
import { z } from 'zod';
import type { Imported, ImportMistake, TopologyImporter } from '../../../engine/host/importer.ts';
import { bitsPerSecond, durationNs } from '../../_kit/options.ts';
import { type ListedContact, networkOf, prefixParameter, type Span } from './contact-list.ts';

const parameters = z.strictObject({
  prefix: prefixParameter,
  rate: bitsPerSecond()
    .refine((bps) => bps > 0, { message: 'is 0' })
    .default(1e6)
    .meta({ description: 'Rate of each link; traces have none. Default 1Mbit/s.' }),
  delay: durationNs().default(0).meta({ description: 'One-way delay of each link. Default 0s.' }),
  until: durationNs()
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

const NS_PER_S = 1e9;
const LINE = /^(\S+)\s+(\S+)(?:\s+(\S+)\s+(\S+)\s+(\S+))?\s*$/;
const TIME = /^\d+(\.\d+)?$/;
const NODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,55}$/;

interface Event extends Span {
  readonly atNs: number;
  readonly a: string;
  readonly b: string;
  readonly isUp: boolean;
}

function read(text: string, parameters: Parameters): Imported {
  const trace = new Trace(parameters);
  const mistakes: ImportMistake[] = [];
  let others = 0;
  for (const event of eventsOf(text)) {
    if (event === 'other') others += 1;
    else if ('message' in event) mistakes.push(event);
    else {
      const mistake = trace.take(event);
      if (mistake !== undefined) mistakes.push({ start: event.start, end: event.end, ...mistake });
    }
  }
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  const note = `${others} lines are not about connections, and are left out`;
  return networkOf(trace.finish(), parameters.prefix, others === 0 ? [] : [note]);
}

/** Which connections are up. */
class Trace {
  readonly #parameters: Parameters;
  readonly #contacts: ListedContact[] = [];
  readonly #up = new Map<string, Event>();
  #lastNs = 0;

  constructor(parameters: Parameters) {
    this.#parameters = parameters;
  }

  /** @returns what is wrong with the event. */
  take(event: Event): Pick<ImportMistake, 'message' | 'hint'> | undefined {
    const mistake = mistakeOf(event, this.#lastNs, this.#up);
    this.#lastNs = Math.max(this.#lastNs, event.atNs);
    const key = keyOf(event);
    const before = this.#up.get(key);
    if (event.isUp) this.#up.set(key, event);
    else this.#up.delete(key);
    if (!event.isUp && before !== undefined) this.#add(before, event.atNs);
    return mistake;
  }

  /** All contacts; connections that are still up end now. */
  finish(): readonly ListedContact[] {
    const endNs = this.#parameters.until ?? this.#lastNs;
    for (const event of this.#up.values()) this.#add(event, Math.max(event.atNs, endNs));
    return this.#contacts;
  }

  #add({ a, b, atNs, start, end }: Event, endNs: number): void {
    // A connection of no length carried nothing.
    if (endNs === atNs) return;
    const { rate, delay } = this.#parameters;
    const span = { start, end };
    const rest = { startNs: atNs, endNs, rateBps: rate, delayNs: delay, span };
    this.#contacts.push({ from: a, to: b, ...rest }, { from: b, to: a, ...rest });
  }
}

function mistakeOf(
  event: Event,
  lastNs: number,
  up: ReadonlyMap<string, Event>,
): Pick<ImportMistake, 'message' | 'hint'> | undefined {
  const { a, b, atNs, isUp } = event;
  if (atNs < lastNs) return { message: 'the line is earlier than the one before it' };
  if (a === b) return { message: `${a} cannot meet itself` };
  if (isUp === up.has(keyOf(event))) {
    const state = isUp ? 'up' : 'down';
    return { message: `${a} and ${b} go ${state}, and were ${state} already` };
  }
  return undefined;
}

/** The same for both orders of two nodes. */
function keyOf({ a, b }: Event): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function* eventsOf(text: string): Generator<Event | ImportMistake | 'other'> {
  let start = 0;
  for (const line of text.split('\n')) {
    const end = start + Math.max(1, line.trimEnd().length);
    const isNothing = line.trim() === '' || line.startsWith('#');
    if (!isNothing) yield eventOf(line, { start, end });
    start += line.length + 1;
  }
}

function eventOf(line: string, span: Span): Event | ImportMistake | 'other' {
  const [, time = '', kind = '', a = '', b = '', state = ''] = LINE.exec(line) ?? [];
  const form = 'expected TIME CONN A B up, or down';
  if (!TIME.test(time)) return { ...span, message: `the line has no time, ${form}` };
  if (kind !== 'CONN') return 'other';
  if (state !== 'up' && state !== 'down') return { ...span, message: `"${state}": ${form}` };
  const wrong = [a, b].find((name) => !NODE.test(name));
  if (wrong !== undefined) return { ...span, message: `"${wrong}" is no name of a node` };
  return { ...span, atNs: Math.round(Number(time) * NS_PER_S), a, b, isUp: state === 'up' };
}
