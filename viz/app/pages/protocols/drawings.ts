/**
 * Chooses among the drawings that protocols provide: which of them apply to a run, which of their
 * shapes are selected, and how often a slow drawing is made again. Uses no DOM.
 *
 * @module
 */
import type { DrawingInput, ProtocolView, ProtocolViz } from '../../../format/drawing.ts';
import { isViewApplicable } from '../../data/plug-ins.ts';

/** A drawing that the reader can choose, with its protocol. */
export interface OfferedDrawing {
  /** Name of the drawing in the page's address: `gateway/paths`. */
  readonly id: string;
  readonly protocol: string;
  readonly title: string;
  readonly view: ProtocolView;
}

/**
 * Lists the drawings that have something to show at one of these instants. A drawing that throws is
 * listed too, so that the page can show the error.
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
 * Returns the keys of the selected shapes after a click on the shape `key`. If it was selected, it
 * no longer is; otherwise it replaces the selected key of its group, which is the part before the
 * colon.
 */
export function withSelectionToggled(chosen: readonly string[], key: string): readonly string[] {
  const group = `${key.split(':')[0]}:`;
  const others = chosen.filter((one) => !one.startsWith(group));
  return chosen.includes(key) ? others : [...others, key];
}

/** Number of frames for which a slow drawing is kept before it is made again. */
const FRAMES_LEFT_OUT = 9;

/**
 * Decides when a drawing is made again: while the cursor moves, a slow drawing only in every tenth
 * frame (docs/spec/browser-view.md).
 */
export class RedrawThrottle {
  #leftOut = FRAMES_LEFT_OUT;
  isSlow = false;

  /** True if the drawing should be made again in this frame; call it once for each frame. */
  takes(isMoving: boolean): boolean {
    if (!this.isSlow || !isMoving || this.#leftOut >= FRAMES_LEFT_OUT) {
      this.#leftOut = 0;
      return true;
    }
    this.#leftOut += 1;
    return false;
  }
}
