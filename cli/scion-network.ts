/**
 * A SCION network in virtual time whose hosts can be asked questions, as an operator asks hosts of a running network.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { PreparedRun } from '../runner/run/assemble-seed.ts';
import { prepareSeed, runNamingCrashedNode } from '../runner/run/assemble-seed.ts';
import { listQuestionKinds } from '../scenarios/files/ask.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import type { Scenario } from '../scenarios/model.ts';
import { nodeFiles } from '../scenarios/open/node-files.ts';
import { openScenario } from '../scenarios/open/open.ts';
import { loadAddedProtocols, ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type ProtocolOnHost, protocolsOnHost } from '../topologies/assemble/protocols-on-host.ts';
import { omitUndefined } from '../topologies/files/defined.ts';
import { findFile } from '../topologies/files/find-file.ts';
import { listFirstNames, suggestNearestWord } from '../topologies/files/suggest.ts';
import {
  loadTopology,
  missingFileError,
  optionModulesOfTopology,
  userModulesOfTopology,
} from '../topologies/load.ts';
import type { HostSpec } from '../topologies/model.ts';
import { FlagError } from './exit.ts';

/** Kind of question that only control services answer. */
const BEACONS_KIND = 'beacons';
const NS_PER_S = 1_000_000_000;
/** Links are up 1.4 s after their routers have started (nodes/scion/README.md, "Figures"). */
const LINKS_UP_NS = 2 * NS_PER_S;
/**
 * Path discovery counts as complete when control services have learned nothing new for this time
 * (two rounds of beaconing), ns.
 */
const SETTLED_NS = 10 * NS_PER_S;
/** Longest wait for path discovery to complete, ns. */
const SETTLE_NS_MAX = 300 * NS_PER_S;
/** Step by which virtual time advances while waiting for an answer, ns. */
const STEP_NS = 100_000_000;
/** Calendar time of the start, seconds since 1970: 2026-01-01T00:00:00Z, the default of scenarios. */
const EPOCH_SECONDS = 1_767_225_600;

/** What a host of the network answered. */
export interface HostAnswer {
  readonly outcome: string;
  readonly text: string;
}

/** A host that can be asked, and the protocol on it that answers. */
interface AskedHost {
  readonly host: HostSpec;
  readonly placed: ProtocolOnHost;
}

/** Opens a scenario, or a topology alone. @throws ConfigError with every mistake in the file. */
async function openNetwork(
  file: string,
  overrides: Readonly<Record<string, string>>,
  registry: ProtocolRegistry,
): Promise<Scenario> {
  const request = { path: file, folders: SHIPPED_FILE_FOLDERS, overrides, registry };
  if (isScenario(file)) return (await openScenario(file, overrides, registry)).scenario;
  await registry.loadFound({
    protocols: () => userModulesOfTopology(request),
    modules: () => optionModulesOfTopology(request),
  });
  const topology = loadTopology(request);
  return {
    ...{ name: topology.name, file, sha256: topology.sha256, question: '', topology, overrides },
    ...{ durationNs: 2 * SETTLE_NS_MAX, warmupNs: 0, drainNs: 0, epochSeconds: EPOCH_SECONDS },
    ...{ crypto: 'node', options: {}, traffic: [], events: [], kpis: [], seeds: [1], warnings: [] },
  };
}

