/**
 * Vault against published vectors: merges and histories of replicated data types, wrapped keys, receipts
 * and COSE_Sign1.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { CoseSigner, coseToBeSigned, decodeCoseSign1 } from '../../nodes/vault/cose-sign1.ts';
import { HybridClock } from '../../nodes/vault/crdt/hybrid-clock.ts';
import { OrSet } from '../../nodes/vault/crdt/or-set.ts';
import type { Stamp } from '../../nodes/vault/crdt/stamp.ts';
import { encodeState } from '../../nodes/vault/crdt/state-bytes.ts';
import { VaultState } from '../../nodes/vault/crdt/vault-state.ts';
import { EntryKeys } from '../../nodes/vault/entry-keys.ts';
import {
  decodeReceipt,
  encodeReceipt,
  RECEIPT_AAD,
  verifyReceipts,
} from '../../nodes/vault/receipt.ts';
import { shuffled } from '../unit/nodes/vault/shuffled.ts';
import { vectorSets } from '../vectors-root.ts';

const crypto = createCryptoProvider('node');

type Dots = readonly (readonly [string, number])[];
type Counts = Readonly<Record<string, number>>;
interface Lww {
  readonly stamp: Stamp;
  readonly value: string | null;
}
interface Totals {
  readonly p: Counts;
  readonly n: Counts;
}
interface SetState {
  readonly clock: Counts;
  readonly entries: Readonly<Record<string, Dots>>;
}
interface Merge<State> {
  readonly name?: string;
  readonly left: State;
  readonly right: State;
  readonly merged: State;
}
interface CrdtFile {
  readonly lww: readonly Merge<Lww>[];
  readonly hybridClock: readonly {
    readonly op: string;
    readonly local: readonly [number, number];
    readonly message?: readonly [number, number];
    readonly now: number;
    readonly result: readonly [number, number];
  }[];
  readonly pnCounter: readonly (Merge<Totals> & { readonly value: number })[];
  readonly orSet: readonly Merge<SetState>[];
}

const CRDT: CrdtFile = {
  lww: [
    {
      name: 'delete is a write of null and can win',
      left: { stamp: [2000, 0, 'a'], value: null },
      right: { stamp: [1999, 9, 'b'], value: 'ff' },
      merged: { stamp: [2000, 0, 'a'], value: null },
    },
  ],
  hybridClock: [
    { op: 'send', local: [10, 1], now: 9, result: [10, 2] },
    { op: 'receive', local: [10, 3], message: [20, 1], now: 12, result: [20, 2] },
  ],
  pnCounter: [
    {
      left: { p: { a: 3 }, n: { a: 1 } },
      right: { p: { a: 2, b: 5 }, n: { b: 4 } },
      merged: { p: { a: 3, b: 5 }, n: { a: 1, b: 4 } },
      value: 3,
    },
  ],
  orSet: [
    {
      name: 'observed remove removes',
      left: { clock: { a: 1 }, entries: {} },
      right: { clock: { a: 1 }, entries: { x: [['a', 1]] } },
      merged: { clock: { a: 1 }, entries: {} },
    },
  ],
};

function lwwState({ stamp, value }: Lww): VaultState<string> {
  const state = new VaultState<string>();
  const bytes = value === null ? null : fromHex(value);
  state.registers.set('k', { value: bytes, stamp, source: `${value} ${stamp.join()}` });
  return state;
}

function counterState({ p, n }: Totals): VaultState<string> {
  const state = new VaultState<string>();
  for (const actor of new Set([...Object.keys(p), ...Object.keys(n)])) {
    const totals = { added: p[actor] ?? 0, taken: n[actor] ?? 0, source: actor };
    state.counterOf('k').totals.set(actor, totals);
  }
  return state;
}

function setState({ clock, entries }: SetState): VaultState<string> {
  const state = new VaultState<string>();
  const set: OrSet<string> = state.setOf('k');
  for (const [element, dots] of Object.entries(entries)) {
    for (const [actor, count] of dots) set.insert({ actor, count, element, value: element });
  }
  const seen = new OrSet<string>();
  for (const [actor, count] of Object.entries(clock)) seen.context.clock.set(actor, count);
  set.context.merge(seen.context);
  return state;
}

function merged(...states: readonly VaultState<string>[]): string {
  const result = new VaultState<string>();
  for (const state of states) result.merge(state, () => undefined);
  return toHex(encodeState(result));
}

function expectMerge<State>(
  { left, right, merged: result }: Merge<State>,
  make: (state: State) => VaultState<string>,
): void {
  const expected = toHex(encodeState(make(result)));
  expect(merged(make(left), make(right))).toBe(expected);
  expect(merged(make(right), make(left))).toBe(expected);
  expect(merged(make(left), make(right), make(left))).toBe(expected);
}

describe.each(vectorSets('federated/crdt.json', CRDT))('merges of $set', ({ file }) => {
  it.each(file.lww)('register: $name', (one) => expectMerge(one, lwwState));

  it.each(file.pnCounter)('counter: $value', (one) => {
    expectMerge(one, counterState);
    expect(counterState(one.merged).counterOf('k').value).toBe(one.value);
  });

  it.each(file.orSet)('set: $name', (one) => expectMerge(one, setState));

  it.each(file.hybridClock)('clock: $op from $local at $now', (one) => {
    const clock = new HybridClock();
    const [physicalMs, logical] = one.local;
    if (physicalMs > 0) clock.send(physicalMs);
    for (let count = 0; count < logical; count += 1) clock.send(0);
    expect(clock.time).toEqual(one.local);
    if (one.message === undefined) expect(clock.send(one.now)).toEqual(one.result);
    else clock.receive(one.message, one.now);
    expect(clock.time).toEqual(one.result);
  });
});

interface HistoryOperation {
  readonly actor: string;
  readonly sequence: number;
  readonly kind: string;
  readonly key: string;
  readonly value?: string | null;
  readonly stamp?: Stamp;
  readonly totals?: readonly [number, number];
  readonly delta?: { readonly entries: Readonly<Record<string, Dots>>; readonly covered: Dots };
}
interface HistoryFile {
  readonly cases: readonly {
    readonly name: string;
    readonly operations: readonly HistoryOperation[];
    readonly finalStateCbor: string;
    readonly sha256: string;
  }[];
}

const HISTORIES: HistoryFile = {
  cases: [
    {
      name: 'history 1: 10 operations, 3 actors',
      operations: [
        { actor: 'a', sequence: 1, kind: 'add', key: 'n', totals: [1, 0] },
        {
          actor: 'a',
          sequence: 2,
          kind: 'set',
          key: 'k1',
          value: 'a1b2',
          stamp: [1000, 1, 'a'],
        },
        { actor: 'b', sequence: 1, kind: 'set', key: 'k2', value: null, stamp: [1007, 1, 'b'] },
        ...[1, 2, 3].map((count) => ({
          actor: 'b',
          sequence: 1 + count,
          kind: 'insert',
          key: 's',
          delta: {
            entries: { x: [['b', count] as const] },
            covered: [['b', count] as const, ...(count > 1 ? [['b', count - 1] as const] : [])],
          },
        })),
        { actor: 'b', sequence: 5, kind: 'add', key: 'n', totals: [1, 0] },
        { actor: 'b', sequence: 6, kind: 'set', key: 'k2', value: null, stamp: [1015, 2, 'b'] },
        ...['z', 'y'].map((element, index) => ({
          actor: 'c',
          sequence: 1 + index,
          kind: 'insert',
          key: 's',
          delta: {
            entries: { [element]: [['c', 1 + index] as const] },
            covered: [['c', 1 + index] as const],
          },
        })),
      ],
      finalStateCbor:
        'a301a2626b318242a1b2831903e8016161626b3282f6831903f702616202a1616e82a2616101616201a003a161' +
        '7383a2616203616302a36178818261620361798182616302617a818261630180',
      sha256: '6bc46d02311a80fdfdfdfcc956ee55d60f3841c6cee9d12b86d4ecdf88dbc72e',
    },
  ],
};

function deltaOf(operation: HistoryOperation): VaultState<string> {
  const { actor, key, value, stamp, totals, delta } = operation;
  const state = new VaultState<string>();
  const source = `${actor} ${operation.sequence}`;
  if (stamp !== undefined) {
    const bytes = typeof value === 'string' ? fromHex(value) : null;
    state.registers.set(key, { value: bytes, stamp, source });
  }
  if (totals !== undefined) {
    state.counterOf(key).totals.set(actor, { added: totals[0], taken: totals[1], source });
  }
  if (delta !== undefined) {
    for (const [element, dots] of Object.entries(delta.entries)) {
      for (const [by, count] of dots) {
        state.setOf(key).insert({ actor: by, count, element, value: source });
      }
    }
    for (const [by, count] of delta.covered) state.setOf(key).context.add(by, count);
  }
  return state;
}

/** The order of the actors' turns is random, each actor's own order is kept; some operations come again. */
function anyOrder(
  operations: readonly HistoryOperation[],
  seed: number,
): readonly HistoryOperation[] {
  const turns = shuffled(
    operations.map(({ actor }) => actor),
    seed,
  );
  const queues = new Map<string, HistoryOperation[]>();
  for (const one of operations) queues.set(one.actor, [...(queues.get(one.actor) ?? []), one]);
  const order = turns.flatMap((actor) => queues.get(actor)?.shift() ?? []);
  const again = shuffled(order, seed + 1).slice(0, order.length / 2);
  return [...order, ...again];
}

