/**
 * Random histories of replicas without cryptography: operations, deliveries with losses, duplicates and
 * in any order of actors, partitions, joins of whole states, and clocks that step.
 *
 * @module
 */
import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import { HybridClock } from '../../../../../nodes/vault/crdt/hybrid-clock.ts';
import { encodeState } from '../../../../../nodes/vault/crdt/state-bytes.ts';
import { VaultState } from '../../../../../nodes/vault/crdt/vault-state.ts';
import { bodyFor, type Intent } from '../../../../../nodes/vault/new-operations.ts';
import type { Operation } from '../../../../../nodes/vault/operation.ts';
import { changeOf } from '../../../../../nodes/vault/operation-effects.ts';

export type State = VaultState<string>;

const ACTORS = ['a', 'b', 'c'] as const;
const HOUR_MS = 3_600_000;
const ELEMENTS = ['x', 'y'] as const;
const NO_HASH = new Uint8Array(32);

interface Node {
  readonly actor: string;
  readonly state: State;
  readonly clock: HybridClock;
  /** Number of operations of each actor that are here. */
  readonly applied: Map<string, number>;
  offsetMs: number;
}

/** See the module. */
export class History {
  readonly #random: RandomStream;
  readonly #nodes: readonly Node[];
  readonly #operations = new Map<string, Operation[]>(ACTORS.map((actor) => [actor, []]));
  /** A third of the histories are about sets only, a third about sets and maps; these join no whole states. */
  readonly #kinds: number;
  #nowMs = HOUR_MS;
  /** Index of the node that is cut off; none if it is that of no node. */
  #alone: number = ACTORS.length;

  constructor(seed: number) {
    this.#random = openRandomStream(seed, 'vault', 'history');
    this.#kinds = [3, 6, 11][seed % 3] as number;
    this.#nodes = ACTORS.map((actor) => ({
      actor,
      state: new VaultState<string>(),
      clock: new HybridClock(),
      applied: new Map(),
      offsetMs: 0,
    }));
  }

  /** The states of the replicas as they are. */
  get states(): readonly State[] {
    return this.#nodes.map(({ state }) => state);
  }

  /** Does this many random things. */
  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) this.#step();
  }

  /** Delivers everything to every replica. */
  settle(): void {
    for (const node of this.#nodes) {
      for (const actor of shuffledActors(this.#random)) {
        while (this.#deliver(node, actor));
      }
    }
  }

  /** The state that comes from the operations which any replica has, one by one, without any join of states. */
  stateOfAll(): State {
    const state = new VaultState<string>();
    for (const operations of this.#operations.values()) {
      for (const operation of operations) merge(state, changeOf(operation, nameOf(operation)));
    }
    return state;
  }

  #step(): void {
    const random = this.#random;
    this.#nowMs += random.below(3);
    const node = this.#nodes[random.below(ACTORS.length)] as Node;
    const from = this.#nodes[random.below(ACTORS.length)] as Node;
    switch (random.below(20)) {
      case 0:
        node.offsetMs = (random.below(3) - 1) * HOUR_MS;
        break;
      case 1:
        this.#alone = random.below(2 * ACTORS.length);
        break;
      case 2:
        if (this.#kinds > 6 && this.#hears(node, from)) this.#join(node, from);
        break;
      default:
        if (random.below(2) === 0) this.#carry(node, from);
        else this.#write(node);
    }
  }

  #hears(node: Node, from: Node): boolean {
    const alone = this.#nodes[this.#alone];
    return node === from || (node !== alone && from !== alone);
  }

  /** Carries operations that one node has to another: some get lost, some come twice. */
  #carry(node: Node, from: Node): void {
    const random = this.#random;
    if (!this.#hears(node, from)) return;
    const lacking = ACTORS.filter(
      (one) => (from.applied.get(one) ?? 0) > (node.applied.get(one) ?? 0),
    );
    const actor = lacking[random.below(Math.max(1, lacking.length))] ?? from.actor;
    const operations = this.#operations.get(actor) ?? [];
    const has = node.applied.get(actor) ?? 0;
    const until = Math.min(from.applied.get(actor) ?? 0, has + 1 + random.below(4));
    for (let index = Math.max(0, has - 1); index < until; index += 1) {
      // What is lost is lacking, so that those behind it are refused.
      if (random.below(5) === 0) break;
      this.#apply(node, operations[index] as Operation);
    }
  }

  #deliver(node: Node, actor: string): boolean {
    const next = this.#operations.get(actor)?.[node.applied.get(actor) ?? 0];
    if (next !== undefined) this.#apply(node, next);
    return next !== undefined;
  }

  #apply(node: Node, operation: Operation): void {
    const { actor, sequence } = operation;
    node.clock.receive(operation.stamp, this.#nowMs + node.offsetMs);
    merge(node.state, changeOf(operation, nameOf(operation)));
    node.applied.set(actor, Math.max(sequence, node.applied.get(actor) ?? 0));
  }

  #join(node: Node, from: Node): void {
    merge(node.state, from.state);
    node.clock.receive(from.clock.time, this.#nowMs + node.offsetMs);
    for (const [actor, sequence] of from.applied) {
      node.applied.set(actor, Math.max(sequence, node.applied.get(actor) ?? 0));
    }
  }

  #write(node: Node): void {
    const { actor, state } = node;
    const key = this.#random.below(this.#kinds) > 6 ? 'k' : 'l';
    const body = bodyFor(state, { actor, key }, anyIntent(this.#random, this.#kinds));
    if (typeof body === 'string') return;
    const [physicalMs, logical] = node.clock.send(this.#nowMs + node.offsetMs);
    const operations = this.#operations.get(actor) ?? [];
    const operation: Operation = {
      ...{ vaultId: 'v', actor, sequence: operations.length + 1, key, body },
      ...{ stamp: [physicalMs, logical, actor], previousHash: NO_HASH },
    };
    operations.push(operation);
    this.#apply(node, operation);
  }
}

/** Merges one state into another. */
function merge(state: State, other: State): State {
  state.merge(other, () => undefined);
  return state;
}

/** The join of states, of which none changes. */
export function joined(...states: readonly State[]): State {
  const result = new VaultState<string>();
  for (const state of states) merge(result, state);
  return result;
}

/** The canonical bytes of a state, as text. */
export function textOf(state: State): string {
  return String.fromCharCode(...encodeState(state));
}

function anyIntent(random: RandomStream, kinds: number): Intent {
  const element = ELEMENTS[random.below(ELEMENTS.length)] as string;
  const value = Uint8Array.of(random.below(3));
  switch (random.below(kinds)) {
    case 0:
    case 1:
      return { kind: 'add', element };
    case 2:
      return { kind: 'remove', element };
    case 3:
    case 4:
      return { kind: 'write-field', element, value };
    case 5:
      return { kind: 'remove-field', element };
    case 6:
    case 7:
      return { kind: 'write', value };
    case 8:
      return { kind: 'write', value: null };
    case 9:
      return { kind: 'increment', by: random.below(7) - 3 };
    default:
      return { kind: 'erase' };
  }
}

function nameOf({ actor, sequence }: Operation): string {
  return `${actor} ${sequence}`;
}

function shuffledActors(random: RandomStream): readonly string[] {
  const first = random.below(ACTORS.length);
  return [...ACTORS.slice(first), ...ACTORS.slice(0, first)];
}
