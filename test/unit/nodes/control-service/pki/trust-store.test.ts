/** What a control service trusts: which TRC is in use, which chains it keeps, and for what they are valid. @module */
import { describe, expect, it } from 'vitest';
import {
  CHAINS_KEPT_MAX,
  CHAINS_PER_AS_MAX,
  TRCS_KEPT_MAX,
} from '../../../../../nodes/control-service/pki/geometry.ts';
import type { TrcContent } from '../../../../../nodes/control-service/pki/trc.ts';
import { TrustStore } from '../../../../../nodes/control-service/pki/trust-store.ts';
import { type IsdAs, requireIsdAs, type SignatureKeyId } from '../../../../../nodes/scion/index.ts';
import { crypto } from '../small-network.ts';
import {
  BASE,
  CHAIN,
  CORE,
  DAY_S,
  encodedTrc,
  ISD,
  isdOn,
  LEAF,
  membersOf,
  NEXT,
  NOW_S,
  type Owned,
  owned,
} from './samples.ts';

const { sensitive, regular, roots, ca } = ISD;
const MEMBERS = membersOf(ISD);
const FIRST = encodedTrc(BASE, MEMBERS, [...sensitive, ...regular]);
const NEW_ROOT = owned('root', 'alpha', undefined, { generation: 1 });
/** All but the root that vouches for the chain. */
const WITHOUT_ROOT = MEMBERS.map((one) => (one === roots[0] ? NEW_ROOT : one));
const ASKED = { isdAs: LEAF, subjectKeyId: CHAIN.as.subjectKeyId };
const KEY_ID: SignatureKeyId = { ...ASKED, trcBase: 1, trcSerial: 1 };
const SPAN = { notBefore: NOW_S, notAfter: NOW_S + DAY_S };
const QUESTION = { keyId: KEY_ID, span: SPAN, signedSeconds: NOW_S };

function update(
  content: Partial<TrcContent> = {},
  members: readonly Owned[] = MEMBERS,
): Uint8Array {
  return encodedTrc({ ...NEXT, ...content }, members, [...regular, roots[0]!]);
}

/** A store with the first TRC and a chain. */
function store(): TrustStore {
  const made = new TrustStore(crypto);
  expect(made.addBase(FIRST)).toBeUndefined();
  expect(made.addChain(ASKED, CHAIN, NOW_S)).toBeUndefined();
  return made;
}

