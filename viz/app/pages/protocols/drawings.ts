/**
 * The drawings that protocols provide: which of them apply to a run, which of their shapes are
 * selected, and how often a slow drawing is redrawn. Uses no DOM.
 *
 * @module
 */
import type { DrawingInput, ProtocolView, ProtocolViz } from '../../../format/drawing.ts';
import { isViewApplicable } from '../../data/plug-ins.ts';

/** One drawing that the page offers, with its protocol. */
export interface OfferedDrawing {
  /** Name in the address: `gateway/paths`. */
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
 * The selected keys after a click on `key`. A selected key is removed; any other key replaces the
 * selected key of its group.
 */
export function withSelectionToggled(chosen: readonly string[], key: string): readonly string[] {
  const group = `${key.split(':')[0]}:`;
  const others = chosen.filter((one) => !one.startsWith(group));
  return chosen.includes(key) ? others : [...others, key];
}

/** Number of frames in which a slow drawing is not redrawn after it was drawn. */
const FRAMES_LEFT_OUT = 9;

/**
 * Decides when a drawing is redrawn: a slow one only in every tenth frame while the cursor moves
 * (docs/spec/browser-view.md).
 */
export class RedrawThrottle {
  #leftOut = FRAMES_LEFT_OUT;
  isSlow = false;

  /** True if the drawing should be redrawn in this frame; call it once for each frame. */
  takes(isMoving: boolean): boolean {
    if (!this.isSlow || !isMoving || this.#leftOut >= FRAMES_LEFT_OUT) {
      this.#leftOut = 0;
      return true;
    }
    this.#leftOut += 1;
    return false;
  }
}
