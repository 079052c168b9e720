/**
 * The drawings that protocols provide: which of them apply to a run, what is selected in them, and
 * how often a slow one is redrawn. Uses no DOM.
 *
 * @module
 */
import type { DrawingInput, ProtocolView, ProtocolViz } from '../../../format/drawing.ts';
import { isViewApplicable } from '../../data/plug-ins.ts';

/** One drawing and its protocol. */
export interface OfferedDrawing {
  /** Name in the address: `gateway/paths`. */
  readonly id: string;
  readonly protocol: string;
  readonly title: string;
  readonly view: ProtocolView;
}

/**
 * The drawings that have something to show at one of these instants. A drawing that throws is
 * offered too.
 */
export function offeredDrawings(
  plugIns: readonly ProtocolViz[],
  inputs: readonly DrawingInput[],
): readonly OfferedDrawing[] {
  return plugIns.flatMap(({ protocol, views }) =>
    views
      .filter((view) => inputs.some((input) => isViewApplicable(view, input)))
      .map((view) => ({
        id: `${protocol}/${view.name}`,
        protocol,
        title: `${protocol}: ${view.title}`,
        view,
      })),
  );
}

/**
 * The selected keys after a click on `key`: it is removed if it was selected, else added in place
 * of the selected key of its group.
 */
export function withSelectionToggled(chosen: readonly string[], key: string): readonly string[] {
  const group = `${key.split(':')[0]}:`;
  const others = chosen.filter((one) => !one.startsWith(group));
  return chosen.includes(key) ? others : [...others, key];
}

/** Number of frames to skip after a slow drawing. */
const FRAMES_LEFT_OUT = 9;

/**
 * Redraws a slow drawing only in every tenth frame while the cursor moves
 * (docs/spec/browser-view.md).
 */
export class RedrawThrottle {
  #leftOut = FRAMES_LEFT_OUT;
  isSlow = false;

  /** Called once for each frame; true if the drawing should be redrawn in it. */
  takes(isMoving: boolean): boolean {
    if (!this.isSlow || !isMoving || this.#leftOut >= FRAMES_LEFT_OUT) {
      this.#leftOut = 0;
      return true;
    }
    this.#leftOut += 1;
    return false;
  }
}