describe('a store of trust', () => {
  it('has the key of a chain that a TRC vouches for', () => {
    const found = store().keyOf(QUESTION, NOW_S);
    const key = typeof found === 'string' ? expect.fail(found) : found;
    const message = Uint8Array.of(1, 2, 3);
    expect(key.verify(message, ISD.as.key.key.sign(message))).toBe(true);
    expect(key.verify(message, ca.key.key.sign(message))).toBe(false);
  });

  it.each(['p256', 'p384', 'p521'] as const)(
    'follows a TRC and its update on %s, and has the key of a chain on it',
    (curve) => {
      const isd = isdOn(curve);
      const members = membersOf(isd);
      const known = new TrustStore(crypto);
      const voters = [...isd.sensitive, ...isd.regular];
      expect(known.addBase(encodedTrc(BASE, members, voters))).toBeUndefined();
      const chain = { as: isd.as.certificate, ca: isd.ca.certificate };
      const asked = { isdAs: LEAF, subjectKeyId: chain.as.subjectKeyId };
      expect(known.addChain(asked, chain, NOW_S)).toBeUndefined();
      const next = encodedTrc(NEXT, members, isd.regular);
      expect(known.addUpdate(next, NOW_S)).toBeUndefined();
      const found = known.keyOf({ ...QUESTION, keyId: { ...KEY_ID, ...asked } }, NOW_S);
      const key = typeof found === 'string' ? expect.fail(found) : found;
      const message = Uint8Array.of(1, 2, 3);
      expect(key.curve).toBe(curve);
      expect(key.verify(message, isd.as.key.key.sign(message))).toBe(true);
      expect(key.verify(message, isd.ca.key.key.sign(message))).toBe(false);
    },
  );

  const keyIds: readonly (readonly [string, string, Partial<SignatureKeyId>])[] = [
    ['no key', 'signature-key', { subjectKeyId: new Uint8Array(0) }],
    ['another key', 'signature-chain', { subjectKeyId: Uint8Array.of(1) }],
    ['another AS', 'signature-chain', { isdAs: CORE }],
    ['an ISD without TRC', 'signature-trc', { isdAs: requireIsdAs('2-1') }],
    ['another series of TRCs', 'signature-trc', { trcBase: 2, trcSerial: 2 }],
    ['a TRC that is yet to come', 'signature-trc', { trcSerial: 2 }],
  ];

  it.each(keyIds)('has no key for a signature that names %s', (_, why, change) => {
    expect(store().keyOf({ ...QUESTION, keyId: { ...KEY_ID, ...change } }, NOW_S)).toBe(why);
  });

  it('has no key for what is signed or valid when the chain is not', () => {
    const { notBefore, notAfter } = CHAIN.as;
    const known = store();
    const asked = (change: Partial<typeof QUESTION>): unknown =>
      known.keyOf({ ...QUESTION, ...change }, NOW_S);
    expect(asked({ span: { notBefore, notAfter } })).toBeTypeOf('object');
    expect(asked({ span: { notBefore: notBefore - 1, notAfter } })).toBe('signature-time');
    expect(asked({ span: { notBefore, notAfter: notAfter + 1 } })).toBe('signature-time');
    expect(asked({ signedSeconds: notBefore - 1 })).toBe('signature-time');
    expect(asked({ signedSeconds: notAfter + 1 })).toBe('signature-time');
  });

  it('refuses a chain of another AS or key than it asked for', () => {
    const known = store();
    expect(known.addChain({ ...ASKED, isdAs: CORE }, CHAIN, NOW_S)).toBe('chain-owner');
    const subjectKeyId = Uint8Array.of(1);
    expect(known.addChain({ ...ASKED, subjectKeyId }, CHAIN, NOW_S)).toBe('chain-owner');
  });

  it('refuses a chain that is forged, of another ISD, or has expired', () => {
    const known = store();
    const forgedBy = { ...ca, key: ISD.as.key };
    const forged = owned('as', 'leaf', forgedBy, { isdAs: LEAF }).certificate;
    const refusal = (as: typeof forged, isdAs: IsdAs, seconds = NOW_S): unknown =>
      known.addChain({ isdAs, subjectKeyId: as.subjectKeyId }, { ...CHAIN, as }, seconds);
    expect(refusal(forged, LEAF)).toBe('chain-signature');
    const far = requireIsdAs('2-1');
    expect(refusal(owned('as', 'far', ca, { isdAs: far }).certificate, far)).toBe('trc-inactive');
    expect(refusal(CHAIN.as, LEAF, CHAIN.as.notAfter + 1)).toBe('chain-time');
    expect(refusal(CHAIN.as, LEAF, BASE.notAfter + 1)).toBe('trc-inactive');
  });

  /** A store for which all signatures are right, as to verify 10,000 of them would take long. */
  function fastStore(): TrustStore {
    const fast = new TrustStore({ ...crypto, p256Verify: () => true });
    expect(fast.addBase(FIRST)).toBeUndefined();
    return fast;
  }

  function chainOf(isdAs: IsdAs, key: number): typeof CHAIN {
    return { ...CHAIN, as: { ...CHAIN.as, isdAs, subjectKeyId: Uint8Array.of(1 + key) } };
  }

  function add(to: TrustStore, isdAs: IsdAs, key = 0): void {
    const subjectKeyId = Uint8Array.of(1 + key);
    expect(to.addChain({ isdAs, subjectKeyId }, chainOf(isdAs, key), NOW_S)).toBeUndefined();
  }

  function has(known: TrustStore, isdAs: IsdAs, key = 0): boolean {
    return known.chainOf({ isdAs, subjectKeyId: Uint8Array.of(1 + key) }) !== undefined;
  }

  it('keeps as many chains as it may, the newest and its own', () => {
    const fast = fastStore();
    fast.addOwn(chainOf(LEAF, 0), LEAF, NOW_S);
    for (let as = 1; as <= CHAINS_KEPT_MAX; as += 1) add(fast, `1-${as}` as IsdAs);
    expect(fast.sizes.chains).toBe(CHAINS_KEPT_MAX);
    expect([has(fast, LEAF), has(fast, '1-1' as IsdAs), has(fast, '1-2' as IsdAs)]).toEqual([
      ...[true, false, true],
    ]);
  });

  it('keeps of one AS the newest chains and its own, and leaves those of others', () => {
    const fast = fastStore();
    add(fast, CORE);
    fast.addOwn(chainOf(LEAF, 0), LEAF, NOW_S);
    for (let key = 1; key <= CHAINS_PER_AS_MAX; key += 1) add(fast, LEAF, key);
    expect([0, 1, 2, 3, 4].map((key) => has(fast, LEAF, key))).toEqual([
      ...[true, false, true, true, true],
    ]);
    expect(fast.keysOfAs(LEAF, NOW_S)).toHaveLength(CHAINS_PER_AS_MAX);
    expect([has(fast, CORE), fast.sizes.chains]).toEqual([true, CHAINS_PER_AS_MAX + 1]);
  });

  it('has the key of an older chain of an AS, too, while it is valid', () => {
    const known = store();
    const next = owned('as', 'leaf', ca, { isdAs: LEAF, generation: 1 });
    const { subjectKeyId, notAfter } = next.certificate;
    known.addChain({ isdAs: LEAF, subjectKeyId }, { ...CHAIN, as: next.certificate }, NOW_S);
    const message = Uint8Array.of(1, 2, 3);
    const signature = ISD.as.key.key.sign(message);
    const right = known.keysOfAs(LEAF, NOW_S).map((key) => key.verify(message, signature));
    expect(right).toEqual([false, true]);
    expect(known.keysOfAs(LEAF, notAfter + 1)).toEqual([]);
    expect(known.keysOfAs(CORE, NOW_S)).toEqual([]);
  });

  it('has the keys of an AS by the next TRC when the one before is out of use', () => {
    const known = store();
    expect(known.addUpdate(update(), NOW_S)).toBeUndefined();
    const afterGrace = NEXT.notBefore + NEXT.graceSeconds + 1;
    expect(known.keysOfAs(LEAF, afterGrace)).toHaveLength(1);
    const without = store();
    expect(without.addUpdate(update({}, WITHOUT_ROOT), NOW_S)).toBeUndefined();
    expect(without.keysOfAs(LEAF, afterGrace)).toEqual([]);
  });

  it('asks for no key whose name is longer than any', () => {
    const keyId = { ...KEY_ID, subjectKeyId: new Uint8Array(65) };
    expect(store().needOf(keyId)).toBeUndefined();
    expect(store().keyOf({ ...QUESTION, keyId }, NOW_S)).toBe('signature-key');
  });

  it('trusts only the first TRC of a series because it is there', () => {
    expect(new TrustStore(crypto).addBase(update())).toBe('trc-not-base');
  });
});

