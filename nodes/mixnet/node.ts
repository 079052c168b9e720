/**
 * Mixnet: creates a node according to its role.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import { createAuthority } from './authority/authority-node.ts';
import type { MixnetSetup } from './behaviour.ts';
import { createClient } from './client-node.ts';
import { createMix } from './mix/mix-node.ts';
import { createProvider } from './provider/provider-node.ts';

/** Creates a node with the role named in its options. */
export function createMixnetNode(host: Host, setup: MixnetSetup): NodeHandle {
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
