import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialChannel } from '../../../../../runner/distributed/channel/dial.ts';
import {
  encodeFramePlaintext,
  encodeNoiseFrame,
  FRAME_CONTENT_KIND,
} from '../../../../../runner/distributed/channel/frames.ts';
import {
  dialHandshake,
  FIRST_MESSAGE_BYTES,
  listenHandshake,
  SECOND_MESSAGE_BYTES,
} from '../../../../../runner/distributed/channel/handshake.ts';
import { listenChannel } from '../../../../../runner/distributed/channel/listen.ts';
import {
  DOOR_KEY,
  GOOD,
  HOST,
  LISTENER,
  Lobby,
  nameOf,
  openPair,
  Side,
  sendRaw,
} from './support.ts';

/** Keys of a client that knows the listener but is unknown to it. */
const STRANGER = { key: new Uint8Array(32).fill(8), listener: LISTENER };
const EMPTY = new Uint8Array(0);

/** A server that handles each socket with the given function. */
async function serve(
  onSocket: (socket: Socket) => void,
): Promise<{ server: Server; port: number }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return { server, port: (server.address() as { port: number }).port };
}

/** A proxy between a client and the listener that records the bytes and may change them. */
async function wiretap(
  target: number,
  change: (chunk: Buffer, offset: number) => Buffer = (chunk) => chunk,
): Promise<{ server: Server; port: number; heard: Buffer[] }> {
  const heard: Buffer[] = [];
  const { server, port } = await serve((near) => {
    const far = connect({ host: HOST, port: target, noDelay: true });
    far.on('error', () => undefined);
    let offset = 0;
    near.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      far.write(change(chunk, offset));
      offset += chunk.length;
    });
    far.on('data', (chunk: Buffer) => near.write(chunk));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  return { server, port, heard };
}

