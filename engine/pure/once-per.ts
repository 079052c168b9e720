/**
 * Values that are made once per object and kept as long as the object, such as an index over the hosts of a network,
 * which all its nodes share.
 *
 * @module
 */

/** A function that remembers the results of `make`, which must depend on its argument only. */
export function memoisePerObject<Key extends object, Made extends object>(
  make: (key: Key) => Made,
): (key: Key) => Made {
  const made = new WeakMap<Key, Made>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const one = make(key);
    made.set(key, one);
    return one;
  };
}

interface Named {
  readonly name: string;
}

const namesOf = memoisePerObject(
  (all: readonly Named[]): ReadonlyMap<string, Named> => new Map(all.map((one) => [one.name, one])),
);

/**
 * Makes a map by name of hosts or other things with unique names; once per list, since all nodes look up others in it.
 */
export function indexByName<One extends Named>(all: readonly One[]): ReadonlyMap<string, One> {
  return namesOf(all) as ReadonlyMap<string, One>;
}
