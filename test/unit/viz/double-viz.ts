/** A plug-in for tests with one drawing that works and one that throws. @module */
import type { DrawingInput, ProtocolViz } from '../../../viz/format/drawing.ts';

/** A plug-in that lists the states of all nodes, and has a second drawing that throws. */
export const viz: ProtocolViz = {
  protocol: 'ping',
  views: [
    {
      name: 'states',
      title: 'States',
      applies: ({ nodes }) => nodes.some(({ protocol }) => protocol === 'ping'),
      draw: ({ nodes, width }) => ({
        title: `${nodes.length} nodes`,
        summary: `${nodes.length} nodes with their states.`,
        height: 24 * nodes.length,
        shapes: nodes.flatMap(({ name, states }, row) => [
          { kind: 'rect', x: 0, y: 24 * row, w: width, h: 20, fill: 'panel' },
          {
            kind: 'text',
            x: 8,
            y: 24 * row + 14,
            text: `${name}: ${[...states.values()].join(', ')}`,
          },
        ]),
        table: {
          columns: ['node', 'machine', 'state'],
          rows: nodes.flatMap(({ name, states }) =>
            [...states].map(([machine, state]) => [name, machine, state]),
          ),
        },
      }),
    },
    {
      name: 'broken',
      title: 'Broken',
      applies: () => true,
      draw: () => {
        throw new Error('no such state');
      },
    },
  ],
};

/** Input with two nodes at one instant. */
export const DOUBLE_INPUT: DrawingInput = {
  timeNs: 1e9,
  fromNs: 0,
  toNs: 2e9,
  nodes: ['a', 'b'].map((name, number) => ({
    number,
    name,
    protocol: 'ping',
    states: new Map([['ping', number === 0 ? 'waiting' : 'idle']]),
  })),
  spans: [],
  marks: [],
  width: 400,
  height: 300,
};