describe('a stranger at the door', () => {
  let lobby: Lobby;
  let port: number;

  beforeEach(async () => {
    lobby = new Lobby();
    port = await lobby.open();
  });

  afterEach(async () => {
    await lobby.close();
  });

  it('with another key is refused on both sides with the reason, and no key is shown', async () => {
    const error = await dialChannel({ host: HOST, port, ...STRANGER }).catch((e: Error) => e);
    expect(error).toMatchObject({
      name: 'DialError',
      reason: 'authentication failed',
      message:
        `${HOST}:${port}: authentication failed (it closed the connection during the handshake: ` +
        'it does not know our key, its own key is a different one, or it is not an Orrery coordinator ' +
        'of this version)',
    });
    await lobby.until(({ refusals }) => refusals.length > 0);
    expect(lobby.refusals).toEqual(['authentication failed']);
    expect(lobby.listener!.refused).toBe(1);
    expect(lobby.sides).toEqual([]);
    expect((error as Error).stack).not.toMatch(/0808|8, ?8|0909|9, ?9/);
  });

  it('without the key gets not one byte, whatever it sends', async () => {
    const first = encodeNoiseFrame(dialHandshake(STRANGER).writeMessage(EMPTY));
    for (const bytes of [
      first,
      Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      new Uint8Array(1_000_000),
      Uint8Array.of(0, FIRST_MESSAGE_BYTES),
      EMPTY,
    ]) {
      expect(await sendRaw(port, bytes)).toEqual(Buffer.alloc(0));
    }
    expect(lobby.refusals).toEqual([
      'authentication failed',
      'protocol error: not a handshake',
      'protocol error: not a handshake',
      'connection lost',
      'connection lost',
    ]);
  });

  it('who repeats a recorded handshake gets not one byte and no channel', async () => {
    const wire = await wiretap(port);
    const dialled = new Side(await dialChannel({ host: HOST, port: wire.port, ...GOOD }));
    dialled.channel.send({ kind: 'pay', amount: 100 });
    await lobby.until(({ sides }) => sides.length === 1);
    expect(await lobby.sides[0]!.received(1)).toHaveLength(1);
    expect(await sendRaw(port, Buffer.concat(wire.heard))).toEqual(Buffer.alloc(0));
    expect(lobby.refusals).toEqual(['protocol error: a repeated handshake']);
    dialled.channel.close();
    wire.server.close();
  });

  it('who repeats one to a listener that has forgotten it ends at the confirmation', async () => {
    const wire = await wiretap(port);
    const dialled = new Side(await dialChannel({ host: HOST, port: wire.port, ...GOOD }));
    await lobby.until(({ sides }) => sides.length === 1);
    const later = new Lobby();
    const laterPort = await later.open();
    const answer = await sendRaw(laterPort, Buffer.concat(wire.heard));
    // The second message of the handshake, which is useless without the keys of the earlier client.
    expect(answer.length).toBe(2 + SECOND_MESSAGE_BYTES);
    expect(later.refusals).toEqual(['authentication failed']);
    expect(later.sides).toEqual([]);
    dialled.channel.close();
    wire.server.close();
    await later.close();
  });

  it('who says nothing is sent away after the time-out', async () => {
    const short = new Lobby();
    const shortPort = await short.open({ handshakeMs: 30 });
    expect(await sendRaw(shortPort, Uint8Array.of(0), true)).toEqual(Buffer.alloc(0));
    expect(short.refusals).toEqual(['timeout']);
    await short.close();
  });

  it('cannot fill the door: the oldest of too many goes, and a holder of the key comes in', async () => {
    const small = new Lobby();
    const smallPort = await small.open({ handshakesMax: 4 });
    const silent = Array.from({ length: 20 }, () => connect({ host: HOST, port: smallPort }));
    for (const socket of silent) socket.on('error', () => undefined);
    await small.until(({ refusals }) => refusals.length >= 16);
    const { dialled, accepted } = await openPair(small);
    dialled.channel.send({ kind: 'ready' });
    expect(await accepted.received(1)).toEqual([{ kind: 'ready' }]);
    expect(small.refusals).toEqual(Array.from({ length: 17 }, () => 'too many handshakes'));
    await small.close();
    for (const socket of silent) socket.destroy();
  });

  it('of hundreds with garbage and damaged handshakes disturbs no open channel', async () => {
    const { dialled, accepted } = await openPair(lobby);
    // The confirmation is another frame of 17 bytes; any sealed frame has this form.
    const whole = (): Uint8Array =>
      Buffer.concat([
        encodeNoiseFrame(dialHandshake(GOOD).writeMessage(EMPTY)),
        encodeNoiseFrame(new Uint8Array(randomBytes(17))),
      ]);
    const damage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(117).map((length) => whole().subarray(0, length)),
      fc.tuple(fc.nat(97), fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
        const bytes = whole();
        bytes[at] = bytes[at]! ^ mask;
        return bytes;
      }),
      fc.uint8Array({ maxLength: 200 }).map((tail) => Buffer.concat([whole(), tail])),
    );
    let strangers = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 20, maxLength: 20 }), async (inputs) => {
        strangers += inputs.length;
        await Promise.all(inputs.map((bytes) => sendRaw(port, bytes)));
        dialled.channel.send({ strangers });
        await accepted.until(
          ({ messages }) => (messages.at(-1) as { strangers: number })?.strangers === strangers,
        );
      }),
      { numRuns: 40, endOnFailure: true },
    );
    await lobby.until(({ refusals }) => refusals.length >= strangers);
    expect(lobby.refusals).toHaveLength(strangers);
    expect(lobby.sides).toHaveLength(1);
    expect(accepted.reasons).toEqual([]);
  }, 60_000);
});

