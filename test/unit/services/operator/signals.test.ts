/**
 * A real process reacts to signals as the operator's guide promises.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { installSignalHandlers, type SignalOptions } from '../../../../services/operator/index.ts';
import { fakeFace, keptLog } from './fake-face.ts';

const PROGRAM = fileURLToPath(new URL('fake-node.ts', import.meta.url));

interface Line {
  readonly level: string;
  readonly component: string;
  readonly message: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly lines: Line[];
  readonly ended: Promise<{ readonly code: number | null; readonly afterMs: number }>;
  signal(name: NodeJS.Signals): void;
}

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts the process and waits until its endpoint is open. */
async function start(...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ORRERY_LOG: '' },
  });
  children.push(child);
  const lines: Line[] = [];
  let rest = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
  });
  let signalledMs = Number.NaN;
  const ended = new Promise<{ readonly code: number | null; readonly afterMs: number }>(
    (resolve) => {
      child.on('close', (code) => resolve({ code, afterMs: performance.now() - signalledMs }));
    },
  );
  const port = await new Promise<number>((resolve) => {
    child.stdout!.on('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  const signal = (name: NodeJS.Signals): void => {
    signalledMs = Number.isNaN(signalledMs) ? performance.now() : signalledMs;
    child.kill(name);
  };
  return { child, port, lines, ended, signal };
}

const said = ({ lines }: Running, part: string): Line | undefined =>
  lines.find(({ message }) => message.includes(part));

const seen = (node: Running, part: string): Promise<void> =>
  vi.waitFor(() => expect(said(node, part)).toBeDefined(), { timeout: 20_000 });

describe.concurrent('a node process', () => {
  it('drains on SIGTERM, saves, and ends with 0 within 5 s', async () => {
    const node = await start('well');
    // Node's HTTP agent keeps the connection open, as a metrics scraper does.
    await new Promise((resolve) => {
      get({ port: node.port, path: '/healthz' }, (response) => {
        response.resume().on('end', resolve);
      });
    });
    node.signal('SIGTERM');
    const { code, afterMs } = await node.ended;
    process.stdout.write(`SIGTERM to end: ${afterMs.toFixed(0)} ms\n`);
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(5_000);
    const messages = node.lines.map(({ message }) => message);
    expect(messages.slice(-3)).toEqual([
      'SIGTERM: draining, at most 4500 ms',
      'window saved',
      'drained',
    ]);
  });

  it('ends with 1 and names what did not drain before the deadline', async () => {
    const node = await start('never', '300');
    node.signal('SIGTERM');
    const { code, afterMs } = await node.ended;
    expect(code).toBe(1);
    expect(afterMs).toBeLessThan(5_000);
    expect(node.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'not drained within 300 ms: node gateway-111, endpoint',
    });
  });

  it('is killed, with a line, when it computes and does not even notice the deadline', async () => {
    const node = await start('busy', '300');
    node.signal('SIGTERM');
    const { code, afterMs } = await node.ended;
    expect(code).toBeNull();
    expect(node.child.signalCode).toBe('SIGKILL');
    expect(afterMs).toBeGreaterThan(500);
    expect(afterMs).toBeLessThan(5_000);
    expect(node.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'not drained within 300 ms: node gateway-111 does not return; killed',
    });
  });

  it('ends at once on a second signal', async () => {
    const node = await start('never');
    node.signal('SIGTERM');
    await seen(node, 'SIGTERM: draining');
    await new Promise((resolve) => setTimeout(resolve, 250));
    node.signal('SIGTERM');
    const { code, afterMs } = await node.ended;
    expect(code).toBe(130);
    expect(afterMs).toBeLessThan(4_000);
  });

  it('R-248: reloads on SIGHUP, switches its log on SIGUSR2, ends with 0 on SIGINT', async () => {
    const node = await start('well');
    node.signal('SIGHUP');
    await seen(node, 'needs a restart');
    expect(said(node, 'applied')?.message).toBe('SIGHUP: applied log.level: info -> warn');
    expect(said(node, 'restart')?.message).toBe('SIGHUP: needs a restart: address');
    node.signal('SIGHUP');
    await seen(node, 'nothing changed');
    expect(said(node, 'nothing changed')).toMatchObject({
      level: 'error',
      component: 'reload',
      message: 'SIGHUP: nothing changed, the file is bad: gateway.yaml:3:9  mtu: 12 is below 576',
    });
    expect(said(node, 'a packet')).toBeUndefined();
    node.signal('SIGUSR2');
    await seen(node, 'a packet');
    node.signal('SIGUSR2');
    await seen(node, 'back to the levels');
    const at = node.lines.findIndex(({ message }) => message.includes('back to the levels'));
    node.signal('SIGINT');
    expect((await node.ended).code).toBe(0);
    expect(node.lines.slice(at).filter(({ level }) => level === 'debug')).toEqual([]);
  });
});

