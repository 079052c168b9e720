/**
 * Ids of links, segments and clouds. Events, sockets and reports name them by their ids alone, so
 * no two of them may have the same id. Mistakes: E113.
 *
 * @module
 */
import type { ValuePath } from '../files/locate.ts';
import type { LinkSpec } from '../model.ts';
import type { BuildContext } from './context.ts';

/** The ids of links, segments and clouds of a topology; reports those that are used twice. */
export class LinkIdRegistry {
  readonly #context: BuildContext;
  readonly #links: readonly LinkSpec[];
  /**
   * Line of the first use of each id. The map is made when the first segment or cloud claims an id,
   * because a topology with links only does not need it.
   */
  #lines: Map<string, number> | undefined;

  /** @param links Links whose ids have been checked to be different. */
  constructor(context: BuildContext, links: readonly LinkSpec[]) {
    this.#context = context;
    this.#links = links;
  }

  /** Takes an id for the entry at this path, or reports that another entry has it. */
  claim(id: string, path: ValuePath): void {
    this.#lines ??= new Map(this.#links.map((link) => [link.id, link.position.line]));
    const first = this.#lines.get(id);
    if (first === undefined) {
      this.#lines.set(id, this.#context.position(path).line);
      return;
    }
    const message = `"${id}" is used twice (first at line ${first})`;
    const hint = 'links, segments and clouds have different ids';
    this.#context.refuse('E113', [...path, 'id'], message, hint);
  }
}
