/** Signatures of TRCs and updates: who must sign, and by which name each defect is refused. @module */
import { describe, expect, it } from 'vitest';
import { derSequence, derSetOf, derUnsortedSetOf } from '../../../../../nodes/_kit/der.ts';
import { derAny, derInteger, derOid } from '../../../../../nodes/_kit/der-primitives.ts';
import { derOctets } from '../../../../../nodes/_kit/der-strings.ts';
import { encodeSignedData, type SignerInfo } from '../../../../../nodes/control-service/pki/cms.ts';
import {
  digestAlgorithm,
  pkiCryptoOf,
  signatureAlgorithm,
  signEcdsa,
} from '../../../../../nodes/control-service/pki/ecdsa.ts';
import {
  baseTrcRefusal,
  decodeSignedTrc,
  type SignedTrc,
  trcUpdateRefusal,
} from '../../../../../nodes/control-service/pki/signed-trc.ts';
import { encodeTrc, type TrcContent } from '../../../../../nodes/control-service/pki/trc.ts';
import { trcUpdateOf } from '../../../../../nodes/control-service/pki/trc-update.ts';
import { requireIsdAs } from '../../../../../nodes/scion/index.ts';
import { crypto } from '../small-network.ts';
import {
  BASE,
  CORE,
  everyCurve,
  ISD,
  isdOn,
  keyOf,
  membersOf,
  NEXT,
  OTHER_CORE,
  type Owned,
  owned,
  signatureOf,
  signedBy,
} from './samples.ts';

const { sensitive, regular, roots } = ISD;
const MEMBERS = membersOf(ISD);
const VOTERS = [...sensitive, ...regular];
const FIRST = signedBy(BASE, MEMBERS, VOTERS);

describe('the first TRC of a series', () => {
  it('is taken if each of its voters has signed it', () => {
    expect(baseTrcRefusal(everyCurve, FIRST)).toBeUndefined();
    expect(baseTrcRefusal(pkiCryptoOf(crypto), FIRST)).toBeUndefined();
  });

  it.each([...VOTERS.keys()])('is refused if voter %i has not signed it', (missing) => {
    const signed = signedBy(BASE, MEMBERS, VOTERS.toSpliced(missing, 1));
    expect(baseTrcRefusal(everyCurve, signed)).toBe('trc-possession-unproved');
  });

  it('is refused if it is none', () => {
    const next = signedBy(NEXT, MEMBERS, VOTERS);
    expect(baseTrcRefusal(everyCurve, next)).toBe('trc-not-base');
  });

  it.each(['p384', 'p521'] as const)(
    'is taken on %s, and refused if a voter signed over the hash of another curve',
    (curve) => {
      const isd = isdOn(curve);
      const voters = [...isd.sensitive, ...isd.regular];
      const right = signedBy(BASE, membersOf(isd), voters);
      expect(baseTrcRefusal(pkiCryptoOf(crypto), right)).toBeUndefined();
      const other = { ...voters[0]!, key: keyOf('any', 'p256') };
      const wrong = signedBy(BASE, membersOf(isd), [other, ...voters.slice(1)]);
      expect(baseTrcRefusal(pkiCryptoOf(crypto), wrong)).toBe('signer-algorithm');
    },
  );
});

/** The TRC with one signature changed. */
function withSignature(change: (info: SignerInfo) => Partial<SignerInfo>): SignedTrc {
  const signers = FIRST.signers.map((info, at) => (at === 2 ? { ...info, ...change(info) } : info));
  const read = decodeSignedTrc(encodeSignedData({ payload: FIRST.trc.bytes, signers }));
  return typeof read === 'string' ? expect.fail(read) : read;
}

const ATTRIBUTES = derUnsortedSetOf(derSequence({ type: derOid, values: derSetOf(derAny) }));
const DATA = { type: '1.2.840.113549.1.9.3', values: [derOid.write('1.2.840.113549.1.7.1')] };
const DIGEST = {
  type: '1.2.840.113549.1.9.4',
  values: [derOctets.write(everyCurve.digest('sha256', FIRST.trc.bytes))],
};

