/** Defects for ask.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { file: {} },
  doubles: {
    'a node that answers no question': {
      base: 'file',
      set: { 'options.sender.double': 'mute' },
      red: ['ask.ok value =='],
    },
    'a node that looks at questions 16 s later': {
      base: 'file',
      set: { 'options.sender.double': 'late' },
      red: ['ask.time max <='],
    },
    'a node that damages every hundredth packet': {
      base: 'file',
      set: { 'options.receiver.double': 'flip' },
      red: ['bulk.delivery value =='],
    },
  },
};
