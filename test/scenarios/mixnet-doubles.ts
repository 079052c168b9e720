/** Defects for the mixnet scenarios, for `doubles.test.ts`. */
import type { Overrides, Row } from './double-row.ts';

/** The last messages are sent early enough for their repetitions. */
const STOP_AT_20: Overrides = { 'traffic.0.stop': '20s', 'traffic.1.stop': '20s' };

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
    privacy.cover_ratio:      { value: ">= 90%" },
    privacy.delay.ks_p:       { min: ">= 0.0003" },
    privacy.mass_left:        { max: "<= 0.0001%" },
  }`,
};

/** Sorted by file name. */
export const MIXNET_ROWS: readonly Row[] = [
  {
    file: 'mixnet-active.yaml',
    bases: { short: { crypto: 'modelled', duration: '32s', ...STOP_AT_20 } },
    doubles: {
      'mixes that forget what they have seen': {
        base: 'short',
        set: { 'options.mixnet.double': 'forgetful' },
        red: ['privacy.attack.replay.success value =='],
      },
      'last hops that are all corrupt': {
        base: 'short',
        set: { 'events.1.attack.last': '["provider-*"]' },
        red: ['privacy.attack.tagging.success value <='],
      },
      'tags in the header, which the next hop finds': {
        base: 'short',
        set: { 'events.1.attack.part': 'header' },
        red: ['privacy.attack.tagging.success value >='],
      },
      'tags on every message, and nobody who sends them again': {
        base: 'short',
        set: {
          'options.mixnet.client.acknowledgements.enabled': 'false',
          'events.1.attack.every': '1ms',
        },
        red: ['mixnet.delivery value >='],
      },
    },
  },
  {
    file: 'mixnet-attack.yaml',
    bases: { short: { duration: '32s', ...STOP_AT_20 } },
    doubles: {
      'a network without loops': {
        base: 'short',
        set: { 'options.mixnet.rates.mixLoop': '0/s', 'options.mixnet.rates.loop': '0/s' },
        red: ['privacy.attack.n_minus_one.success value <=', 'mix.loops.alarms rate >='],
      },
      'mixes that wait too long for their loops': {
        base: 'short',
        set: { 'options.mixnet.client.loopAlarm.slack': '5s' },
        red: ['mix.loops.detection p95 <='],
      },
      'mixes that take every loss for an attack': {
        base: 'short',
        set: {
          'topology.defaults.link.loss': '1%',
          'options.mixnet.client.loopAlarm.window': '1s',
          'options.mixnet.client.loopAlarm.falseAlarms': '100',
        },
        red: ['mix.loops.alarms rate <='],
      },
      'messages that nobody acknowledges': {
        base: 'short',
        set: { 'options.mixnet.client.acknowledgements.enabled': 'false', 'events.0.for': '8s' },
        red: ['mixnet.delivery value >='],
      },
    },
  },
  {
    file: 'mixnet-blending.yaml',
    bases: { full: {} },
    doubles: {
      'a network without loops': {
        base: 'full',
        set: { 'options.mixnet.rates.mixLoop': '0/s', 'options.mixnet.rates.loop': '0/s' },
        red: ['privacy.attack.n_minus_one.success value <=', 'mix.loops.alarms rate >='],
      },
      'an adversary who is faster than loops are due': {
        base: 'full',
        set: { 'events.0.attack.drain': '400ms' },
        red: ['mix.loops.alarms rate >='],
      },
      'an adversary who drops what it takes out': {
        base: 'full',
        set: { 'events.0.attack.others': 'drop' },
        red: ['mixnet.delivery value >='],
      },
    },
  },
  {
    file: 'mixnet-cover.yaml',
    bases: { full: {} },
    doubles: {
      'cover switched off': {
        base: 'full',
        set: { 'options.mixnet.client.cover': 'false' },
        red: [
          'privacy.client_rate.ks_p min >=',
          'privacy.cover_ratio value >=',
          'privacy.entropy.bits mean >=',
          'privacy.attack.answers.success value <=',
        ],
      },
      'R-181: no cover, and answers without padding': {
        base: 'full',
        set: { 'options.mixnet.client.cover': 'false', 'options.mixnet.double': 'unpadded' },
        red: ['privacy.attack.correlation.success value <='],
      },
      'clients that send at once what they have to say': {
        base: 'full',
        set: { 'options.mixnet.client.double': 'chatty' },
        red: ['privacy.client_rate.ks_p min >='],
      },
      'an attack on a mix': {
        base: 'full',
        set: {
          events:
            '[{ at: 12s, for: 6s, partition: { from: ["mix-1-*"], to: [mix-2-1] }, direction: one-way }]',
        },
        red: ['mix.loops.alarms count =='],
      },
      'mixes that halve the delay': {
        base: 'full',
        set: { 'options.mixnet.double': 'eager' },
        red: ['privacy.epsilon mean <='],
      },
      'clients that never get to say it': {
        base: 'full',
        set: { 'options.mixnet.rates.payload': '0/s' },
        red: ['privacy.cover_ratio value <=', 'mixnet.delivery value >='],
      },
    },
  },
  {
    file: 'mixnet-crashes.yaml',
    bases: { full: {} },
    doubles: {
      'clients that forget what they delivered': {
        base: 'full',
        set: { 'options.mixnet.client.double': 'forgetful' },
        red: ['mixnet.duplicates count =='],
      },
      'clients that send no message again': {
        base: 'full',
        set: { 'options.mixnet.client.acknowledgements.enabled': 'false' },
        red: ['mixnet.delivery value >='],
      },
      'mixes that forget what they have seen, and an attacker who sends it again': {
        base: 'full',
        set: {
          'options.mixnet.double': 'forgetful',
          'events.2':
            '{ at: 6s, link: "mix-1-* <-> mix-2-1", tap: { replay: 20%, replayWithin: 200, reorder: 0 } }',
        },
        red: ['mix.replay.false_negative count =='],
      },
    },
  },
  {
    file: 'mixnet-neighbours.yaml',
    bases: { full: {} },
    doubles: {
      'R-184: draws that look at no autonomous system': {
        base: 'full',
        set: { 'options.mixnet.neighbours.maxPerAs': '12' },
        red: ['mix.neighbours.systems min >='],
      },
      'mixes of two autonomous systems': {
        base: 'full',
        set: { 'topology.generate.systems': '2' },
        red: ['mix.path.systems mean >=', 'mix.path.shared_ends value <='],
      },
      'a client that sends over mixes that are no neighbours': {
        base: 'full',
        set: { 'options.client-3.client.double': 'wayward' },
        red: ['mix.drop_ratio value =='],
      },
      'mixes that drop each tenth packet': {
        base: 'full',
        set: {
          'options.mixnet.double': 'lossy',
          'options.mixnet.client.acknowledgements.enabled': 'false',
        },
        red: ['mix.drop_ratio value ==', 'mixnet.delivery value >='],
      },
    },
  },
  {
    file: 'mixnet-pq.yaml',
    bases: { short: { crypto: 'modelled', duration: '26s', ...STOP_AT_20 } },
    doubles: {
      'mixes that drop each tenth packet': {
        base: 'short',
        set: {
          'options.mixnet.double': 'lossy',
          'options.mixnet.client.acknowledgements.enabled': 'false',
        },
        red: ['mix.drop_ratio value <=', 'mix.loops_returned value >=', 'mixnet.delivery value >='],
      },
      'mixes that halve the delay': {
        base: 'short',
        set: { 'options.mixnet.double': 'eager' },
        red: ['mix.latency p50 >='],
      },
      'mixes that add half of the delay': {
        base: 'short',
        set: { 'options.mixnet.double': 'late' },
        red: ['mix.latency p50 <='],
      },
    },
  },
  {
    file: 'mixnet-privacy.yaml',
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
        ],
      },
      'mixes that add half of the delay': {
        base: 'tenth',
        set: { 'options.mixnet.double': 'late' },
        red: ['privacy.entropy.bits mean <=', 'privacy.delay.ks_p min >='],
      },
      'mixes that are all corrupt': {
        base: 'tenth',
        set: { privacy: '{ targets: 250ms, corrupt: 100% }' },
        red: ['privacy.linking value <=', 'privacy.entropy.bits mean >='],
      },
      'clients without cover': {
        base: 'tenth',
        set: { 'options.mixnet.client.cover': 'false' },
        red: ['privacy.cover_ratio value >='],
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
  },
  {
    file: 'mixnet.yaml',
    bases: {
      crashing: {
        crypto: 'modelled',
        duration: '40s',
        'topology.generate.clients': '50',
        traffic:
          '[{ from: client-1, to: client-2, kind: poisson, rate: 2/s, size: 500B, stop: 24s }]',
        'options.mixnet.rates.payload': '5/s',
        events: '[{ every: 3s, from: 11s, for: 200ms, crash: client-2 }]',
        kpis: '{ mixnet.duplicates: { count: "== 0" } }',
      },
      short: {
        crypto: 'modelled',
        duration: '40s',
        'topology.generate.clients': '50',
        traffic:
          '[{ from: client-1, to: client-2, kind: poisson, rate: 0.3/s, size: 500B, stop: 24s }]',
      },
    },
    doubles: {
      'mixes that halve the delay': {
        base: 'short',
        set: { 'options.mixnet.double': 'eager' },
        red: ['mix.latency p50 >=', 'mix.latency p95 >='],
      },
      'mixes that add half of the delay': {
        base: 'short',
        set: { 'options.mixnet.double': 'late' },
        red: ['mix.latency p50 <=', 'mix.latency p95 <='],
      },
      'clients that forget what they delivered': {
        base: 'crashing',
        set: { 'options.mixnet.client.double': 'forgetful' },
        red: ['mixnet.duplicates count =='],
      },
      'mixes that lose packets, and nobody who sends them again': {
        base: 'short',
        set: {
          'options.mixnet.double': 'lossy',
          'options.mixnet.client.acknowledgements.enabled': 'false',
        },
        red: ['mixnet.delivery value ==', 'mix.drop_ratio value <=', 'mix.loops_returned value >='],
      },
    },
  },
];
