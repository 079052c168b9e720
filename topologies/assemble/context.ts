/**
 * What every step of building a topology needs: the file, the topology's position in it, and the
 * list of mistakes.
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import type { ConfigCode } from '../files/config-error.ts';
import type { EntryPart, ValuePath } from '../files/locate.ts';
import { type ConfigIssueCollector, findPosition, type Hint, hintText } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import type { ConfigSource } from '../files/source.ts';
import { TextBudget } from '../files/text-budget.ts';
import type { RateOrDelayTrace } from '../import/pace-text.ts';
import type { SourcePosition } from '../model.ts';

/** What the steps that build one topology share: its file, the protocols, and the mistakes found. */
export class BuildContext {
  readonly source: ConfigSource;
  /** Path of the topology inside the file; empty if the topology has its own file. */
  readonly root: ValuePath;
  readonly problems: ConfigIssueCollector;
  readonly registry: ProtocolLookup;
  /** Which of the networks that a generator can draw is built, from 1. */
  readonly network: number;
  /** True if external hosts that name a protocol are nodes here: this process runs their programs. */
  readonly runsPrograms: boolean;
  /** True once a generator has drawn at random. */
  isDrawn = false;
  readonly warnings: string[] = [];
  /** Directions without mistakes by their values, so that links with equal values share one. */
  readonly directions = new Map<string, LinkDirectionSpec>();
  /** Traces that rates and delays follow, by file and options; undefined for a file with mistakes. */
  readonly paces = new Map<string, RateOrDelayTrace | undefined>();
  /** How much text of trace files may still be read. */
  readonly texts = new TextBudget();
  #last: { readonly path: ValuePath; readonly position: SourcePosition } | undefined;

  constructor(
    parts: Pick<BuildContext, 'source' | 'root' | 'problems' | 'registry'> & {
      readonly network?: number;
      readonly runsPrograms?: boolean;
    },
  ) {
    this.source = parts.source;
    this.root = parts.root;
    this.problems = parts.problems;
    this.registry = parts.registry;
    this.network = parts.network ?? 1;
    this.runsPrograms = parts.runsPrograms ?? false;
  }

  /** Records a mistake at the value of an entry. */
  refuse(code: ConfigCode, path: ValuePath, message: string, hint?: Hint): void {
    if (this.problems.isFull) {
      this.problems.countOnly();
      return;
    }
    const words = hint === undefined ? { message } : { message, hint: hintText(hint) };
    this.problems.add(this.source, { code, path, part: 'value', ...words }, this.root);
  }

  /** Records a warning, unless the same warning is recorded already. */
  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }

  /** The position of an entry's value or key in the file, line and column. */
  position(path: ValuePath, part: EntryPart = 'value'): SourcePosition {
    if (part !== 'value') return findPosition(this.source, [...this.root, ...path], part);
    // All nodes and links of a generator have the path of the `generate` entry, so the last
    // position is kept for reuse.
    if (this.#last?.path !== path) {
      this.#last = { path, position: findPosition(this.source, [...this.root, ...path], part) };
    }
    return this.#last.position;
  }

  /** Text such as `first at line 14`, for messages about names that are used twice. */
  firstAt(path: ValuePath): string {
    return `first at line ${this.position(path).line}`;
  }
}
