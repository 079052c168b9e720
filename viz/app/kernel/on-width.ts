/**
 * Watches only the width of an element: drawing changes its height, which must not trigger another
 * drawing.
 *
 * @module
 */

/** Makes an observer that calls `draw` for each new width of the element that it observes. */
export function onWidthChange(draw: () => void): ResizeObserver {
  let last = 0;
  return new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === last) return;
    last = width;
    draw();
  });
}
