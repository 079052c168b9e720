/**
 * Vault: the limits that hold whatever faults the network has.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** Limits of metrics that replicas keep whatever faults the network has. */
export const VAULT_MUST: Must = {
  always: {
    'vault.equal': { value: '== 100%' },
    'vault.keys_reused': { count: '== 0' },
    'vault.tampered_undetected': { count: '== 0' },
  },
  recover: {
    'vault.converged': { value: '>= 99%' },
  },
  withinSeconds: 30,
};
