import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { LOW_ORDER_POINTS } from '../../../../nodes/noise/geometry.ts';
import {
  MESSAGE_LENGTH_MAX,
  type ParsedProtocolName,
  startInitiator,
  startResponder,
} from '../../../../nodes/noise/index.ts';
import { alice, bob, crypto, IK, preSharedKeys, run, SECRETS } from './support.ts';

const EMPTY = new Uint8Array(0);
const named = (pattern: string): ParsedProtocolName => ({ ...IK, pattern });

describe('a Noise handshake', () => {
  it('R-023: leaves both sides with the same two keys, crossed, and the same hash', () => {
    const [initiator, responder] = [alice(), bob()];
    run(initiator, responder);
    const [a, b] = [initiator.finish(), responder.finish()];
    expect(a.sendKey).toEqual(b.receiveKey);
    expect(a.receiveKey).toEqual(b.sendKey);
    expect(a.sendKey).not.toEqual(a.receiveKey);
    expect(a.handshakeHash).toEqual(b.handshakeHash);
    expect(a.remoteStatic).toEqual(crypto.x25519PublicKey(SECRETS.bobStatic));
    expect(b.remoteStatic).toEqual(crypto.x25519PublicKey(SECRETS.aliceStatic));
  });

  it.each([
    ['XK', [48, 48, 64]],
    ['XX', [32, 96, 64]],
    ['IK', [96, 48]],
  ])('%s has messages of the lengths of the pattern', (pattern, lengths) => {
    const messages = run(alice(named(pattern)), bob(named(pattern)));
    // run() sends three bytes of payload in each message.
    expect(messages.map((message) => message.length - 3)).toEqual(lengths);
  });

  it('tells the responder who calls after the first message of IK', () => {
    const responder = bob();
    expect(responder.remoteStatic).toBeUndefined();
    responder.readMessage(alice().writeMessage(EMPTY));
    expect(responder.remoteStatic).toEqual(crypto.x25519PublicKey(SECRETS.aliceStatic));
  });

  it.each([
    ['prologues', 'IK', { prologue: Uint8Array.of(1) }],
    ['responder keys', 'IK', { remoteStatic: crypto.x25519PublicKey(SECRETS.aliceStatic) }],
    ['pre-shared keys', 'IKpsk1', { preSharedKeys: [new Uint8Array(32)] }],
  ])('fails to authenticate when the two sides differ in their %s', (_, pattern, changes) => {
    const message = alice(named(pattern), changes).writeMessage(EMPTY);
    expect(bob(named(pattern)).readMessage(message)).toEqual({ failure: 'authentication' });
  });
});

