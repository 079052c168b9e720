/**
 * `orrery` as a library: load a scenario, run it in virtual time or on real sockets, compare and
 * render reports. The command line does nothing that these calls cannot.
 *
 * Nothing is written to disk and nothing printed; wrong files throw {@link ConfigError} or
 * {@link Refusal} before anything runs. `orrery/host` has the types that protocols of your own need.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { InvariantError } from './engine/core/assert.ts';
import { createCryptoProvider } from './engine/crypto/index.ts';
import { type MixnodeFile, mixnodeTomlSchema } from './nodes/mixnet/index.ts';
import { compareReports as compare, type ReportComparison } from './reports/compare.ts';
import { renderHtml } from './reports/html/html.ts';
import { readReport, renderJson } from './reports/json.ts';
import { judgeRun } from './reports/judge.ts';
import { renderJunit } from './reports/junit.ts';
import { renderMarkdown } from './reports/markdown.ts';
import { renderPrometheus } from './reports/prometheus.ts';
import type { Report } from './reports/report-schema.ts';
import { renderTerminal } from './reports/terminal.ts';
import { readCommit } from './runner/run/commit.ts';
import { runLive as runOnSockets } from './runner/run/live-run.ts';
import { refuseTwinsAndNetworks, seedsInNetworks } from './runner/run/planned-runs.ts';
import type { RunEnd, RunRequest, RunState } from './runner/run/run-order.ts';
import { runScenario as runInVirtualTime } from './runner/threads/run-scenario.ts';
import type { Scenario } from './scenarios/model.ts';
import { openScenario } from './scenarios/open/open.ts';
import { ProtocolRegistry } from './scenarios/open/registry.ts';
import { Refusal } from './scenarios/refusal.ts';
import { repeatCommand } from './scenarios/repeat-command.ts';

import {
  createMixPacket,
  type MixHop,
  Mixnode,
  type MixnodeOptions,
  type MixnodeParts,
} from './services/mixnode/index.ts';
import { readToml } from './topologies/files/toml.ts';

export { InvariantError } from './engine/core/assert.ts';
export type { MixnodeFile } from './nodes/mixnet/index.ts';
export {
  type MessageRoute,
  MessageRouter,
  type MessageRouterParts,
  type RoutableMessage,
} from './nodes/navigator/index.ts';
export type { KpiChange, ReportComparison } from './reports/compare.ts';
export type { KpiResult, Report } from './reports/report-schema.ts';
export type { RunState } from './runner/run/run-order.ts';
export type { Scenario } from './scenarios/model.ts';
export { Refusal } from './scenarios/refusal.ts';
export type {
  MixedPacket,
  MixHop,
  Mixnode,
  MixnodeOptions,
  MixnodeStats,
} from './services/mixnode/index.ts';
export { ConfigError, type ConfigIssue } from './topologies/files/config-error.ts';

/** Options of {@link loadScenario}. */
export interface LoadOptions {
  /** Values of the file to change before it is checked, as `--set`: `{ duration: '5s' }`. */
  readonly set?: Readonly<Record<string, string>>;
}

/** Options of {@link runScenario}. */
export interface RunOptions extends LoadOptions {
  /** Seeds to run, integers >= 0; those of the file when absent. With `networks`, a seed also selects its network. */
  readonly seeds?: readonly number[];
  /** Worker threads at most, from 1; all cores when absent. */
  readonly threads?: number;
  /** Called with the state of the run, about ten times a second. */
  readonly onProgress?: (state: RunState) => void;
  /** Ends the run early; the report then says `ending: 'interrupted'`. */
  readonly signal?: AbortSignal;
}

/** Options of {@link runLive}, which runs seeds one after the other. */
export interface LiveOptions extends Omit<RunOptions, 'threads'> {
  /** `links` (default): delay, rate and loss as in the topology; `off`: none. */
  readonly shape?: 'links' | 'off';
  /** `high` (default): events are late by microseconds, and a core spins; `low`: by 1 to 2 ms, with little CPU. */
  readonly precision?: 'high' | 'low';
}

/** The formats of a rendered report; `text` is what the terminal shows, without colour. */
export type ReportFormat = 'html' | 'json' | 'junit' | 'markdown' | 'prometheus' | 'text';

const TEXT_COLUMNS = 80;

