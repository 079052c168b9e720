/**
 * Who leaves a session, and when.
 *
 * @module
 */

const NEVER = 99;

/** Every way for `n` clients to leave at one of these points, or not. */
export function* plans(
  n: number,
  points: readonly number[],
): Generator<ReadonlyMap<number, number>> {
  const choices = [NEVER, ...points];
  for (let plan = 0; plan < choices.length ** n; plan += 1) {
    const leaves = new Map<number, number>();
    for (let index = 0, rest = plan; index < n; index += 1) {
      leaves.set(index, choices[rest % choices.length] as number);
      rest = Math.floor(rest / choices.length);
    }
    yield leaves;
  }
}

/** Those who send messages of this type. */
export function stayers(leaves: ReadonlyMap<number, number>, type: number): readonly number[] {
  return [...leaves].filter(([, leavesAt]) => leavesAt > type).map(([index]) => index);
}
