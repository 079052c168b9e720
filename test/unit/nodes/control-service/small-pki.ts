/**
 * The control-plane PKI of the small network: keys, chains and TRCs of its ASes.
 *
 * @module
 */
import { sha256 } from '../../../../engine/core/sha256.ts';
import type { ControlKeys } from '../../../../nodes/control-service/keys.ts';
import { CertificateAuthority } from '../../../../nodes/control-service/pki/authority.ts';
import type { CertificateChain } from '../../../../nodes/control-service/pki/chain.ts';
import { encodeSignedData, signPayload } from '../../../../nodes/control-service/pki/cms.ts';
import { pkiCryptoOf } from '../../../../nodes/control-service/pki/ecdsa.ts';
import {
  type IsdMaterial,
  makeIsdMaterial,
  pkiKeyOf,
} from '../../../../nodes/control-service/pki/isd-material.ts';
import { decodeSignedTrc } from '../../../../nodes/control-service/pki/signed-trc.ts';
import { encodeTrc } from '../../../../nodes/control-service/pki/trc.ts';
import { type IsdAs, readIsd } from '../../../../nodes/scion/index.ts';
import { crypto, NETWORK, NOW_S } from './small-network.ts';

export const ASES: readonly IsdAs[] = NETWORK.ases.map(({ isdAs }) => isdAs);

function secretOf(isdAs: IsdAs): Uint8Array {
  return sha256(new TextEncoder().encode(`pki ${isdAs}`));
}

export function materialOf(isd: number, seconds = NOW_S): IsdMaterial {
  const own = NETWORK.ases.filter(({ isdAs }) => readIsd(isdAs) === isd);
  const secrets = own.map(({ isdAs, core }) => ({ isdAs, isCore: core, secret: secretOf(isdAs) }));
  return makeIsdMaterial(crypto, isd, secrets, seconds);
}

/** By ISD. */
export const MATERIAL: ReadonlyMap<number, IsdMaterial> = new Map(
  [1, 2].map((isd) => [isd, materialOf(isd)]),
);

/** The first TRC of an ISD, but with another end. */
export function trcUntil(isd: number, notAfter: number): Uint8Array {
  const signed = decodeSignedTrc(MATERIAL.get(isd)!.trc);
  if (typeof signed === 'string') throw new Error(signed);
  const { certificates } = signed.trc;
  const bytes = certificates.map((one) => one.bytes);
  const payload = encodeTrc({ ...signed.trc, notAfter }, bytes);
  const signers = certificates.flatMap((certificate) => {
    const { kind, isdAs } = certificate;
    if (kind === 'root' || isdAs === undefined || isdAs === 'malformed') return [];
    const key = { curve: 'p256' as const, key: pkiKeyOf(crypto, secretOf(isdAs), kind) };
    const parts = { crypto: pkiCryptoOf(crypto), certificate, key, seconds: NOW_S };
    return [signPayload(payload, parts)];
  });
  return encodeSignedData({ payload, signers });
}

export function chainOf(isdAs: IsdAs): CertificateChain {
  return MATERIAL.get(readIsd(isdAs))!.chains.get(isdAs)!;
}

export function keysOf(isdAs: IsdAs): ControlKeys & { readonly kind: 'real' } {
  return {
    kind: 'real',
    trcs: [...MATERIAL.values()].map(({ trc }) => trc),
    chain: chainOf(isdAs),
    lifetimeSeconds: 3 * 86_400,
    ...{ renewalEndsSeconds: Number.POSITIVE_INFINITY, trcPlan: undefined },
    keyOf: (generation) => pkiKeyOf(crypto, secretOf(isdAs), 'as', generation),
    votingKey:
      chainOf(isdAs).ca.isdAs === isdAs ? pkiKeyOf(crypto, secretOf(isdAs), 'regular') : undefined,
    authority: authorityOf(isdAs),
  };
}

export function authorityOf(isdAs: IsdAs): CertificateAuthority | undefined {
  const { ca } = chainOf(isdAs);
  if (ca.isdAs !== isdAs) return undefined;
  return new CertificateAuthority(crypto, { isdAs, isCore: true, secret: secretOf(isdAs) }, ca);
}
