/**
 * What a trace holds of the statuses of nodes, and that taking them does not change the run (docs/TRACE.md).
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { NodeHandle, Protocol } from '../../../engine/host/protocol.ts';
import { NO_REFERENCE } from '../../../engine/measure/trace/layout.ts';
import type { SeedResult } from '../../../reports/model.ts';
import { StatusRecorder } from '../../../runner/recording/record-statuses.ts';
import type { RecordingPaths } from '../../../runner/recording/recordings.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { loadScenario } from '../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../scenarios/folders.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { type RecordedStatus, recordedStatusAt } from '../../../viz/format/recorded-status.ts';
import type { TraceFile } from '../../../viz/format/trace-file.ts';
import { good, opened, TraceLab } from '../viz/format/trace-lab.ts';

const SECOND = 1_000_000_000;
const folder = mkdtempSync(join(tmpdir(), 'orrery-statuses-'));
const registry = new ProtocolRegistry();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type StatusMaker = (atS: number) => Readonly<Record<string, unknown>>;

const half: StatusMaker = (s) => ({ half: Math.floor(s / 20) });
const mix: StatusMaker = () => ({ role: 'mix' });

/** A trace of 47 s whose nodes are asked every 20 ms whether it is time; undefined is a node that is down. */
function traceOf(
  nodes: readonly StatusMaker[],
  isDown: (atS: number) => boolean = () => false,
): Promise<TraceFile> {
  const lab = new TraceLab(nodes.length, 'full');
  const names = nodes.map((_, number) => `n${number}`);
  let atS = 0;
  const handles = nodes.map(
    (status): NodeHandle => ({ start: () => undefined, status: () => status(atS) }),
  );
  const header = {
    durationNs: 47 * SECOND,
    nodes: names.map((name) => ({ name, protocol: 'ping', address: '' })),
  };
  const calls = { call: <T>(_node: string, _kind: string, code: () => T): T => code() };
  const recorder = new StatusRecorder(header, calls, (rows) => lab.recorder.append(rows));
  for (let ms = 20; ms <= 50_000; ms += 20) {
    atS = ms / 1_000;
    recorder.tick(ms * 1e6, {
      node: (name) => (isDown(atS) ? undefined : handles[names.indexOf(name)]),
    });
  }
  recorder.flush();
  return opened(lab.finish());
}

/** What the node said, as a value. */
interface Said extends Omit<RecordedStatus, 'json'> {
  readonly status: unknown;
}

async function statusIn(trace: TraceFile, node: number, atS: number): Promise<Said | undefined> {
  const said = good(await recordedStatusAt(trace, { node, timeNs: atS * SECOND }));
  if (said?.json === undefined) return undefined;
  const { timeNs, json, note } = said;
  return { timeNs, status: JSON.parse(json), note };
}

/** Instant in seconds and node of each row. */
async function rowsIn(trace: TraceFile): Promise<readonly (readonly number[])[]> {
  return good(await trace.rows('status', 0, 1e15)).flatMap(({ block, from, to }) =>
    Array.from({ length: to - from }, (_, i) => [
      block.time('time', from + i) / SECOND,
      block.value('node', from + i),
    ]),
  );
}

describe('the statuses of a trace', () => {
  it('are those of 48 instants, and only what differs from the last one is stored', async () => {
    const trace = await traceOf([half, mix]);
    const rows = await rowsIn(trace);
    expect(rows.filter(([, node]) => node === NO_REFERENCE).map(([s]) => s)).toEqual([
      0.02,
      ...Array.from({ length: 47 }, (_, k) => k + 1),
    ]);
    expect(rows.filter(([, node]) => node === 0).map(([s]) => s)).toEqual([0.02, 20, 40]);
    expect(rows.filter(([, node]) => node === 1).map(([s]) => s)).toEqual([0.02]);
  });

  it('are read as they were at the last instant up to the cursor', async () => {
    const trace = await traceOf([half, mix]);
    expect(await statusIn(trace, 0, 0.01)).toBeUndefined();
    expect(await statusIn(trace, 0, 20.9)).toEqual({
      ...{ timeNs: 20 * SECOND, status: { half: 1 }, note: '' },
    });
    expect(await statusIn(trace, 0, 19.999)).toMatchObject({
      ...{ timeNs: 19 * SECOND, status: { half: 0 } },
    });
    expect(await statusIn(trace, 1, 33)).toMatchObject({
      ...{ timeNs: 33 * SECOND, status: { role: 'mix' } },
    });
  });

  it('have an error where a status is too long, throws, is no JSON, or the node is down', async () => {
    const circular: StatusMaker = () => circle;
    const fails: StatusMaker = () => {
      throw new Error('not now');
    };
    const long: StatusMaker = () => ({ text: 'x'.repeat(65_526) });
    const longest: StatusMaker = () => ({ text: 'x'.repeat(65_525) });
    const trace = await traceOf([long, longest, fails, circular], (s) => s >= 30);
    const at = async (node: number): Promise<unknown> => (await statusIn(trace, node, 10))?.status;
    expect(await at(0)).toEqual({ error: 'longer than 65536 characters' });
    expect(await at(1)).toEqual({ text: expect.stringMatching(/^x{65525}$/) });
    expect(await at(2)).toEqual({ error: 'not now' });
    expect(await at(3)).toEqual({ error: expect.stringMatching(/circular/) });
    expect((await statusIn(trace, 1, 31))?.status).toEqual({ error: 'the node is down' });
  });

  it('end before an instant with which they would have more than 2 million characters', async () => {
    const makers = Array.from({ length: 10 }, (_, node): StatusMaker => {
      return (s) => ({ text: `${node} ${s} `.padEnd(15_000) });
    });
    const trace = await traceOf(makers);
    const rows = await rowsIn(trace);
    // 13 instants of 150,110 characters.
    expect(rows.filter(([, node]) => node === 0)).toHaveLength(13);
    expect(rows).toHaveLength(13 * 11 + 1);
    const late = await statusIn(trace, 9, 40);
    expect(late?.note).toMatch(/^no later status is recorded: .* at most 2000000 characters$/);
    expect(late?.timeNs).toBe(12 * SECOND);
    expect(late?.status).toEqual({ text: expect.stringMatching(/^9 12 /) });
    expect((await statusIn(trace, 9, 12.5))?.note).toBe('');
  });
});