/**
 * Loads a scenario with its topology and its protocols, and checks everything.
 *
 * @param file Path, or name of a shipped scenario such as `hello.yaml`.
 * @returns the checked scenario, all quantities in base units.
 * @throws ConfigError naming every mistake with file, line and column.
 * @example
 * import { loadScenario } from 'orrery';
 *
 * const scenario = await loadScenario('hello.yaml', { set: { duration: '5s' } });
 * console.log(scenario.topology.hosts.map((host) => host.name), scenario.durationNs / 1e9);
 */
export async function loadScenario(file: string, options: LoadOptions = {}): Promise<Scenario> {
  const { scenario } = await openScenario(file, options.set, new ProtocolRegistry());
  return scenario;
}

/**
 * Runs a scenario in virtual time, on worker threads, and judges it.
 *
 * @param file Path, or name of a shipped scenario such as `hello.yaml`.
 * @returns the report: same commit, files and seeds give the same fingerprint.
 * @throws ConfigError or Refusal when the files are wrong; InvariantError for a mistake of ours.
 * @example
 * import { runScenario } from 'orrery';
 *
 * const report = await runScenario('hello.yaml', { seeds: [1, 2, 3], set: { duration: '5s' } });
 * for (const kpi of report.kpis) console.log(kpi.metric, kpi.value, kpi.unit, kpi.pass);
 * if (!report.pass) process.exitCode = 1;
 */
export function runScenario(file: string, options: RunOptions = {}): Promise<Report> {
  return run('scenario', file, options);
}

/**
 * Runs a scenario on real UDP and TCP sockets of this machine, by the wall clock, and judges it.
 *
 * @param file Path, or name of a shipped scenario such as `hello.yaml`.
 * @returns the report, with `mode: 'live'`; it takes as long as the scenario says.
 * @throws as {@link runScenario}; Refusal also where an address or port cannot be had.
 * @example
 * import { runLive } from 'orrery';
 *
 * const set = { duration: '2s', 'topology.addressPlan': 'ports' };
 * const report = await runLive('hello.yaml', { set, precision: 'low' });
 * console.log(report.mode, report.metrics['live.lateness']);
 */
export function runLive(file: string, options: LiveOptions = {}): Promise<Report> {
  return run('live', file, options);
}

/**
 * Compares two reports KPI by KPI, paired by seed.
 *
 * @param baseline The report to compare with.
 * @param candidate The new one.
 * @returns for each KPI whether the candidate is better, worse, the same, or undecided.
 * @example
 * import { compareReports, runScenario } from 'orrery';
 *
 * const seeds = [1, 2, 3];
 * const slow = { duration: '5s', 'topology.links.0.delay': '6ms' };
 * const before = await runScenario('hello.yaml', { seeds, set: { duration: '5s' } });
 * const after = await runScenario('hello.yaml', { seeds, set: slow });
 * for (const kpi of compareReports(before, after).kpis) console.log(kpi.metric, kpi.verdict);
 */
export function compareReports(baseline: Report, candidate: Report): ReportComparison {
  return compare(baseline, candidate);
}

/**
 * Reads a `report.json` that a run has written.
 *
 * @param json The text of the file.
 * @throws Refusal if the text is no report, or a report of another version.
 * @example
 * import { parseReport, renderReport, runScenario } from 'orrery';
 *
 * const report = await runScenario('hello.yaml', { set: { duration: '3s' } });
 * const json = await renderReport(report, 'json');
 * console.log(parseReport(json).fingerprint);
 */
export function parseReport(json: string): Report {
  const read = readReport(json);
  if (read.kind === 'report') return read.report;
  throw new Refusal(`not a report that can be read: ${read.message}`);
}

/**
 * Renders a report as one of the documents that the command line writes.
 *
 * @returns the document's text.
 * @example
 * import { writeFile } from 'node:fs/promises';
 * import { renderReport, runScenario } from 'orrery';
 *
 * const report = await runScenario('hello.yaml', { set: { duration: '3s' } });
 * console.log(await renderReport(report, 'text'));
 * await writeFile('report.html', await renderReport(report, 'html'));
 */
export async function renderReport(report: Report, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'html':
      return renderHtml(report);
    case 'json':
      return renderJson(report);
    case 'junit':
      return renderJunit(report);
    case 'markdown':
      return renderMarkdown(report);
    case 'prometheus':
      return await renderPrometheus(report);
    case 'text':
      return renderTerminal(report, { width: TEXT_COLUMNS, colour: false, unicode: true });
  }
}