describe('handlers of signals', () => {
  const options = (exits: number[]): SignalOptions => ({
    face: { ...fakeFace(), drain: () => new Promise(() => undefined) },
    log: keptLog().log,
    exit: (code) => exits.push(code),
  });

  it('take the same key press told twice, by the terminal and by npm, as one', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const exits: number[] = [];
    const handlers = installSignalHandlers(options(exits));
    process.emit('SIGINT', 'SIGINT');
    clock.mockReturnValue(1_150);
    process.emit('SIGINT', 'SIGINT');
    expect(exits).toEqual([]);
    clock.mockReturnValue(1_300);
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect(exits).toEqual([130]);
    handlers.dispose();
    clock.mockRestore();
  });

  it('are gone when disposed of, and a reload that throws is a line of the log', () => {
    const before = process.listenerCount('SIGHUP');
    const { log, lines } = keptLog();
    const reload = (): never => {
      throw new Error('EACCES: gateway.yaml');
    };
    const handlers = installSignalHandlers({ face: { ...fakeFace(), reload }, log });
    process.emit('SIGHUP', 'SIGHUP');
    expect(lines.map(({ message }) => message)).toEqual([
      'SIGHUP: nothing changed: EACCES: gateway.yaml',
    ]);
    handlers.dispose();
    expect(process.listenerCount('SIGHUP')).toBe(before);
  });

  it('end the process in the same way when a coordinator asks for it', async () => {
    const exits: number[] = [];
    const closed: string[] = [];
    const { log } = keptLog();
    const handlers = installSignalHandlers({
      face: { ...fakeFace(), drain: async () => void closed.push('node') },
      log,
      closing: [{ name: 'endpoint', close: async () => void closed.push('endpoint') }],
      exit: (code) => exits.push(code),
    });
    handlers.shutDown('coordinator');
    await vi.waitFor(() => expect(exits).toEqual([0]));
    expect(closed).toEqual(['node', 'endpoint']);
    handlers.dispose();
  });

  it('close the rest although draining fails, and end with 1 and the reason', async () => {
    const exits: number[] = [];
    const close = vi.fn(() => Promise.resolve());
    const { log, lines } = keptLog();
    const handlers = installSignalHandlers({
      face: { ...fakeFace(), drain: () => Promise.reject(new Error('store: disk is full')) },
      log,
      closing: [{ name: 'endpoint', close }],
      exit: (code) => exits.push(code),
    });
    handlers.shutDown('SIGTERM');
    await vi.waitFor(() => expect(exits).toEqual([1]));
    expect(close).toHaveBeenCalledOnce();
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'ended badly: node gateway-111: store: disk is full',
    });
    handlers.dispose();
  });

  it('name only what is still open when the deadline comes', async () => {
    const exits: number[] = [];
    const { log, lines } = keptLog();
    const handlers = installSignalHandlers({
      face: fakeFace(),
      log,
      closing: [{ name: 'channel', close: () => new Promise(() => undefined) }],
      exit: (code) => exits.push(code),
      deadlineMs: 20,
    });
    handlers.shutDown('SIGTERM');
    await vi.waitFor(() => expect(exits).toEqual([1]));
    expect(lines.at(-1)?.['message']).toBe('not drained within 20 ms: channel');
    handlers.dispose();
  });
});