/** True for a scenario file, which names or contains a topology; false for a topology file. */
function isScenario(path: string): boolean {
  return /^["']?topology["']?\s*:/m.test(readFileSync(path, 'utf8'));
}

function pathOf(file: string): string {
  const { scenarios, topologies } = SHIPPED_FILE_FOLDERS;
  const found = findFile(file, {
    files: nodeFiles,
    folders: [process.cwd(), scenarios, topologies],
    labels: ['.', 'scenarios', 'topologies'],
  });
  if ('message' in found) throw missingFileError(found.message, found.hint);
  return found.path;
}

/** A SCION network in virtual time whose hosts can be asked questions. */
export class ScionNetwork {
  readonly #prepared: PreparedRun;
  readonly #registry: ProtocolRegistry;

  private constructor(prepared: PreparedRun, registry: ProtocolRegistry) {
    this.#prepared = prepared;
    this.#registry = registry;
  }

  /**
   * Opens a network and starts its nodes.
   * @param file Path or name of a scenario or topology.
   * @throws ConfigError with every mistake in its files.
   */
  static async open(
    file: string,
    { seed, set }: { readonly seed: number; readonly set: Readonly<Record<string, string>> },
  ): Promise<ScionNetwork> {
    await loadAddedProtocols();
    const registry = new ProtocolRegistry();
    const scenario = await openNetwork(pathOf(file), set, registry);
    return new ScionNetwork(prepareSeed({ scenario, registry, seed }), registry);
  }

  /** Calendar time now, seconds since 1970. */
  get seconds(): number {
    const { scenario, world } = this.#prepared;
    return scenario.epochSeconds + world.now() / NS_PER_S;
  }

  /** Time since the start, ns. */
  get nowNs(): number {
    return this.#prepared.world.now();
  }

  /**
   * The AS that an argument names, by its number or by one of its nodes.
   * @throws FlagError with a suggestion if no AS and no node has that name.
   */
  areaOf(name: string): string {
    const { hosts } = this.#prepared.scenario.topology;
    const areas = [...new Set(hosts.flatMap(({ area }) => area ?? []))];
    const node = hosts.find((host) => host.name === name);
    const found = areas.find((area) => area === name) ?? node?.area;
    if (found !== undefined) return found;
    if (areas.length === 0) {
      throw new FlagError(
        'scion: the network has no ASes',
        name,
        'name one with ASes, such as scion-default.yaml',
      );
    }
    const near = suggestNearestWord(name, [...areas, ...hosts.map((host) => host.name)]);
    const list = `ASes: ${listFirstNames(areas)}`;
    const hint = near === undefined ? list : `did you mean ${near}? ${list}`;
    throw new FlagError(`scion: there is no AS ${name}`, name, hint);
  }

  /**
   * Advances virtual time to `atNs` or, if undefined, until links are up and path discovery is complete.
   * @param atNs Time since the start, ns.
   */
  settle(atNs: number | undefined): void {
    this.#runUntil(atNs ?? LINKS_UP_NS);
    if (atNs !== undefined) return;
    let known = '';
    let sinceNs = this.nowNs;
    while (this.nowNs < SETTLE_NS_MAX && this.nowNs - sinceNs < SETTLED_NS) {
      const sizes = this.#discovered();
      if (sizes === '') return;
      if (sizes !== known) sinceNs = this.nowNs;
      known = sizes;
      this.#runUntil(this.nowNs + NS_PER_S);
    }
  }

  /**
   * Asks a host of an AS.
   * @throws FlagError if none of its hosts answers questions of this kind.
   */
  ask(area: string, kind: string, body: string, withinNs: number): HostAnswer {
    const { host, placed } = this.#hostFor(area, kind);
    const { experiment } = this.#prepared;
    const decoder = new TextDecoder();
    const parts: string[] = [];
    let outcome: string | undefined;
    const by = omitUndefined({ by: placed.layer?.name });
    this.#run(() =>
      experiment.put(
        { node: host.name, kind, target: '', body, withinNs, ...by },
        {
          part: (bytes) => void parts.push(decoder.decode(bytes, { stream: true })),
          ended: (answer) => {
            outcome = answer.outcome;
          },
        },
      ),
    );
    const endNs = this.nowNs + withinNs + STEP_NS;
    while (outcome === undefined && this.nowNs < endNs) this.#runUntil(this.nowNs + STEP_NS);
    return { outcome: outcome ?? 'no-answer', text: parts.join('') };
  }

  /** The host of an AS that answers a kind of question; a control service only if no other host does. */
  #hostFor(area: string, kind: string): AskedHost {
    const own = this.#prepared.scenario.topology.hosts.filter((host) => host.area === area);
    const able = own.flatMap((host) => this.#asked(host, kind) ?? []);
    const found = able.find(({ host }) => !this.#isControl(host)) ?? able[0];
    if (found !== undefined) return found;
    const hint = 'put a node `run: gateway` or `run: control-service` into it';
    throw new FlagError(`scion: no host of ${area} answers ${kind}`, area, hint);
  }

  #asked(host: HostSpec, kind: string): AskedHost | undefined {
    const placed = protocolsOnHost(host).find((one) =>
      listQuestionKinds(this.#registry, one).includes(kind),
    );
    return placed && { host, placed };
  }

  #isControl(host: HostSpec): boolean {
    return this.#asked(host, BEACONS_KIND) !== undefined;
  }

  /** Text with the numbers of beacons and segments that all control services know; empty if there is no service. */
  #discovered(): string {
    const { scenario, experiment } = this.#prepared;
    return scenario.topology.hosts
      .filter((host) => this.#isControl(host))
      .map(({ name }) => {
        const { beacons, segments, registered } = experiment.node(name)?.status?.() ?? {};
        return `${name} ${String(beacons)} ${String(segments)} ${String(registered)}`;
      })
      .join('\n');
  }

  #runUntil(atNs: number): void {
    this.#run(() => this.#prepared.world.sim.runUntil(atNs));
  }

  #run(act: () => unknown): void {
    runNamingCrashedNode(this.#prepared, act);
  }
}
