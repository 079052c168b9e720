/**
 * Problems of the machine, tested within this process: no free ports, a coordinator that cannot
 * listen, and a calendar that is set back.
 *
 * @module
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { DatagramSocket } from '../../engine/host/socket.ts';
import {
  EnvironmentError,
  findEnvironmentError,
  findPathError,
} from '../../engine/live/environment.ts';
import { LiveWorld, type LiveWorldOptions } from '../../engine/live/live-world.ts';
import { BoundUdpSocket } from '../../engine/live/udp-wire.ts';
import { judgeRun } from '../../reports/judge.ts';
import { ProcessFleet } from '../../runner/distributed/processes/process-fleet.ts';
import { runLive } from '../../runner/run/live-run.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { hold } from './support.ts';

const BLOCK = `127.${150 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const ADDRESS = `${BLOCK}.7`;
const HOUR_MS = 3_600_000;
const crypto = createCryptoProvider('node');
const cryptoFor = (): CryptoProvider => crypto;

afterEach(() => void vi.restoreAllMocks());

function world(options: Partial<LiveWorldOptions> = {}): LiveWorld {
  const onFailure = (error: unknown): void => expect.fail(String(error));
  const made = new LiveWorld({ seed: 1, cryptoFor, onFailure, ...options });
  made.addHost({ name: 'alice', address: ADDRESS });
  made.seal();
  return made;
}

const open = (from: LiveWorld, port: number): DatagramSocket | undefined =>
  from.host('alice').udp({ port, onDatagram: () => undefined });

describe('ports', () => {
  it('are used up when other programs hold every dynamic one that is tried', async () => {
    const other = world();
    for (let held = 0; held < 260; held += 1) expect(open(other, 0)).toBeDefined();
    const own = world();
    expect(() => open(own, 0)).toThrow(
      `alice: ${ADDRESS}: no dynamic port is free, other programs hold the 256 that were tried`,
    );
    await Promise.all([other.close(), own.close()]);
    const later = world();
    expect(open(later, 0)).toBeDefined();
    await later.close();
  });

  it.each([
    ['EMFILE', 'too many open files in this process, `ulimit -n` is the limit'],
    ['EACCES', 'the system does not allow it'],
    ['ENOBUFS', 'the system has no buffers left'],
    ['EWHATEVER', 'EWHATEVER'],
  ])('say at the node why the system refuses one: %s', async (code, words) => {
    const own = world();
    vi.spyOn(BoundUdpSocket, 'bind').mockReturnValue(code);
    expect(() => open(own, 7_000)).toThrow(`alice: ${ADDRESS}:7000: ${words}`);
    await own.close();
  });

  it('tell the owner of a world when TCP finds its port held, whatever the node makes of it', async () => {
    const release = await hold('tcp', ADDRESS, 7_009);
    const failed = new Promise((resolve) => {
      const own = world({ onFailure: resolve });
      own.host('alice').listen({ port: 7_009, onError: () => undefined }, () => undefined);
    });
    expect(await failed).toEqual(
      new EnvironmentError(`alice: TCP ${ADDRESS}:7009: another program holds it (EADDRINUSE)`),
    );
    release();
  });

  it('of a coordinator that are held are named before anything is started', async () => {
    const release = await hold('tcp', '127.0.0.1', 17_000 + (process.pid % 1_000));
    const port = 17_000 + (process.pid % 1_000);
    const fleet = new ProcessFleet({
      groups: [['alice']],
      key: new Uint8Array(32),
      listen: { host: '127.0.0.1', port },
      onReport: () => undefined,
      onGone: () => undefined,
    });
    await expect(fleet.open()).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringContaining(`the coordinator cannot listen at 127.0.0.1:${port}`),
    });
    expect(fleet.agents).toEqual([]);
    release();
  });
});

describe('a calendar that is set back by an hour', () => {
  it('changes nothing in a live run: durations and instants are of the monotonic clock', async () => {
    const registry = new ProtocolRegistry();
    // Uses addresses of this process, because another live run on this machine may use those of the
    // file.
    const set = {
      duration: '1500ms',
      warmup: '0s',
      'topology.nodes.0.address': `${BLOCK}.8`,
      'topology.nodes.1.address': `${BLOCK}.9`,
    };
    const loaded = await openScenario('hello.yaml', set, registry);
    const real = Date.now.bind(Date);
    const backAt = real() + 700;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      const now = real();
      return now > backAt ? now - HOUR_MS : now;
    });
    const began = performance.now();
    const end = await runLive({
      ...loaded,
      registry,
      seeds: [1],
      recordingsOf: () => ({}),
      reproduce: 'npm run live',
      commit: 'test',
      precision: 'low',
    });
    if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
    expect(Date.now()).toBeLessThan(real() - HOUR_MS / 2);
    expect(performance.now() - began).toBeLessThan(10_000);
    const report = judgeRun(end.input);
    const value = (name: string): unknown =>
      report.kpis.find(({ metric }) => metric === name)?.value;
    expect(value('ping.delivery')).toBe(1);
    expect(report.invariants.every(({ pass }) => pass)).toBe(true);
    // No round trip was negative or an hour long.
    expect(value('ping.rtt')).toBeGreaterThan(9_999_999);
    expect(value('ping.rtt')).toBeLessThan(1_000_000_000);
  });
});

describe('words', () => {
  it('name the path, the address or the limit that is in the way, and no mistake of ours', () => {
    const failure = (fields: object): Error => Object.assign(new Error('x'), fields);
    const full = failure({ code: 'ENOSPC', path: '/data/x' });
    expect(findEnvironmentError(full)?.message).toBe(
      '/data/x: no space left on the device (ENOSPC)',
    );
    const taken = failure({ code: 'EADDRINUSE', address: '127.0.0.1', port: 7_000 });
    expect(findEnvironmentError(taken, 'coordinator')?.message).toBe(
      'coordinator: 127.0.0.1:7000: another program holds it (EADDRINUSE)',
    );
    const thread = failure({
      code: 'ERR_WORKER_INIT_FAILED',
      message: 'Worker initialization failure: EMFILE',
    });
    expect(findEnvironmentError(thread)?.message).toContain('too many open files');
    const temporary = failure({ code: 'ENOENT', syscall: 'mkdtemp', path: '/no/where/x' });
    expect(findEnvironmentError(temporary)?.message).toContain('/no/where/x: it does not exist');
    // If a file of this project is missing, that is a mistake of this project.
    expect(findEnvironmentError(failure({ code: 'ENOENT', path: '/x' }))).toBeUndefined();
    expect(findEnvironmentError(failure({ code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined();
    expect(findEnvironmentError(new Error('x'))).toBeUndefined();
    expect(findEnvironmentError(undefined)).toBeUndefined();
    expect(findPathError(failure({ code: 'ENOTDIR', path: '/x' }), '/y')?.message).toContain(
      '/y: ',
    );
  });
});