describe('a TRC that follows another', () => {
  const inGrace = NOW_S + DAY_S;

  it('is asked for if a signature names it', () => {
    const known = store();
    const next = { ...KEY_ID, trcSerial: 3 };
    expect(known.needOf(KEY_ID)).toBeUndefined();
    expect(known.needOf(next)).toEqual({ kind: 'trc', isd: 1, base: 1, serial: 2 });
    expect(known.addUpdate(update(), NOW_S)).toBeUndefined();
    expect(known.needOf(next)).toEqual({ kind: 'trc', isd: 1, base: 1, serial: 3 });
    expect(known.needOf({ ...next, trcBase: 2 })).toBeUndefined();
    expect(known.needOf({ ...next, isdAs: requireIsdAs('2-1') })).toBeUndefined();
    const subjectKeyId = Uint8Array.of(1);
    expect(known.needOf({ ...KEY_ID, subjectKeyId })).toEqual({
      ...{ kind: 'chain', isdAs: LEAF, subjectKeyId },
    });
  });

  it('is refused without quorum, as one of the first, or of an ISD that is not known', () => {
    const known = store();
    expect(known.addUpdate(update({ votes: [3] }), NOW_S)).toBe('update-quorum');
    expect(known.addUpdate(encodedTrc(NEXT, MEMBERS, regular.slice(0, 1)), NOW_S)).toBe(
      'trc-vote-unsigned',
    );
    expect(known.addUpdate(FIRST, NOW_S)).toBe('update-serial');
    expect(new TrustStore(crypto).addUpdate(update(), NOW_S)).toBe('signature-trc');
    expect(known.latest(1)?.id.serial).toBe(1);
  });

  it('takes over, and leaves its predecessor in use for the period of grace', () => {
    const known = store();
    expect(known.addUpdate(update({}, WITHOUT_ROOT), NOW_S)).toBeUndefined();
    const serials = (seconds: number): readonly number[] =>
      known.active(1, seconds).map(({ id }) => id.serial);
    expect(serials(NOW_S)).toEqual([2, 1]);
    expect(serials(inGrace)).toEqual([2, 1]);
    expect(serials(inGrace + 1)).toEqual([2]);
    expect(serials(NEXT.notAfter + 1)).toEqual([]);
    expect(known.keyOf(QUESTION, inGrace)).toBeTypeOf('object');
    // The root that vouched for the chain is gone with the predecessor.
    expect(known.keyOf(QUESTION, inGrace + 1)).toBe('signature-chain');
    expect(known.keyOf(QUESTION, NEXT.notAfter + 1)).toBe('trc-inactive');
  });

  it('had not begun, and left its ISD without one until then', () => {
    const known = store();
    expect(known.addUpdate(update({ notBefore: NOW_S + 300 }), NOW_S)).toBeUndefined();
    const serials = (seconds: number): readonly number[] =>
      known.active(1, seconds).map(({ id }) => id.serial);
    expect([serials(NOW_S + 299), serials(NOW_S + 300)]).toEqual([[1], [2, 1]]);
    expect(known.keyOf(QUESTION, NOW_S)).toBeTypeOf('object');
  });

  it('vouches for chains in the place of its predecessor', () => {
    const known = store();
    known.addUpdate(update(), NOW_S);
    expect(known.keyOf(QUESTION, inGrace + 1)).toBeTypeOf('object');
    expect(known.keyOf({ ...QUESTION, keyId: { ...KEY_ID, trcSerial: 2 } }, NOW_S)).toBeTypeOf(
      'object',
    );
  });

  it('leaves no predecessor in use that has expired', () => {
    const known = new TrustStore(crypto);
    const short = { ...BASE, notAfter: NOW_S + 10 };
    known.addBase(encodedTrc(short, MEMBERS, [...sensitive, ...regular]));
    known.addUpdate(update(), NOW_S);
    expect(known.active(1, NOW_S + 10)).toHaveLength(2);
    expect(known.active(1, NOW_S + 11)).toHaveLength(1);
  });

  it('did not let TRCs of the future displace the one in use', () => {
    const known = store();
    const future = (serial: number): Uint8Array =>
      update({ id: { isd: 1, base: 1, serial }, notBefore: NOW_S + 300 });
    expect(known.addUpdate(future(2), NOW_S)).toBeUndefined();
    expect(known.addUpdate(future(3), NOW_S)).toBe('trc-inactive');
    expect(known.active(1, NOW_S).map(({ id }) => id.serial)).toEqual([1]);
    expect(known.addUpdate(future(3), NOW_S + 300)).toBeUndefined();
  });

  it('is kept with as many before it as may be', () => {
    const known = store();
    for (let serial = 2; serial <= TRCS_KEPT_MAX + 1; serial += 1) {
      expect(known.addUpdate(update({ id: { isd: 1, base: 1, serial } }), NOW_S)).toBeUndefined();
    }
    const bytes = (serial: number): unknown => known.trcBytes({ isd: 1, base: 1, serial });
    expect(bytes(1)).toBeUndefined();
    expect(bytes(2)).toBeDefined();
    expect(known.trcBytes({ isd: 1, base: 2, serial: 2 })).toBeUndefined();
  });
});