function run(
  name: string,
  overrides: Readonly<Record<string, string>>,
  { recordings, known = registry }: { recordings: RecordingPaths; known?: ProtocolRegistry },
): SeedResult {
  const path = join(SHIPPED_FILE_FOLDERS.scenarios, `${name}.yaml`);
  const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, overrides, registry });
  return runSeed({ scenario, registry: known, seed: 1, recordings });
}

/** All protocols, with another status of the nodes of ping. */
function pingWithStatus(status: () => unknown): ProtocolRegistry {
  const changed = new ProtocolRegistry();
  changed.protocols = (name): Protocol | undefined => {
    const genuine = registry.protocols(name);
    if (name !== 'ping' || genuine === undefined) return genuine;
    const create: Protocol['create'] = (host, setup) =>
      Object.assign(genuine.create(host, setup), { status });
    return { ...genuine, create };
  };
  return changed;
}

const circle: Record<string, unknown> = {};
circle['self'] = circle;

describe('a run of hello', () => {
  const overrides = { duration: '3s' };
  const trace = { path: join(folder, 'hello.orr'), extent: 'windows' } as const;
  const plain = run('hello', overrides, { recordings: {} });

  it.each([
    ['throws', (): never => expect.fail('not now'), { error: 'not now' }],
    ['throws no error', (): never => throwOf(null), { error: 'null' }],
    ['is circular', (): unknown => circle, { error: expect.stringMatching(/circular/) }],
    ['is endlessly deep', deepStatus, { error: expect.stringMatching(/call stack/) }],
    [
      'is huge',
      (): unknown => ({ text: 'x'.repeat(2e5) }),
      { error: 'longer than 65536 characters' },
    ],
    ['has no JSON', (): unknown => ({ big: 1n }), { error: expect.stringMatching(/BigInt/) }],
    ['gives nothing as JSON', (): unknown => ({ toJSON: (): undefined => undefined }), {}],
  ])('keeps its fingerprint where a status %s', async (_, status, recorded) => {
    const traced = run('hello', overrides, {
      recordings: { trace },
      known: pingWithStatus(status),
    });
    expect([traced.fingerprint, traced.events]).toEqual([plain.fingerprint, plain.events]);
    const file = await opened(new Uint8Array(readFileSync(trace.path)));
    expect((await statusIn(file, 0, 2))?.status).toEqual(recorded);
  });

  it('asks no node for its status unless a trace is recorded', () => {
    let asked = 0;
    const known = pingWithStatus(() => {
      asked += 1;
      return { asked };
    });
    const counted = run('hello', overrides, { recordings: {}, known });
    expect([asked, counted.fingerprint]).toEqual([0, plain.fingerprint]);
    run('hello', overrides, { recordings: { trace }, known });
    // 48 times each of two nodes.
    expect(asked).toBe(96);
  });
});

function throwOf(value: unknown): never {
  throw value;
}

function deepStatus(): unknown {
  let status: unknown = {};
  for (let level = 0; level < 20_000; level += 1) status = { status };
  return status;
}

describe.each([
  { name: 'ask', overrides: { duration: '36s' }, node: 'sender' },
  {
    name: 'mixnet-crashes',
    overrides: {
      ...{ duration: '24s', 'traffic.0.stop': '12s', 'traffic.1.stop': '12s' },
      ...{ 'traffic.2.stop': '12s', kpis: '{}' },
    },
    node: 'mix-2-1',
  },
] as const)('a run of $name with a trace', ({ name, overrides, node }) => {
  it('has the fingerprint, events and metrics of one without, and statuses that are found', async () => {
    const path = join(folder, `${name}.orr`);
    const traced = run(name, overrides, { recordings: { trace: { path, extent: 'windows' } } });
    const plain = run(name, overrides, { recordings: {} });
    expect(traced.fingerprint).toBe(plain.fingerprint);
    expect(traced.events).toBe(plain.events);
    expect(traced.metrics).toEqual(plain.metrics);
    const trace = await opened(new Uint8Array(readFileSync(path)));
    const number = trace.header.nodes.findIndex((one) => one.name === node);
    // Its status changes during the run, and is stored only then.
    const rows = (await rowsIn(trace)).filter(([, of]) => of === number);
    expect(rows.length).toBeGreaterThan(1);
    expect((await statusIn(trace, number, 14))?.timeNs).toBeGreaterThan(13 * SECOND);
  }, 300_000);
});
