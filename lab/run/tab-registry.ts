/**
 * The protocols of a tab: the shipped ones, and modules among the files of a task.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { type Crash, NodeCrash } from '../../runner/crash/crash.ts';
import { exportedProtocol, exportedValue } from '../../scenarios/open/module-face.ts';
import type { LoadingRegistry } from '../../scenarios/open/open-files.ts';
import {
  type FindUserCode,
  isShippedName,
  metricsOfProtocols,
  shippedProtocols,
} from '../../scenarios/open/shipped-protocols.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import type { Machine } from '../../topologies/files/machine.ts';
import { UserModules } from '../protocol/user-modules.ts';

const NS_PER_S = 1e9;
const BY_NAME: ReadonlyMap<string, Protocol> = new Map(
  shippedProtocols().map((protocol) => [protocol.name, protocol]),
);

/** The registry of one task. */
export class TabRegistry implements LoadingRegistry {
  readonly machine: Machine;
  readonly names: readonly string[] = [...BY_NAME.keys()];
  readonly isShipped: (name: string) => boolean = isShippedName;
  readonly #modules: UserModules;
  readonly #own = new Map<string, Protocol>();
  readonly #values = new Map<string, unknown>();

  constructor(machine: Machine) {
    this.machine = machine;
    this.#modules = new UserModules(machine.files);
  }

  get metrics(): readonly MetricDefinition[] {
    return metricsOfProtocols([...shippedProtocols(), ...this.#own.values()]);
  }

  protocols(name: string): Protocol | undefined {
    return BY_NAME.get(name) ?? this.#own.get(name);
  }

  userModule(path: string): unknown {
    return this.#values.get(path);
  }

  async loadFound({ protocols, modules }: FindUserCode): Promise<void> {
    const { files } = this.machine;
    const next = (): string | undefined => protocols().find((path) => !this.#own.has(path));
    // A loaded protocol may generate nodes that run further protocols.
    for (let path = next(); path !== undefined; path = next()) {
      this.#own.set(path, exportedProtocol({ path, exports: await this.#load(path), files }));
    }
    for (const { path, module } of modules()) {
      this.#values.set(path, exportedValue({ path, exports: await this.#load(path) }, module));
    }
  }

  /** Calls `work`. @throws ConfigError at the place in the source if a user's protocol crashes. */
  inSource<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NodeCrash) || error.crash.by !== 'protocol') throw error;
      throw this.#mistakeOf(error.crash);
    }
  }

  #mistakeOf({ protocol, node, how, atNs, seed, error, place }: Crash): Error {
    const what = how === 'threw' ? 'threw' : 'hangs';
    const message = `${protocol}: ${node ?? 'it'} ${what} at ${atNs / NS_PER_S} s (seed ${seed}): ${error}`;
    if (place === undefined) return new Refusal(message);
    return this.#modules.mistake({ ...place, message });
  }

  async #load(path: string): Promise<unknown> {
    try {
      return this.#modules.load(path);
    } catch (error) {
      if (error instanceof ConfigError || error instanceof Refusal) throw error;
      throw await this.#modules.loadingError(path, error);
    }
  }
}