/** The cryptography and the random bytes that mixes of this process use. */
function mixParts(): MixnodeParts {
  return {
    crypto: createCryptoProvider('node'),
    random: (length) => new Uint8Array(randomBytes(length)),
  };
}

/**
 * Starts a mix as a library: worker threads that take a layer off Sphinx packets and refuse replays.
 *
 * @returns the mix: `submit` accepts a packet, `take` returns unwrapped packets, `stats` counts, `stop`
 * ends the threads.
 * @example
 * import { mixPacket, startMixnode } from 'orrery';
 *
 * const mix = startMixnode({ workers: 1, queue: 1_000 });
 * await mix.ready();
 * const packet = mixPacket([mix, mix], new TextEncoder().encode('hello'));
 * console.log(mix.submit(packet), mix.submit(packet), mix.submit(new Uint8Array(packet.length)));
 * await mix.drained();
 * for (const out of mix.take(100)) console.log(out.kind, 'forward' === out.kind && out.delayMs);
 * const { packetsProcessed, drops, poolHitRatio } = mix.stats();
 * console.log(packetsProcessed, drops, poolHitRatio);
 * await mix.stop();
 */
export function startMixnode(options: MixnodeOptions = {}): Mixnode {
  return new Mixnode(mixParts(), options);
}

/**
 * Makes a Sphinx packet that goes through mixes.
 *
 * @param path The mixes on its way, at least one, in order; a {@link Mixnode} can be used as a hop.
 * @param payload User data, at most `userPayloadLength` bytes; padded with zeros.
 * @param options The options with which the mixes were started.
 * @throws RangeError when path or payload do not fit.
 * @example
 * import { mixPacket, startMixnode } from 'orrery';
 *
 * const mix = startMixnode({ workers: 1 });
 * const hop = { publicKey: mix.publicKey, delayMs: 50 };
 * console.log(mixPacket([hop, hop, hop], new Uint8Array(100)).length);
 * await mix.stop();
 */
export function mixPacket(
  path: readonly MixHop[],
  payload: Uint8Array,
  options: MixnodeOptions = {},
): Uint8Array {
  return createMixPacket(mixParts(), options, path, payload);
}

/**
 * Reads a published `mixnode.toml`: options for a node with `run: mixnet`, and for {@link startMixnode}.
 *
 * @param toml The text of the file.
 * @throws ConfigError naming every mistake with line and column.
 * @example
 * import { parseMixnodeToml, startMixnode } from 'orrery';
 *
 * const file = parseMixnodeToml('[pipeline]\nworkers = 1\n[sphinx]\nnum_hops = 3\n');
 * const mix = startMixnode(file.pipeline);
 * console.log(file.options, file.targets.packetsPerSecond, mix.stats().packetsProcessed);
 * await mix.stop();
 */
export function parseMixnodeToml(toml: string): MixnodeFile {
  return readToml('mixnode.toml', toml, mixnodeTomlSchema);
}

async function run(
  command: 'scenario' | 'live',
  file: string,
  options: RunOptions & LiveOptions,
): Promise<Report> {
  const { set, threads, onProgress, signal, shape, precision } = options;
  const registry = new ProtocolRegistry();
  const loaded = await openScenario(file, set, registry);
  const { networks } = loaded.scenario;
  if (command === 'live') refuseTwinsAndNetworks(loaded.scenario, 'runLive');
  const seeds = seedsInNetworks(loaded.scenario, options.seeds);
  const [seed] = seeds;
  if (seed === undefined) throw new Refusal('seeds: [] has none, give at least one');
  const order: RunRequest = {
    ...loaded,
    seeds,
    recordingsOf: () => ({}),
    reproduce: repeatCommand(command, loaded.scenario.file, {
      ...(seeds.length === 1 ? { seed } : { seeds: seeds.length / (networks?.length ?? 1) }),
      set,
    }),
    commit: readCommit(),
    ...(threads === undefined ? {} : { threads }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  if (command === 'scenario') return reportOf(await runInVirtualTime(order));
  return reportOf(
    await runOnSockets({
      ...order,
      registry,
      ...(shape === undefined ? {} : { shape }),
      ...(precision === undefined ? {} : { precision }),
    }),
  );
}

function reportOf(end: RunEnd): Report {
  if (end.kind === 'judged') return judgeRun(end.input);
  if (end.kind === 'broken') throw new InvariantError(end.message);
  const place = 'file' in end ? `${end.file}:${end.line}:${end.column}  ` : '';
  throw new Refusal(`${place}${end.message}`);
}
