/**
 * What the gateway shows of itself: paths with their quality, replay windows as bits, handshakes as
 * ladders. Draws from the texts of `viz-states.ts`; spec/ux.md 4.2 and 4.7.
 *
 * @module
 */
import type { ProtocolViz } from '../../viz/format/drawing.ts';
import { drawLadders, hasLadders } from './viz-ladder.ts';
import { drawPaths, hasPaths } from './viz-paths.ts';
import { drawWindows, hasWindows } from './viz-window.ts';

/** The drawings. */
export const viz: ProtocolViz = {
  protocol: 'gateway',
  views: [
    { name: 'paths', title: 'Paths and their quality', applies: hasPaths, draw: drawPaths },
    { name: 'window', title: 'Replay window', applies: hasWindows, draw: drawWindows },
    { name: 'handshake', title: 'Handshake ladder', applies: hasLadders, draw: drawLadders },
  ],
};
