/**
 * An index of the links of a topology by id and by their two ends, because a file may name thousands of
 * links.
 *
 * @module
 */
import type { LinkSpec } from '../../../topologies/model.ts';

/** Finds the links of a topology by id and by their two ends. */
export class LinkIndex {
  readonly #ids: ReadonlySet<string>;
  readonly #byEnds = new Map<string, string[]>();

  /** @param parts Ids of the parts of clouds, which events change like links. */
  constructor(links: readonly LinkSpec[], parts: readonly string[]) {
    this.#ids = new Set([...links.map(({ id }) => id), ...parts]);
    for (const { id, a, b } of links) {
      const key = keyOf(a.host, b.host);
      const known = this.#byEnds.get(key);
      if (known === undefined) this.#byEnds.set(key, [id]);
      else known.push(id);
    }
  }

  /** All ids, those of links first, in file order. */
  get ids(): readonly string[] {
    return [...this.#ids];
  }

  /** True if this is the id of a link or of a part of a cloud. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Ids of the links between two nodes, in file order. */
  between(a: string, b: string): readonly string[] {
    return this.#byEnds.get(keyOf(a, b)) ?? [];
  }
}

/** A key for a pair of names; names contain no blanks. */
function keyOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
