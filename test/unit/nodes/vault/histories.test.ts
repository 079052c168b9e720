/**
 * Random histories of whole replicas: signed operations and snapshots that get lost, come twice and in any
 * order, partitions, clocks that step, logs that are cut, keys, and restarts from disk.
 * `ORRERY_VAULT_SEED` runs one history.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../../../engine/core/stream.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import type { Item } from '../../../../nodes/vault/changes.ts';
import type { Replica } from '../../../../nodes/vault/replica.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../../nodes/vault/snapshot.ts';
import { ACTORS, MODELLED, NOW_MS, replicaOf } from './replicas.ts';

const HISTORIES = 1_000;
const STEPS = 60;
const ONE = process.env['ORRERY_VAULT_SEED'];
const SEEDS =
  ONE === undefined ? Array.from({ length: HISTORIES }, (_, seed) => seed) : [Number(ONE)];
const COMMAND = 'npx vitest run --project virtual test/unit/nodes/vault/histories.test.ts';

class Run {
  readonly replicas: Replica[];
  readonly outcomes = new Set<string>();
  readonly #random: RandomStream;
  readonly #seed: number;
  readonly #offsetsMs = ACTORS.map(() => 0);
  #nowMs: number = NOW_MS;
  #alone = -1;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = openRandomStream(seed, 'vault', 'run');
    this.replicas = ACTORS.map((_, index) => this.#create(index));
  }

  step(): void {
    const random = this.#random;
    this.#nowMs += random.below(2_000);
    const at = random.below(ACTORS.length);
    const from = random.below(ACTORS.length);
    switch (random.below(20)) {
      case 0:
        this.#offsetsMs[at] = (random.below(3) - 1) * 20_000;
        break;
      case 1:
        this.#alone = random.below(2 * ACTORS.length);
        break;
      case 2:
        this.#restart(at);
        break;
      case 3:
        this.replicas[at]?.cut(this.#common());
        break;
      case 4:
        if (this.#hears(at, from)) this.#join(at, from);
        break;
      default:
        if (random.below(2) === 0) this.#write(at);
        else if (this.#hears(at, from)) this.#carry(at, from);
    }
  }

  /** Gives everything to everyone. */
  settle(): void {
    this.#nowMs += 100_000;
    for (let round = 0; round < 2; round += 1) {
      for (const at of ACTORS.keys()) {
        for (const from of ACTORS.keys()) if (at !== from) this.#sync(at, from);
      }
    }
  }

  #create(index: number): Replica {
    const actor = ACTORS[index] ?? 'a';
    const random = openRandomStream(this.#seed, actor, `${this.#random.u32()}`);
    const randomBytes = (count: number): Uint8Array =>
      Uint8Array.from({ length: count }, () => random.below(256));
    return replicaOf(actor, { crypto: MODELLED, randomBytes, logMax: 30 });
  }

  #clockOf(at: number): number {
    return this.#nowMs + (this.#offsetsMs[at] ?? 0);
  }

  #hears(at: number, from: number): boolean {
    return at !== from && at !== this.#alone && from !== this.#alone;
  }

  #write(at: number): void {
    const random = this.#random;
    const replica = this.replicas[at] as Replica;
    const key = random.below(4) === 0 ? 'k' : 'l';
    const field = random.below(2) === 0 ? 'x' : 'y';
    const value = Uint8Array.of(random.below(256));
    const nowMs = this.#clockOf(at);
    const writes = [
      (): unknown => replica.put(key, value, nowMs),
      (): unknown => replica.put(key, value, nowMs),
      (): unknown => replica.delete(key, nowMs),
      (): unknown => replica.increment(key, random.below(9) - 4, nowMs),
      (): unknown => replica.add(key, field, nowMs),
      (): unknown => replica.add(key, field, nowMs),
      (): unknown => replica.remove(key, field, nowMs),
      (): unknown => replica.putField(key, { field, value }, nowMs),
      (): unknown => replica.putField(key, { field, value }, nowMs),
      (): unknown => replica.removeField(key, field, nowMs),
      (): unknown => replica.erase(key, nowMs),
    ];
    expect(writes[random.below(writes.length)]?.()).toBeTypeOf('object');
  }

  /** Carries operations, in any order of actors; some are lost, some come twice. */
  #carry(at: number, from: number): void {
    const random = this.#random;
    const [replica, other] = [this.replicas[at] as Replica, this.replicas[from] as Replica];
    const clock = new Map(
      [...replica.clock()].map(([actor, last]) => [actor, Math.max(0, last - 1)]),
    );
    const items = other.itemsFor(clock, 2_000);
    if (items === 'cut') this.#join(at, from);
    else {
      for (const item of random.below(4) === 0 ? [...items, ...items.slice(0, 1)] : items) {
        if (random.below(6) === 0) continue;
        this.outcomes.add(replica.receive(item, this.#clockOf(at)).outcome);
      }
    }
  }

  #join(at: number, from: number): void {
    const snapshot = decodeSnapshot(encodeSnapshot((this.replicas[from] as Replica).snapshot()));
    if (snapshot === undefined) throw new Error('a snapshot that cannot be read');
    const { outcome } = (this.replicas[at] as Replica).join(snapshot, this.#clockOf(at));
    this.outcomes.add(`joined: ${outcome}`);
  }

  #sync(at: number, from: number): void {
    const [replica, other] = [this.replicas[at] as Replica, this.replicas[from] as Replica];
    const items = other.itemsFor(replica.clock(), Number.POSITIVE_INFINITY);
    if (items === 'cut') this.#join(at, from);
    else {
      for (const item of items) expect(replica.receive(item, this.#nowMs).outcome).toBe('applied');
    }
  }

  /** Starts again from the disk: the operations if none was dropped, else a snapshot. */
  #restart(at: number): void {
    const before = this.replicas[at] as Replica;
    const after = this.#create(at);
    const clock = new Map<string, number>();
    const items = before.itemsFor(clock, Number.POSITIVE_INFINITY);
    if (items === 'cut') expect(after.restoreSnapshot(before.snapshot())).toBe(true);
    else for (const item of items) expect(after.restore(item)).toBe(true);
    expect(toHex(after.digest())).toBe(toHex(before.digest()));
    this.replicas[at] = after;
  }

  /** For each actor the last operation that all replicas have. */
  #common(): ReadonlyMap<string, number> {
    const clocks = this.replicas.map((replica) => replica.clock());
    return new Map(
      ACTORS.map((actor) => [actor, Math.min(...clocks.map((clock) => clock.get(actor) ?? 0))]),
    );
  }
}

