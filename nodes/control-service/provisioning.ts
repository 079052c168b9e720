/**
 * SCION control service: the key with which an AS signs, and the TRCs and certificates that it has at the start.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { Provisioning, PublishContext } from '../../engine/host/protocol.ts';
import { fromHex, toHex } from '../_kit/bytes.ts';
import {
  CONTROL_PROTOCOL,
  findControlServices,
  type IsdAs,
  isdAsOf,
  listAutonomousSystems,
  readIsd,
} from '../scion/index.ts';
import { type AsKeySource, asKeyScalar } from './beacons/signatures.ts';
import { CertificateAuthority } from './pki/authority.ts';
import { type AsRoles, makeIsdMaterial, pkiKeyOf, readChain } from './pki/isd-material.ts';
import type { ControlPki } from './trust.ts';

/** Name of the key with which an AS signs. */
export const AS_KEY_NAME = 'as-key';

/** Publishes to all nodes the public key of each AS, and the first TRCs and certificates of each ISD. */
export const controlProvisioning: Provisioning = {
  publicKeys: { [AS_KEY_NAME]: (secret, crypto) => crypto.p256PublicKey(asKeyScalar(secret)) },
  sharedSecrets: (host) => {
    const isdAs = isdAsOf(host);
    return isdAs === undefined ? [] : [pkiSecretName(isdAs)];
  },
  publish: publishMaterial,
};

const PUBLISHED_ISDS = 'isds';

/** Makes an AS's part of the PKI: its keys are derived from a secret that it shares with nobody. */
export function provisionedPki(
  crypto: CryptoProvider,
  isdAs: IsdAs,
  { shared, published }: Pick<NetworkView, 'shared' | 'published'>,
): Omit<ControlPki, 'lifetimeSeconds' | 'renewalEndsSeconds' | 'trcPlan'> {
  const text = (name: string): string => published(`${CONTROL_PROTOCOL}/${name}`) ?? '';
  const trcs = text(PUBLISHED_ISDS)
    .split(' ')
    .map((isd) => fromHex(text(`trc/${isd}`)));
  const [own = '', ca = ''] = text(`chain/${isdAs}`).split(' ');
  const chain = readChain(fromHex(own), fromHex(ca));
  if (chain === undefined) throw new RangeError(`${isdAs} has no certificate`);
  const secret = shared(pkiSecretName(isdAs));
  // A CA issues its own certificate.
  const isAuthority = chain.ca.isdAs === isdAs;
  const isVoter = text(`voters/${readIsd(isdAs)}`)
    .split(' ')
    .includes(isdAs);
  const as = { isdAs, isCore: isAuthority, secret };
  return {
    ...{ trcs, chain, keyOf: (generation) => pkiKeyOf(crypto, secret, 'as', generation) },
    votingKey: isVoter ? pkiKeyOf(crypto, secret, 'regular') : undefined,
    authority: isAuthority ? new CertificateAuthority(crypto, as, chain.ca) : undefined,
  };
}

/** Name of the secret of the control service of an AS; no other node is in the group that shares it. */
function pkiSecretName(isdAs: IsdAs): string {
  return `pki/${isdAs}`;
}

/** The first TRC of each ISD, and a chain for each AS. */
function publishMaterial(publisher: PublishContext): Readonly<Record<string, string>> {
  const { network, crypto, seconds, shared } = publisher;
  const services = findControlServices(network);
  const ases = listAutonomousSystems(network).filter(({ isdAs }) => services.has(isdAs));
  const isds = [...new Set(ases.map(({ isdAs }) => readIsd(isdAs)))].sort((a, b) => a - b);
  const roles = new Map(
    network.areas.map(({ id, attributes }): [string, AsRoles | undefined] => [id, attributes]),
  );
  const texts: Record<string, string> = {};
  const withCores = isds.filter((isd) => {
    const own = ases.filter(({ isdAs }) => readIsd(isdAs) === isd);
    if (!own.some(({ core }) => core)) return false;
    const secrets = own.map(({ isdAs, core }) => {
      return { ...roles.get(isdAs), isdAs, isCore: core, secret: shared(pkiSecretName(isdAs)) };
    });
    const { trc, chains, voters } = makeIsdMaterial(crypto, isd, secrets, seconds);
    texts[`trc/${isd}`] = toHex(trc);
    texts[`voters/${isd}`] = voters.join(' ');
    for (const [isdAs, { as, ca }] of chains) {
      texts[`chain/${isdAs}`] = `${toHex(as.bytes)} ${toHex(ca.bytes)}`;
    }
    return true;
  });
  return { ...texts, [PUBLISHED_ISDS]: withCores.join(' ') };
}

/** Makes the source of the keys of all ASes that have a control service. */
export function controlServiceKeySource(network: NetworkView): AsKeySource {
  const services = findControlServices(network);
  return (isdAs) => {
    const service = services.get(isdAs);
    return service && network.identity(service.name).publicKey(AS_KEY_NAME);
  };
}
