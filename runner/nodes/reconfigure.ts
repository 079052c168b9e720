/**
 * Changes the options of nodes while they run: a question `reconfigure`, whose text is a JSON map of options. They are
 * laid over those of the file and over what was changed before, and pass the same schema.
 *
 * @module
 */
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import { nodeOptions } from '../../scenarios/files/load.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { StackOf } from '../../scenarios/open/nodes.ts';
import { mergeOptions, placedProtocols } from '../../topologies/assemble/options.ts';

type Options = Readonly<Record<string, unknown>>;
type Parsed =
  | { readonly success: true; readonly data: Options }
  | {
      readonly success: false;
      readonly error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] };
    };

/** What became of a change. */
export interface Reconfigured {
  /** `ok`; `needs-restart` if some of it waits for one; `bad-options`, and nothing has changed. */
  readonly outcome: 'ok' | 'needs-restart' | 'bad-options';
  /** Names of options that changed just now, and of those that wait for a restart. */
  readonly applied: readonly string[];
  readonly needsRestart: readonly string[];
  /** One line for each of them, or for each mistake. */
  readonly text: string;
}

/** The changed options of the nodes of a run or an agent. */
export class Reconfigurations {
  readonly #scenario: Pick<Scenario, 'topology' | 'options'>;
  readonly #stackOf: StackOf;
  /** What was changed since the start of a node, by its name and layer. */
  readonly #changes = new Map<string, Options>();

  /** @param stackOf All protocols of a host, the lowest first. */
  constructor(scenario: Pick<Scenario, 'topology' | 'options'>, stackOf: StackOf) {
    this.#scenario = scenario;
    this.#stackOf = stackOf;
  }

  /** A node starts again with the options of its file. */
  forget(name: string): void {
    for (const key of this.#changes.keys())
      if (key.startsWith(`${name}/`)) this.#changes.delete(key);
  }

  /** Changes the options of a node, or of one of its layers. */
  change({ node: name, by = '', body }: AskSpec, node: NodeHandle): Reconfigured {
    const host = this.#scenario.topology.hosts.find((one) => one.name === name);
    const all = host === undefined ? [] : placedProtocols(host);
    const height = all.findIndex(({ layer }) => (layer?.name ?? '') === by);
    const placed = all[height];
    const protocol = host && this.#stackOf(host)[height]?.protocol;
    const set = readMap(body);
    if (placed === undefined || protocol === undefined || set === undefined) {
      return refused('expected a JSON map of options\n');
    }
    const key = `${name}/${by}`;
    const base = nodeOptions(this.#scenario, placed);
    const before = this.#changes.get(key) ?? {};
    const after = mergeOptions(before, set);
    const next = parse(protocol, mergeOptions(base, after));
    if (!next.success) {
      const lines = next.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}\n`);
      return refused(lines.join(''));
    }
    const now = parse(protocol, mergeOptions(base, before));
    const changed = Object.keys(next.data).filter(
      (option) =>
        JSON.stringify(next.data[option]) !== JSON.stringify(now.success && now.data[option]),
    );
    const taken = node.reconfigure?.(next.data) ?? [];
    const applied = changed.filter((option) => taken.includes(option));
    const needsRestart = changed.filter((option) => !taken.includes(option));
    const inForce = Object.entries(after).filter(([option]) => !needsRestart.includes(option));
    this.#changes.set(key, Object.fromEntries(inForce));
    const lines = [
      ...applied.map((option) => `${option}: applied\n`),
      ...needsRestart.map((option) => `${option}: needs a restart\n`),
    ];
    const outcome = needsRestart.length === 0 ? 'ok' : 'needs-restart';
    return { outcome, applied, needsRestart, text: lines.join('') };
  }
}

function refused(text: string): Reconfigured {
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
    // What is no JSON is no map of options.
    return undefined;
  }
}
