/**
 * Watches only the width of an element: drawing changes its height, which must not trigger another
 * drawing.
 *
 * @module
 */

/** Makes an observer that calls `draw` whenever the element that it observes has a new width. */
export function makeWidthObserver(draw: () => void): ResizeObserver {
  let last = 0;
  return new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === last) return;
    last = width;
    draw();
  });
}
