/**
 * The messages with which a page controls a run in progress: JSON over a WebSocket that has no
 * other purpose (ADR 0015). The page sends numbered orders. The server answers each order with the
 * number of the order, and sends the state of the run whenever it changes.
 *
 * @module
 */

/** URL path of the WebSocket over which pages control a run in progress. */
export const CONTROL_URL_PATH = '/api/control';
/** Largest size of an order, bytes. */
export const ORDER_BYTES_MAX = 8 * 1024;
/** Largest pace of a run, virtual seconds per second of real time. */
export const RUN_SPEED_MAX = 1_000;

/** An event in the scenario language, without its instant and its name. */
export type ScenarioEventFields = Readonly<Record<string, unknown>>;

/** An order, sent by the page. */
export type ControlOrder =
  | { readonly kind: 'inject'; readonly number: number; readonly event: ScenarioEventFields }
  /**
   * Sets the pace, in virtual seconds per second of real time; 0 pauses, `null` means as fast as
   * possible.
   */
  | { readonly kind: 'pace'; readonly number: number; readonly speed: number | null }
  /** Asks for the present status of a node. */
  | { readonly kind: 'status'; readonly number: number; readonly node: string }
  | { readonly kind: 'export'; readonly number: number };

/**
 * A kind of event (an action of the scenario language), and whether it can be injected into this
 * run.
 */
export interface ControlEventKind {
  readonly kind: string;
  /** Why events of this kind are impossible in this run; absent if they are possible. */
  readonly bar?: string;
  /**
   * Names of the nodes that events of this kind can affect; absent if they can affect any node, or
   * if they affect links.
   */
  readonly targets?: readonly string[];
  /** For a flood: the packets that the attacker can forge, by the name of the attacked node. */
  readonly forgeries?: Readonly<Record<string, readonly string[]>>;
}

/** A fault that was injected. */
export interface InjectedFault {
  readonly id: string;
  /** The effect of the fault, as a text for people. */
  readonly text: string;
  readonly beginNs: number;
  readonly endNs?: number;
}

/** What pages are told about the run: its phase, the possible faults, and the injected faults. */
export interface ControlState {
  /** `waiting`: the run has not begun; `open`: it accepts orders; `closed`: it accepts none. */
  readonly phase: 'waiting' | 'open' | 'closed';
  /** Why the run accepts no orders; absent if it accepts them. */
  readonly reason?: string;
  readonly kinds: readonly ControlEventKind[];
  /** Flows, as `a -> b`, whose path in use a fault can affect; absent until the run has begun. */
  readonly paths?: readonly string[];
  readonly speed: number | null;
  /** Why the run cannot be paused; absent if it can. */
  readonly paceBar?: string;
  readonly faults: readonly InjectedFault[];
  /**
   * Number of messages from pages that were refused, by the name of the reason; see {@link
   * ControlReply}.
   */
  readonly refused: Readonly<Record<string, number>>;
}

/** A message that the server sends to a page. */
export type ControlReply =
  | { readonly kind: 'state'; readonly state: ControlState }
  | { readonly kind: 'done'; readonly number: number; readonly fault?: InjectedFault }
  /**
   * The order was refused. `name` names the reason for programs: for example `event`, `closed`,
   * `too-long`.
   */
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
    }
  /** The status of a node, the answer to the order `status`; `text` is a JSON object. */
  | { readonly kind: 'status'; readonly number: number; readonly text: string };

/** The reply that refuses an order, with the reason. */
export type Refusal = Extract<ControlReply, { kind: 'refused' }>;

/** Parses an order; returns a refusal if the message is not a valid order. */
export function readOrder(text: string): ControlOrder | Refusal {
  const value = parsed(text);
  if (value === undefined) return makeRefusal(0, 'not-json', 'the message is not a JSON object');
  const number = numberOf(value['number']);
  if (number === undefined) return makeRefusal(0, 'no-number', 'the message has no number');
  switch (value['kind']) {
    case 'inject': {
      const { event } = value;
      if (!isObject(event)) return makeRefusal(number, 'no-event', 'the message has no event');
      return { kind: 'inject', number, event };
    }
    case 'pace': {
      const { speed } = value;
      const isSpeed = typeof speed === 'number' && speed >= 0 && speed <= RUN_SPEED_MAX;
      if (speed === null || isSpeed) return { kind: 'pace', number, speed };
      return makeRefusal(
        number,
        'bad-speed',
        `a speed is null or a number from 0 to ${RUN_SPEED_MAX}`,
      );
    }
    case 'status': {
      const { node } = value;
      if (typeof node === 'string') return { kind: 'status', number, node };
      return makeRefusal(number, 'no-node', 'the message names no node');
    }
    case 'export':
      return { kind: 'export', number };
    default:
      return makeRefusal(number, 'unknown-kind', 'expected inject, pace, status or export');
  }
}

/**
 * Parses a reply of the server; undefined if its kind is unknown. Nothing else is checked, because
 * the page trusts the server.
 */
export function readReply(text: string): ControlReply | undefined {
  const value = parsed(text);
  const isKnown = ['state', 'done', 'refused', 'scenario', 'status'].includes(
    String(value?.['kind']),
  );
  return isKnown ? (value as unknown as ControlReply) : undefined;
}

/** Makes the answer that refuses an order. */
export function makeRefusal(number: number, name: string, message: string): Refusal {
  return { kind: 'refused', number, name, message };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // The caller reports to the sender that the text is not a JSON object.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
