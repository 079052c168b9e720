/** Defects for fabric-groups.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { shipped: {} },
  doubles: {
    'a group without one of its members': {
      base: 'shipped',
      set: { 'topology.generate.nodes': '99' },
      red: ['fabric.group.joined count =='],
    },
    'an owner that never returns for its third vote': {
      base: 'shipped',
      set: { 'events.1.at': '700s', 'events.1.for': '900s' },
      red: [
        'fabric.group.accepted count ==',
        'fabric.group.turnout value >=',
        'fabric.group.votes count ==',
      ],
    },
    'one member of a hundred that says no': {
      base: 'shipped',
      set: { 'options.member-7/fabric.group.ballot': 'no' },
      red: ['fabric.group.accepted count =='],
    },
    'members that are cut off until their vote is over': {
      base: 'shipped',
      set: { 'events.0.for': '280s' },
      red: ['fabric.group.accepted count ==', 'fabric.group.turnout value >='],
    },
    'members that are cut off until the end': {
      base: 'shipped',
      set: { 'events.0.for': '770s' },
      red: [
        'fabric.group.accepted count ==',
        'fabric.group.informed value >=',
        'fabric.group.turnout value >=',
      ],
    },
    'a member that believes its own tally': {
      base: 'shipped',
      set: { 'options.member-5/fabric.double': 'own-tally' },
      red: ['fabric.group.disagreed count =='],
    },
  },
};
