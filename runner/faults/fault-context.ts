/**
 * The types with which faults are carried out: the run on which a fault acts, and the effect that it
 * had.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { FaultRecord } from '../../reports/model.ts';
import type { AskSpec, AttackSpec } from '../../scenarios/fault-parts.ts';
import type { FaultSpec, Scenario } from '../../scenarios/model.ts';
import type { AskAnswerReceiver } from '../asks/ask.ts';
import type { FloodCommand } from '../flood-command.ts';
import type { Undo, World } from '../world.ts';

/** A fault of the file cannot be carried out; exit code 2, with its position in the file. */
export class FaultError extends Error {
  readonly spec: FaultSpec;

  constructor(spec: FaultSpec, message: string) {
    super(message);
    this.name = 'FaultError';
    this.spec = spec;
  }
}

/** What the actions of faults may use of the run and its world. */
export interface FaultContext {
  readonly world: World;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Ids of the links of the path in use between two nodes; undefined if none is known. */
  activePath(from: string, to: string): readonly string[] | undefined;
  /** True if links that are up join the two nodes without the link `cut`. */
  hasAlternative(from: string, to: string, cut: string): boolean;
  /** Begins a flood; returns a function that ends it, or undefined if the sending node is down. */
  flood(order: FloodCommand): Undo | undefined;
  /** Multiplies the rates of the flows from a node by `times`; absent if sources are in other processes. */
  readonly burst?: ((node: string, times: number) => readonly Undo[]) | undefined;
  /** False while a node is down. */
  isUp(node: string): boolean;
  crash(node: string, store: 'synced' | 'prefix' | 'torn'): void;
  restart(node: string): void;
  /** Begins an attack on privacy; absent if its effect could not be observed. */
  readonly attack?: ((attack: AttackSpec, draws: RandomStream) => Undo) | undefined;
  /** Puts a question to a node. */
  ask(spec: AskSpec, taker: AskAnswerReceiver): Undo;
  /** Called when a fault has begun, to find the flows that use the cut links or crashed nodes. */
  began(record: FaultRecord, cutLinks: readonly string[]): void;
}

/** A fault record that is not complete yet. */
export type OpenFaultRecord = { -readonly [K in keyof FaultRecord]: FaultRecord[K] } & {
  effects: Record<string, number>;
};

/** What the action of a fault is given at one of its instants. */
export interface FaultCall {
  readonly context: FaultContext;
  readonly spec: FaultSpec;
  /** The random stream of the fault. */
  readonly draws: RandomStream;
  /** In a `random` schedule: the link or node on which the fault acts at this instant. */
  readonly only: string | undefined;
  /** Number of crashes that keep a node down at present, by the name of the node. */
  readonly crashes: Map<string, number>;
}

/** The effect that a fault had at one instant. */
export interface FaultHit {
  readonly targets: readonly string[];
  /** Ids of links that carry nothing while the fault lasts. */
  readonly cut: readonly string[];
  readonly text: string;
  readonly undo: readonly Undo[];
  /** Called once the record of the fault exists. */
  readonly began?: (record: OpenFaultRecord) => void;
}

/** Names as text for people: all of them if there are at most two, else their number and the first name. */
export function abbreviateNames(ids: readonly string[], what: 'links' | 'nodes'): string {
  return ids.length <= 2 ? ids.join(', ') : `${ids.length} ${what} (${ids[0]}, …)`;
}
