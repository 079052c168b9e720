/**
 * Mixnet: the public interface.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { byteJobDefinition } from '../_kit/byte-job.ts';
import { unwrapJob } from '../sphinx/index.ts';
import { type MixnetOptions, mixnetConfig } from './config.ts';
import { behaviourOf } from './doubles/index.ts';
import { MIXNET_DROP_REASONS } from './drops.ts';
import { mixnetTopologyGenerator } from './generator.ts';
import { MIXNET_PACKET_KINDS } from './message-kinds.ts';
import { createMessageLocator } from './messages.ts';
import { MIXNET_METRICS } from './metrics.ts';
import { MIXNET_MUST } from './must.ts';
import { createMixnetNode } from './node.ts';
import { findOptionConflicts } from './option-conflicts.ts';
import { privacyFacts } from './privacy.ts';
import { carrierTerms } from './terms.ts';
import { mixnetProvisioning } from './trust.ts';

/**
 * Part of a hop's processor time that does not depend on the packet's length, with X25519 of
 * libsodium, in ns (docs/PERFORMANCE.md, "The packet pipeline").
 */
const HOP_NS = 78_000;
/** Part of a hop's processor time per byte of the packet, in ns: stream cipher, AEZ and ring buffers. */
const HOP_NS_PER_BYTE = 7;

/** Carries application bytes through layers of mixes, so that nobody can see who writes to whom. */
export const protocol: Protocol<MixnetOptions> = {
  name: 'mixnet',
  summary:
    'carries application bytes in Sphinx packets through layers of mixes, with cover traffic',
  config: mixnetConfig,
  generators: [mixnetTopologyGenerator],
  provisioning: mixnetProvisioning,
  disagreements: findOptionConflicts,
  account: { kind: 'steps' },
  jobs: {
    unwrap: {
      ...byteJobDefinition(unwrapJob, (length) => HOP_NS + HOP_NS_PER_BYTE * length),
      onDemand: true,
    },
  },
  moduleUrl: import.meta.url,
  drops: MIXNET_DROP_REASONS,
  metrics: MIXNET_METRICS,
  messages: createMessageLocator,
  privacyFacts,
  messageKinds: MIXNET_PACKET_KINDS,
  ports: ({ role, port, directoryPort }) =>
    role === 'authority' ? { tcp: [directoryPort] } : { udp: [port] },
  carries: carrierTerms,
  wishes: { lifetime: 'honoured', priority: 'honoured', private: 'honoured' },
  double: ({ double, client: { double: ofClient = double } }) => ofClient && `double: ${ofClient}`,
  must: () => MIXNET_MUST,
  create: (host, setup) =>
    createMixnetNode(host, { ...setup, behaviour: behaviourOf(setup.options) }),
};

// Exported so that `npm run verify` can check the mixing strategies without a network.
export {
  createMixingStrategy,
  type MixingOptions,
  type MixingStrategy,
  mixingConfig,
} from './mixing/index.ts';
export { type MixnodeFile, mixnodeTomlSchema } from './mixnode-toml.ts';
// Exported for services/mixnode, which uses mixes as a library.
export { ReplayFilter } from './replay/index.ts';
