/**
 * What all parts of the scenario loader share: the file, its topology, limits and mistakes.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import {
  NamePattern,
  PATTERN_LENGTH_MAX,
  type PatternWorkBudget,
} from '../../engine/pure/name-pattern.ts';
import { Connectivity } from '../../topologies/assemble/connectivity.ts';
import { cloudPartIds } from '../../topologies/cloud-parts.ts';
import { type ConfigCode, formatValuePath } from '../../topologies/files/config-error.ts';
import { shorten } from '../../topologies/files/leaf.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import {
  type ConfigIssueCollector,
  findPosition,
  type Hint,
  hintText,
} from '../../topologies/files/problems.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { ConfigSource, TextSource } from '../../topologies/files/source.ts';
import { unknownNameHint } from '../../topologies/files/suggest.ts';
import { TextBudget } from '../../topologies/files/text-budget.ts';
import type { HostSpec, SourcePosition, Topology } from '../../topologies/model.ts';
import type { TrafficPattern } from '../traffic-pattern.ts';
import type { FileFlows } from './flows-text.ts';
import { LinkIndex } from './graph/link-index.ts';

/** Largest number of comparisons of a name with a pattern, for all patterns of a file together. */
const COMPARED_MAX = 5_000_000;
/**
 * Largest number of characters that these comparisons may read; two seconds of work, and 20
 * characters for each comparison.
 */
const STEPS_MAX = 100_000_000;
/** Largest number of links and nodes that all events of a file may select together. */
const SELECTED_MAX = 200_000;

/** A file of flows, and the flows that it lists. */
export interface FlowsInFile {
  readonly source: TextSource;
  readonly read: FileFlows;
}

/** What the steps that resolve one scenario file share: the file, its topology, limits and mistakes. */
export class ScenarioContext {
  readonly source: ConfigSource;
  readonly problems: ConfigIssueCollector;
  readonly registry: ProtocolLookup;
  readonly topology: Topology;
  readonly connectivity: Connectivity;
  readonly durationNs: number;
  /** Remarks on entries that may not mean what their author intended. */
  readonly warnings: string[] = [];
  /** The limit on the text of all files that `traffic` names together. */
  readonly texts = new TextBudget();
  /** The packet traces that were read, by the paths of their files; undefined for a file with mistakes. */
  readonly traces = new Map<string, Extract<TrafficPattern, { kind: 'trace' }> | undefined>();
  readonly flows = new Map<string, FlowsInFile | undefined>();
  readonly #nodes: ReadonlyMap<string, HostSpec>;
  #index: LinkIndex | undefined;
  #compared = 0;
  readonly #work: PatternWorkBudget = { left: STEPS_MAX };
  #selected = 0;

  constructor(
    parts: Pick<ScenarioContext, 'source' | 'problems' | 'registry' | 'topology' | 'durationNs'>,
  ) {
    this.source = parts.source;
    this.problems = parts.problems;
    this.registry = parts.registry;
    this.topology = parts.topology;
    this.durationNs = parts.durationNs;
    this.connectivity = new Connectivity(parts.topology);
    this.#nodes = new Map(parts.topology.hosts.map((host) => [host.name, host]));
  }

  /** The links of the topology. */
  get links(): LinkIndex {
    this.#index ??= new LinkIndex(this.topology.links, cloudPartIds(this.topology.clouds));
    return this.#index;
  }

  /** Makes a pattern of this file; the characters that it reads count for the limit of the file. */
  pattern(text: string): NamePattern {
    return new NamePattern(text, this.#work);
  }

  /**
   * Limits the total work of comparing patterns.
   * @returns false if the limit is exceeded, after reporting E104.
   */
  admitWork(path: ValuePath): boolean {
    if (this.#work.left > 0) return true;
    const message = `the patterns of this file compare more than ${STEPS_MAX} characters`;
    this.refuse('E104', path, message, 'use fewer patterns, or shorter ones');
    return false;
  }

  /**
   * Limits the work for one pattern.
   * @returns false if there are too many names to compare, after reporting E104.
   */
  admitPattern(pattern: string, path: ValuePath, names: number): boolean {
    if (pattern.length > PATTERN_LENGTH_MAX) {
      const message = `a pattern of ${pattern.length} characters, the limit is ${PATTERN_LENGTH_MAX}`;
      this.refuse('E104', path, message, 'write * where the names differ');
      return false;
    }
    this.#compared += names;
    if (this.#compared <= COMPARED_MAX) return true;
    const message = `the patterns of this file are compared with more than ${COMPARED_MAX} names`;
    this.refuse('E104', path, message, 'use fewer patterns');
    return false;
  }

  /**
   * Limits the number of selected targets.
   * @returns false if there are too many, after reporting E104.
   */
  admitSelected(count: number, path: ValuePath): boolean {
    this.#selected += count;
    if (this.#selected <= SELECTED_MAX) return true;
    const message = `the events of this file select more than ${SELECTED_MAX} links and nodes`;
    this.refuse('E104', path, message, 'use fewer events, or narrower patterns');
    return false;
  }

  /** Reports a mistake at the value of an entry. */
  refuse(code: ConfigCode, path: ValuePath, message: string, hint?: Hint): void {
    if (this.problems.isFull) {
      this.problems.countOnly();
      return;
    }
    const words = hint === undefined ? { message } : { message, hint: hintText(hint) };
    this.problems.add(this.source, { code, path, part: 'value', ...words });
  }

  /** Reports a mistake at the key of an entry. */
  refuseKey(code: ConfigCode, path: ValuePath, message: string, hint?: Hint): void {
    if (this.problems.isFull) {
      this.problems.countOnly();
      return;
    }
    const words = hint === undefined ? { message } : { message, hint: hintText(hint) };
    this.problems.add(this.source, { code, path, part: 'key', ...words });
  }

  /** Warns that an entry may not mean what its author intended; the file is accepted. */
  warn(path: ValuePath, message: string): void {
    const { file, line, column } = this.position(path);
    this.warnings.push(`${file}:${line}:${column}: ${formatValuePath(path)}: ${message}`);
  }

  /** Position of an entry in the file. */
  position(path: ValuePath): SourcePosition {
    return findPosition(this.source, path);
  }

  /** The host of a node, which must exist. */
  host(node: string): HostSpec {
    const host = this.#nodes.get(node);
    assert(host !== undefined, `node ${node} was not checked`);
    return host;
  }

  /**
   * Checks that a node exists.
   * @returns false if not, after reporting E106.
   */
  checkNode(node: string, path: ValuePath): boolean {
    if (this.#nodes.has(node)) return true;
    const file = this.topology.file.split('/').at(-1);
    const message = `node "${shorten(node)}" is not in ${file}`;
    this.refuse('E106', path, message, () =>
      unknownNameHint(node, [...this.#nodes.keys()], 'nodes'),
    );
    return false;
  }
}