/** Signs other attributes with the right key. */
function withAttributes(...list: Parameters<typeof ATTRIBUTES.write>[0]): SignedTrc {
  const signed = ATTRIBUTES.write(list);
  return withSignature(() => ({
    attributes: { bytes: signed.with(0, 0xa0), value: [] },
    signature: signEcdsa(sensitive[2]!.key, signed),
  }));
}

describe('a signature of a TRC', () => {
  const refused = (signed: SignedTrc): unknown => baseTrcRefusal(everyCurve, signed);

  it('may have its attributes in any order, and only those that must be', () => {
    expect(refused(withAttributes(DIGEST, DATA))).toBeUndefined();
    expect(refused(withAttributes(DATA, DIGEST))).toBeUndefined();
  });

  it('may name the kind of its key in place of its algorithm', () => {
    const bare = { oid: '1.2.840.10045.2.1', parameters: undefined };
    expect(refused(withSignature(() => ({ signatureAlgorithm: bare })))).toBeUndefined();
  });

  it('may have a digest whose algorithm has NULL as parameters', () => {
    const { oid } = digestAlgorithm('sha256');
    const algorithm = { oid, parameters: Uint8Array.of(5, 0) };
    expect(refused(withSignature(() => ({ digestAlgorithm: algorithm })))).toBeUndefined();
    const wrong = { oid, parameters: derInteger.write(1) };
    expect(refused(withSignature(() => ({ digestAlgorithm: wrong })))).toBe('signer-algorithm');
  });

  it.each([
    ['another hash than its digest', { signatureAlgorithm: signatureAlgorithm('sha384') }],
    ['an unknown hash', { digestAlgorithm: { oid: '1.2.840.113549.2.5', parameters: undefined } }],
  ])('is refused if it has %s', (_, change) => {
    expect(refused(withSignature(() => change))).toBe('signer-algorithm');
  });

  it('is refused without one type of content and one digest', () => {
    const other = { ...DATA, values: [derOid.write('1.2.840.113549.1.7.3')] };
    for (const list of [[DATA], [DIGEST], [DATA, DIGEST, DIGEST], [other, DIGEST]]) {
      expect(refused(withAttributes(...list))).toBe('signer-attributes');
    }
    const two = { ...DIGEST, values: [DIGEST.values[0]!, derOctets.write(Uint8Array.of(1))] };
    expect(refused(withAttributes(DATA, two))).toBe('signer-attributes');
    const number = { ...DIGEST, values: [derInteger.write(1)] };
    expect(refused(withAttributes(DATA, number))).toBe('signer-attributes');
  });

  it('is refused if it is of another payload', () => {
    const other = encodeTrc({ ...BASE, quorum: 1 }, []);
    const info = signatureOf(sensitive[2]!, other);
    expect(refused(withSignature(() => info))).toBe('signer-digest');
  });

  it('is refused if it was changed, or is by another key', () => {
    const changed = withSignature(({ signature }) => ({
      signature: signature.with(20, (signature[20] as number) ^ 1),
    }));
    expect(refused(changed)).toBe('signer-signature');
    const forged = { key: regular[0]!.key, certificate: sensitive[2]!.certificate };
    expect(refused(withSignature(() => signatureOf(forged, FIRST.trc.bytes)))).toBe(
      'signer-signature',
    );
  });

  it('counts for nobody else, and is not looked at if nobody needs it', () => {
    const stranger = owned('regular', 'delta');
    const signers = [...VOTERS, stranger];
    expect(refused(signedBy(BASE, MEMBERS, signers))).toBeUndefined();
    expect(refused(signedBy(BASE, MEMBERS, [...VOTERS.slice(1), stranger]))).toBe(
      'trc-possession-unproved',
    );
  });

  it('of the same voter is there once, or each further one would cost a verification', () => {
    const twice = [...FIRST.signers, FIRST.signers[2]!];
    const read = decodeSignedTrc(encodeSignedData({ payload: FIRST.trc.bytes, signers: twice }));
    expect(typeof read === 'string' ? read : refused(read)).toBe('signer-duplicate');
  });
});

