/**
 * ISD 1 of the small network with voters, roots and CAs on another curve, as other implementations may have them. Its ASes
 * keep their keys, as a control service signs on P-256.
 *
 * @module
 */
import type { CertificateChain } from '../../../../nodes/control-service/pki/chain.ts';
import type { CurveName } from '../../../../nodes/control-service/pki/ecdsa.ts';
import { type Issuer, makeCertificate } from '../../../../nodes/control-service/pki/issue.ts';
import { encodeName } from '../../../../nodes/control-service/pki/name.ts';
import type { IsdAs } from '../../../../nodes/scion/index.ts';
import {
  BASE,
  DAY_S,
  encodedTrc,
  everyCurve,
  type Isd,
  isdOn,
  keyOf,
  membersOf,
} from './pki/samples.ts';
import { CORE_A, CORE_B, NOW_S } from './small-network.ts';
import { keysOf, MATERIAL } from './small-pki.ts';

/** What an AS of ISD 1 is given. */
export interface ForeignKeys {
  readonly trcs: readonly Uint8Array[];
  readonly chain: CertificateChain;
}

/** What the ASes of the ISD on a curve are given. */
export function foreignIsd(curve: CurveName): (isdAs: IsdAs) => ForeignKeys {
  const isd = isdOn(curve);
  const content = { ...BASE, coreAses: [CORE_A, CORE_B], authoritativeAses: [CORE_A] };
  const trc = encodedTrc(content, membersOf(isd), [...isd.sensitive, ...isd.regular]);
  const trcs = [trc, MATERIAL.get(2)!.trc];
  return (isdAs) => ({ trcs, chain: { as: certificateOf(isdAs, isd.ca), ca: isd.ca.certificate } });
}

/** A certificate of an AS by the CA of this ISD that says it is signed over SHA-256, whatever the curve of the CA. */
export function chainOverSha256(isdAs: IsdAs, { ca }: Isd): CertificateChain {
  const key = keyOf('any', 'p256');
  const as = certificateOf(isdAs, { key, certificate: ca.certificate });
  return { as, ca: ca.certificate };
}

function certificateOf(isdAs: IsdAs, issuer: Required<Issuer>): CertificateChain['as'] {
  const { publicKey } = keysOf(isdAs).keyOf(0);
  const validity = { notBefore: NOW_S - 3_600, notAfter: NOW_S + 2 * DAY_S };
  const key = { curve: 'p256' as const, point: publicKey };
  const subject = { kind: 'as' as const, name: encodeName(`${isdAs} as`, isdAs), key, ...validity };
  return makeCertificate(everyCurve, subject, issuer);
}