describe.each(vectorSets('federated/crdt-histories.json', HISTORIES))(
  'histories of $set',
  ({ file }) => {
    it.each(file.cases)('$name: the same bytes in any order', (one) => {
      for (let seed = 0; seed < 100; seed += 1) {
        const bytes = merged(...anyOrder(one.operations, seed).map(deltaOf));
        expect(bytes, `seed ${seed}`).toBe(one.finalStateCbor);
      }
      expect(toHex(crypto.sha256(fromHex(one.finalStateCbor)))).toBe(one.sha256);
    });
  },
);

interface ReceiptFile {
  readonly signer: { readonly secretKey: string; readonly publicKey: string; readonly kid: string };
  readonly externalAad: string;
  readonly chain: readonly {
    readonly sequence: number;
    readonly operation: string;
    readonly payload: string;
    readonly toBeSigned: string;
    readonly receipt: string;
    readonly hash: string;
  }[];
  readonly entries: {
    readonly vaultKey: string;
    readonly list: readonly Readonly<
      Record<'entryId' | 'dek' | 'wrapped' | 'aad' | 'plaintext' | 'ciphertext', string>
    >[];
  };
  readonly coseExamples: readonly Readonly<
    Record<'title' | 'publicKey' | 'payload' | 'toBeSigned' | 'message', string>
  >[];
  readonly coseMustFail: readonly { readonly name: string; readonly message: string }[];
}

