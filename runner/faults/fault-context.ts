/**
 * What a fault is carried out with: the run that it acts on, and what it has done.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { FaultRecord } from '../../reports/model.ts';
import type { AskSpec, AttackSpec } from '../../scenarios/fault-parts.ts';
import type { FaultSpec, Scenario } from '../../scenarios/model.ts';
import type { AskAnswerReceiver } from '../asks/ask.ts';
import type { FloodCommand } from '../flood-order.ts';
import type { Undo, World } from '../world.ts';

/** A fault of the file that cannot be carried out; exit 2, with its position in the file. */
export class FaultError extends Error {
  readonly spec: FaultSpec;

  constructor(spec: FaultSpec, message: string) {
    super(message);
    this.name = 'FaultError';
    this.spec = spec;
  }
}

/** What faults need from the runner. */
export interface FaultContext {
  readonly world: World;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Links of the path in use between two nodes, or undefined if there is none. */
  activePath(from: string, to: string): readonly string[] | undefined;
  /** True if links that are up join the two nodes without the link `cut`. */
  hasAlternative(from: string, to: string, cut: string): boolean;
  /** Begins a flood; undefined when the node that sends it is down. */
  flood(order: FloodCommand): Undo | undefined;
  /** Multiplies the rates of the flows from a node by `times`; absent if flows are sent in other processes. */
  readonly burst?: ((node: string, times: number) => readonly Undo[]) | undefined;
  /** False while a node is down. */
  isUp(node: string): boolean;
  crash(node: string, store: 'synced' | 'prefix' | 'torn'): void;
  restart(node: string): void;
  /** Begins an attack on privacy; absent if its effect could not be observed. */
  readonly attack?: ((attack: AttackSpec, draws: RandomStream) => Undo) | undefined;
  /** Puts a question to a node. */
  ask(spec: AskSpec, taker: AskAnswerReceiver): Undo;
  /** Called when links or a node went down, to inform the flows that use them. */
  began(record: FaultRecord, cutLinks: readonly string[]): void;
}

/** A fault record that is not complete yet. */
export type OpenFaultRecord = { -readonly [K in keyof FaultRecord]: FaultRecord[K] } & {
  effects: Record<string, number>;
};

/** One instant of a fault, with all that its action may use. */
export interface FaultCall {
  readonly context: FaultContext;
  readonly spec: FaultSpec;
  /** The stream of the fault. */
  readonly draws: RandomStream;
  /** The one link or node that the instant concerns, in a `random` schedule. */
  readonly only: string | undefined;
  /** Number of crashes that hold a node down at present, by the node's name. */
  readonly crashes: Map<string, number>;
}

/** What a fault has done. */
export interface FaultHit {
  readonly targets: readonly string[];
  /** Links that carry nothing while the fault lasts. */
  readonly cut: readonly string[];
  readonly text: string;
  readonly undo: readonly Undo[];
  /** Called when the record exists. */
  readonly began?: (record: OpenFaultRecord) => void;
}

/** Names as text for people: all of them if there are at most two, else their number and the first name. */
export function abbreviateNames(ids: readonly string[], what: 'links' | 'nodes'): string {
  return ids.length <= 2 ? ids.join(', ') : `${ids.length} ${what} (${ids[0]}, …)`;
}
