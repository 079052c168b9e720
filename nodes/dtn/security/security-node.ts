/**
 * Makes the security of a node: keys from the shared secret of the network, and initialization vectors
 * from a counter on the node's disk.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { NetworkView } from '../../../engine/host/network-view.ts';
import type { Provisioning } from '../../../engine/host/protocol.ts';
import { CRC_TYPE_BY_OPTION } from '../agent/origin.ts';
import type { BundleSecurity } from '../agent/security.ts';
import type { DtnOptions } from '../config.ts';
import { TLS_SECRET_NAME } from '../links/tcpcl-tls.ts';
import type { HostEids } from '../names.ts';
import { RuleBasedSecurity } from './bundle-security.ts';
import { BitFlippingSecurity } from './flipping.ts';
import { DerivedKeys } from './keys.ts';
import { CounterVectors, type InitializationVectors } from './vectors.ts';

const SECRET = 'security';
const STORE = 'dtn-security';
const FLIPS = 'flips';

/**
 * The secrets that nodes are given: one shared secret, from which they derive the keys that their
 * options name, and for each node a key pair for TLS with its neighbours.
 */
export const securityProvisioning: Provisioning = {
  sharedSecrets: () => [SECRET],
  publicKeys: { [TLS_SECRET_NAME]: (secret, crypto) => crypto.x25519PublicKey(secret) },
};

/** What {@link createSecurity} needs beside the host. */
export interface SecuritySetup {
  readonly options: DtnOptions;
  readonly network: NetworkView;
  readonly names: HostEids;
  /** Called once, when initialization vectors are available; only if this node needs vectors. */
  readonly onReady: () => void;
}

/** True if a node with these options encrypts, so that it needs initialization vectors. */
export function needsVectors({ security }: DtnOptions): boolean {
  return security.rules.some(({ role, block }) => role === 'source' && block === 'bcb');
}

/** Makes the security of the node on `host`. */
export function createSecurity(host: Host, setup: SecuritySetup): BundleSecurity {
  const { options, network, names } = setup;
  const { security } = options;
  const { crypto } = host;
  const planTime = (): number => host.planTime();
  const keys = new DerivedKeys({ crypto, secret: network.shared(SECRET), planTime }, security.keys);
  const ruled = new RuleBasedSecurity({
    tools: {
      crypto,
      keys,
      vectors: vectorsOf(host, setup),
      randomBytes: (length): Uint8Array => host.randomBytes(length),
      node: names.nodeOf(host.name),
      count: (metric): void => host.meter.counter(metric).add(1),
    },
    options: security,
    names,
    own: host.name,
    crcType: CRC_TYPE_BY_OPTION[options.crc],
  });
  if (options.hostile !== 'flip-bits') return ruled;
  return new BitFlippingSecurity(ruled, {
    random: host.random(FLIPS),
    isOwn: (eid) => names.hostOf(eid) === host.name,
    onFlip: () => host.meter.counter('dtn.tampered').add(1),
  });
}

function vectorsOf(host: Host, { options, names, onReady }: SecuritySetup): InitializationVectors {
  if (!needsVectors(options)) return { take: () => undefined };
  let isReady = false;
  const onSync = (): void => {
    // After a failed sync there are no vectors; the next bundle that needs a vector reserves some
    // again.
    if (!isReady) onReady();
    isReady = true;
  };
  const node = names.numberOf(host.name) ?? 0;
  return new CounterVectors({ store: host.store(STORE), node, onSync });
}
