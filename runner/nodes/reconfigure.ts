/**
 * Changes the options of nodes while they run, for the question `reconfigure`, whose text is a JSON
 * map of options. These override options of the file and earlier changes, and must pass the same
 * schema.
 *
 * @module
 */
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import { nodeOptions } from '../../scenarios/files/load.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import { mergeOptions } from '../../topologies/assemble/options.ts';
import { protocolsOnHost } from '../../topologies/assemble/protocols-on-host.ts';

type Options = Readonly<Record<string, unknown>>;
type Parsed =
  | { readonly success: true; readonly data: Options }
  | {
      readonly success: false;
      readonly error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] };
    };

/** The result of changing options of a node. */
export interface ReconfigureResult {
  /**
   * `ok`; `needs-restart` if some of the options take effect only at a restart; `bad-options` if
   * nothing was changed.
   */
  readonly outcome: 'ok' | 'needs-restart' | 'bad-options';
  /** Names of the options that were changed at once, and of those that need a restart. */
  readonly applied: readonly string[];
  readonly needsRestart: readonly string[];
  /** Text for people: one line for each of these options, or for each mistake. */
  readonly text: string;
}

/** The options that a node has now, by their origin. */
interface InForce {
  /** Options of the node's file. */
  readonly file: Options;
  /** Changes by events and operators, which override those of the file. */
  readonly changes: Options;
}

/** The changed options of the nodes of a run or an agent. */
export class Reconfigurations {
  readonly #scenario: Pick<Scenario, 'topology' | 'options'>;
  readonly #stackOf: ProtocolStackOf;
  /** The options of nodes that were changed since their start, by `node/layer`. */
  readonly #inForce = new Map<string, InForce>();

  /** @param stackOf All protocols of a host, the lowest first. */
  constructor(scenario: Pick<Scenario, 'topology' | 'options'>, stackOf: ProtocolStackOf) {
    this.#scenario = scenario;
    this.#stackOf = stackOf;
  }

  /** Forgets the changes of a node, which starts again with the options of its file. */
  forget(name: string): void {
    for (const key of this.#inForce.keys())
      if (key.startsWith(`${name}/`)) this.#inForce.delete(key);
  }

  /** Changes the options of a node, or of one of its layers. */
  change({ node: name, by = '', body }: AskSpec, node: NodeHandle): ReconfigureResult {
    const set = readMap(body);
    if (set === undefined) return refused(NO_MAP);
    return this.#replace(name, by, node, ({ file, changes }) => ({
      file,
      changes: mergeOptions(changes, set),
    }));
  }

  /** Replaces the file's options of a node's lowest protocol, after the file was read again. */
  reread(name: string, file: Options, node: NodeHandle): ReconfigureResult {
    return this.#replace(name, '', node, ({ changes }) => ({ file, changes }));
  }

  #replace(
    name: string,
    by: string,
    node: NodeHandle,
    nextOf: (before: InForce) => InForce,
  ): ReconfigureResult {
    const host = this.#scenario.topology.hosts.find((one) => one.name === name);
    const all = host === undefined ? [] : protocolsOnHost(host);
    const height = all.findIndex(({ layer }) => (layer?.name ?? '') === by);
    const placed = all[height];
    const protocol = host && this.#stackOf(host)[height]?.protocol;
    if (placed === undefined || protocol === undefined) return refused(NO_MAP);
    const key = `${name}/${by}`;
    const before = this.#inForce.get(key) ?? { file: placed.options, changes: {} };
    const after = nextOf(before);
    const parsed = ({ file, changes }: InForce): Parsed => {
      const base = nodeOptions(this.#scenario, { ...placed, options: file });
      return parse(protocol, mergeOptions(base, changes));
    };
    const next = parsed(after);
    if (!next.success) {
      const lines = next.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}\n`);
      return refused(lines.join(''));
    }
    const now = parsed(before);
    const changed = Object.keys({ ...(now.success && now.data), ...next.data }).filter(
      (option) =>
        JSON.stringify(next.data[option]) !== JSON.stringify(now.success && now.data[option]),
    );
    const taken = node.reconfigure?.(next.data) ?? [];
    const applied = changed.filter((option) => taken.includes(option));
    const needsRestart = changed.filter((option) => !taken.includes(option));
    this.#inForce.set(key, {
      file: withOld(after.file, before.file, needsRestart),
      changes: withOld(after.changes, before.changes, needsRestart),
    });
    const lines = [
      ...applied.map((option) => `${option}: applied\n`),
      ...needsRestart.map((option) => `${option}: needs a restart\n`),
    ];
    const outcome = needsRestart.length === 0 ? 'ok' : 'needs-restart';
    return { outcome, applied, needsRestart, text: lines.join('') };
  }
}

const NO_MAP = 'expected a JSON map of options\n';

/** The new options, but with the old values of the options with these names. */
function withOld(after: Options, before: Options, names: readonly string[]): Options {
  const isOld = ([option]: readonly [string, unknown]): boolean => names.includes(option);
  return Object.fromEntries([
    ...Object.entries(after).filter((entry) => !isOld(entry)),
    ...Object.entries(before).filter(isOld),
  ]);
}

function refused(text: string): ReconfigureResult {
  return { outcome: 'bad-options', applied: [], needsRestart: [], text };
}

function parse({ config }: Pick<Protocol, 'config'>, options: Options): Parsed {
  return config.safeParse(options) as Parsed;
}

function readMap(text: string): Options | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? (value as Options) : undefined;
  } catch {
    // A text that is not JSON is refused like JSON that is not a map.
    return undefined;
  }
}
