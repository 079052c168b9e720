/**
 * Bundles: decoding with all checks, encoding, and a relay that receives, stores and forwards them;
 * and routes through the contact graph. Small bundles have four blocks and 84 bytes, large ones five
 * blocks and 1 kB of payload; both have CRC-32C on primary block and payload. On a disk, sixteen
 * bundles share a sync. Targets hold where the calibration loop makes 100 million steps per second.
 *
 * For comparison, on another machine and with 3 bytes of payload: bp7-rs (README of bp7 0.12) decodes
 * 565,000 bundles/s without CRC-32C and 462,000 with it, and encodes 1.09 million and 433,000.
 *
 * `npm run bench -- dtn`
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileDisk } from '../engine/live/file-disk.ts';
import { BundleView, payloadBlock, writeBundle } from '../nodes/dtn/index.ts';
import { type BenchResult, cpuTimeUs, requireEqual } from './bench-result.ts';
import { inTurnWithLoop, type MeasuredFigure, type Measurement } from './in-turn.ts';
import { bundleOf, EXTENSIONS, primaryOf, Relay, writer } from './workloads/dtn-relay.ts';
import { newRouter, routesFrom, TARGETS_OF_ROUTES } from './workloads/dtn-routes.ts';

export const name = 'dtn';

const ROUNDS = 7;
const CALLS = 100_000;
const RELAYED = 40_000;
const RELAYED_BY_DISK = 320;
const US_PER_S = 1e6;
const CASTAGNOLI = 2;
const SMALL = new Uint8Array(12).fill(7);
const LARGE = new Uint8Array(1_000).fill(7);
const SMALL_BYTES = 84;
/** Millions of steps per second of the calibration loop for which the targets hold. */
const REFERENCE_PACE = 100;
const US_PER_MS = 1_000;
const DAY_S = 86_400;
/** Instants at which routes are sought, evenly over the first two thirds of the plan. */
const INSTANTS = 12;

/** What each figure should reach: bundles per second at least, milliseconds and bytes at most. */
const TARGETS: Readonly<Record<string, number>> = {
  'decode, 84 B, four blocks': 800_000,
  'encode, 84 B, four blocks': 1_000_000,
  'decode, 1 kB, CRC-32C': 300_000,
  'encode, 1 kB, CRC-32C': 300_000,
  'receive, store, forward 84 B in memory': 150_000,
  'receive, store, forward 84 B, simulated disk': 60_000,
  '1 kB on a link, ipn names': 1_120,
  'route, 100 nodes, 2,000 contacts': 2,
};

const PEERS: Readonly<Record<string, string>> = {
  'decode, 84 B, four blocks': 'bp7-rs: 462,000',
  'encode, 84 B, four blocks': 'bp7-rs: 433,000',
};

/** Measures all figures; returns a line for each. */
export async function run(): Promise<readonly BenchResult[]> {
  const results = await inTurnWithLoop(MEASUREMENTS, ROUNDS);
  return results.map((result) => {
    const target = TARGETS[result.name];
    const notes = [result.note, atReference(result, target)].filter((note) => note);
    return { ...result, ...(target !== undefined && { target }), note: notes.join('; ') };
  });
}

/** The figure converted to the machine for which the targets hold, as text. */
function atReference({ unit, ratio = Number.NaN }: BenchResult, target?: number): string {
  if (target === undefined || Number.isNaN(ratio)) return '';
  const isRate = unit === 'bundles/s';
  const value = isRate ? ratio * REFERENCE_PACE : ratio / (US_PER_MS * REFERENCE_PACE);
  const isMet = isRate ? value >= target : value <= target;
  return `${value.toLocaleString('en', { maximumSignificantDigits: 3 })} at ${REFERENCE_PACE} M steps/s, ${isMet ? 'met' : 'MISSED'}`;
}

const MEASUREMENTS: readonly Measurement[] = [
  (): readonly MeasuredFigure[] => [
    rateOf('decode, 84 B, four blocks', CALLS, () => decode(smallBundle())),
    rateOf('encode, 84 B, four blocks', CALLS, () => encode(SMALL, 2)),
    rateOf('decode, 1 kB, CRC-32C', CALLS, () => decode(bundleOf(1, LARGE))),
    rateOf('encode, 1 kB, CRC-32C', CALLS, () => encode(LARGE, 3)),
  ],
  (): readonly MeasuredFigure[] => [
    rateOf('receive, store, forward 84 B in memory', RELAYED, () => relay('memory', 'small')),
    rateOf('receive, store, forward 84 B, simulated disk', RELAYED, () =>
      relay('durable', 'small'),
    ),
  ],
  (): readonly MeasuredFigure[] => [
    rateOf('receive, store, forward 1 kB in memory', RELAYED, () => relay('memory', 'large')),
    rateOf('receive, store, forward 1 kB, simulated disk', RELAYED, () =>
      relay('durable', 'large'),
    ),
  ],
  (): readonly MeasuredFigure[] => [routeMs('route, 100 nodes, 2,000 contacts')],
  async (): Promise<readonly MeasuredFigure[]> => [await relayByDisk(), linkBytes()],
];

/** Measures a rate once. @param work Prepares the function that is measured, and returns it. */
function rateOf(title: string, count: number, work: () => () => void): MeasuredFigure {
  const measured = work();
  const value = (count / cpuTimeUs(measured)) * US_PER_S;
  return { name: title, unit: 'bundles/s', value, note: PEERS[title] ?? '' };
}

/** A bundle of four blocks: primary block, two extensions and payload. */
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

/** Made once: all bundles differ, and each measurement has a new relay, so that it has seen none of them. */
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

/** Measures routes at several instants, each with a router that has not used its plan yet. */
function routeMs(title: string): MeasuredFigure {
  const routers = Array.from({ length: INSTANTS }, newRouter);
  let found = 0;
  const us = cpuTimeUs(() => {
    for (const [index, router] of routers.entries())
      found += routesFrom(router, (index * DAY_S * 2) / (3 * INSTANTS));
  });
  requireEqual('routes found', found, INSTANTS * TARGETS_OF_ROUTES);
  return { name: title, unit: 'ms', value: us / US_PER_MS / (INSTANTS * TARGETS_OF_ROUTES) };
}

/** Measures the relay with a disk in wall time, almost all of which the syncs take. */
async function relayByDisk(): Promise<MeasuredFigure> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    const disk = new FileDisk(join(folder, 'bundles.log'));
    const node = new Relay('durable', disk);
    const before = performance.now();
    await node.passByDisk(RELAYED_BUNDLES.large.slice(0, RELAYED_BY_DISK));
    const seconds = (performance.now() - before) / US_PER_MS;
    requireEqual('bundles forwarded', node.forwarded, RELAYED_BY_DISK);
    await disk.close();
    const title = 'receive, store, forward 1 kB, disk of this machine';
    const value = RELAYED_BY_DISK / seconds;
    return { name: title, unit: 'bundles/s', value, ratio: Number.NaN, note: 'wall time' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linkBytes(): MeasuredFigure {
  const node = new Relay('memory');
  node.pass(RELAYED_BUNDLES.large.slice(0, 1));
  const note = 'previous node, hop count, age, two CRC-32C';
  return { name: '1 kB on a link, ipn names', unit: 'B', value: node.lastBytes, note };
}