const PUBLIC_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const PAYLOAD =
  'a9016a7477696e3a616c69636502000301046c70726f66696c652f6e616d650558202bd806c97f0e00af1a1fc3328f' +
  'a763a9269723c8db8fac4f93af71db186d6e9006f5071b0000018bcfe5680008676167656e742d3709582000000000' +
  '00000000000000000000000000000000000000000000000000000000';

/** The first receipt, the first entry, and the example of the COSE working group. */
const RECEIPTS: ReceiptFile = {
  signer: {
    secretKey: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: PUBLIC_KEY,
    kid: '21fe31dfa154a261',
  },
  externalAad: '6f72726572792f7661756c742f312f72656365697074',
  chain: [
    {
      sequence: 0,
      operation: 'write',
      payload: PAYLOAD,
      toBeSigned: `846a5369676e6174757265314da20127044821fe31dfa154a261566f72726572792f7661756c742f312f72656365697074587a${PAYLOAD}`,
      receipt: `d2844da20127044821fe31dfa154a261a0587a${PAYLOAD}5840e6daf529565b8a085a8394b4913b54047ca47e3d7ce9b5729bb24f8e98a678dd461cb40c39d2aae5714907fc5d01f0152f205bdc3133745b9beca319e9554404`,
      hash: '37306810ad767c132e0369e999c6b25b7392cc0c13f2d9ac0a8806310cf90375',
    },
  ],
  entries: {
    vaultKey: 'd6adb5577d90f819f65e3257e8aed0bd2b37c67008848d7c4e325a0a223ea5c2',
    list: [
      {
        entryId: '241158d15663db44065f0a50fba65908',
        dek: '890c8e5af5fd78cdd8ac43c367f366bea1134ea10cf35801449043e56e25ce93',
        wrapped:
          'da47b5af16db69340f52cd0f0e552e8571381f64f9b7056bdaceacaa516770caf34751365a6b93ed821b766e' +
          'a2a096fe',
        aad: '836a7477696e3a616c6963656c70726f66696c652f6e616d6500',
        plaintext: '616c696365',
        ciphertext: '863d538c13a1973b26d6e9c1dcd0d792236a5b0f83',
      },
    ],
  },
  coseExamples: [
    {
      title: 'EdDSA-01: EdDSA - 25519 - sign0',
      publicKey: PUBLIC_KEY,
      payload: '546869732069732074686520636f6e74656e742e',
      toBeSigned:
        '846a5369676e61747572653145a2012703004054546869732069732074686520636f6e74656e742e',
      message:
        'd28445a201270300a10442313154546869732069732074686520636f6e74656e742e58407142fd2ff96d56db85' +
        'bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb8711497dfa751bf40b58b3bcc32300b1487f3db34085ee' +
        'f013bf08f4a44d6fef0d',
    },
  ],
  coseMustFail: [
    {
      name: 'tag removed',
      message:
        '8445a201270300a10442313154546869732069732074686520636f6e74656e742e58407142fd2ff96d56db85be' +
        'e905a76ba1d0b7321a95c8c4d3607c5781932b7afb8711497dfa751bf40b58b3bcc32300b1487f3db34085eef0' +
        '13bf08f4a44d6fef0d',
    },
  ],
};

