/**
 * The drawings that protocols bring: which of them a run has, what is selected in them, and how
 * often a slow one is drawn. No DOM.
 *
 * @module
 */
import type { DrawingInput, ProtocolView, ProtocolViz } from '../../../format/drawing.ts';
import { isFor } from '../../data/plug-ins.ts';

/** One drawing with its protocol. */
export interface Offer {
  /** Name in the address: `gateway/paths`. */
  readonly id: string;
  readonly title: string;
  readonly view: ProtocolView;
}

/**
 * The drawings that have something to show at one of these instants; one that throws is offered
 * too.
 */
export function offersOf(
  plugIns: readonly ProtocolViz[],
  inputs: readonly DrawingInput[],
): readonly Offer[] {
  return plugIns.flatMap(({ protocol, views }) =>
    views
      .filter((view) => inputs.some((input) => isFor(view, input)))
      .map((view) => ({
        id: `${protocol}/${view.name}`,
        title: `${protocol}: ${view.title}`,
        view,
      })),
  );
}

/** Selected keys after a press on one: it is added, removed, or replaces its group's. */
export function pressed(chosen: readonly string[], key: string): readonly string[] {
  const group = `${key.split(':')[0]}:`;
  const others = chosen.filter((one) => !one.startsWith(group));
  return chosen.includes(key) ? others : [...others, key];
}

/** Number of frames without a drawing after it was slow. */
const FRAMES_LEFT_OUT = 9;

/** Draws a slow drawing in every tenth frame while the cursor moves (docs/spec/browser-view.md). */
export class Pace {
  #leftOut = FRAMES_LEFT_OUT;
  isSlow = false;

  /** True if this frame should be drawn. */
  takes(isMoving: boolean): boolean {
    if (!this.isSlow || !isMoving || this.#leftOut >= FRAMES_LEFT_OUT) {
      this.#leftOut = 0;
      return true;
    }
    this.#leftOut += 1;
    return false;
  }
}
