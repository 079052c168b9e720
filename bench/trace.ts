/**
 * Cost of the trace: recording one hop, including all callbacks, encoding and gzip; and seeking in
 * a file with a million hops (docs/TRACE.md#reading).
 *
 * `npm run bench -- trace`. There are ten links, a hop takes 10 ms, and every 10 us a new packet
 * starts that makes six hops.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Scheduler } from '../engine/core/scheduler.ts';
import {
  FAULT_KINDS,
  FORMAT_VERSION,
  PACKET_CLASSES,
  STATE_KINDS,
  TABLES,
  type TraceHeader,
} from '../engine/measure/trace/layout.ts';
import { NetworkRecorder } from '../engine/measure/trace/network-recorder.ts';
import { TraceRecorder } from '../engine/measure/trace/trace-recorder.ts';
import { BufferPool } from '../engine/net/buffer-pool.ts';
import type { LinkDirectionView } from '../engine/net/direction-context.ts';
import { PacketTable } from '../engine/net/packet-table.ts';
import { isFailure } from '../viz/format/failure.ts';
import { memorySource } from '../viz/format/source.ts';
import { openTrace, type TraceFile } from '../viz/format/trace-file.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- trace`. */
export const name = 'trace';

const HOPS = 1_000_000;
const LINKS = 10;
const UNDER_WAY = 1_000;
const STEP_NS = 10_000;
const RUNS = 3;
const SEEKS = 50;

/** Measures recording, the size of the file, and seeking. */
export async function run(): Promise<readonly BenchResult[]> {
  let file = new Uint8Array(0);
  const costs = Array.from({ length: RUNS }, () => {
    const cpuUs = cpuTimeUs(() => {
      file = record();
    });
    return (cpuUs * 1_000) / HOPS;
  });
  return [
    { name: 'record a hop, writing included', unit: 'ns/hop', target: 400, ...spreadOf(costs) },
    { name: 'file of 1,000,000 hops', unit: 'MB', value: file.length / 1e6 },
    ...(await seeks(file)),
  ];
}

/**
 * Measures seeking in a file, first with no blocks decoded, then with all needed blocks decoded.
 */
async function seeks(file: Uint8Array): Promise<BenchResult[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  const opening: number[] = [];
  for (let i = 0; i < SEEKS; i += 1) {
    const began = performance.now();
    const trace = await open(file);
    opening.push(performance.now() - began);
    const atNs = Math.floor(((i + 0.5) / SEEKS) * HOPS) * STEP_NS + 1;
    cold.push(await seek(trace, atNs));
    warm.push(await seek(trace, atNs));
  }
  return [
    { name: 'open', unit: 'ms', target: 20, ...spreadOf(opening) },
    { name: 'seek: packets under way', unit: 'ms', target: 5, ...spreadOf(cold) },
    { name: 'seek: block in memory', unit: 'ms', target: 1, ...spreadOf(warm) },
  ];
}

async function open(file: Uint8Array): Promise<TraceFile> {
  const trace = await openTrace(memorySource(file), (stored, rawLength) =>
    gunzipSync(stored, { maxOutputLength: rawLength }),
  );
  if (isFailure(trace)) throw new Error(trace.message);
  return trace;
}

async function seek(trace: TraceFile, atNs: number): Promise<number> {
  const began = performance.now();
  const hops = await trace.inFlight(atNs);
  const ms = performance.now() - began;
  if (isFailure(hops)) throw new Error(hops.message);
  requireEqual('packets under way', hops.length, Math.min(UNDER_WAY, Math.ceil(atNs / STEP_NS)));
  return ms;
}

/** Records a million hops and returns the file. */
function record(): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const clock = { now: 0, eventCount: 0 };
  const table = new PacketTable(new BufferPool('plain'));
  const directions = makeDirections();
  const recorder = new TraceRecorder({
    sink: {
      write: (bytes): void => void parts.push(bytes.slice()),
      compress: (raw): Uint8Array => gzipSync(raw, { level: 1 }),
    },
    header: makeHeader(directions),
    directions,
  });
  const into = { sink: recorder, pyramid: recorder.pyramid };
  const scheduler = clock as unknown as Scheduler;
  const network = new NetworkRecorder({ scheduler, table }, LINKS, into);
  const ring = new Int32Array(UNDER_WAY).fill(-1);
  for (let hop = 0; hop < HOPS; hop += 1) {
    clock.now = hop * STEP_NS;
    clock.eventCount += 1;
    const slot = hop % UNDER_WAY;
    const direction = directions[hop % LINKS] as LinkDirectionView;
    const arrived = ring[slot] as number;
    const buffer =
      arrived < 0 ? new Uint8Array(1_200) : deliver(network, table, direction, arrived);
    const row = table.acquire(buffer, 0, 1_100 + (hop % 7), 0, 0);
    table.offeredAt[row] = clock.now;
    network.flow = hop % 6 === 0 ? 1 : 0;
    network.onOffered(direction, row);
    network.onStarted(direction, row);
    ring[slot] = row;
    if (hop % 2_000 === 0) recorder.tick(clock.now);
  }
  recorder.finish({ endNs: clock.now, fingerprint: '' });
  return new Uint8Array(Buffer.concat(parts));
}

function deliver(
  network: NetworkRecorder,
  table: PacketTable,
  direction: LinkDirectionView,
  row: number,
): Uint8Array {
  network.onDelivered(direction, row);
  return table.takeBuffer(row);
}

function makeDirections(): LinkDirectionView[] {
  return Array.from({ length: LINKS }, (_, id) => ({
    id,
    linkId: `link-${id}`,
    name: `n${id}->n${id + 1}`,
    fromNode: id,
    toNode: id + 1,
    plan: undefined,
    pace: { rateBps: 1e9, delayNs: 1_000_000, overheadBytes: 0 },
  }));
}

function makeHeader(directions: readonly LinkDirectionView[]): TraceHeader {
  return {
    format: 'orrery-trace',
    version: FORMAT_VERSION,
    run: 'bench',
    seed: 1,
    extent: 'full',
    durationNs: HOPS * STEP_NS,
    warmupNs: 0,
    tables: Object.values(TABLES),
    nodes: Array.from({ length: LINKS + 1 }, (_, node) => ({
      name: `n${node}`,
      protocol: 'bench',
      address: '',
    })),
    links: directions.map(({ linkId, name: label, fromNode, toNode }) => ({
      id: linkId,
      name: label,
      from: fromNode,
      to: toNode,
    })),
    flows: ['none', 'n0 -> n6'],
    reasons: [],
    classes: PACKET_CLASSES,
    stateKinds: STATE_KINDS,
    faultKinds: FAULT_KINDS,
    linkLevel: 1,
  };
}
