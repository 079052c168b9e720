/** Defects for mixnet-privacy.yaml, for `doubles.slow.test.ts`. */
import type { Overrides, Row } from '../double-row.ts';

/**
 * A tenth of the clients and two mixes per layer: the entropy is log2(10) = 3.32 bits lower than in
 * the shipped setting, so the limits are lowered by as much.
 */
const TENTH: Overrides = {
  duration: '21s',
  warmup: '4s',
  privacy: '{ targets: 250ms }',
  'topology.generate.clients': '5',
  'topology.generate.providers': '1',
  'topology.generate.width': '2',
  traffic: '[{ from: client-1, to: client-2, kind: poisson, rate: 8/s, size: 100B, stop: 15s }]',
  kpis: `{
    mixnet.delivery:          { value: ">= 99.9%" },
    privacy.entropy.bits:     { mean: [">= 9.6 bits", "<= 9.85 bits"], min: ">= 9.2 bits" },
    privacy.min_entropy.bits: { mean: ">= 8.7 bits", min: ">= 8.2 bits" },
    privacy.linking:          { value: "<= 2%" },
    privacy.cover_ratio:      { value: ">= 95%" },
    privacy.delay.ks_p:       { min: ">= 0.00003", mean: ">= 0.3" },
    privacy.mass_left:        { max: "<= 0.0001%" },
  }`,
};

export const row: Row = {
  isLong: true,
  bases: { tenth: TENTH },
  doubles: {
    'mixes that halve the delay': {
      base: 'tenth',
      set: { 'options.mixnet.double': 'eager' },
      red: [
        'privacy.entropy.bits mean >=',
        'privacy.entropy.bits min >=',
        'privacy.min_entropy.bits mean >=',
        'privacy.min_entropy.bits min >=',
        'privacy.delay.ks_p min >=',
        'privacy.delay.ks_p mean >=',
      ],
    },
    'mixes that add half of the delay': {
      base: 'tenth',
      set: { 'options.mixnet.double': 'late' },
      red: [
        'privacy.entropy.bits mean <=',
        'privacy.delay.ks_p min >=',
        'privacy.delay.ks_p mean >=',
      ],
    },
    'mixes that are all corrupt': {
      base: 'tenth',
      set: { privacy: '{ targets: 250ms, corrupt: 100% }' },
      red: [
        'privacy.entropy.bits mean >=',
        'privacy.entropy.bits min >=',
        'privacy.linking value <=',
        'privacy.min_entropy.bits mean >=',
        'privacy.min_entropy.bits min >=',
      ],
    },
    'clients without cover': {
      base: 'tenth',
      set: { 'options.mixnet.client.cover': 'false' },
      red: [
        'privacy.cover_ratio value >=',
        'privacy.entropy.bits mean >=',
        'privacy.entropy.bits min >=',
        'privacy.linking value <=',
        'privacy.min_entropy.bits mean >=',
        'privacy.min_entropy.bits min >=',
      ],
    },
    'clients that retrieve less than arrives': {
      base: 'tenth',
      set: { 'options.mixnet.client.retrieve.interval': '2s' },
      red: ['mixnet.delivery value >='],
    },
    'links that lose one packet in a hundred': {
      base: 'tenth',
      set: { 'topology.defaults.link.loss': '1%' },
      red: ['privacy.mass_left max <='],
    },
  },
};
