/**
 * Viewers do not slow a run down (docs/spec/browser-view.md, item 15). The run has a thread of its
 * own and sends the same data whether its viewer keeps reading or stops. Packets that a viewer
 * misses are counted. Measurements arrive completely, even for a viewer that reconnects or comes
 * late.
 * Wall time on a shared machine is unreliable, so the test compares the data that the run sends,
 * and prints the CPU time of its thread beside it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { BroadcastMessage } from '../../runner/recording/broadcast.ts';
import { runScenario } from '../../runner/threads/run-scenario.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import {
  decodeLiveMessage,
  type LiveMessage,
  type LiveRunStatus,
  type LiveStreamPosition,
  readLiveRunStatus,
  streamPositionQuery,
} from '../../viz/format/live-wire.ts';
import { LiveRun } from '../../viz/server/live-run.ts';
import { startVizServer, type VizServer } from '../../viz/server/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-viewers-'));
const servers: VizServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A run with so many packets that no buffer of the operating system can hold them all. */
const CROWD = `
name: crowd
question: Does a viewer slow the run?
topology: crowd-cable.yaml
duration: 8s
warmup: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 20000/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
`;
const CABLE = `
name: crowd-cable
nodes: [{ name: alice, run: ping, address: 127.1.1.1 }, { name: bob, run: ping, address: 127.1.1.2 }]
links: [{ ends: alice <-> bob, rate: 1Gbit/s, delay: 5ms }]
`;
const PACKETS_MAX = 512 * 1024;
const PATIENCE = { timeout: 30_000, interval: 20 };

/** A page as the server sees it. */
class Viewer {
  readonly messages: LiveMessage[] = [];
  readonly #client: WebSocket;

  constructor(address: string, place?: LiveStreamPosition) {
    const query = place === undefined ? '' : `?${streamPositionQuery(place)}`;
    const url = `${address.replace('http', 'ws')}api/live${query}`;
    this.#client = new WebSocket(url, { origin: address.slice(0, -1) });
    this.#client.on('message', (bytes: Buffer) => {
      this.messages.push(decodeLiveMessage(new Uint8Array(bytes)) as LiveMessage);
    });
  }

  get place(): LiveStreamPosition {
    return this.messages.at(-1) as LiveStreamPosition;
  }

  get news(): LiveRunStatus | undefined {
    const last = this.messages.findLast(({ kind }) => kind === 'news');
    return last === undefined ? undefined : readLiveRunStatus(last.payload);
  }

  pause(): void {
    this.#client.pause();
  }

  resume(): void {
    this.#client.resume();
  }

  close(): void {
    this.#client.terminate();
  }

  get report(): Uint8Array | undefined {
    return this.messages.findLast(({ kind }) => kind === 'report')?.payload;
  }

  bytesOf(kind: LiveMessage['kind']): Buffer {
    return Buffer.concat(this.messages.filter((one) => one.kind === kind).map((m) => m.payload));
  }

  /** Resolves when a condition holds for this viewer. */
  until(holds: (viewer: Viewer) => boolean): Promise<void> {
    return vi.waitFor(() => {
      if (!holds(this)) throw new Error(`the viewer has ${this.messages.length} messages`);
    }, PATIENCE);
  }
}

const isToldAll = ({ news }: Viewer): boolean => news?.phase === 'ended';

/** What the thread of the run sent. */
interface Handed {
  readonly events: number;
  readonly fingerprint: string;
  rows: number;
  lostRows: number;
  lasting: number;
  cpuMs: number;
}

/**
 * CPU time of each thread of this process by thread number, ms; empty on systems that do not report
 * it.
 */
function threads(): ReadonlyMap<string, number> {
  try {
    const ids = readdirSync('/proc/self/task');
    const nsOf = (id: string): number =>
      Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]);
    return new Map(ids.map((id) => [id, nsOf(id) / 1e6]));
  } catch {
    return new Map();
  }
}

function greatestOf(before: ReadonlyMap<string, number>): number {
  const added = [...threads()].filter(([id]) => !before.has(id)).map(([, ms]) => ms);
  return Math.max(0, ...added);
}