describe('reading a Noise message', () => {
  it('refuses a flipped unused bit of a key in a Buffer, too, and leaves what it reads as it is', () => {
    // Regression: `slice` of a Buffer shares memory, so the bit was cleared in the message before
    // it was hashed.
    const first = Buffer.from(alice().writeMessage(EMPTY));
    first[31] = (first[31] as number) ^ 0x80;
    const before = Buffer.from(first);
    expect(bob().readMessage(first)).toEqual({ failure: 'authentication' });
    expect(first).toEqual(before);
    first[31] = (first[31] as number) ^ 0x80;
    expect(bob().readMessage(first)).toEqual({ payload: EMPTY });
  });

  it('refuses each truncation of both messages of IK and changes nothing', () => {
    const [initiator, responder] = [alice(), bob()];
    const first = initiator.writeMessage(Uint8Array.of(5));
    for (let length = 0; length < first.length; length++) {
      expect(responder.readMessage(first.subarray(0, length))).toHaveProperty('failure');
    }
    expect(responder.readMessage(first)).toEqual({ payload: Uint8Array.of(5) });
    const second = responder.writeMessage(Uint8Array.of(6));
    for (let length = 0; length < second.length; length++) {
      expect(initiator.readMessage(second.subarray(0, length))).toHaveProperty('failure');
    }
    expect(initiator.readMessage(second)).toEqual({ payload: Uint8Array.of(6) });
    expect(initiator.finish().sendKey).toEqual(responder.finish().receiveKey);
  });

  it('refuses a flipped bit in any byte of both messages of IK and changes nothing', () => {
    const [initiator, responder] = [alice(), bob()];
    const first = initiator.writeMessage(EMPTY);
    const flipped = (message: Uint8Array, at: number): Uint8Array =>
      message.with(at, message[at]! ^ (1 << (at % 7)));
    for (let at = 0; at < first.length; at++) {
      expect(responder.readMessage(flipped(first, at))).toHaveProperty('failure');
      expect(responder.remoteStatic).toBeUndefined();
    }
    expect(responder.readMessage(first)).toEqual({ payload: EMPTY });
    const second = responder.writeMessage(EMPTY);
    for (let at = 0; at < second.length; at++) {
      expect(initiator.readMessage(flipped(second, at))).toHaveProperty('failure');
    }
    expect(initiator.readMessage(second)).toEqual({ payload: EMPTY });
    expect(initiator.finish().sendKey).toEqual(responder.finish().receiveKey);
  });

  it('never throws on arbitrary bytes, whatever the pattern', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('NN', 'IK', 'IX', 'XXpsk0', 'KKpsk2'),
        fc.uint8Array({ maxLength: 200 }),
        (pattern, bytes) => {
          const result = bob(named(pattern)).readMessage(bytes);
          expect('failure' in result || 'payload' in result).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses ephemeral keys of low order, with the unused top bit too', () => {
    for (const point of LOW_ORDER_POINTS) {
      const message = new Uint8Array(96);
      message.set(fromHex(point));
      expect(bob().readMessage(message)).toEqual({ failure: 'low-order-key' });
      message[31]! |= 0x80;
      expect(bob().readMessage(message)).toEqual({ failure: 'low-order-key' });
    }
  });

  it('refuses a static key of low order', () => {
    const message = alice(named('IX')).writeMessage(EMPTY);
    message.fill(0, 32, 64);
    expect(bob(named('IX')).readMessage(message)).toEqual({ failure: 'low-order-key' });
  });

  it('knows exactly the points that X25519 refuses', () => {
    for (const point of LOW_ORDER_POINTS) {
      expect(crypto.x25519(SECRETS.aliceStatic, fromHex(point))).toBeUndefined();
    }
    for (let u = 2; u < 20; u++) {
      expect(crypto.x25519(SECRETS.aliceStatic, new Uint8Array(32).with(0, u))).toBeDefined();
    }
  });

  it('names messages that are too long, too short or out of turn', () => {
    const [initiator, responder] = [alice(), bob()];
    const failure = 'out-of-turn';
    expect(responder.readMessage(new Uint8Array(MESSAGE_LENGTH_MAX + 1))).toEqual({
      failure: 'oversized',
    });
    expect(initiator.readMessage(new Uint8Array(96))).toEqual({ failure });
    const first = initiator.writeMessage(EMPTY);
    for (const length of [0, 31, 40, 95]) {
      const result = responder.readMessage(first.subarray(0, length));
      expect(result).toEqual({ failure: 'truncated' });
    }
    responder.readMessage(first);
    expect(responder.readMessage(first)).toEqual({ failure });
    initiator.readMessage(responder.writeMessage(EMPTY));
    expect(initiator.readMessage(first)).toEqual({ failure });
    initiator.finish();
    expect(initiator.readMessage(first)).toEqual({ failure });
  });
});

