/**
 * Watching a run does not change it, and hands over everything except packets that nobody collects.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../reports/model.ts';
import type { BroadcastBlocks, BroadcastMessage } from '../../../runner/recording/broadcast.ts';
import type { RecordingPaths } from '../../../runner/recording/recordings.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { loadScenario } from '../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../scenarios/folders.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { GrowingSource } from '../../../viz/format/growing-source.ts';
import { openTrace, type TraceFile } from '../../../viz/format/trace-file.ts';
import { good, inflateNode } from '../viz/format/trace-lab.ts';

const registry = new ProtocolRegistry();

const folder = mkdtempSync(join(tmpdir(), 'orrery-broadcast-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** hello.yaml with a link that is slower and loses packets for a while. */
function changing(): string {
  const path = join(folder, 'hello.yaml');
  const hello = readFileSync(join(SHIPPED_FILE_FOLDERS.scenarios, 'hello.yaml'), 'utf8');
  const set = 'set: { delay: 20ms, loss: 0.5 }';
  writeFileSync(path, `${hello}\nevents: [{ at: 2s, for: 1s, link: alice--bob, ${set} }]\n`);
  return path;
}

function run(recordings: RecordingPaths): SeedResult {
  const path = changing();
  const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry });
  return runSeed({ scenario, registry, seed: 1, recordings });
}

function received(port: MessagePort): BroadcastMessage[] {
  const messages: BroadcastMessage[] = [];
  for (let one = receiveMessageOnPort(port); one !== undefined; one = receiveMessageOnPort(port)) {
    messages.push(one.message as BroadcastMessage);
  }
  return messages;
}

function watched(
  pendingBytes: number,
  trace: Pick<RecordingPaths, 'trace'> = {},
): {
  readonly result: SeedResult;
  readonly messages: readonly BroadcastMessage[];
} {
  const { port1, port2: port } = new MessageChannel();
  const pending = new SharedArrayBuffer(4);
  new Int32Array(pending)[0] = pendingBytes;
  const result = run({ broadcast: { port, pending }, ...trace });
  const messages = received(port1);
  port1.close();
  return { result, messages };
}

const blocksOf = (messages: readonly BroadcastMessage[]): BroadcastBlocks[] =>
  messages.flatMap((one) => (one.kind === 'blocks' ? [one] : []));

/** The trace that a page has at the end of the run. */
async function shown(messages: readonly BroadcastMessage[]): Promise<TraceFile> {
  const source = new GrowingSource();
  const [begin] = messages;
  source.push(begin?.kind === 'begin' ? begin.head : new Uint8Array(0));
  const trace = good(await openTrace(source, inflateNode));
  for (const { lasting, packets } of blocksOf(messages)) {
    for (const bytes of [lasting, packets]) await trace.grow(source.push(bytes));
  }
  return trace;
}

async function countIn(trace: TraceFile, table: string): Promise<number> {
  const ranges = good(await trace.rows(table, 0, 1e12));
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

/**
 * The packets, losses, bins and changes of links in a trace, independent of their distribution over
 * blocks.
 */
async function packetsIn(trace: TraceFile): Promise<unknown> {
  return {
    hops: good(await trace.hops(0, 1e12)),
    bins: good(await trace.bins({ fromNs: 0, toNs: 1e12 })),
    drops: await countIn(trace, 'drop'),
    paces: await countIn(trace, 'pace'),
  };
}

describe('a run that is watched', () => {
  it('is the run that nobody watches, and is read as it was while it went on', async () => {
    const plain = run({});
    const { result, messages } = watched(0);
    expect(result.fingerprint).toBe(plain.fingerprint);
    expect(result.metrics).toEqual(plain.metrics);
    expect(messages[0]).toMatchObject({ kind: 'begin', run: 'hello', hasPackets: true });
    expect(messages.at(-1)).toMatchObject({ kind: 'end' });
    const trace = await shown(messages);
    const bins = good(await trace.bins({ fromNs: 0, toNs: 1e12 }));
    const rows = blocksOf(messages).reduce((sum, one) => sum + one.rows, 0);
    expect(rows).toBeGreaterThan(100);
    // Every packet on a link is counted once in the bins and has one row.
    const arrivals = bins.reduce((sum, { count }) => sum + count, 0);
    const hops = good(await trace.hops(0, 1e12));
    expect(hops.filter(({ fate }) => fate === 'arrived')).toHaveLength(arrivals);
  });

  it('shows the same packets when a trace is recorded beside it, which is the same file', async () => {
    const [alone, beside] = ['alone.orr', 'beside.orr'].map((name) => join(folder, name));
    const trace = (path = ''): RecordingPaths => ({ trace: { path, extent: 'windows' } });
    run(trace(alone));
    const { messages } = watched(0, trace(beside));
    const [first, second] = [alone, beside].map((path) => readFileSync(path ?? ''));
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
    const followed = await packetsIn(await shown(messages));
    expect(followed).toMatchObject({ drops: expect.any(Number), paces: 4 });
    expect(followed).toEqual(await packetsIn(await shown(watched(0).messages)));
  });

  it('throws packets away and counts them when nobody takes them, and nothing else', () => {
    const taken = blocksOf(watched(0).messages);
    const left = blocksOf(watched(16 * 1024 * 1024).messages);
    const sum = (of: readonly BroadcastBlocks[], by: (one: BroadcastBlocks) => number): number =>
      of.reduce((total, one) => total + by(one), 0);
    expect(sum(left, ({ rows }) => rows)).toBe(0);
    expect(sum(left, ({ lostRows }) => lostRows)).toBe(sum(taken, ({ rows }) => rows));
    expect(sum(left, ({ lasting }) => lasting.length)).toBeGreaterThan(1_000);
  });
});