/** Verifies a message of any protocol, with the external data of none. */
function isGenuine(message: string, publicKey: string): boolean {
  const decoded = decodeCoseSign1(fromHex(message));
  if (decoded === undefined) return false;
  const signed = coseToBeSigned(decoded, new Uint8Array(0));
  return crypto.ed25519Verify(fromHex(publicKey), signed, decoded.signature);
}

describe.each(vectorSets('federated/receipts.json', RECEIPTS))('$set', ({ file }) => {
  const publicKey = fromHex(file.signer.publicKey);
  const chain = file.chain.map(({ receipt }) => fromHex(receipt));

  it('signs the same receipts byte by byte', () => {
    const signer = new CoseSigner(fromHex(file.signer.secretKey), RECEIPT_AAD, crypto);
    expect(toHex(RECEIPT_AAD)).toBe(file.externalAad);
    expect(toHex(signer.publicKey)).toBe(file.signer.publicKey);
    for (const one of file.chain) {
      const receipt = decodeReceipt(fromHex(one.receipt));
      expect(receipt).toMatchObject({ sequence: one.sequence, operation: one.operation });
      const payload = receipt === undefined ? new Uint8Array() : encodeReceipt(receipt);
      expect(toHex(payload)).toBe(one.payload);
      expect(toHex(signer.sign(payload))).toBe(one.receipt);
      expect(toHex(crypto.sha256(fromHex(one.receipt)))).toBe(one.hash);
      const message = decodeCoseSign1(fromHex(one.receipt));
      const signed =
        message === undefined ? new Uint8Array() : coseToBeSigned(message, RECEIPT_AAD);
      expect(toHex(signed)).toBe(one.toBeSigned);
    }
  });

  it('verifies the chain by the public key alone', () => {
    const verdict = verifyReceipts(chain, { publicKey, vaultId: 'twin:alice', crypto });
    expect(verdict).toEqual({ kind: 'intact', head: fromHex(file.chain.at(-1)?.hash ?? '') });
  });

  it('wraps the keys and encrypts the values of the entries', () => {
    const keys = new EntryKeys(fromHex(file.entries.vaultKey), crypto);
    for (const [version, one] of file.entries.list.entries()) {
      const place = { vaultId: 'twin:alice', key: 'profile/name', version };
      const secrets = { dataKey: fromHex(one.dek), entryId: fromHex(one.entryId) };
      const entry = keys.seal(fromHex(one.plaintext), place, secrets);
      expect(toHex(entry.wrappedKey)).toBe(one.wrapped);
      expect(toHex(entry.ciphertext)).toBe(one.ciphertext);
      expect(keys.opens(entry.entryId, entry.wrappedKey)).toBe(true);
      expect(toHex(keys.open(entry, place) ?? new Uint8Array(1))).toBe(one.plaintext);
      expect(keys.open(entry, { ...place, version: version + 1 })).toBeUndefined();
    }
  });

  it.each(file.coseExamples)('verifies $title', (one) => {
    expect(isGenuine(one.message, one.publicKey)).toBe(true);
    const message = decodeCoseSign1(fromHex(one.message));
    const signed = message === undefined ? undefined : coseToBeSigned(message, new Uint8Array());
    expect(toHex(signed ?? new Uint8Array())).toBe(one.toBeSigned);
  });

  it.each(file.coseMustFail)('refuses a message with $name', ({ message }) => {
    expect(isGenuine(message, PUBLIC_KEY)).toBe(false);
  });
});
