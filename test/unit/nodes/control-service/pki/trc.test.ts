/** TRCs: what other implementations read in them, and by which name each defect of a payload is refused. @module */
import { fromBER } from 'asn1js';
import { ContentInfo, Certificate as PkijsCertificate, SignedData } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import {
  TRC_ASES_MAX,
  TRC_BYTES_MAX,
  TRC_CERTIFICATES_MAX,
} from '../../../../../nodes/control-service/pki/geometry.ts';
import {
  baseTrcRefusal,
  decodeSignedTrc,
} from '../../../../../nodes/control-service/pki/signed-trc.ts';
import {
  decodeTrc,
  encodeTrc,
  type TrcContent,
} from '../../../../../nodes/control-service/pki/trc.ts';
import { type IsdAs, requireIsdAs } from '../../../../../nodes/scion/index.ts';
import {
  BASE,
  CORE,
  DAY_S,
  encodedTrc,
  everyCurve,
  ISD,
  isdOn,
  membersOf,
  NEXT,
  NOW_S,
  OTHER_CORE,
  type Owned,
  owned,
  signedBy,
} from './samples.ts';

const MEMBERS = membersOf(ISD);
const VOTERS = [...ISD.sensitive, ...ISD.regular];

function read(content: TrcContent, members: readonly Owned[] = MEMBERS): unknown {
  return decodeTrc(
    encodeTrc(
      content,
      members.map(({ certificate }) => certificate.bytes),
    ),
  );
}

describe('a TRC', () => {
  it('says what was written', () => {
    const { certificates, bytes, ...content } = signedBy(BASE, MEMBERS, VOTERS).trc;
    expect(content).toEqual(BASE);
    expect(certificates.map((one) => one.kind)).toEqual([
      ...['sensitive', 'sensitive', 'sensitive', 'regular', 'regular', 'regular', 'root', 'root'],
    ]);
    const again = encodeTrc(
      content,
      certificates.map((one) => one.bytes),
    );
    expect(again).toEqual(bytes);
  });

  it.each(['p256', 'p384', 'p521'] as const)(
    'on %s is verified by pkijs, signer by signer',
    async (curve) => {
      const isd = isdOn(curve);
      const voters = [...isd.sensitive, ...isd.regular];
      const signed = signedBy(BASE, membersOf(isd), voters);
      const info = new ContentInfo({ schema: fromBER(signed.bytes.slice().buffer).result });
      const oracle = new SignedData({ schema: info.content });
      expect(oracle.version).toBe(1);
      expect(oracle.certificates).toBeUndefined();
      oracle.certificates = voters.map(({ certificate }) => {
        return new PkijsCertificate({ schema: fromBER(certificate.bytes.slice().buffer).result });
      });
      for (const signer of voters.keys()) {
        expect(await oracle.verify({ signer, checkChain: false })).toBe(true);
      }
      expect(baseTrcRefusal(everyCurve, signed)).toBeUndefined();
    },
  );

  it('has the bytes that pkijs writes again', () => {
    const { bytes } = signedBy(BASE, MEMBERS, VOTERS);
    const info = new ContentInfo({ schema: fromBER(bytes.slice().buffer).result });
    const oracle = new SignedData({ schema: info.content });
    info.content = oracle.toSchema(true);
    expect(new Uint8Array(info.toSchema().toBER())).toEqual(bytes);
  });
});

const other = requireIsdAs('2-ff00:0:210');
const AS_LIST = Array.from({ length: TRC_ASES_MAX + 1 }, (_, at) => requireIsdAs(`1-${at + 1}`));
const late = { notAfter: BASE.notAfter - 1 };
const { sensitive, regular, roots, ca, as } = ISD;