describe('a caller of the Noise handshake', () => {
  it('may fill a message to 65,535 bytes and not further', () => {
    for (const pattern of ['IK', 'IKpsk2', 'NN', 'NNpsk0', 'IX']) {
      const overhead = alice(named(pattern)).writeMessage(EMPTY).length;
      const room = MESSAGE_LENGTH_MAX - overhead;
      expect(alice(named(pattern)).writeMessage(new Uint8Array(room))).toHaveLength(
        MESSAGE_LENGTH_MAX,
      );
      const tooMuch = (): unknown => alice(named(pattern)).writeMessage(new Uint8Array(room + 1));
      expect(tooMuch).toThrow(RangeError);
    }
  });

  it('gets an error for writing out of turn and for finishing early or twice', () => {
    expect(() => bob().writeMessage(EMPTY)).toThrow('must not write');
    expect(() => alice().finish()).toThrow('not complete');
    const [initiator, responder] = [alice(), bob()];
    run(initiator, responder);
    expect(() => initiator.writeMessage(EMPTY)).toThrow('must not write');
    initiator.finish();
    expect(() => initiator.finish()).toThrow('wiped');
  });

  it('gets an error for keys that are missing, superfluous or malformed', () => {
    const key = new Uint8Array(32).fill(9);
    const base = { crypto, ...IK, staticSecret: key, ephemeralSecret: key };
    expect(() => startInitiator(base)).toThrow('remoteStatic is needed');
    expect(() => startResponder({ ...base, remoteStatic: key })).toThrow(
      'remoteStatic is not used',
    );
    expect(() => startResponder({ crypto, ...IK, ephemeralSecret: key })).toThrow(
      'staticSecret is needed',
    );
    expect(() => startResponder({ ...base, staticSecret: key.subarray(1) })).toThrow(
      '32 bytes, got 31',
    );
    expect(() => startResponder({ ...base, preSharedKeys: [key] })).toThrow(
      'takes 0 preSharedKeys',
    );
    const withPsk = { ...base, pattern: 'IKpsk2' };
    expect(() => startResponder({ ...withPsk, preSharedKeys: [EMPTY] })).toThrow('32 bytes');
    expect(() => startResponder({ ...base, pattern: 'ZZ' })).toThrow("unknown Noise pattern 'ZZ'");
    const lowOrder = new Uint8Array(32);
    expect(() => startInitiator({ ...base, remoteStatic: lowOrder })).toThrow('low order');
  });

  it('keeps its own copies of the secrets unchanged', () => {
    const before = toHex(SECRETS.aliceStatic) + toHex(SECRETS.aliceEphemeral);
    const [initiator, responder] = [alice(), bob()];
    run(initiator, responder);
    initiator.finish().wipe();
    expect(toHex(SECRETS.aliceStatic) + toHex(SECRETS.aliceEphemeral)).toBe(before);
  });

  it('may wipe its secrets as soon as the handshake has begun, even when they are Buffers', () => {
    const staticSecret = Buffer.from(SECRETS.aliceStatic);
    const ephemeralSecret = Buffer.from(SECRETS.aliceEphemeral);
    const remoteStatic = Buffer.from(crypto.x25519PublicKey(SECRETS.bobStatic));
    const initiator = startInitiator({
      crypto,
      ...IK,
      staticSecret,
      ephemeralSecret,
      remoteStatic,
    });
    for (const key of [staticSecret, ephemeralSecret, remoteStatic]) key.fill(0);
    expect(initiator.writeMessage(EMPTY)).toEqual(alice().writeMessage(EMPTY));
  });
});

/** Everything that printing an object may reveal, as text. */
function printed(value: unknown): string {
  const shown = inspect(value, { depth: 12, showHidden: true, maxArrayLength: null });
  return `${shown} ${JSON.stringify(value)} ${String(value)}`.replaceAll(/\s+/g, ' ');
}

function expectHidden(value: unknown, secrets: readonly Uint8Array[]): void {
  const text = printed(value);
  for (const secret of secrets) {
    expect(text).not.toContain(toHex(secret));
    expect(text).not.toContain(Array.from(secret.subarray(0, 6)).join(', '));
    expect(text).not.toContain(Array.from(secret.subarray(0, 6)).join(','));
    expect(text).not.toContain(`"0":${secret[0]},"1":${secret[1]}`);
  }
}

describe('printing', () => {
  it('finds a secret that is there, so that the next test can fail', () => {
    expect(() => expectHidden({ key: SECRETS.bobStatic }, [SECRETS.bobStatic])).toThrow();
  });

  it('shows no secret of a handshake, its keys or its transport', () => {
    const protocol = named('IKpsk2');
    const [initiator, responder] = [alice(protocol), bob(protocol)];
    const secrets = [...Object.values(SECRETS), ...preSharedKeys(1)];
    expectHidden(initiator, secrets);
    const first = initiator.writeMessage(EMPTY);
    responder.readMessage(first);
    expectHidden(responder, secrets);
    initiator.readMessage(responder.writeMessage(EMPTY));
    expectHidden([initiator, responder], secrets);
    const keys = initiator.finish();
    const all = [...secrets, keys.sendKey, keys.receiveKey];
    expectHidden([initiator, keys, keys.transport()], all);
  });
});
