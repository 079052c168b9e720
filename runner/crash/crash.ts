/**
 * A crash of a node, as plain data that can be sent between threads and processes: which node, when,
 * where in which file, and for which events the node was called before.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';

/** The event for which a node was called. */
export interface CrashEvent {
  /** Time of the scenario, ns. */
  readonly atNs: number;
  /** The event as text: `datagram of 100 B from bob`. */
  readonly text: string;
}

/** The place in the code where the error was thrown, with the lines around it. */
export interface CrashLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Line number in the file, from 1, of the first of {@link lines}. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** The function of orrery that threw when the line called it; absent if the line itself threw. */
  readonly within?: string;
}

/** A crash of a node: which node, for which event, where in the code, and with which error. */
export interface Crash {
  /** Whose code failed: the protocol of a user, or orrery. */
  readonly by: 'protocol' | 'orrery';
  /** Name of the protocol; empty if it is unknown. */
  readonly protocol: string;
  /** Name of the node; absent if no node was being called. */
  readonly node?: string;
  /**
   * How the node failed: its code threw, a handler never returned (`held`), or it kept setting
   * timers that stop virtual time (`still`).
   */
  readonly how: 'threw' | 'held' | 'still';
  readonly seed: number;
  /** Time of the scenario, ns. */
  readonly atNs: number;
  /** The message of the error, after its name where that says more: `TypeError: …`. */
  readonly error: string;
  readonly place?: CrashLocation;
  /** The last calls of the node, the earliest first. */
  readonly events: readonly CrashEvent[];
  readonly stack: string;
}

/** A guarantee that every node must keep was broken, as found by a node or by the account of messages. */
export class BrokenGuaranteeError extends InvariantError {
  readonly node: string | undefined;

  constructor(text: string, node?: string) {
    super(node === undefined ? text : `${node}: ${text}`);
    this.node = node;
  }
}

/** A crash as an error that can be thrown and caught. */
export class NodeCrash extends Error {
  override readonly name = 'NodeCrash';
  readonly crash: Crash;

  constructor(crash: Crash, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.crash = crash;
    this.stack = crash.stack;
  }
}

/**
 * Largest lengths in characters: of a line of the file or an event, and of the texts of error and
 * stack.
 */
export interface CrashTextLimits {
  readonly lineMax: number;
  readonly wordsMax: number;
}

/** A crash with its texts shortened to fit into a message. */
export function shortenCrash(crash: Crash, { lineMax, wordsMax }: CrashTextLimits): Crash {
  const { place, events, error, stack } = crash;
  const line = (text: string): string => text.slice(0, lineMax);
  return {
    ...crash,
    error: error.slice(0, wordsMax),
    stack: stack.slice(0, wordsMax),
    events: events.map((event) => ({ ...event, text: line(event.text) })),
    ...(place === undefined
      ? {}
      : { place: { ...place, file: line(place.file), lines: place.lines.map(line) } }),
  };
}
