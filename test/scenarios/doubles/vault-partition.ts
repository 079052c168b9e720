/** Defects for vault-partition.yaml, for `doubles.slow.test.ts`. */
import type { Overrides, Row } from '../double-row.ts';

/** An option of all replicas, also of the one with options of its own. */
function option(name: string, value: string): Overrides {
  return {
    [`stack.1.options.${name}`]: value,
    [`options.replica-7/vault.${name}`]: value,
  };
}

export const row: Row = {
  isLong: true,
  bases: {
    shipped: {},
    busy: { ...option('load.rate', '60/s'), ...option('load.stop', '8s') },
  },
  doubles: {
    // The operations of the replica with the wrong clock are refused, and so not with all.
    'a replica that believes its own clock': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'own-clock' },
      red: ['vault.clock_corrections count ==', 'vault.converged value =='],
    },
    // The true operations are refused as a second one with the same number.
    'replicas that verify operations with the key that they carry': {
      base: 'shipped',
      set: { 'stack.1.options.double': 'carried-key' },
      red: ['vault.converged value ==', 'vault.tampered_undetected count =='],
    },
    'a replica that passes on what it got': {
      base: 'shipped',
      set: { 'options.replica-7/vault.tampers': '0' },
      red: ['vault.tampered count >='],
    },
    'replicas that skip operations of one millisecond': {
      base: 'busy',
      set: { 'stack.1.options.double': 'by-millisecond' },
      red: ['vault.equal value =='],
    },
    'a clock that is half a minute ahead': {
      base: 'shipped',
      set: { 'events.0.clock.step': '30s' },
      red: ['vault.clock_corrections count =='],
    },
    'a partition of 80 s': {
      base: 'shipped',
      set: { 'events.2.for': '80s', duration: '110s' },
      red: ['vault.converge max <=', 'vault.converge p50 <='],
    },
    'a partition that does not end': {
      base: 'shipped',
      set: { 'events.2.for': '45s' },
      red: ['vault.converged value =='],
    },
    'a vault with a long name': {
      base: 'shipped',
      set: option('vault', 'v'.repeat(250)),
      red: ['vault.sync.idle_bytes max <='],
    },
  },
};
