import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { CipherState } from '../../../../nodes/noise/cipher-state.ts';
import { NONCE_COUNTER_MAX } from '../../../../nodes/noise/geometry.ts';
import {
  MESSAGE_LENGTH_MAX,
  type NoiseTransport,
  type SessionKeys,
} from '../../../../nodes/noise/index.ts';
import { createSuite } from '../../../../nodes/noise/suite.ts';
import { alice, bob, crypto, IK, run } from './support.ts';

const EMPTY = new Uint8Array(0);
const ONE = Uint8Array.of(1);

function session(): {
  a: SessionKeys;
  b: SessionKeys;
  left: NoiseTransport;
  right: NoiseTransport;
} {
  const [initiator, responder] = [alice(), bob()];
  run(initiator, responder);
  const [a, b] = [initiator.finish(), responder.finish()];
  return { a, b, left: a.transport(), right: b.transport() };
}

describe('a Noise transport', () => {
  it('carries messages both ways, each once and in order', () => {
    const { left, right } = session();
    const [first, second] = [left.encrypt(ONE), left.encrypt(ONE)];
    expect(first).not.toEqual(second);
    expect(right.decrypt(second)).toEqual({ failure: 'authentication' });
    expect(right.decrypt(first)).toEqual({ payload: ONE });
    expect(right.decrypt(first)).toEqual({ failure: 'authentication' });
    expect(right.decrypt(second)).toEqual({ payload: ONE });
    expect(left.decrypt(right.encrypt(ONE))).toEqual({ payload: ONE });
  });

  it('does not open its own messages', () => {
    const { left } = session();
    expect(left.decrypt(left.encrypt(ONE))).toEqual({ failure: 'authentication' });
  });

  it('names what it refuses and throws only for the caller', () => {
    const { left, right } = session();
    expect(right.decrypt(new Uint8Array(15))).toEqual({ failure: 'truncated' });
    expect(right.decrypt(new Uint8Array(65_536))).toEqual({ failure: 'oversized' });
    expect(left.encrypt(new Uint8Array(65_519))).toHaveLength(MESSAGE_LENGTH_MAX);
    expect(() => left.encrypt(new Uint8Array(65_520))).toThrow(RangeError);
  });

  it('goes on after a rekey of both sides and fails after a rekey of one', () => {
    const { left, right } = session();
    left.rekeySend();
    const sealed = left.encrypt(ONE);
    expect(right.decrypt(sealed)).toEqual({ failure: 'authentication' });
    right.rekeyReceive();
    expect(right.decrypt(sealed)).toEqual({ payload: ONE });
    expect(left.decrypt(right.encrypt(ONE))).toEqual({ payload: ONE });
  });

  it('opens nothing and seals nothing after it is wiped', () => {
    const { left, right } = session();
    const sealed = left.encrypt(ONE);
    right.wipe();
    expect(right.decrypt(sealed)).toEqual({ failure: 'authentication' });
    expect(() => right.encrypt(ONE)).toThrow(RangeError);
  });
});

describe('session keys', () => {
  it('are overwritten by wipe, the transport made of them is not', () => {
    const { a, left, right } = session();
    const { sendKey } = a;
    a.wipe();
    expect(toHex(sendKey)).toBe('00'.repeat(32));
    expect(toHex(a.receiveKey)).toBe('00'.repeat(32));
    expect(right.decrypt(left.encrypt(ONE))).toEqual({ payload: ONE });
  });
});

describe.each(['ChaChaPoly', 'AESGCM'] as const)('a cipher state with %s', (cipher) => {
  const suite = createSuite(crypto, { ...IK, cipher });
  const key = new Uint8Array(32).fill(7);

  /** Seals by the definition, with a nonce made here. */
  function sealed(counter: bigint, plaintext: Uint8Array): Uint8Array {
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setBigUint64(4, counter, cipher === 'ChaChaPoly');
    const out = new Uint8Array(plaintext.length + 16);
    crypto.aead(suite.aead, key).seal(nonce, EMPTY, plaintext, out);
    return out;
  }

  it('takes the counter as the last eight bytes of the nonce (sections 12.3, 12.4)', () => {
    const state = new CipherState(suite, key, 0x0102_0304_0506);
    expect(state.encrypt(EMPTY, ONE)).toEqual(sealed(0x0102_0304_0506n, ONE));
    expect(state.encrypt(EMPTY, ONE)).toEqual(sealed(0x0102_0304_0507n, ONE));
  });

  it('rekeys to 32 zero bytes sealed under counter 2^64-1 and keeps its counter', () => {
    const state = new CipherState(suite, key, 5);
    state.rekey();
    const next = sealed(0xffff_ffff_ffff_ffffn, new Uint8Array(32)).subarray(0, 32);
    expect(state.encrypt(EMPTY, ONE)).toEqual(new CipherState(suite, next, 5).encrypt(EMPTY, ONE));
  });

  it('stops at the last counter, with an error for the caller only', () => {
    const state = new CipherState(suite, key, NONCE_COUNTER_MAX - 1);
    const last = state.encrypt(EMPTY, ONE);
    expect(() => state.encrypt(EMPTY, ONE)).toThrow('used up');
    expect(state.decrypt(EMPTY, last)).toBeUndefined();
  });
});
