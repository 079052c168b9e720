/**
 * Bundles: decoding with all checks, encoding, and a relay that receives, stores and forwards them.
 * Small bundles have four blocks and 84 bytes, large ones five blocks and 1 kB of payload; both have
 * CRC-32C on primary block and payload. On the simulated disk, sixteen bundles share a sync.
 *
 * Others, on machines of theirs: bp7-rs (README of bp7 0.12) decodes 565,000 bundles/s without and
 * 462,000 with CRC-32C, and encodes 1.09 million and 433,000, with 3 bytes of payload.
 *
 * `npm run bench -- dtn`
 *
 * @module
 */
import { BundleView, payloadBlock, writeBundle } from '../nodes/dtn/index.ts';
import { type BenchResult, cpuTimeUs, requireEqual } from './bench-result.ts';
import { inTurnWithLoop, type Measurement, type Taken } from './in-turn.ts';
import { bundleOf, EXTENSIONS, primaryOf, Relay, writer } from './workloads/dtn-relay.ts';

export const name = 'dtn';

const ROUNDS = 7;
const CALLS = 100_000;
const RELAYED = 40_000;
const US_PER_S = 1e6;
const CASTAGNOLI = 2;
const SMALL = new Uint8Array(12).fill(7);
const LARGE = new Uint8Array(1_000).fill(7);
const SMALL_BYTES = 84;

/** Bundles per second that each figure should reach. */
const TARGETS: Readonly<Record<string, number>> = {
  'decode, 84 B, four blocks': 800_000,
  'encode, 84 B, four blocks': 1_000_000,
  'decode, 1 kB, CRC-32C': 300_000,
  'encode, 1 kB, CRC-32C': 300_000,
  'receive, store, forward 84 B in memory': 150_000,
  'receive, store, forward 84 B, simulated disk': 60_000,
};

const PEERS: Readonly<Record<string, string>> = {
  'decode, 84 B, four blocks': 'bp7-rs: 462,000',
  'encode, 84 B, four blocks': 'bp7-rs: 433,000',
};

/** One line for each figure. */
export async function run(): Promise<readonly BenchResult[]> {
  const results = await inTurnWithLoop(MEASUREMENTS, ROUNDS);
  return results.map((result) => {
    const target = TARGETS[result.name];
    return { ...result, ...(target !== undefined && { target }) };
  });
}

const MEASUREMENTS: readonly Measurement[] = [
  (): readonly Taken[] => [
    rateOf('decode, 84 B, four blocks', CALLS, () => decode(smallBundle())),
    rateOf('encode, 84 B, four blocks', CALLS, () => encode(SMALL, 2)),
    rateOf('decode, 1 kB, CRC-32C', CALLS, () => decode(bundleOf(1, LARGE))),
    rateOf('encode, 1 kB, CRC-32C', CALLS, () => encode(LARGE, 3)),
  ],
  (): readonly Taken[] => [
    rateOf('receive, store, forward 84 B in memory', RELAYED, () => relay('memory', 'small')),
    rateOf('receive, store, forward 84 B, simulated disk', RELAYED, () =>
      relay('durable', 'small'),
    ),
  ],
  (): readonly Taken[] => [
    rateOf('receive, store, forward 1 kB in memory', RELAYED, () => relay('memory', 'large')),
    rateOf('receive, store, forward 1 kB, simulated disk', RELAYED, () =>
      relay('durable', 'large'),
    ),
  ],
];

/** @param work Makes ready what is measured, and returns it. */
function rateOf(title: string, count: number, work: () => () => void): Taken {
  const measured = work();
  const value = (count / cpuTimeUs(measured)) * US_PER_S;
  return { name: title, unit: 'bundles/s', value, note: PEERS[title] ?? '' };
}

/** Primary block, two extensions and payload. */
function smallBundle(): Uint8Array {
  encode(SMALL, 2, 1)();
  const bundle = writer.taken();
  requireEqual('the length of the small bundle', bundle.length, SMALL_BYTES);
  return bundle;
}

function decode(bundle: Uint8Array): () => void {
  const view = new BundleView();
  return (): void => {
    let good = 0;
    for (let call = 0; call < CALLS; call += 1) {
      if (view.open(bundle, 0, bundle.length) === undefined) good += view.payloadLength;
    }
    requireEqual('bytes of payload', good, CALLS * view.payloadLength);
  };
}

function encode(payload: Uint8Array, extensions: number, calls: number = CALLS): () => void {
  const primary = primaryOf(1);
  const blocks = EXTENSIONS.slice(0, extensions);
  const last = payloadBlock(payload, CASTAGNOLI);
  return (): void => {
    let bytes = 0;
    for (let call = 0; call < calls; call += 1) {
      writeBundle(writer, primary, blocks, last);
      bytes += writer.length;
    }
    requireEqual('bytes written', bytes, calls * writer.length);
  };
}

/** Made once: each is another bundle, and every relay is new. */
const RELAYED_BUNDLES = {
  small: Array.from({ length: RELAYED }, (_, sequence) => bundleOf(sequence, new Uint8Array(3))),
  large: Array.from({ length: RELAYED }, (_, sequence) => bundleOf(sequence, LARGE)),
};

function relay(kind: 'memory' | 'durable', size: 'small' | 'large'): () => void {
  const node = new Relay(kind);
  return (): void => {
    node.pass(RELAYED_BUNDLES[size]);
    requireEqual('bundles forwarded', node.forwarded, RELAYED);
  };
}
