/**
 * Runs the shim (test/fixtures/shim) over carriers, for the cases of stacks.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeedResult } from '../../reports/model.ts';
import { type PreparedRun, prepareSeed } from '../../runner/run/assemble-seed.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

/** Modules of the two shims. */
export const SHIMS = ['shim1', 'shim2'].map((name) =>
  fileURLToPath(new URL(`../fixtures/shim/${name}.ts`, import.meta.url)),
);

/** A network with a carrier, and one flow between two of its nodes. */
export interface CarrierNetwork {
  readonly carrier: string;
  /** YAML of `topology:` and of everything else that the carrier needs. */
  readonly network: string;
  /** Pattern of the nodes that get layers. */
  readonly on: string;
  /** The flow without its size. */
  readonly flow: string;
}

/** The carriers, each with a network of its own. */
export const NETWORKS: readonly CarrierNetwork[] = [
  {
    carrier: 'datagram',
    network: pairOf('datagram', 'loss: 5%'),
    on: '*',
    flow: 'kind: constant, from: alice, to: bob, rate: 100/s',
  },
  {
    carrier: 'bulk',
    network: pairOf('bulk', 'loss: 1%'),
    on: '*',
    flow: 'kind: constant, from: alice, to: bob, rate: 50/s',
  },
  {
    carrier: 'gateway',
    network: `
topology: scion-default.yaml
crypto: modelled
duration: 4s
events:
  - { at: 2s, for: 1s, link: { activePath: "gateway-111 -> gateway-211" }, set: { up: false } }`,
    on: 'gateway-*',
    flow: 'kind: constant, from: gateway-111, to: gateway-211, rate: 100/s',
  },
  {
    carrier: 'mixnet',
    network: `
topology:
  name: small
  defaults: { node: { run: mixnet }, link: { rate: 1Gbit/s, delay: 5ms } }
  generate: { kind: mixnet, layers: 2, width: 1, providers: 2, clients: 4 }
crypto: modelled
duration: 12s
options:
  mixnet: { rates: { delay: { mean: 50ms }, payload: { mean: 200ms } } }`,
    on: 'client-*',
    flow: 'kind: constant, from: client-1, to: client-2, rate: 2/s, stop: 8s',
  },
  {
    carrier: 'dtn',
    network: `${pairOf('dtn', 'contacts: { windows: [{ start: 1s, end: 4s }] }')}
drain: 1s`,
    on: '*',
    flow: 'kind: constant, from: alice, to: bob, rate: 50/s',
  },
];

function pairOf(protocol: string, link: string): string {
  return `
topology:
  name: pair
  defaults: { node: { run: ${protocol} } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 10ms, ${link} }]
duration: 5s`;
}

/** Bytes of an application's packet in all cases. */
export const SIZE = 500;

/** What differs between scenarios on the network of a carrier. */
export interface StackCase {
  readonly layers: number;
  /** Options of the layers, YAML. */
  readonly options?: string;
  readonly size?: number;
  /** Protocol of the flow; by default the top one. */
  readonly by?: string;
}

/** The text of a scenario. */
export function textOf(
  { network, on, flow }: CarrierNetwork,
  { layers, options, size = SIZE, by }: StackCase,
): string {
  const entries = SHIMS.slice(0, layers).map(
    (run) =>
      `  - { on: "${on}", run: ${run}${options === undefined ? '' : `, options: ${options}`} }`,
  );
  const stack = layers === 0 ? '' : `stack:\n${entries.join('\n')}\n`;
  const extra = by === undefined ? '' : `, by: ${by}`;
  return `name: stacked${network}\n${stack}traffic:\n  - { ${flow}, size: ${size}B${extra} }\n`;
}

/** A loaded scenario with the registry that knows its modules. */
export interface Loaded {
  readonly scenario: Scenario;
  readonly registry: ProtocolRegistry;
}

/** Loads a scenario from its text. */
export async function loadText(text: string): Promise<Loaded> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-stack-'));
  try {
    const path = join(folder, 'stacked.yaml');
    writeFileSync(path, text);
    const registry = new ProtocolRegistry();
    await registry.loadNamedBy(path, SHIPPED_FILE_FOLDERS);
    return { scenario: loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry }), registry };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a scenario in virtual time, with buffers that detect use after they were returned. */
export async function runText(text: string): Promise<SeedResult> {
  const loaded = await loadText(text);
  return runSeed({ ...loaded, seed: 1, buffers: 'poison' });
}

/** Packets delivered and sent of a protocol's flows. */
export function deliveryOf(result: SeedResult, protocol: string): readonly [number, number] {
  const ratio = result.metrics[`${protocol}.delivery`];
  if (ratio?.kind !== 'ratio') throw new Error(`${protocol} has no delivery`);
  return [ratio.numerator, ratio.denominator];
}

/** Least latency of a protocol's packets, ns. */
export function minimumOf(result: SeedResult, protocol: string): number {
  const latency = result.metrics[`${protocol}.latency`];
  if (latency?.kind !== 'histogram') throw new Error(`${protocol} has no latency`);
  return latency.data.min;
}

/** A run before its first event, and what runs it to its end. */
export interface PreparedText {
  readonly prepared: PreparedRun;
  readonly run: () => void;
}

/** Prepares a run. */
export async function prepareText(text: string): Promise<PreparedText> {
  const loaded = await loadText(text);
  const prepared = prepareSeed({ ...loaded, seed: 1, buffers: 'poison' });
  return { prepared, run: () => prepared.world.sim.runUntil(loaded.scenario.durationNs) };
}
