/**
 * Drops entries that are undefined, which zod leaves behind for absent optional keys.
 *
 * @module
 */

/** A map without undefined values; optional keys stay optional. */
export type UndefinedOmitted<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Returns a shallow copy of a map without the keys whose value is undefined. */
export function omitUndefined<T extends object>(map: T): UndefinedOmitted<T> {
  if (!Object.values(map).includes(undefined)) return { ...map } as UndefinedOmitted<T>;
  return Object.fromEntries(
    Object.entries(map).filter(([, value]) => value !== undefined),
  ) as UndefinedOmitted<T>;
}
