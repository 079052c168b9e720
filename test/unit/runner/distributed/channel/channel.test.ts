import { type AddressInfo, connect, createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialChannel } from '../../../../../runner/distributed/channel/dial.ts';
import { GOOD, HOST, Lobby, openPair, type Side } from './support.ts';

/**
 * Largest ratio of a channel's round trip to that of a bare connection. A channel seals and opens
 * twice, and writes and parses text twice.
 */
const RATIO_MAX = 20;

describe('a channel', () => {
  let lobby: Lobby;

  beforeEach(async () => {
    lobby = new Lobby();
    await lobby.open();
  });

  afterEach(async () => {
    await lobby.close();
  });

  it('carries messages both ways, in order', async () => {
    const { dialled, accepted } = await openPair(lobby);
    for (let index = 0; index < 100; index += 1) dialled.channel.send({ index });
    accepted.channel.send({ kind: 'welcome' });
    const expected = Array.from({ length: 100 }, (_, index) => ({ index }));
    expect(await accepted.received(100)).toEqual(expected);
    expect(await dialled.received(1)).toEqual([{ kind: 'welcome' }]);
  });

  it('carries a message of 10 MB in one piece, and says everything before it closes', async () => {
    const { dialled, accepted } = await openPair(lobby);
    const bytes = new Uint8Array(10_000_000).map((_, index) => index * 7);
    dialled.channel.send({ bytes });
    dialled.channel.send({ kind: 'last' });
    dialled.channel.close();
    const [message, last] = (await accepted.received(2)) as [{ bytes: Uint8Array }, object];
    expect(Buffer.compare(message.bytes, bytes)).toBe(0);
    expect(last).toEqual({ kind: 'last' });
    expect(await accepted.closed()).toBe('peer closed');
    expect(await dialled.closed()).toBe('closed');
  });

  it('carries messages of every length around the length of a frame', async () => {
    const { dialled, accepted } = await openPair(lobby);
    const frame = 65_518;
    const lengths = [0, 1, frame - 9, frame - 8, frame - 7, 2 * frame - 8, 2 * frame - 7];
    for (const length of lengths) dialled.channel.send({ text: 'x'.repeat(length) });
    const messages = (await accepted.received(lengths.length)) as { text: string }[];
    expect(messages.map(({ text }) => text.length)).toEqual(lengths);
  });

  it('answers a small message in the time of few bare exchanges on loopback', async () => {
    const { dialled, accepted } = await openPair(lobby);
    accepted.channel.onMessage = (): void => accepted.channel.send({ kind: 'pong' });
    const bare = await openEcho();
    const least = { bare: Number.POSITIVE_INFINITY, channel: Number.POSITIVE_INFINITY };
    for (let index = 1; index <= 200; index += 1) {
      const beganAt = performance.now();
      await bare.exchange();
      const sentAt = performance.now();
      dialled.channel.send({ kind: 'ping', index });
      await dialled.received(index);
      least.bare = Math.min(least.bare, sentAt - beganAt);
      least.channel = Math.min(least.channel, performance.now() - sentAt);
    }
    bare.close();
    // If segments waited for the previous acknowledgement, an exchange would take 40 ms, several
    // hundred times as long.
    expect(least.channel / least.bare).toBeLessThan(RATIO_MAX);
  });

  it('reads nothing before its owner listens', async () => {
    const { port } = lobby.listener!;
    const channel = await dialChannel({ host: HOST, port, ...GOOD });
    await lobby.until(({ sides }) => sides.length > 0);
    lobby.sides[0]!.channel.send({ kind: 'early' });
    lobby.sides[0]!.channel.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const got: unknown[] = [];
    await new Promise<void>((resolve) => {
      channel.onMessage = (message): void => void got.push(message);
      channel.onClose = (reason): void => resolve(void got.push(reason));
    });
    expect(got).toEqual([{ kind: 'early' }, 'peer closed']);
  });

  it('shows no key when it is printed', async () => {
    const { dialled } = await openPair(lobby);
    const shown = inspect([dialled.channel, lobby.listener], { depth: 8, showHidden: true });
    expect(shown).not.toContain(Buffer.from(GOOD.key).toString('hex'));
    expect(shown).not.toMatch(/(7, ){8}|(07 ){8}|(9, ){8}|(09 ){8}/);
  });
});

