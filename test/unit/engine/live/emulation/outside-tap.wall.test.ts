/**
 * The connection between outside programs and the virtual network: real sockets on addresses of
 * this process.
 *
 * @module
 */
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import { EmulationWorld } from '../../../../../engine/live/emulation/emulation-world.ts';
import { OutsideProgramError } from '../../../../../engine/live/emulation/outside-error.ts';

const MS = 1_000_000;
const block = `127.${110 + (process.pid % 100)}.${(process.pid >>> 7) & 255}`;
const PORT = 6_001;
const open: (EmulationWorld | Socket)[] = [];

afterEach(() => {
  for (const one of open.splice(0)) {
    if (one instanceof EmulationWorld) one.tap.close();
    else one.close();
  }
});

/** Two programs, one on each side of a link of `delayNs`, and a virtual host beside the first. */
function world(more: { readonly senderPortsMax?: number; readonly delayNs?: number } = {}): {
  readonly emulated: EmulationWorld;
  readonly openAll: () => void;
} {
  const { delayNs = 5 * MS, ...rest } = more;
  const crypto = createCryptoProvider('modelled', { timing: 'simulation' });
  const emulated = new EmulationWorld({
    seed: 1,
    epochSeconds: 0,
    cryptoFor: (): CryptoProvider => crypto,
    pace: {
      factor: 1,
      lateLimitNs: 10 * MS,
      onLate: 'warn',
      sliceNs: 20 * MS,
      onSlice: (): void => undefined,
    },
    outside: [
      { name: 'a', program: `${block}.101`, ports: [PORT] },
      { name: 'b', program: `${block}.102`, ports: [PORT, PORT + 1] },
    ],
    ...rest,
  });
  open.push(emulated);
  emulated.addHost({ name: 'a', address: `${block}.1` });
  emulated.addHost({ name: 'b', address: `${block}.2` });
  emulated.addHost({ name: 'v', address: `${block}.3` });
  const spec = { rateBps: 1e9, delayNs };
  const place = (host: string, port: number): { host: string; port: number } => ({ host, port });
  emulated.addLink({
    id: 'a--b',
    a: place('a', 50_000),
    b: place('b', 50_000),
    forward: spec,
    backward: spec,
  });
  emulated.addLink({
    id: 'a--v',
    a: place('a', 50_001),
    b: place('v', 50_000),
    forward: spec,
    backward: spec,
  });
  const openAll = (): void => {
    for (const name of ['a', 'b']) emulated.tap.open(emulated.host(name));
  };
  return { emulated, openAll };
}

function bind(address: string, port = 0): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => {
      open.push(socket);
      resolve(socket);
    });
  });
}

/** Lets time pass while it acts, and until that has had its effect: 10 s at most. */
async function passTime(
  { pacer }: EmulationWorld,
  act: () => unknown,
  isDone: () => boolean,
): Promise<void> {
  const run = pacer.run(10_000 * MS);
  await act();
  await vi.waitFor(() => expect(isDone()).toBe(true), { timeout: 10_000, interval: 5 });
  pacer.stop();
  await run;
}

