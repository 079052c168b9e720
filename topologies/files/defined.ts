/**
 * Drops entries that are undefined, which zod leaves behind for absent optional keys.
 *
 * @module
 */

/** A map without undefined values; optional keys stay optional. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** @returns a shallow copy without the keys whose value is undefined. */
export function defined<T extends object>(map: T): Defined<T> {
  if (!Object.values(map).includes(undefined)) return { ...map } as Defined<T>;
  return Object.fromEntries(
    Object.entries(map).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