/** Everything that an application can read, and the keys that are kept. */
function readable(replica: Replica): unknown {
  const keys = ['k', 'l'];
  const items: readonly Item[] = replica.snapshot().items;
  return {
    state: toHex(replica.stateBytes()),
    clock: [...replica.clock()],
    values: keys.map((key) => [replica.get(key), replica.hasErased(key), replica.count(key)]),
    sets: keys.map((key) => replica.elements(key)),
    maps: keys.map((key) => [...replica.fields(key)]),
    keys: items.map(({ operation, wrappedKey }) => toHex(wrappedKey ?? operation)),
  };
}

describe(`${HISTORIES} random histories of replicas`, () => {
  it('end with the same state, values and keys everywhere, and no more is kept', () => {
    const outcomes = new Set<string>();
    for (const seed of SEEDS) {
      try {
        for (const outcome of outcomesOf(seed)) outcomes.add(outcome);
      } catch (cause) {
        throw new Error(`seed ${seed}: ORRERY_VAULT_SEED=${seed} ${COMMAND}`, { cause });
      }
    }
    if (ONE !== undefined) return;
    expect([...outcomes].sort()).toEqual(['applied', 'gap', 'joined: applied', 'known']);
  });
});

/** Runs one history, and compares the replicas at its end. */
function outcomesOf(seed: number): ReadonlySet<string> {
  const run = new Run(seed);
  for (let step = 0; step < STEPS; step += 1) run.step();
  run.settle();
  const [first, ...others] = run.replicas.map(readable);
  for (const other of others) expect(other).toEqual(first);
  return run.outcomes;
}
