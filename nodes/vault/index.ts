/**
 * Vault: the public interface.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { type VaultOptions, vaultConfig } from './config.ts';
import { behaviourOf } from './doubles/index.ts';
import { VAULT_DROP_REASONS } from './drop-reasons.ts';
import { VAULT_METRICS } from './metrics.ts';
import { VAULT_MUST } from './must.ts';
import { VaultNode } from './node.ts';
import { findVaultConflicts } from './option-conflicts.ts';
import { vaultProvisioning } from './provisioning.ts';
import { SYNC_DROP_REASONS } from './sync/drop-reasons.ts';
import { VAULT_QUESTIONS } from './sync/effects.ts';
import { VAULT_CHANNEL } from './sync/geometry.ts';

/** The protocol `vault`: replicated state that converges, with signed operations and erasable values. */
export const protocol: Protocol<VaultOptions> = {
  name: 'vault',
  summary:
    'replicates state that converges in any order of messages, with signed operations and receipts',
  config: vaultConfig,
  provisioning: vaultProvisioning,
  disagreements: findVaultConflicts,
  needsRun: () => 'the keys of its replicas are made before a run',
  jobs: {},
  moduleUrl: import.meta.url,
  questions: VAULT_QUESTIONS,
  drops: { ...VAULT_DROP_REASONS, ...SYNC_DROP_REASONS },
  metrics: VAULT_METRICS,
  channel: VAULT_CHANNEL,
  double: ({ double }) => double && `double: ${double}`,
  must: () => VAULT_MUST,
  create: (host, setup) => new VaultNode(host, setup, behaviourOf(setup.options)),
};