describe('a stranger on the wire', () => {
  let lobby: Lobby;
  let port: number;

  beforeEach(async () => {
    lobby = new Lobby();
    port = await lobby.open();
  });

  afterEach(async () => {
    await lobby.close();
  });

  /** Bytes that a client sends before its first message: handshake and confirmation. */
  const OPENING = 2 + FIRST_MESSAGE_BYTES + 2 + 17;

  /** What the listener's side receives if bytes of the client after the handshake are changed. */
  async function underAttack(
    change: (chunk: Buffer, offset: number) => Buffer,
  ): Promise<{ messages: unknown[]; reason: string }> {
    const wire = await wiretap(port, change);
    const dialled = new Side(await dialChannel({ host: HOST, port: wire.port, ...GOOD }));
    await lobby.until(({ sides }) => sides.length > 0);
    const accepted = lobby.sides[0]!;
    dialled.channel.send({ index: 0 });
    await accepted.received(1);
    dialled.channel.send({ index: 1 });
    const reason = await accepted.closed();
    wire.server.close();
    dialled.channel.close();
    return { messages: accepted.messages, reason };
  }

  const FIRST_TEXT = 2 + 16 + 1 + '{"index":0}'.length;

  it('who flips a bit of a sealed message ends the channel, and nothing wrong is delivered', async () => {
    const { messages, reason } = await underAttack((chunk, offset) => {
      if (offset < OPENING + FIRST_TEXT) return chunk;
      chunk[5] = chunk[5]! ^ 1;
      return chunk;
    });
    expect([messages, reason]).toEqual([[{ index: 0 }], 'authentication failed']);
  });

  it('who sends a sealed message twice ends the channel', async () => {
    const { messages, reason } = await underAttack((chunk, offset) =>
      offset < OPENING + FIRST_TEXT ? chunk : Buffer.concat([chunk, chunk]),
    );
    expect([messages, reason]).toEqual([[{ index: 0 }, { index: 1 }], 'authentication failed']);
  });

  it('who ends the connection cannot make it look like a close', async () => {
    const wire = await serve((near) => {
      const far = connect({ host: HOST, port, noDelay: true });
      far.on('error', () => undefined);
      far.on('data', (chunk: Buffer) => near.write(chunk));
      let passed = 0;
      near.on('data', (chunk: Buffer) => {
        far.write(chunk);
        passed += chunk.length;
        if (passed >= OPENING + FIRST_TEXT) far.end();
      });
      near.on('close', () => far.destroy());
    });
    const dialled = new Side(await dialChannel({ host: HOST, port: wire.port, ...GOOD }));
    dialled.channel.send({ index: 0 });
    await lobby.until(({ sides }) => sides.length > 0);
    expect(await lobby.sides[0]!.closed()).toBe('connection lost');
    expect(lobby.sides[0]!.messages).toEqual([{ index: 0 }]);
    dialled.channel.close();
    wire.server.close();
  });
});

describe('a holder of the key that misbehaves', () => {
  let lobby: Lobby;
  let port: number;

  beforeEach(async () => {
    lobby = new Lobby();
    port = await lobby.open();
  });

  afterEach(async () => {
    await lobby.close();
  });

  /**
   * Performs the handshake, seals the given messages and sends them; returns how the other side
   * ended.
   */
  async function say(...sealed: readonly Uint8Array[]): Promise<Side | undefined> {
    const handshake = dialHandshake(GOOD);
    const socket = connect({ host: HOST, port, noDelay: true });
    socket.on('error', () => undefined);
    socket.write(encodeNoiseFrame(handshake.writeMessage(EMPTY)));
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(handshake.readMessage(answer.subarray(2))).toHaveProperty('payload');
    const transport = handshake.finish().transport();
    socket.write(Buffer.concat(sealed.map((bytes) => encodeNoiseFrame(transport.encrypt(bytes)))));
    await lobby.until(({ sides, refusals }) => sides.length + refusals.length > 0);
    const [side] = lobby.sides;
    await side?.closed();
    socket.destroy();
    return side;
  }

  const CONFIRM = encodeFramePlaintext(FRAME_CONTENT_KIND.confirm);
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);

  it.each([
    ['an empty piece', encodeFramePlaintext(FRAME_CONTENT_KIND.more), 'an empty fragment'],
    ['an unknown mark', encodeFramePlaintext(9), 'an unknown fragment type'],
    ['no mark', EMPTY, 'an unknown fragment type'],
    ['a second confirmation', CONFIRM, 'an unknown fragment type'],
    [
      'half a text',
      encodeFramePlaintext(FRAME_CONTENT_KIND.last, text('{"a":')),
      'not a message (SyntaxError)',
    ],
    [
      'an empty message',
      encodeFramePlaintext(FRAME_CONTENT_KIND.last),
      'not a message (SyntaxError)',
    ],
    [
      'unknown data',
      encodeFramePlaintext(FRAME_CONTENT_KIND.last, text('{"$x":""}')),
      'not a message (TypeError)',
    ],
  ])('with %s loses its channel with the reason', async (_what, sealed, reason) => {
    const side = await say(
      CONFIRM,
      sealed,
      encodeFramePlaintext(FRAME_CONTENT_KIND.last, text('{"late":1}')),
    );
    expect(side?.reasons).toEqual([`protocol error: ${reason}`]);
    expect(side?.messages).toEqual([]);
  });

  it('without a confirmation gets no channel', async () => {
    expect(await say(encodeFramePlaintext(FRAME_CONTENT_KIND.last, text('{}')))).toBeUndefined();
    expect(lobby.refusals).toEqual(['authentication failed']);
  });
});

