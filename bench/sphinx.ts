/**
 * The cost of one hop of a Sphinx packet, in total and by part. Packets have 5 hops, 2,000 bytes of
 * user data and room for a SURB, hence 3,082 bytes with X25519. All packets are valid; 64 different
 * ones are used in turn.
 *
 * The total is `PacketFormat.receive` without a replay filter. Each part is measured separately
 * with the input that it has in a hop. The total exceeds the sum of the parts by the cost of slots,
 * copies and calls.
 *
 * @module
 */
import { pathToFileURL } from 'node:url';
import { createCryptoProvider, hasSodium } from '../engine/crypto/index.ts';
import type { CryptoProvider } from '../engine/host/crypto.ts';
import {
  blindingFactor,
  decipherPayload,
  deriveKemKeys,
  deriveNikeKeys,
  type HopKeys,
} from '../nodes/sphinx/crypto.ts';
import {
  createKeyExchange,
  createPacketFormat,
  DEFAULT_HOPS,
  DEFAULT_USER_PAYLOAD_LENGTH,
  type KeyExchangeOption,
  type NodePrivateKey,
  type PacketFormat,
  type ReceiveRules,
} from '../nodes/sphinx/index.ts';
import { type BenchResult, cpuTimeUs, type Spread, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- sphinx`. */
export const name = 'sphinx';

const PACKETS = 64;
const BATCHES = 9;
/** Duration of a batch, microseconds, approximately. */
const BATCH_US = 100_000;

interface Case {
  readonly title: string;
  readonly crypto: CryptoProvider;
  readonly exchange: KeyExchangeOption;
  /**
   * The CPU time per hop, in microseconds, at which the pipeline reaches its target rate on two
   * cores.
   */
  readonly target?: number;
}

/** Measures the total and the parts of each case. */
export function run(): BenchResult[] {
  return cases().flatMap((one) => [whole(one), ...parts(one)]);
}

/**
 * Measures only the total of a hop, for `npm run speed`: with each of the two key exchanges, computed by OpenSSL and
 * modelled.
 */
export function measureHopTotals(): readonly BenchResult[] {
  return cases()
    .filter(({ title }) => /^(x25519|x25519-kem), (node|modelled)$/.test(title))
    .map(whole);
}

function cases(): readonly Case[] {
  const node = createCryptoProvider('node');
  const list: Case[] = [
    { title: 'x25519, node', crypto: node, exchange: 'x25519', target: 110 },
    { title: 'x25519-kem, node', crypto: node, exchange: 'x25519-kem', target: 75 },
    { title: 'mlkem768-x25519, node', crypto: node, exchange: 'mlkem768-x25519' },
    {
      title: 'x25519, modelled',
      crypto: createCryptoProvider('modelled'),
      exchange: 'x25519',
      target: 10,
    },
  ];
  if (hasSodium()) {
    const sodium = createCryptoProvider('sodium');
    list.push(
      { title: 'x25519, sodium', crypto: sodium, exchange: 'x25519', target: 95 },
      { title: 'x25519-kem, sodium', crypto: sodium, exchange: 'x25519-kem', target: 75 },
    );
  }
  return list;
}

/** The packet format, the key of the first node, and packets for that node. */
function prepare({ crypto, exchange }: Case): {
  readonly format: PacketFormat;
  readonly key: NodePrivateKey;
  readonly packets: readonly Uint8Array[];
} {
  const format = createPacketFormat({
    crypto,
    exchange: createKeyExchange(crypto, exchange),
    nrHops: DEFAULT_HOPS,
    userForwardPayloadLength: DEFAULT_USER_PAYLOAD_LENGTH,
    withSurb: true,
  });
  const random = randomBytes();
  const keys = Array.from({ length: DEFAULT_HOPS }, () =>
    format.openKey(random(format.privateKeyLength)),
  );
  const path = keys.map(({ publicKey }, index) => ({
    id: new Uint8Array(32).fill(index),
    publicKey,
    commands:
      index < DEFAULT_HOPS - 1
        ? ([{ kind: 'nodeDelay', delayMs: 100 }] as const)
        : ([{ kind: 'recipient', id: new Uint8Array(32).fill(9) }] as const),
  }));
  const payload = new Uint8Array(format.geometry.forwardPayloadLength);
  const packets = Array.from({ length: PACKETS }, () => {
    const created = format.createPacket({ path, random }, payload);
    if ('refusal' in created) throw new Error(created.refusal);
    return created.packet;
  });
  return { format, key: keys[0] as NodePrivateKey, packets };
}

/** Pseudo-random bytes that are the same in every run. */
function randomBytes(): (length: number) => Uint8Array {
  let state = 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return state >>> 24;
    });
}

function whole(one: Case): BenchResult {
  const { format, key, packets } = prepare(one);
  const rules: ReceiveRules = {
    keys: [{ key, enterTag: () => true }],
    delayMsMax: 1_000,
    isNextHop: () => true,
  };
  const buffer = new Uint8Array(format.geometry.packetLength);
  const spread = microseconds((turn) => {
    buffer.set(packets[turn] as Uint8Array);
    const received = format.receive(rules, buffer);
    if ('drop' in received) throw new Error(`void: ${received.drop}`);
  });
  return {
    name: `hop, ${one.title}`,
    unit: 'us/packet',
    ...spread,
    ...(one.target === undefined ? {} : { target: one.target }),
    note: `${(1_000_000 / spread.value).toFixed(0)} packets/s per core`,
  };
}

/** The cost of each part of a hop, for benchmarks that measure hops among other things. */
export function hopParts(
  crypto: CryptoProvider,
  exchange: KeyExchangeOption,
  batchUs: number = BATCH_US,
): readonly BenchResult[] {
  return parts({ title: `${exchange}, ${crypto.name}`, crypto, exchange }, batchUs);
}

function parts(one: Case, batchUs: number = BATCH_US): readonly BenchResult[] {
  if (one.crypto.name === 'modelled') return [];
  const { crypto } = one;
  const { format, key, packets } = prepare(one);
  const { geometry } = format;
  const isNike = geometry.nikeName !== '';
  const elements = packets.map((packet) => packet.subarray(2, geometry.routingInfoOffset));
  const secrets = elements.map((element) => key.secretOf(element) as Uint8Array);
  const derive = isNike ? deriveNikeKeys : deriveKemKeys;
  const keys = secrets.map((secret) => derive(crypto, secret));
  const at = (turn: number): HopKeys => keys[turn] as HopKeys;
  const element = (turn: number): Uint8Array => elements[turn] as Uint8Array;
  const header = (packets[0] as Uint8Array).subarray(0, geometry.macOffset);
  const slots = new Uint8Array(geometry.routingInfoLength + geometry.perHopRoutingInfoLength);
  const payload = (packets[0] as Uint8Array).slice(geometry.headerLength);
  const steps: readonly (readonly [string, (turn: number) => unknown])[] = [
    [isNike ? 'DH' : 'decapsulation', (turn): unknown => key.secretOf(element(turn))],
    ...(isNike
      ? ([
          [
            'blinding',
            (turn): unknown =>
              crypto.x25519(blindingFactor(crypto, at(turn).blindingSeed), element(turn)),
          ],
        ] as readonly (readonly [string, (turn: number) => unknown])[])
      : []),
    ['KDF', (turn): unknown => derive(crypto, secrets[turn] as Uint8Array)],
    ['MAC', (turn): unknown => crypto.hmacSha256(at(turn).macKey, header)],
    ['stream', (turn): unknown => crypto.aesCtr(at(turn).streamKey, at(turn).iv, slots)],
    ['replay tag', (turn): unknown => crypto.sha512Over256(element(turn))],
    ['AEZ', (turn): unknown => decipherPayload(crypto, at(turn), payload)],
  ];
  return steps.map(([part, step]) => ({
    name: `  ${part}, ${one.title}`,
    unit: 'us/packet',
    ...microseconds(step, batchUs),
  }));
}

/** CPU time of one step as the median of the batches. */
function microseconds(step: (turn: number) => unknown, batchUs: number = BATCH_US): Spread {
  const batch = (rounds: number): number =>
    cpuTimeUs(() => {
      for (let round = 0; round < rounds; round++) step(round % PACKETS);
    }) / rounds;
  batch(500);
  const rounds = Math.ceil(batchUs / Math.max(batch(500), 0.1));
  batch(rounds);
  return spreadOf(Array.from({ length: BATCHES }, () => batch(rounds)));
}

/** Prints one line for each case and each part. */
function main(): void {
  for (const { name: title, value, min, note = '' } of run()) {
    const text = [value, min ?? Number.NaN].map((us) => us.toFixed(2).padStart(8)).join('');
    console.log(`${title.padEnd(36)}${text} us  ${note}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
