/**
 * Watches the width of an element: drawing changes the height, which is no reason to draw again.
 *
 * @module
 */

/** Calls back for each other width of what is observed. */
export function onWidth(draw: () => void): ResizeObserver {
  let last = 0;
  return new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === last) return;
    last = width;
    draw();
  });
}
