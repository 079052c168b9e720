/** Certificates and TRCs with flipped bits, cut or longer: each is refused by a name or a signature, and none throws. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certificateVerdict,
  decodeCertificate,
} from '../../nodes/control-service/pki/certificate.ts';
import { decodeSignedTrc, trcUpdateRefusal } from '../../nodes/control-service/pki/signed-trc.ts';
import {
  BASE,
  CHAIN,
  encodedTrc,
  everyCurve,
  ISD,
  membersOf,
  NEXT,
  signedBy,
} from '../unit/nodes/control-service/pki/samples.ts';

const MEMBERS = membersOf(ISD);
const FIRST = signedBy(BASE, MEMBERS, []).trc;
const VOTERS = ISD.regular.slice(0, 2);
const UPDATE = encodedTrc(NEXT, MEMBERS, VOTERS);

/** Damages that change something: bits that flip, and another length. */
function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const bit = fc.nat(8 * bytes.length - 1);
  const flips = fc.uniqueArray(bit, { minLength: 1, maxLength: 4 }).map((places) => {
    const changed = bytes.slice();
    for (const place of places) changed[place >> 3]! ^= 1 << (place & 7);
    return changed;
  });
  const cuts = fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length));
  const longer = fc
    .uint8Array({ minLength: 1, maxLength: 64 })
    .map((more) => Uint8Array.from([...bytes, ...more]));
  const moved = fc
    .tuple(fc.nat(bytes.length - 1), fc.nat(bytes.length - 1))
    .map(([from, to]) => bytes.slice().copyWithin(to, from))
    .filter((changed) => changed.some((byte, at) => byte !== bytes[at]));
  return fc.oneof({ arbitrary: flips, weight: 6 }, cuts, longer, moved);
}

describe('R-084: damaged bytes', () => {
  it('of a certificate are refused by a name, or by the signature of its issuer', () => {
    fc.assert(
      fc.property(damaged(CHAIN.as.bytes), (bytes) => {
        const read = decodeCertificate(bytes);
        if (typeof read === 'string') expect(read).toMatch(/^certificate-/);
        else expect(certificateVerdict(everyCurve, read, CHAIN.ca.key)).toBe('invalid');
      }),
      { numRuns: 2_000 },
    );
  });

  it('of an update of a TRC are refused by a name', () => {
    const read = decodeSignedTrc(UPDATE);
    expect(typeof read === 'string' ? read : trcUpdateRefusal(everyCurve, read, FIRST)).toBe(
      undefined,
    );
    fc.assert(
      fc.property(damaged(UPDATE), (bytes) => {
        const changed = decodeSignedTrc(bytes);
        const why =
          typeof changed === 'string' ? changed : trcUpdateRefusal(everyCurve, changed, FIRST);
        // Nobody signs when a signer said that it signed, nor the list of digests that were used.
        if (why === undefined) expect(isUnsignedChange(bytes)).toBe(true);
        else expect(why).toMatch(/^(signed-data|trc|update|signer)-/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that are anything at all are refused by a name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeCertificate(bytes)).toMatch(/^certificate-/);
        expect(decodeSignedTrc(bytes)).toMatch(/^signed-data-/);
      }),
    );
  });
});

/** True if the payload and all signers are what they were: only the list of digests in front differs. */
function isUnsignedChange(bytes: Uint8Array): boolean {
  const changed = decodeSignedTrc(bytes);
  const before = decodeSignedTrc(UPDATE);
  if (typeof changed === 'string' || typeof before === 'string') return false;
  const text = ({ trc, signers }: typeof before): string =>
    JSON.stringify([Buffer.from(trc.bytes).toString('hex'), signers.map((one) => ({ ...one }))]);
  return text(changed) === text(before);
}
