/**
 * Vault: metrics.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

function metric(
  name: string,
  kind: MetricDefinition['kind'],
  unit: MetricDefinition['unit'],
  help: string,
): MetricDefinition {
  return { name: `vault.${name}`, kind, unit, help };
}

/** Metrics of a `vault` node. */
export const VAULT_METRICS: readonly MetricDefinition[] = [
  metric('operations', 'counter', 'count', 'operations of this replica that its disk has'),
  metric(
    'converged_operations',
    'counter',
    'count',
    'of these, those that the disks of all other replicas have, as their clocks say',
  ),
  {
    ...metric(
      'converged',
      'ratio',
      'ratio',
      'share of the operations that the disks of all replicas have',
    ),
    of: ['vault.converged_operations', 'vault.operations'],
  },
  metric(
    'converge',
    'histogram',
    'ns',
    'time from the request to the clock that says that the disks of all replicas have the operation; without erasures',
  ),
  metric('applied', 'counter', 'count', 'operations of others that this replica applied'),
  metric('compared', 'counter', 'count', 'clocks of replicas that have the same operations'),
  metric('equal_compared', 'counter', 'count', 'of these, those whose state is the same by bytes'),
  {
    ...metric(
      'equal',
      'ratio',
      'ratio',
      'share of the comparisons between replicas with the same operations that found the same state',
    ),
    of: ['vault.equal_compared', 'vault.compared'],
  },
  metric('sync.bytes', 'counter', 'bytes', 'messages given to the carrier'),
  metric(
    'sync.idle_bytes',
    'histogram',
    'bytes',
    'length of a clock to a replica that lacks nothing and has nothing more',
  ),
  metric(
    'snapshots',
    'counter',
    'count',
    'snapshots sent, since the log no longer had what was missing',
  ),
  metric(
    'erase.time',
    'histogram',
    'ns',
    'time from the request to the clock that says that the last replica has erased the value',
  ),
  {
    ...metric(
      'erase.unconfirmed',
      'gauge',
      'count',
      'erasures that some replica has not confirmed',
    ),
  },
  metric(
    'clock_corrections',
    'counter',
    'count',
    'times that this replica took the time of the others, from which its own was further than a stamp may be',
  ),
  metric(
    'keys_reused',
    'counter',
    'count',
    'values that were encrypted under a key that had been used, as a witness outside the nodes knows',
  ),
  metric('tampered', 'counter', 'count', 'operations of others that `tampers` passed on changed'),
  metric(
    'tampered_undetected',
    'counter',
    'count',
    'of these, those that a replica took for true, as a witness outside the nodes knows',
  ),
];
