/** Defects for fabric-navigator.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'a navigator that takes every way for one that hides': {
      base: 'shipped',
      set: { 'options.fabric.double': 'careless' },
      red: ['navigator.exposed count =='],
    },
    'a navigator that adds milliseconds to probabilities': {
      base: 'shipped',
      set: { 'options.fabric.double': 'mixed-units' },
      red: ['navigator.messages{class="tolerant",way="dtn"} count >='],
    },
    'a navigator that waits for two more time-outs': {
      base: 'shipped',
      set: { 'options.fabric.double': 'patient' },
      red: ['navigator.switch p95 <='],
    },
    'a gateway that never degrades': {
      base: 'shipped',
      set: { 'events.0.set.delay': '10ms' },
      red: ['navigator.messages{class="realtime",way="mixnet"} count >='],
    },
    'a gateway that degrades for twice as long': {
      base: 'shipped',
      set: { 'events.0.for': '90s' },
      red: ['navigator.handled{class="realtime"} p50 <='],
    },
    'twice as many messages by bus': {
      base: 'shipped',
      set: { 'traffic.1.rate': '2/s' },
      red: ['navigator.spent max <='],
    },
    'a mixnet that takes more charge': {
      base: 'shipped',
      set: { 'options.fabric.navigator.costs.mixnet.energy': '5' },
      red: ['navigator.charge count <='],
    },
    'a mixnet whose clients send six times a second': {
      base: 'shipped',
      set: { 'options.mixnet.rates.payload': '6/s' },
      red: ['navigator.handled{class="private"} max <='],
    },
    'messages that nobody wants after 20 s': {
      base: 'shipped',
      set: { 'options.fabric.deadline': '20s' },
      red: ['fabric.delivery value >='],
    },
    'a bus that comes half as often': {
      base: 'shipped',
      set: {
        'topology.links.12.contacts.period': '60s',
        'topology.links.13.contacts.period': '60s',
        'topology.links.14.contacts.period': '60s',
      },
      red: ['fabric.latency max <='],
    },
  },
};
