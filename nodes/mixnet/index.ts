/**
 * Mixnet: the public face.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type MixnetOptions, mixnetConfig } from './config.ts';
import { MIXNET_DROPS } from './drops.ts';
import { MIXNET_METRICS } from './metrics.ts';
import { createMixnet } from './node.ts';

/** Carries application bytes through layers of mixes, so that nobody sees who writes to whom. */
export const protocol: Protocol<MixnetOptions> = {
  name: 'mixnet',
  summary:
    'carries application bytes in Sphinx packets through layers of mixes, with cover traffic',
  config: mixnetConfig,
  jobs: {},
  moduleUrl: import.meta.url,
  drops: MIXNET_DROPS,
  metrics: MIXNET_METRICS,
  create: createMixnet,
};

// For checks of the strategies by themselves: `npm run verify`.
export { createMixing, type Mixing, type MixingOptions, mixingConfig } from './mixing/index.ts';
export { type MixnodeFile, type MixnodeRefusal, readMixnodeToml } from './mixnode-toml.ts';
// For mixes as a library: services/mixnode.
export { ReplayFilter } from './replay/index.ts';
