/**
 * Mixnet: creates a node according to its role.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import { createAuthority } from './authority/authority-node.ts';
import { createClient } from './client-node.ts';
import type { MixnetOptions } from './config.ts';
import { createMix } from './mix/mix-node.ts';
import { createProvider } from './provider/provider-node.ts';

/** Creates a node with the role named in its options. */
export function createMixnet(host: Host, setup: NodeSetup<MixnetOptions>): NodeHandle {
  switch (setup.options.role) {
    case 'mix':
      return createMix(host, setup);
    case 'provider':
      return createProvider(host, setup);
    case 'client':
      return createClient(host, setup);
    case 'authority':
      return createAuthority(host, setup);
  }
}
