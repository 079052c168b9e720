/** Defects for fabric-outage.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    shipped: {},
    // A restart heals what only seemed to be sent: here, none follows the ten minutes.
    'crashes before': {
      'events.6.at': '450s',
      'events.7.at': '460s',
      'events.8.at': '470s',
      'events.9.at': '480s',
    },
    // Many calls are answered, and their answers are on the bus.
    'a crash of bob while the bus goes': { 'events.8.at': '300s' },
  },
  doubles: {
    'a fallback that only seems to send messages': {
      base: 'crashes before',
      set: { 'options.bob/fabric.double': 'silent-fallback' },
      red: ['fabric.answered value >=', 'fabric.delivery value >=', 'fabric.latency p50 <='],
    },
    'a fallback that only seems to send calls': {
      base: 'crashes before',
      set: { 'options.alice/fabric.double': 'silent-fallback' },
      red: ['fabric.answered value >='],
    },
    'calls of one millisecond taken for one': {
      base: 'shipped',
      set: { 'options.bob/fabric.double': 'by-millisecond' },
      red: ['fabric.answered value >=', 'fabric.latency p50 <='],
    },
    'a receiver that forgets what it handed over': {
      base: 'shipped',
      set: { 'options.alice/fabric.double': 'forgetful' },
      red: ['fabric.duplicates count ==', 'fabric.handled_twice count =='],
    },
    'a receiver that forgets which calls it answered': {
      base: 'a crash of bob while the bus goes',
      set: { 'options.bob/fabric.double': 'forgetful' },
      red: ['fabric.handled_twice count =='],
    },
    'fewer calls': {
      base: 'shipped',
      set: { 'options.alice/fabric.load.rate': '20/min' },
      red: ['fabric.calls count >=', 'fabric.latency p50 <='],
    },
    'more messages than can wait in ten minutes': {
      base: 'shipped',
      set: { 'traffic.0.rate': '100/min' },
      red: ['fabric.delivery value >=', 'fabric.queue.peak max <='],
    },
    'no bus, and a longer outage': {
      base: 'shipped',
      set: { 'options.bob/fabric.ways': '[datagram]', 'events.3.for': '390s' },
      red: ['fabric.answered value >=', 'fabric.latency p50 <='],
    },
    'twelve minutes without a way': {
      base: 'shipped',
      set: {
        'events.5.for': '760s',
        'options.alice/fabric.deadline': '30min',
        'options.bob/fabric.deadline': '30min',
      },
      red: ['fabric.latency max <=', 'fabric.latency p50 <='],
    },
  },
};
