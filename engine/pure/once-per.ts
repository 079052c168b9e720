/**
 * What is made once for an object and kept as long as it, such as an index over the hosts of a network that all its
 * nodes share.
 *
 * @module
 */

/** @param make Depends on nothing but its argument, which nobody changes. */
export function oncePer<Key extends object, Made extends object>(
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

const namesOf = oncePer(
  (all: readonly Named[]): ReadonlyMap<string, Named> => new Map(all.map((one) => [one.name, one])),
);

/** Hosts and the like by their names, which differ: a thousand nodes that each look for others look often. */
export function byName<One extends Named>(all: readonly One[]): ReadonlyMap<string, One> {
  return namesOf(all) as ReadonlyMap<string, One>;
}