/** A certificate of the same owner for a new key. */
function renewed(kind: 'sensitive' | 'regular' | 'root', owner: string): Owned {
  return owned(kind, owner, undefined, { generation: 1 });
}

const NEW_REGULAR = renewed('regular', 'alpha');
const NEW_ROOT = renewed('root', 'alpha');
const NEW_SENSITIVE = renewed('sensitive', 'alpha');
const DELTA = owned('regular', 'delta');

/** Members with one in the place of another. */
function replacing(old: Owned, by: Owned): readonly Owned[] {
  return MEMBERS.map((one) => (one === old ? by : one));
}

const SENSITIVE: TrcContent = { ...NEXT, votes: [0, 2] };

describe('an update of a TRC', () => {
  const refusal = (
    content: TrcContent,
    members: readonly Owned[],
    signers: readonly Owned[],
  ): unknown => trcUpdateRefusal(everyCurve, signedBy(content, members, signers), FIRST.trc);

  it('is regular by votes of regular voters', () => {
    const signed = signedBy(NEXT, MEMBERS, regular.slice(0, 2));
    expect(trcUpdateRefusal(everyCurve, signed, FIRST.trc)).toBeUndefined();
    expect(trcUpdateOf(signed.trc, FIRST.trc)).toMatchObject({
      ...{ kind: 'regular', newVoters: [], acknowledging: [] },
      votes: regular.slice(0, 2).map(({ certificate }) => certificate),
    });
  });

  it('is sensitive by votes of sensitive voters, and may then change everything', () => {
    const members = [...sensitive, ...regular, DELTA, ...roots.slice(1)];
    const content = { ...SENSITIVE, quorum: 3, coreAses: [CORE], authoritativeAses: [CORE] };
    const signers = [sensitive[0]!, sensitive[2]!, DELTA];
    expect(refusal(content, members, signers)).toBeUndefined();
    const update = trcUpdateOf(signedBy(content, members, signers).trc, FIRST.trc);
    expect(update).toMatchObject({ kind: 'sensitive', newVoters: [DELTA.certificate] });
  });

  const numbers: readonly (readonly [string, string, Partial<TrcContent>])[] = [
    ['skips a serial number', 'update-serial', { id: { isd: 1, base: 1, serial: 3 } }],
    ['has another base', 'update-base', { id: { isd: 1, base: 2, serial: 3 } }],
    ['forbids new bases', 'update-trust-reset', { noTrustReset: true }],
    ['has fewer votes than the quorum', 'update-quorum', { votes: [3] }],
    ['has votes of both kinds', 'update-vote', { votes: [3, 0] }],
    ['has votes of both kinds, in the other order', 'update-vote', { votes: [0, 3] }],
    ['has the vote of a root', 'update-vote', { votes: [3, 6] }],
    ['has a vote of nobody', 'update-vote', { votes: [3, 8] }],
    ['has votes of roots alone', 'update-vote', { votes: [6, 7] }],
    ['changes the quorum by regular votes', 'update-not-regular', { quorum: 1 }],
    [
      'changes the core ASes by regular votes',
      'update-not-regular',
      { coreAses: [CORE, requireIsdAs('1-7')] },
    ],
    [
      'changes the authorities by regular votes',
      'update-not-regular',
      { authoritativeAses: [OTHER_CORE] },
    ],
    [
      'changes the order of core ASes by regular votes',
      'update-not-regular',
      { coreAses: [OTHER_CORE, CORE] },
    ],
  ];

  it.each(numbers)('is refused if it %s', (_, why, change) => {
    expect(refusal({ ...NEXT, ...change }, MEMBERS, MEMBERS)).toBe(why);
  });

  it('is refused if it is of another ISD', () => {
    const isdAs = requireIsdAs('2-ff00:0:210');
    const all = (kind: 'sensitive' | 'regular' | 'root'): Owned[] =>
      ['alpha', 'beta'].map((owner) => owned(kind, owner, undefined, { isdAs }));
    const members = [...all('sensitive'), ...all('regular'), ...all('root')];
    const content: TrcContent = {
      ...{ ...NEXT, id: { isd: 2, base: 1, serial: 2 } },
      ...{ coreAses: [isdAs], authoritativeAses: [isdAs] },
    };
    expect(refusal(content, members, members)).toBe('update-isd');
  });

  it('is refused if it is the same once more', () => {
    expect(trcUpdateRefusal(everyCurve, FIRST, FIRST.trc)).toBe('update-serial');
  });

  it('is refused without the signature of each who votes', () => {
    for (const at of [0, 1]) {
      expect(refusal(NEXT, MEMBERS, [regular[at]!])).toBe('trc-vote-unsigned');
      expect(refusal(SENSITIVE, MEMBERS, [sensitive[2 * at]!])).toBe('trc-vote-unsigned');
    }
  });

  it('may renew a regular voter that votes with its old key and signs with both', () => {
    const members = replacing(regular[0]!, NEW_REGULAR);
    const votes = regular.slice(0, 2);
    expect(refusal(NEXT, members, [...votes, NEW_REGULAR])).toBeUndefined();
    expect(refusal(NEXT, members, votes)).toBe('trc-possession-unproved');
    expect(refusal(NEXT, members, [...votes.slice(1), NEW_REGULAR])).toBe('trc-vote-unsigned');
    const others = { ...NEXT, votes: [4, 5] };
    expect(refusal(others, members, [...regular, NEW_REGULAR])).toBe('update-vote-missing');
  });

  it('without votes costs no verification of new voters', () => {
    const members = replacing(regular[0]!, NEW_REGULAR);
    const signed = signedBy(NEXT, members, [NEW_REGULAR]);
    let verified = 0;
    const counting = {
      ...everyCurve,
      verify: (asked: Parameters<typeof everyCurve.verify>[0]): boolean | undefined => {
        verified += 1;
        return everyCurve.verify(asked);
      },
    };
    expect(trcUpdateRefusal(counting, signed, FIRST.trc)).toBe('trc-vote-unsigned');
    expect(verified).toBe(0);
  });

  it('may renew a root that acknowledges it with its old key', () => {
    const members = replacing(roots[0]!, NEW_ROOT);
    const votes = regular.slice(0, 2);
    expect(refusal(NEXT, members, [...votes, roots[0]!])).toBeUndefined();
    expect(refusal(NEXT, members, [...votes, NEW_ROOT])).toBe('trc-root-unacknowledged');
    // By sensitive votes nobody asks the old root.
    expect(refusal(SENSITIVE, members, sensitive)).toBeUndefined();
  });

  it('may not renew a sensitive voter, or add or remove anybody, by regular votes', () => {
    for (const members of [
      replacing(sensitive[0]!, NEW_SENSITIVE),
      [...MEMBERS, DELTA],
      [...MEMBERS, owned('sensitive', 'delta')],
      [...MEMBERS, owned('root', 'delta')],
      MEMBERS.toSpliced(7, 1),
      MEMBERS.toSpliced(5, 1),
      MEMBERS.toSpliced(2, 1),
      replacing(regular[2]!, DELTA),
      replacing(roots[1]!, owned('root', 'delta')),
    ]) {
      const everybody = [...MEMBERS, ...members];
      expect(refusal(NEXT, members, everybody)).toBe('update-not-regular');
    }
    const members = replacing(sensitive[0]!, NEW_SENSITIVE);
    expect(refusal(SENSITIVE, members, [...sensitive, NEW_SENSITIVE])).toBeUndefined();
    expect(refusal(SENSITIVE, members, sensitive)).toBe('trc-possession-unproved');
  });
});
