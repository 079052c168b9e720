/**
 * Our vault in `npm run bench -- vault`: replicas without clock, disk and network, with real
 * cryptography, without signatures, and with neither signatures nor encryption.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Item } from '../../nodes/vault/changes.ts';
import { Replica } from '../../nodes/vault/replica.ts';
import { encodeSnapshot } from '../../nodes/vault/snapshot.ts';
import { cpuTimeUs, requireEqual } from '../bench-result.ts';
import type { EncodedWrites, MergedReplica, ReplicationSubject } from '../peers/replicated.ts';
import { ACTORS, type VaultWrite } from './vault-writes.ts';

const VAULT = 'bench';
const START_MS = 1_800_000_000_000;
/** One for each writer, and one into which everything is merged. */
const NAMES: readonly string[] = Array.from({ length: ACTORS + 1 }, (_, index) => `actor-${index}`);
const RECEIVER = NAMES[ACTORS] ?? '';
const SIGNATURE = new Uint8Array(64);

const real = createCryptoProvider('node', { timing: 'simulation' });
/** A signature costs nothing here, and every one is accepted. */
const UNSIGNED: Pick<CryptoProvider, 'ed25519PublicKey' | 'ed25519Key' | 'ed25519Verifier'> = {
  ed25519PublicKey: real.sha256,
  ed25519Key: (secret) => ({
    publicKey: real.sha256(secret),
    sign: () => SIGNATURE,
    wipe: () => undefined,
  }),
  ed25519Verifier: () => ({ verify: () => true }),
};

/** The operations of all writers, by writer. */
function itemsOf(crypto: CryptoProvider, writes: readonly VaultWrite[]): readonly Item[][] {
  const replicas = NAMES.slice(0, ACTORS).map((actor) => replicaOf(actor, crypto));
  for (const [index, { actor, key, value }] of writes.entries()) {
    requireEqual('a write', typeof replicas[actor]?.put(key, value, START_MS + index), 'object');
  }
  return replicas.map((replica) => [...replica.items()]);
}

function replicaOf(actor: string, crypto: CryptoProvider): Replica {
  const secretOf = (name: string): Uint8Array => real.sha256(new TextEncoder().encode(name));
  return new Replica({
    vaultId: VAULT,
    actor,
    actors: new Map(NAMES.map((name) => [name, crypto.ed25519PublicKey(secretOf(name))])),
    secretKey: secretOf(actor),
    vaultKey: secretOf(VAULT),
    crypto,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
}

function receiveAll(replica: Replica, items: readonly Item[]): void {
  for (const item of items) {
    const { outcome } = replica.receive(item, START_MS);
    if (outcome !== 'applied') requireEqual('an outcome', outcome, 'applied');
  }
}

function bytesOf(items: Iterable<Item>): number {
  let bytes = 0;
  for (const { operation, wrappedKey } of items)
    bytes += operation.length + (wrappedKey?.length ?? 0);
  return bytes;
}

function write(crypto: CryptoProvider, writes: readonly VaultWrite[]): EncodedWrites {
  const logs = itemsOf(crypto, writes);
  const merge = (items: readonly Item[]): MergedReplica => {
    const replica = replicaOf(RECEIVER, crypto);
    const cpuUs = cpuTimeUs(() => receiveAll(replica, items));
    const values = new Map<string, Uint8Array>();
    for (const { key } of writes) {
      const value = replica.get(key);
      if (value instanceof Uint8Array) values.set(key, value);
    }
    const keptBytes = new Map([
      ['with history', bytesOf(replica.items())],
      ['without history', encodeSnapshot(replica.snapshot()).length],
    ]);
    return { cpuUs, values, keptBytes };
  };
  return {
    sentBytes: bytesOf(logs.flat()),
    merge: (order) => merge((order === 'as written' ? logs : logs.toReversed()).flat()),
  };
}

/** A replica with a log of all writes, and others that lack the last ones. */
export class DifferingLogs {
  readonly #full: Replica;
  readonly #items: readonly Item[];
  readonly #crypto: CryptoProvider;

  constructor(kind: VaultKind, writes: readonly VaultWrite[]) {
    this.#crypto = PROVIDERS[kind];
    this.#items = itemsOf(this.#crypto, writes).flat();
    this.#full = this.#without(0);
  }

  /** CPU time of bringing up to date a replica that lacks the last operations, microseconds. */
  mergeUs(lacking: number): number {
    const replica = this.#without(lacking);
    const cpuUs = cpuTimeUs(() => {
      const items = this.#full.itemsFor(replica.clock(), Number.POSITIVE_INFINITY);
      if (items !== 'cut') receiveAll(replica, items);
    });
    requireEqual('operations in the log', replica.size, this.#items.length);
    return cpuUs;
  }

  /** A replica as it starts from its disk. */
  #without(lacking: number): Replica {
    const replica = replicaOf(RECEIVER, this.#crypto);
    for (const item of this.#items.slice(0, this.#items.length - lacking)) replica.restore(item);
    return replica;
  }
}

const PROVIDERS = {
  whole: real,
  unsigned: { ...real, ...UNSIGNED },
  bare: { ...createCryptoProvider('modelled'), ...UNSIGNED },
} as const satisfies Readonly<Record<string, CryptoProvider>>;

/** Which parts of the vault are real. */
export type VaultKind = keyof typeof PROVIDERS;

const NOTES: Readonly<Record<VaultKind, readonly [name: string, note: string]>> = {
  whole: ['vault', 'signed, chained, encrypted, can be erased; each operation on its own'],
  unsigned: ['vault without signatures', 'as if signatures cost nothing'],
  bare: ['vault without signatures and encryption', 'as if neither cost anything; hashes are real'],
};

/** Our vault as a subject of the benchmark. */
export function vault(kind: VaultKind): ReplicationSubject {
  const [name, note] = NOTES[kind];
  const isModelled = kind !== 'whole';
  return { name, note, isModelled, write: (writes) => write(PROVIDERS[kind], writes) };
}