/** Runs the crowd in its thread while `watch` acts as viewer. */
async function run(
  stream: number,
  watch: (address: string) => void,
): Promise<{ readonly live: LiveRun; readonly address: string; readonly handed: Handed }> {
  const page = join(folder, 'index.html');
  writeFileSync(page, '<!doctype html>');
  writeFileSync(join(folder, 'crowd-cable.yaml'), CABLE);
  writeFileSync(join(folder, 'crowd.yaml'), CROWD);
  const live = new LiveRun('crowd', stream, { packetsMax: PACKETS_MAX });
  const server = await startVizServer({ page, runs: folder, host: '127.0.0.1', port: 0, live });
  servers.push(server);
  const { port1, port2: port } = new MessageChannel();
  const pending = new SharedArrayBuffer(4);
  const taken = new Int32Array(pending);
  const handed = { rows: 0, lostRows: 0, lasting: 0, cpuMs: 0 };
  const before = threads();
  port1.on('message', (message: BroadcastMessage) => {
    if (message.kind === 'begin') live.begin(message);
    else if (message.kind === 'measured') {
      live.measured(() => new TextEncoder().encode(JSON.stringify(message.result.packets)));
    } else if (message.kind === 'blocks') {
      Atomics.sub(taken, 0, message.packets.length);
      handed.rows += message.rows;
      handed.lostRows += message.lostRows;
      handed.lasting += message.lasting.length;
      live.add(message);
    } else {
      handed.cpuMs = greatestOf(before);
      live.end();
    }
  });
  watch(server.address);
  const registry = new ProtocolRegistry();
  const loaded = await openScenario(join(folder, 'crowd.yaml'), {}, registry);
  const end = await runScenario({
    ...loaded,
    seeds: [1],
    recordingsOf: () => ({ broadcast: { port, pending } }),
    reproduce: 'npm run scenario crowd.yaml',
    commit: 'test',
  });
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  const [result] = end.input.seeds;
  const { events = 0, fingerprint = '' } = result ?? {};
  return { live, address: server.address, handed: { ...handed, events, fingerprint } };
}

/** One viewer that keeps reading, and one whose connection is lost and comes back. */
function readers(): { readonly all: Viewer[]; watch(address: string): void } {
  const all: Viewer[] = [];
  const watch = (address: string): void => {
    const lost = new Viewer(address);
    all.push(new Viewer(address), lost);
    const some = ({ messages }: Viewer): boolean => messages.some(({ kind }) => kind === 'lasting');
    void lost.until(some).then(() => {
      lost.close();
      all.push(new Viewer(address, lost.place));
    });
  };
  return { all, watch };
}

describe('a run with viewers', () => {
  it('hands over the same whether they read or stop, and each gets all but packets', async () => {
    const { all, watch } = readers();
    const read = await run(1, watch);
    let sleeper: Viewer | undefined;
    const slept = await run(2, (address) => {
      const viewer = new Viewer(address);
      sleeper = viewer;
      void viewer.until(({ messages }) => messages.length > 0).then(() => viewer.pause());
    });
    const { cpuMs: readMs, ...readHanded } = read.handed;
    const { cpuMs: sleptMs, ...sleptHanded } = slept.handed;
    const times = `${readMs.toFixed(0)} ms with viewers who read, ${sleptMs.toFixed(0)} ms with one who stopped`;
    process.stderr.write(`processor time of ${readHanded.events} events: ${times}\n`);
    // The boundaries of blocks depend on the wall clock, their rows do not.
    expect({ ...sleptHanded, lasting: 0 }).toEqual({ ...readHanded, lasting: 0 });
    expect(sleptHanded.lostRows).toBe(0);
    // Half as much again exceeds the noise of a busy machine.
    expect(sleptMs).toBeLessThanOrEqual(readMs * 1.5);

    const stopped = sleeper as Viewer;
    expect(stopped.news?.phase).not.toBe('ended');
    stopped.resume();
    await stopped.until(isToldAll);
    expect(stopped.bytesOf('lasting')).toHaveLength(sleptHanded.lasting);
    expect(stopped.report).toEqual(slept.live.report);
    expect(stopped.news?.droppedFrames).toBeGreaterThan(0);
    expect(stopped.news?.droppedRows).toBeGreaterThan(10_000);

    const late = new Viewer(read.address);
    for (const viewer of [all[0], all[2], late]) await viewer?.until(isToldAll);
    const whole = late.bytesOf('lasting');
    expect(whole).toHaveLength(readHanded.lasting);
    expect(all[0]?.bytesOf('lasting').equals(whole)).toBe(true);
    const [before, after] = [all[1], all[2]].map((viewer) => viewer?.bytesOf('lasting') ?? whole);
    expect([before?.length, after?.length]).not.toContain(0);
    expect(Buffer.concat([before ?? whole, after ?? whole]).equals(whole)).toBe(true);
    expect(all[2]?.messages.some(({ kind }) => kind === 'head')).toBe(false);
    for (const viewer of [all[0], all[2], late]) expect(viewer?.report).toEqual(read.live.report);
    for (const viewer of [...all, stopped, late]) viewer.close();
  });
});
