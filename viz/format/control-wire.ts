/**
 * The messages by which a page acts on the run in progress: JSON over a WebSocket of their own
 * (docs/adr/0015). A page sends orders, each with a number; the server answers with that number, and
 * tells the state whenever it changes.
 *
 * @module
 */

/** Path of the WebSocket. */
export const CONTROL_PATH = '/api/control';
/** Longest order, bytes. */
export const ORDER_BYTES_MAX = 8 * 1024;
/** Fastest pace, virtual seconds in a second. */
export const SPEED_MAX = 1_000;

/** An event of the scenario language, without its instant and its name. */
export type EventWords = Readonly<Record<string, unknown>>;

/** From the page. */
export type ControlOrder =
  | { readonly kind: 'inject'; readonly number: number; readonly event: EventWords }
  /** Virtual seconds in a second; 0 pauses, `null` goes as fast as it can. */
  | { readonly kind: 'pace'; readonly number: number; readonly speed: number | null }
  | { readonly kind: 'export'; readonly number: number };

/** A kind of event: a key of the scenario language. */
export interface ControlKind {
  readonly kind: string;
  /** Why it is not possible in this run. */
  readonly bar?: string;
  /** Nodes that it can hit; all, or links, when absent. */
  readonly targets?: readonly string[];
  /** Of a flood: what can be forged, by the node that it hits. */
  readonly forgeries?: Readonly<Record<string, readonly string[]>>;
}

/** A fault that was injected. */
export interface ControlFault {
  readonly id: string;
  /** What it hit, for people. */
  readonly text: string;
  readonly beginNs: number;
  readonly endNs?: number;
}

/** What holds now. */
export interface ControlState {
  /** `waiting`: the run has not begun. */
  readonly phase: 'waiting' | 'open' | 'closed';
  /** Why it is closed. */
  readonly reason?: string;
  readonly kinds: readonly ControlKind[];
  readonly speed: number | null;
  /** Why the run cannot be paused; absent when it can. */
  readonly paceBar?: string;
  readonly faults: readonly ControlFault[];
  /** Messages that could not be used, by the name of what was wrong with them. */
  readonly refused: Readonly<Record<string, number>>;
}

/** From the server. */
export type ControlReply =
  | { readonly kind: 'state'; readonly state: ControlState }
  | { readonly kind: 'done'; readonly number: number; readonly fault?: ControlFault }
  /** `name` is a word for machines: `event`, `closed`, `too-long`. */
  | {
      readonly kind: 'refused';
      readonly number: number;
      readonly name: string;
      readonly message: string;
    }
  | {
      readonly kind: 'scenario';
      readonly number: number;
      readonly file: string;
      readonly yaml: string;
    };

/** Why a message is no order. */
export type Refusal = Extract<ControlReply, { kind: 'refused' }>;

/** Reads an order. */
export function readOrder(text: string): ControlOrder | Refusal {
  const value = parsed(text);
  if (value === undefined) return refusal(0, 'not-json', 'the message is not a JSON object');
  const number = numberOf(value['number']);
  if (number === undefined) return refusal(0, 'no-number', 'the message has no number');
  switch (value['kind']) {
    case 'inject': {
      const { event } = value;
      if (!isObject(event)) return refusal(number, 'no-event', 'the message has no event');
      return { kind: 'inject', number, event };
    }
    case 'pace': {
      const { speed } = value;
      const isSpeed = typeof speed === 'number' && speed >= 0 && speed <= SPEED_MAX;
      if (speed === null || isSpeed) return { kind: 'pace', number, speed };
      return refusal(number, 'bad-speed', `a speed is null or a number from 0 to ${SPEED_MAX}`);
    }
    case 'export':
      return { kind: 'export', number };
    default:
      return refusal(number, 'unknown-kind', 'expected inject, pace or export');
  }
}

/** Reads a reply; undefined when it is none. Its parts are the server's word. */
export function readReply(text: string): ControlReply | undefined {
  const value = parsed(text);
  const isKnown = ['state', 'done', 'refused', 'scenario'].includes(String(value?.['kind']));
  return isKnown ? (value as unknown as ControlReply) : undefined;
}

/** Makes a refusal. */
export function refusal(number: number, name: string, message: string): Refusal {
  return { kind: 'refused', number, name, message };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Whoever sent it is told by name.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
