/** Defects for fabric-large.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: { shipped: {} },
  doubles: {
    'no time for a cut': {
      base: 'shipped',
      set: { 'options.alice/fabric.load.deadline': '900ms' },
      red: ['fabric.answered value >=', 'fabric.overhead value <='],
    },
    'nine messages': {
      base: 'shipped',
      set: { 'options.alice/fabric.load.count': '9' },
      red: ['fabric.calls count =='],
    },
    'a slower wire': {
      base: 'shipped',
      set: { 'topology.defaults.link.rate': '180Mbit/s' },
      red: ['fabric.call p50 <='],
    },
    'a longer cut': {
      base: 'shipped',
      set: { 'events.0.for': '2s' },
      red: ['fabric.answered value >=', 'fabric.call max <='],
    },
    'messages that begin anew when a part is lost': {
      base: 'shipped',
      set: { 'options.fabric.double': 'resend-all' },
      red: [
        'fabric.overhead value <=',
        'fabric.repeated value <=',
        'fabric.resent_acknowledged count ==',
      ],
    },
    'a window that never shrinks': {
      base: 'shipped',
      set: { 'options.fabric.double': 'fixed-window' },
      red: ['fabric.overhead value <=', 'fabric.repeated value <='],
    },
    'short packets': {
      base: 'shipped',
      set: { 'options.fabric.packet': '512B' },
      red: ['fabric.call p50 <=', 'fabric.overhead value <='],
    },
  },
};
