/**
 * Inverts monotone functions by bisection.
 *
 * @module
 */

/** Number of bisection steps: enough to reach the last bit of a double from any range in use. */
const HALVINGS = 200;

/**
 * The smallest x, to the last bit, from which on `holds` is true.
 * @param holds False below some point and true above it.
 * @param range Ends of the search.
 * @returns `range.most` if `holds` is true nowhere in the range.
 */
export function smallestSatisfying(
  holds: (x: number) => boolean,
  range: { readonly least: number; readonly most: number },
): number {
  let { least, most } = range;
  if (holds(least)) return least;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = least + (most - least) / 2;
    if (middle === least || middle === most) break;
    if (holds(middle)) most = middle;
    else least = middle;
  }
  return most;
}
