/**
 * One test for each defect of the published frame (docs/spec/gateway-frame.md, "Defects of the
 * published frame").
 */
import { describe, expect, it } from 'vitest';
import { FRAME_TYPE } from '../../../../nodes/gateway/geometry.ts';
import { decodeFrame, encodeHeader, FrameHeader } from '../../../../nodes/gateway/wire.ts';
import { at, CLOCK_US, HOUR, Pair, SECOND, Side, sealed } from './session-pair.ts';

/**
 * The frame with one header field replaced, in canonical encoding and with unchanged ciphertext.
 */
function withField(frame: Uint8Array, change: Partial<FrameHeader>): Uint8Array {
  const header = new FrameHeader();
  decodeFrame(frame, 0, frame.length, header);
  const body = frame.slice(header.body);
  Object.assign(header, change);
  const target = new Uint8Array(frame.length + 20);
  const start = encodeHeader(header, body.length, target, 0);
  target.set(body, start);
  return target.subarray(0, start + body.length);
}

describe('traps of the published frame', () => {
  it('trap "metadata outside the AEAD": no header field can be changed', () => {
    const pair = Pair.connected();
    const frame = sealed(pair.a, 'x');
    for (const change of [
      { type: FRAME_TYPE.control },
      { sequence: 500 },
      { timestamp: CLOCK_US + 1 },
      { fragments: 2 },
    ]) {
      expect(pair.b.receive(withField(frame, change), at(1)), JSON.stringify(change)).toBe(
        'bad-auth',
      );
    }
    expect(pair.b.receive(withField(frame, { epoch: 2 }), at(1))).toBe('epoch-unknown');
    expect(pair.b.receive(withField(frame, {}), at(1))).toBe('ok x');
  });

  it('trap "random nonces, key from a static peer key": two sessions of one pair share no key', () => {
    const first = Pair.connected();
    const second = new Pair();
    second.a.session.connect(at(0));
    second.a.session.close();
    second.a.session.connect(at(SECOND));
    second.exchange(at(SECOND));
    const [frame, other] = [sealed(first.a, 'same'), sealed(second.a, 'same')];
    expect(frame.slice(-20)).not.toEqual(other.slice(-20));
    // Forward secrecy: with both static keys but without the ephemeral ones, nothing can be opened.
    const [low, high] = first.identities;
    const thief = new Side({ identity: high, peerKey: low.publicKey, seed: 1 });
    expect(thief.receive(frame, at(SECOND))).toBe('no-session');
  });

  it('trap "compression flag on raw bytes": 0xFF and random bytes come out as they went in', () => {
    const pair = Pair.connected();
    const ones = '\xff'.repeat(1000);
    expect(pair.b.receive(sealed(pair.a, ones), at(1))).toBe(`ok ${ones}`);
  });

  it('trap "now - timestamp unsigned": a sender 1 us ahead is accepted', () => {
    const pair = Pair.connected();
    const frame = pair.a.seal('ahead', FRAME_TYPE.data, CLOCK_US + 1) as Uint8Array;
    expect(pair.b.receive(frame, { nowNs: 1, clockUs: CLOCK_US })).toBe('ok ahead');
  });

  it('trap "arrays serialised element by element": 1,016 bytes become at most 1,016 + 51', () => {
    const pair = Pair.connected();
    expect(sealed(pair.a, '\xc8'.repeat(1016)).length).toBeLessThanOrEqual(1016 + 51);
  });

  it('trap "64-byte key pair cut from a 32-byte hash": the first session encrypts', () => {
    const pair = Pair.connected();
    const frame = sealed(pair.a, 'plain words');
    expect(String.fromCharCode(...frame)).not.toContain('plain words');
    expect(pair.b.receive(frame, at(1))).toBe('ok plain words');
  });

  it('trap "tx and rx keys not swapped": each end opens what the other seals, not its own', () => {
    const pair = Pair.connected();
    const frame = sealed(pair.a, 'x');
    expect(pair.a.receive(frame, at(1))).toBe('bad-auth');
    expect(pair.b.receive(frame, at(1))).toBe('ok x');
    expect(pair.a.receive(sealed(pair.b, 'y'), at(1))).toBe('ok y');
  });

  it('trap "epoch mismatch is an error": both epochs are accepted during the overlap', () => {
    const pair = Pair.connected();
    const old = sealed(pair.a, 'old');
    pair.a.session.tick(at(HOUR));
    pair.exchange(at(HOUR));
    expect(pair.b.receive(sealed(pair.a, 'new'), at(HOUR))).toBe('ok new');
    expect(pair.b.receive(old, at(HOUR + 2 * SECOND))).toBe('ok old');
  });

  it('trap "a rekey frame bypasses the epoch check": no downgrade by an old or forged handshake', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox[0]!;
    pair.b.receive(opening, at(0));
    const answer = pair.b.outbox[0]!;
    pair.exchange(at(0));
    pair.a.session.tick(at(HOUR));
    pair.exchange(at(HOUR));
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([2, 2]);
    expect(pair.b.receive(opening, at(HOUR))).toBe('handshake-replay');
    expect(pair.a.receive(answer, at(HOUR))).toBe('handshake-unexpected');
    pair.a.session.connect(at(HOUR + 4 * SECOND));
    expect(pair.a.receive(answer, at(HOUR + 4 * SECOND))).toBe('handshake-epoch');
    // A sealed frame whose header says handshake is not treated as one.
    const disguised = withField(sealed(pair.a, 'x'.repeat(120)), {
      type: FRAME_TYPE.handshake,
      sequence: 0,
    });
    expect(pair.b.receive(disguised, at(HOUR))).toBe('handshake-length');
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([2, 2]);
  });
});