describe('the end of a channel', () => {
  let lobby: Lobby;

  beforeEach(async () => {
    lobby = new Lobby();
    await lobby.open({ closeMs: 50 });
  });

  afterEach(async () => {
    await lobby.close();
  });

  /** Waits until nothing more can arrive, so that a second call of `onClose` would be noticed. */
  async function settled(...sides: readonly Side[]): Promise<unknown[]> {
    await Promise.all(sides.map((side) => side.closed()));
    await new Promise((resolve) => setTimeout(resolve, 10));
    return sides.map(({ reasons }) => reasons);
  }

  it('is told once to each side, whoever closes and how often', async () => {
    const { dialled, accepted } = await openPair(lobby);
    accepted.channel.close();
    accepted.channel.close();
    expect(await settled(dialled, accepted)).toEqual([['peer closed'], ['closed']]);
    dialled.channel.close();
    expect(await settled(dialled)).toEqual([['peer closed']]);
  });

  it('is `closed` for both when both close at once, and nothing hangs', async () => {
    const { dialled, accepted } = await openPair(lobby);
    dialled.channel.close();
    accepted.channel.close();
    expect(await settled(dialled, accepted)).toEqual([['closed'], ['closed']]);
  });

  it('drops what is sent after it and what arrives after our own close', async () => {
    const { dialled, accepted } = await openPair(lobby);
    dialled.channel.close();
    dialled.channel.send({ kind: 'late' });
    accepted.channel.send({ kind: 'crossing' });
    expect(await settled(dialled, accepted)).toEqual([['closed'], ['peer closed']]);
    accepted.channel.send({ kind: 'late' });
    expect([dialled.messages, accepted.messages]).toEqual([[], []]);
  });

  it('waits for what the peer had queued, and is then no lost connection', async () => {
    // With the usual time limit for closing, since a busy machine may pause for 50 ms.
    const patient = new Lobby();
    await patient.open();
    const { dialled, accepted } = await openPair(patient);
    dialled.channel.send({ bytes: new Uint8Array(10_000_000) });
    accepted.channel.close();
    expect(await settled(dialled, accepted)).toEqual([['peer closed'], ['closed']]);
    await patient.close();
  });

  it('may come from within onMessage; later messages are not delivered', async () => {
    const { dialled, accepted } = await openPair(lobby);
    const got: unknown[] = [];
    accepted.channel.onMessage = (message): void => {
      got.push(message);
      accepted.channel.close();
    };
    dialled.channel.send({ index: 0 });
    dialled.channel.send({ index: 1 });
    expect(await settled(dialled, accepted)).toEqual([['peer closed'], ['closed']]);
    expect(got).toEqual([{ index: 0 }]);
  });

  it('is a timeout when the peer does not let a close finish', async () => {
    const { port } = lobby.listener!;
    const silent = await dialChannel({ host: HOST, port, ...GOOD });
    await lobby.until(({ sides }) => sides.length > 0);
    const [accepted] = lobby.sides;
    accepted!.channel.close();
    // The other side has no onMessage handler, so it reads nothing.
    expect(await settled(accepted!)).toEqual([['timeout']]);
    silent.close();
  });

  it('is told to a handler that is set after it', async () => {
    const { dialled, accepted } = await openPair(lobby);
    accepted.channel.close();
    await settled(dialled);
    const late: unknown[] = [];
    dialled.channel.onClose = (reason): void => void late.push(reason);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(late).toEqual([]);
  });

  it('leaves open channels alone when the listener closes', async () => {
    const { dialled, accepted } = await openPair(lobby);
    await lobby.listener!.close();
    dialled.channel.send({ kind: 'still here' });
    expect(await accepted.received(1)).toEqual([{ kind: 'still here' }]);
    const { port } = lobby.listener!;
    await expect(dialChannel({ host: HOST, port, ...GOOD })).rejects.toMatchObject({
      reason: 'connection refused',
    });
  });
});

describe('the bounds of a channel', () => {
  let lobby: Lobby;

  beforeEach(() => {
    lobby = new Lobby();
  });

  afterEach(async () => {
    await lobby.close();
  });

  it('end it when a peer does not read, before more waits than the bound', async () => {
    const port = await lobby.open({ queueBytesMax: 4 * 1024 * 1024 });
    // This side has no onMessage handler, so it reads nothing.
    const mute = await dialChannel({ host: HOST, port, ...GOOD });
    await lobby.until(({ sides }) => sides.length > 0);
    const [writer] = lobby.sides;
    const message = { bytes: new Uint8Array(750_000) };
    let sends = 0;
    for (; writer!.reasons.length === 0 && sends < 100; sends += 1) {
      writer!.channel.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(writer!.reasons).toEqual(['protocol error: the peer does not read, 4194304 bytes wait']);
    // Four are in the queue; the others are in the buffers of both sockets.
    expect(sends).toBeGreaterThan(4);
    expect(sends).toBeLessThan(30);
    mute.close();
  });

  it('let a message of full length through, refuse to send a longer one', async () => {
    await lobby.open();
    const { dialled, accepted } = await openPair(lobby, { messageBytesMax: 1_000 });
    const full = { text: 'x'.repeat(1_000 - '{"text":""}'.length) };
    dialled.channel.send(full);
    expect(() => dialled.channel.send({ text: `${full.text}y` })).toThrow(
      new RangeError('a message of 1001 bytes exceeds 1000'),
    );
    expect(await accepted.received(1)).toEqual([full]);
    expect(dialled.reasons).toEqual([]);
  });

  it('end it when a peer sends a longer message than is accepted', async () => {
    await lobby.open({ acceptBytesMax: 100_000 });
    const { dialled, accepted } = await openPair(lobby);
    dialled.channel.send({ text: 'x'.repeat(200_000) });
    expect(await accepted.closed()).toBe('protocol error: a message exceeds 100000 bytes');
    expect(await dialled.closed()).toBe('connection lost');
    expect(accepted.messages).toEqual([]);
  });
});

/** A bare connection whose other side returns every byte. */
async function openEcho(): Promise<{ exchange(): Promise<void>; close(): void }> {
  const server = createServer((socket) => void socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const socket = connect((server.address() as AddressInfo).port, HOST);
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    exchange: () =>
      new Promise((resolve) => {
        socket.once('data', () => resolve());
        socket.write('ping');
      }),
    close: (): void => {
      socket.destroy();
      server.close();
    },
  };
}
