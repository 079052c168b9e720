/**
 * Runs one `requestAnimationFrame` loop for the whole page; the loop stops while there is nothing
 * to draw.
 *
 * @module
 */

/**
 * Draws one animation frame. `elapsedMs` is the time since the previous frame; it is 0 for the
 * first frame after a pause. Returns true if another frame is needed.
 */
export type Painter = (elapsedMs: number) => boolean;

/** Upper bound on `elapsedMs`, so that nothing jumps when a suspended tab resumes. */
const ELAPSED_MAX_MS = 100;

/** Calls, in every animation frame, the painters that have requested a frame. */
export class FrameLoop {
  readonly #painters = new Set<Painter>();
  readonly #wanted = new Set<Painter>();
  #request = 0;
  #lastMs: number | undefined;

  /**
   * Registers a painter until the signal aborts, and requests its first frame. Returns a function
   * that requests another frame for the painter.
   */
  add(signal: AbortSignal, painter: Painter): () => void {
    this.#painters.add(painter);
    signal.addEventListener('abort', () => {
      this.#painters.delete(painter);
      this.#wanted.delete(painter);
    });
    const ask = (): void => {
      if (!this.#painters.has(painter)) return;
      this.#wanted.add(painter);
      if (this.#request === 0) this.#request = requestAnimationFrame((ms) => this.#frame(ms));
    };
    ask();
    return ask;
  }

  #frame(nowMs: number): void {
    const elapsed = this.#lastMs === undefined ? 0 : Math.min(ELAPSED_MAX_MS, nowMs - this.#lastMs);
    this.#request = 0;
    const painters = [...this.#wanted];
    this.#wanted.clear();
    for (const paint of painters) if (paint(elapsed)) this.#wanted.add(paint);
    this.#lastMs = this.#wanted.size === 0 ? undefined : nowMs;
    if (this.#wanted.size > 0 && this.#request === 0) {
      this.#request = requestAnimationFrame((ms) => this.#frame(ms));
    }
  }
}