describe('outside tap', () => {
  it('shows each program the address and port that the other one sent from, both ways', async () => {
    const { emulated, openAll } = world();
    openAll();
    const [a, b] = await Promise.all([bind(`${block}.101`), bind(`${block}.102`, PORT + 1)]);
    const seen: string[] = [];
    b.on('message', (message, { address, port }) => {
      seen.push(`b got ${message.toString()} from ${address}:${port}`);
      b.send('answer', port, address);
    });
    a.on('message', (message, { address, port }) => {
      seen.push(`a got ${message.toString()} from ${address}:${port}`);
    });
    const ask = (): void => a.send('question', PORT + 1, `${block}.2`);
    await passTime(emulated, ask, () => seen.length === 2);
    expect(seen).toEqual([
      `b got question from ${block}.1:${a.address().port}`,
      `a got answer from ${block}.2:${PORT + 1}`,
    ]);
    expect(emulated.tap.counts).toEqual([
      { name: 'a', sent: 1, received: 1 },
      { name: 'b', sent: 1, received: 1 },
    ]);
    const [fastest] = [emulated.transit.data().min];
    expect(fastest).toBeGreaterThanOrEqual(5 * MS);
    expect(emulated.outsideTraffic()).toEqual({ offered: 2, dropped: 0 });
  });

  it('carries empty datagrams and the largest that there are', async () => {
    const { emulated, openAll } = world({ delayNs: 0 });
    for (const { id } of emulated.allLinks) {
      emulated.link(id).change({ mtu: 65_535 }, 'both');
    }
    openAll();
    const [a, b] = await Promise.all([bind(`${block}.101`), bind(`${block}.102`, PORT)]);
    const lengths: number[] = [];
    b.on('message', (message) => lengths.push(message.length));
    const send = (): void => {
      a.send('', PORT, `${block}.2`);
      a.send(new Uint8Array(65_507), PORT, `${block}.2`);
    };
    await passTime(emulated, send, () => lengths.length === 2);
    expect(lengths.sort((x, y) => x - y)).toEqual([0, 65_507]);
  });

  it('lets the sender port unused for longest make room, and keeps those in use', async () => {
    const { emulated, openAll } = world({ senderPortsMax: 3 });
    openAll();
    const b = await bind(`${block}.102`, PORT);
    const senders = await Promise.all([1, 2, 3, 4, 5].map(() => bind(`${block}.101`)));
    const [first] = senders;
    const answered = new Map<Socket, number>();
    for (const one of senders) {
      one.on('message', () => answered.set(one, (answered.get(one) ?? 0) + 1));
    }
    b.on('message', (message, { address, port }) => b.send(message, port, address));
    const count = (): number => [...answered.values()].reduce((sum, one) => sum + one, 0);
    for (const [index, one] of senders.entries()) {
      const send = (): void => {
        // The first port is used between all others.
        first!.send('x', PORT, `${block}.2`);
        one.send('x', PORT, `${block}.2`);
      };
      await passTime(emulated, send, () => count() === 2 * (index + 1));
    }
    expect(senders.map((one) => answered.get(one))).toEqual([6, 1, 1, 1, 1]);
    expect([...emulated.tap.drops]).toEqual([]);
    // The port that made room can be used by others again.
    const again = await bind(`${block}.1`, senders[1]!.address().port);
    expect(again.address().port).toBe(senders[1]!.address().port);
  });

  it('loses by name what comes before the run and after it', async () => {
    const { emulated, openAll } = world();
    openAll();
    const a = await bind(`${block}.101`);
    a.send('early', PORT, `${block}.2`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([...emulated.tap.drops]).toEqual([['not-running', 1]]);
  });

  it('refuses a run in which a socket of a virtual host cannot be had, however often it is tried', async () => {
    const { emulated } = world();
    await bind(`${block}.3`, PORT);
    const bindIt = (): unknown =>
      emulated.host('v').udp({ port: PORT, onDatagram: () => undefined });
    expect(bindIt).toThrow(OutsideProgramError);
    expect(bindIt).toThrow(`UDP ${block}.3:${PORT} cannot be bound: another program holds it`);
  });

  it('gives virtual hosts the calendar of the system, by which programs judge what they get', () => {
    const { emulated } = world();
    const { seconds } = emulated.host('v').clock();
    expect(Math.abs(seconds - Date.now() / 1_000)).toBeLessThan(5);
  });

  it('names what was to happen at an instant', async () => {
    // The delay is so long that even a busy machine sees the packet under way.
    const { emulated, openAll } = world({ delayNs: 500 * MS });
    openAll();
    const a = await bind(`${block}.101`);
    let name = '';
    emulated.scheduler.after(0, () => undefined);
    const run = emulated.pacer.run(600 * MS);
    a.send('question', PORT, `${block}.2`);
    const timer = setInterval(() => {
      const next = emulated.scheduler.peekTime();
      if (Number.isFinite(next) && name === '') name = emulated.describe(next);
    }, 1);
    await run;
    clearInterval(timer);
    const sender = `${block}.1:${a.address().port}`;
    expect(name).toBe(`the arrival of a packet from ${sender} at ${block}.2:${PORT}`);
    expect(emulated.describe(1)).toBe('a timer');
  });
});