describe('dialling', () => {
  it('a port where nobody listens says so', async () => {
    const { server, port } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    await expect(dialChannel({ host: HOST, port, ...GOOD })).rejects.toMatchObject({
      reason: 'connection refused',
      message: `${HOST}:${port}: connection refused (nobody listens there)`,
    });
  });

  it('somebody who never answers ends after the time-out', async () => {
    const { server, port } = await serve((socket) => socket.resume());
    await expect(dialChannel({ host: HOST, port, ...GOOD, timeoutMs: 30 })).rejects.toMatchObject({
      reason: 'timeout',
      message: `${HOST}:${port}: timeout (no answer within 30 ms)`,
    });
    server.close();
  });

  it('a server of another protocol says so', async () => {
    const { server, port } = await serve((socket) => socket.end('220 mail ready\r\n'));
    await expect(dialChannel({ host: HOST, port, ...GOOD })).rejects.toMatchObject({
      reason: 'protocol error',
    });
    server.close();
  });

  it('somebody who answers in the right shape without the key is found out', async () => {
    const { server, port } = await serve((socket) => {
      socket.once('data', () =>
        socket.write(encodeNoiseFrame(new Uint8Array(SECOND_MESSAGE_BYTES).fill(9))),
      );
    });
    await expect(dialChannel({ host: HOST, port, ...GOOD })).rejects.toMatchObject({
      reason: 'authentication failed',
    });
    server.close();
  });

  it('refuses a key of another length, on both sides, and tells only the length', () => {
    const key = new Uint8Array(31).fill(9);
    const expected = new RangeError('the key of a channel has 32 bytes, got 31');
    expect(() => dialChannel({ host: HOST, port: 1, ...GOOD, key })).toThrow(expected);
    expect(() => dialChannel({ host: HOST, port: 1, ...GOOD, listener: key })).toThrow(expected);
    const onChannel = (): void => undefined;
    expect(() => listenChannel({ host: HOST, port: 0, key, nameOf, onChannel })).toThrow(expected);
  });

  it('rejects when the port to listen on is taken', async () => {
    const { server, port } = await serve(() => undefined);
    const listening = listenChannel({
      host: HOST,
      port,
      key: DOOR_KEY,
      nameOf,
      onChannel: () => undefined,
    });
    await expect(listening).rejects.toMatchObject({ code: 'EADDRINUSE' });
    server.close();
  });

  it('draws a fresh ephemeral key for each handshake', () => {
    const firsts = [1, 2].map(() => dialHandshake(GOOD).writeMessage(EMPTY));
    expect(Buffer.compare(firsts[0]!, firsts[1]!)).not.toBe(0);
    expect(listenHandshake(DOOR_KEY).readMessage(firsts[0]!)).toHaveProperty('payload');
  });
});
