/**
 * The gateway's drawings: paths with their quality, replay windows as bits, handshakes as ladder
 * diagrams. They draw from the states of `trace-states.ts`.
 *
 * @module
 */
import type { ProtocolViz } from '../../viz/format/drawing.ts';
import { pathBeliefs } from './viz-beliefs.ts';
import { drawLadders, hasLadders } from './viz-ladder.ts';
import { drawPaths, hasPaths } from './viz-paths.ts';
import { drawWindows, hasWindows } from './viz-window.ts';

/** The drawings. */
export const viz: ProtocolViz = {
  protocol: 'gateway',
  beliefsOf: pathBeliefs,
  views: [
    { name: 'paths', title: 'Paths and their quality', applies: hasPaths, draw: drawPaths },
    { name: 'window', title: 'Replay window', applies: hasWindows, draw: drawWindows },
    { name: 'handshake', title: 'Handshake ladder', applies: hasLadders, draw: drawLadders },
  ],
};
