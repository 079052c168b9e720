/** Chains of certificates: which TRC vouches for them, and how long. @module */
import { describe, expect, it } from 'vitest';
import {
  type CertificateChain,
  verifyChain,
} from '../../../../../nodes/control-service/pki/chain.ts';
import { pkiCryptoOf } from '../../../../../nodes/control-service/pki/ecdsa.ts';
import { requireIsdAs } from '../../../../../nodes/scion/index.ts';
import { crypto } from '../small-network.ts';
import {
  BASE,
  CHAIN,
  DAY_S,
  everyCurve,
  ISD,
  isdOn,
  LEAF,
  membersOf,
  NOW_S,
  type Owned,
  owned,
  signedBy,
} from './samples.ts';

const { roots, ca, as } = ISD;
const TRC = signedBy(BASE, membersOf(ISD), []).trc;

function verified(chain: Partial<CertificateChain>, seconds = NOW_S): unknown {
  return verifyChain(everyCurve, { ...CHAIN, ...chain }, TRC, seconds);
}

function chainOf(caOwned: Owned, asOwned: Owned): CertificateChain {
  return { as: asOwned.certificate, ca: caOwned.certificate };
}

describe('a chain', () => {
  it.each(['p256', 'p384', 'p521'] as const)('on %s is valid as long as all of it is', (curve) => {
    const isd = isdOn(curve);
    const { trc } = signedBy(BASE, membersOf(isd), []);
    const chain = chainOf(isd.ca, isd.as);
    const validity = { notBefore: NOW_S, notAfter: NOW_S + 3 * DAY_S };
    expect(verifyChain(everyCurve, chain, trc, NOW_S)).toEqual(validity);
    expect(verifyChain(pkiCryptoOf(crypto), chain, trc, NOW_S)).toEqual(validity);
    const { hash } = isd.as.certificate;
    for (const other of ['sha256', 'sha384', 'sha512'] as const) {
      const as = { ...isd.as.certificate, hash: other };
      expect(verifyChain(pkiCryptoOf(crypto), { ...chain, as }, trc, NOW_S)).toEqual(
        other === hash ? validity : 'chain-algorithm',
      );
    }
    const signature = isd.ca.certificate.signature;
    const as = { ...isd.as.certificate, signature };
    expect(verifyChain(pkiCryptoOf(crypto), { ...chain, as }, trc, NOW_S)).toBe('chain-signature');
  });

  it('is valid from its first to its last second', () => {
    expect(verified({}, NOW_S - 1)).toBe('chain-time');
    expect(verified({}, NOW_S)).toMatchObject({ notBefore: NOW_S });
    expect(verified({}, NOW_S + 3 * DAY_S)).toMatchObject({ notBefore: NOW_S });
    expect(verified({}, NOW_S + 3 * DAY_S + 1)).toBe('chain-time');
  });

  it('ends with its root', () => {
    const root = owned('root', 'short', undefined, { notAfter: NOW_S + DAY_S });
    const own = owned('ca', 'short', root);
    const content = { ...BASE, notAfter: NOW_S + DAY_S };
    const { trc } = signedBy(content, [...membersOf(ISD).slice(0, 6), root], []);
    const chain = chainOf(own, owned('as', 'leaf', own, { isdAs: LEAF }));
    expect(verifyChain(everyCurve, chain, trc, NOW_S)).toMatchObject({ notAfter: NOW_S + DAY_S });
  });

  it('is refused in another order, or with a root in the place of a CA', () => {
    expect(verified({ as: CHAIN.ca, ca: CHAIN.as })).toBe('chain-kind');
    expect(verified({ ca: roots[0]!.certificate })).toBe('chain-kind');
    expect(verified({ as: roots[0]!.certificate })).toBe('chain-kind');
  });

  it('is refused for an AS of another ISD, whoever signed it', () => {
    const far = owned('as', 'far', ca, { isdAs: requireIsdAs('2-ff00:0:210') });
    expect(verified({ as: far.certificate })).toBe('chain-isd');
  });

  it('is refused by another CA', () => {
    const other = owned('ca', 'beta', roots[1]!);
    expect(verified({ ca: other.certificate })).toBe('chain-issuer');
    expect(verified(chainOf(other, owned('as', 'leaf', other)))).toMatchObject({
      notBefore: NOW_S,
    });
  });

  it('is refused by a CA of the same name with another key', () => {
    const twin = owned('ca', 'alpha', roots[0]!, { generation: 1 });
    expect(verified({ ca: twin.certificate })).toBe('chain-issuer');
  });

  it('is refused if the CA begins later or ends earlier', () => {
    for (const period of [{ notBefore: NOW_S - 2 * DAY_S }, { notAfter: NOW_S + 6 * DAY_S + 1 }]) {
      const longer = owned('as', 'leaf', ca, { isdAs: LEAF, ...period });
      expect(verified({ as: longer.certificate })).toBe('chain-not-covered');
    }
  });

  it('is refused by a root that is in no TRC', () => {
    const stranger = owned('root', 'delta');
    const own = owned('ca', 'delta', stranger);
    expect(verified(chainOf(own, owned('as', 'leaf', own, { isdAs: LEAF })))).toBe('chain-no-root');
  });

  it('is refused if a signature in it is forged', () => {
    const forge = (issuer: Owned): Owned => ({ ...issuer, key: as.key });
    const forgedAs = owned('as', 'leaf', forge(ca), { isdAs: LEAF });
    expect(verified({ as: forgedAs.certificate })).toBe('chain-signature');
    const forgedCa = owned('ca', 'alpha', forge(roots[0]!));
    const below = owned('as', 'leaf', forgedCa, { isdAs: LEAF });
    expect(verified(chainOf(forgedCa, below))).toBe('chain-signature');
  });
});