describe('a payload of a TRC', () => {
  const rows: readonly (readonly [string, string, Partial<TrcContent>])[] = [
    ['is of ISD 0', 'trc-id', { id: { isd: 0, base: 1, serial: 1 } }],
    ['is of an ISD beyond 16 bits', 'trc-id', { id: { isd: 65_536, base: 1, serial: 1 } }],
    ['has base number 0', 'trc-id', { id: { isd: 1, base: 0, serial: 1 } }],
    ['comes before its base', 'trc-id', { id: { isd: 1, base: 2, serial: 1 } }],
    ['ends before it begins', 'trc-validity', { notAfter: BASE.notBefore }],
    ['is the first and has a period of grace', 'trc-grace-period', { graceSeconds: 1 }],
    ['has a negative period of grace', 'trc-grace-period', { ...NEXT, graceSeconds: -1 }],
    ['is the first and has votes', 'trc-votes', { votes: [0] }],
    ['has a vote twice', 'trc-votes', { ...NEXT, votes: [3, 3] }],
    ['has a vote of nobody', 'trc-votes', { ...NEXT, votes: [-1, 3] }],
    ['has a quorum of 0', 'trc-quorum', { quorum: 0 }],
    ['has a quorum above 255', 'trc-quorum', { quorum: 256 }],
    ['has no core AS', 'trc-ases', { coreAses: [] }],
    ['has no authoritative AS', 'trc-ases', { authoritativeAses: [] }],
    ['has a core AS twice', 'trc-ases', { coreAses: [CORE, OTHER_CORE, CORE] }],
    ['has a wildcard as core AS', 'trc-ases', { coreAses: [CORE, requireIsdAs('1-0')] }],
    ['has what is no AS', 'trc-ases', { coreAses: [CORE, '1-1-1' as IsdAs] }],
    ['has an AS that is not canonical', 'trc-ases', { coreAses: [CORE, '1-FF00:0:120' as IsdAs] }],
    [
      'has an authority that is no core AS',
      'trc-ases',
      { authoritativeAses: [requireIsdAs('1-7')] },
    ],
    [
      'has too many core ASes',
      'trc-ases',
      { coreAses: AS_LIST, authoritativeAses: AS_LIST.slice(0, 1) },
    ],
    ['has more votes to win than voters', 'trc-voters', { quorum: 4 }],
    ['is of another ISD than its certificates', 'trc-isd', { id: { isd: 2, base: 1, serial: 1 } }],
    [
      'is longer valid than its certificates',
      'trc-not-covered',
      { notAfter: NOW_S + 335 * DAY_S + 1 },
    ],
    [
      'is earlier valid than its certificates',
      'trc-not-covered',
      { notBefore: NOW_S - 30 * DAY_S - 1 },
    ],
  ];

  it.each(rows)('that %s is refused', (_, why, change) => {
    expect(read(BASE)).toMatchObject(BASE);
    expect(read({ ...BASE, ...change })).toBe(why);
  });

  const members: readonly (readonly [string, string, readonly Owned[]])[] = [
    ['a CA', 'trc-certificate', [...MEMBERS, ca]],
    ['an AS', 'trc-certificate', [...MEMBERS, as]],
    ['no root', 'trc-no-root', VOTERS],
    ['too few sensitive voters', 'trc-voters', [...sensitive.slice(1, 2), ...regular, ...roots]],
    ['too few regular voters', 'trc-voters', [...sensitive, ...regular.slice(1, 2), ...roots]],
    ['a voter twice', 'trc-duplicate', [...MEMBERS, sensitive[0]!]],
    [
      'two certificates of one voter',
      'trc-duplicate',
      [...MEMBERS, owned('regular', 'alpha', undefined, { generation: 1 })],
    ],
    [
      'a voter whose certificate ends first',
      'trc-not-covered',
      [...MEMBERS, owned('regular', 'delta', undefined, late)],
    ],
    [
      'a voter of another ISD',
      'trc-isd',
      [...MEMBERS, owned('regular', 'delta', undefined, { isdAs: other })],
    ],
  ];

  it.each(members)('that has %s is refused', (_, why, list) => {
    expect(read(BASE, list)).toBe(why);
  });

  it('that has bytes in place of a certificate is refused', () => {
    const payload = encodeTrc(BASE, [Uint8Array.of(5, 0)]);
    expect(decodeTrc(payload)).toBe('trc-certificate');
  });

  it('of more certificates than may be is refused', () => {
    const copies = (length: number): Owned[] => Array.from({ length }, () => MEMBERS[7]!);
    const withVoters = (length: number): unknown => read(BASE, [...VOTERS, ...copies(length - 6)]);
    expect(withVoters(TRC_CERTIFICATES_MAX)).toBe('trc-duplicate');
    expect(withVoters(TRC_CERTIFICATES_MAX + 1)).toBe('trc-certificate');
  });

  it('of another version is refused', () => {
    const payload = encodeTrc(
      BASE,
      MEMBERS.map(({ certificate }) => certificate.bytes),
    );
    expect([...payload.subarray(4, 7)]).toEqual([2, 1, 0]);
    expect(decodeTrc(payload.with(6, 1))).toBe('trc-version');
  });

  it('that is cut off anywhere, or goes on, is refused', () => {
    const payload = encodeTrc(
      BASE,
      MEMBERS.map(({ certificate }) => certificate.bytes),
    );
    for (const length of payload.keys()) {
      if (decodeTrc(payload.subarray(0, length)) !== 'trc-malformed') expect.fail(`${length}`);
    }
    expect(decodeTrc(concatBytes(payload, Uint8Array.of(0)))).toBe('trc-malformed');
    expect(decodeTrc(new Uint8Array(TRC_BYTES_MAX + 1))).toBe('trc-too-long');
  });
});

describe('the signed data around a TRC', () => {
  const bytes = encodedTrc(BASE, MEMBERS, VOTERS);

  it('are refused when they are cut off anywhere, or go on', () => {
    for (const length of bytes.keys()) {
      if (decodeSignedTrc(bytes.subarray(0, length)) !== 'signed-data-malformed') {
        expect.fail(`${length}`);
      }
    }
    expect(decodeSignedTrc(concatBytes(bytes, Uint8Array.of(0)))).toBe('signed-data-malformed');
    expect(decodeSignedTrc(new Uint8Array(TRC_BYTES_MAX + 1))).toBe('signed-data-too-long');
  });

  it.each([
    ['is no signed data', '2a864886f70d010702', '2a864886f70d010703'],
    ['is about no data', '2a864886f70d010701a0', '2a864886f70d010703a0'],
    ['is of version 3', '020101310d', '020103310d'],
  ])('are refused when it %s', (_, from, to) => {
    const hex = Buffer.from(bytes).toString('hex');
    const at = hex.indexOf(from);
    const changed = hex.slice(0, at) + to + hex.slice(at + from.length);
    expect(decodeSignedTrc(new Uint8Array(Buffer.from(changed, 'hex')))).toBe('signed-data-type');
  });

  it('are refused when a signer is named in another way', () => {
    const hex = Buffer.from(bytes).toString('hex');
    const issuer = Buffer.from(ISD.regular[2]!.certificate.issuer.bytes).toString('hex');
    const at = hex.lastIndexOf(issuer);
    const version = hex.lastIndexOf('020101', at);
    const changed = `${hex.slice(0, version)}020103${hex.slice(version + 6)}`;
    expect(decodeSignedTrc(new Uint8Array(Buffer.from(changed, 'hex')))).toBe('signed-data-type');
  });
});
