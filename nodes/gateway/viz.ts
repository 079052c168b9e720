/**
 * The gateway's drawings: paths with their quality, replay windows as bits, handshakes as ladder
 * diagrams. They draw from the states of `trace-states.ts`.
 *
 * @module
 */
import type { ProtocolViz } from '../../viz/format/drawing.ts';
import { linkBeliefsOfPaths } from './viz-beliefs.ts';
import { drawChoice, hasCandidates } from './viz-choice.ts';
import { drawHandshakeLadders, hasTracedHandshakes } from './viz-ladder.ts';
import { drawMeasuredPaths, hasMeasuredPaths } from './viz-paths.ts';
import { drawReplayWindows, hasTracedReplayWindows } from './viz-window.ts';

/** The drawings of the gateway in the browser view: handshakes, paths, replay windows. */
export const viz: ProtocolViz = {
  protocol: 'gateway',
  beliefsOf: linkBeliefsOfPaths,
  views: [
    {
      name: 'paths',
      title: 'Paths and their quality',
      applies: hasMeasuredPaths,
      draw: drawMeasuredPaths,
    },
    {
      name: 'choice',
      title: 'Why a path is chosen',
      applies: hasCandidates,
      draw: drawChoice,
    },
    {
      name: 'window',
      title: 'Replay window',
      applies: hasTracedReplayWindows,
      draw: drawReplayWindows,
    },
    {
      name: 'handshake',
      title: 'Handshake ladder',
      applies: hasTracedHandshakes,
      draw: drawHandshakeLadders,
    },
  ],
};
