/** The first TRC and certificates of an ISD: who votes, who issues, and for whom. */
import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../../../nodes/control-service/pki/chain.ts';
import { pkiCryptoOf } from '../../../../../nodes/control-service/pki/ecdsa.ts';
import {
  type AsRoles,
  makeIsdMaterial,
} from '../../../../../nodes/control-service/pki/isd-material.ts';
import {
  baseTrcRefusal,
  decodeSignedTrc,
} from '../../../../../nodes/control-service/pki/signed-trc.ts';
import { certificatesOfKind } from '../../../../../nodes/control-service/pki/trc.ts';
import { requireIsdAs } from '../../../../../nodes/scion/index.ts';
import { crypto, NOW_S } from '../small-network.ts';

const primitives = pkiCryptoOf(crypto);

function rolesOf(roles: readonly AsRoles[]): Record<string, unknown> {
  const ases = roles.map((each, at) => {
    const isdAs = requireIsdAs(`1-ff00:0:${at + 1}`);
    return { ...each, isdAs, isCore: at < 3, secret: new Uint8Array(32).fill(at + 1) };
  });
  const { trc, chains, voters } = makeIsdMaterial(crypto, 1, ases, NOW_S);
  const signed = decodeSignedTrc(trc);
  if (typeof signed === 'string') throw new Error(signed);
  expect(baseTrcRefusal(primitives, signed)).toBeUndefined();
  for (const chain of chains.values()) {
    expect(verifyChain(primitives, chain, signed.trc, NOW_S)).toHaveProperty('notAfter');
  }
  const last = (isdAs: string | undefined): string => isdAs?.at(-1) ?? '-';
  const of = (kind: 'sensitive' | 'regular' | 'root'): string =>
    certificatesOfKind(signed.trc, kind)
      .map(({ isdAs }) => last(isdAs))
      .join('');
  return {
    voters: voters.map(last).join(''),
    ...{ sensitive: of('sensitive'), regular: of('regular'), roots: of('root') },
    ...{ core: signed.trc.coreAses.map(last).join(''), quorum: signed.trc.quorum },
    authoritative: signed.trc.authoritativeAses.map(last).join(''),
    issuers: [...chains.values()].map(({ ca }) => last(ca.isdAs)).join(''),
  };
}

describe('the ASes of an ISD', () => {
  it('have the roles that their topology says', () => {
    const roles = [
      { voting: true },
      { voting: true, issuing: true },
      { issuing: true, authoritative: true },
      { certIssuer: '1-ff00:0:3' },
      {},
    ];
    expect(rolesOf(roles)).toEqual({
      ...{ voters: '12', sensitive: '12', regular: '12', roots: '23', core: '123', quorum: 2 },
      ...{ authoritative: '3', issuers: '22332' },
    });
  });

  it('have all roles if they are core and the topology says none', () => {
    expect(rolesOf([{}, {}, {}, {}])).toEqual({
      ...{ voters: '123', sensitive: '123', regular: '123', roots: '123', core: '123', quorum: 2 },
      ...{ authoritative: '123', issuers: '1231' },
    });
  });
});
