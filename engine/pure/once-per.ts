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
