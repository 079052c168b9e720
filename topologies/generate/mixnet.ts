/**
 * Generates mixnets: an authority, providers, layers of mixes, clients, and the links they need
 * (docs/spec/mixnet.md, "Topologies and paths").
 *
 * Every node has a link to the authority; client i belongs to provider ((i - 1) mod providers) + 1.
 * Names are `authority`, `provider-1`, `mix-1-1` (layer, place in it), `client-1`.
 *
 * @module
 */
import {
  GENERATED_LINK,
  type LinkDraft,
  type NodeDraft,
  type TopologyDraft,
} from '../build/draft.ts';
import { defined } from '../files/defined.ts';
import type { GenerateInput } from '../schema/topology.ts';
import type { GeneratedSize } from './generated-size.ts';

type MixnetInput = Extract<GenerateInput, { kind: 'mixnet' }>;

const PATH = ['generate'] as const;
const DEFAULTS: Size = {
  layers: 3,
  width: 3,
  providers: 2,
  clients: 10,
  topology: 'stratified',
  placement: 'fixed',
};
const AUTHORITY = 'authority';

interface Size {
  readonly layers: number;
  readonly width: number;
  readonly providers: number;
  readonly clients: number;
  readonly topology: 'stratified' | 'cascade' | 'free-route';
  readonly placement: 'fixed' | 'beacon';
  readonly systems?: number;
  readonly clientMachines?: number;
}
type Pair = readonly [string, string];

/** The size of a mixnet, before it is generated. */
export function mixnetSize(input: MixnetInput): GeneratedSize {
  const size: Size = { ...DEFAULTS, ...defined(input) };
  const { layers, width, providers, clients } = size;
  const mixes = layers * width;
  const nodes = 1 + providers + mixes + clients;
  const isAny = size.topology === 'free-route' || size.placement === 'beacon';
  const perLayer = size.topology === 'cascade' ? width : width * width;
  const between = isAny ? (mixes * (mixes - 1)) / 2 : (layers - 1) * perLayer;
  const ends = isAny ? mixes : Math.min(layers, 2) * width;
  return { nodes, links: clients + between + providers * ends + nodes - 1 };
}

/** Drafts of a mixnet. */
export function generateMixnet(input: MixnetInput): TopologyDraft {
  const size: Size = { ...DEFAULTS, ...defined(input) };
  const layers = range(size.layers).map((layer) =>
    range(size.width).map((place) => `mix-${layer}-${place}`),
  );
  const providers = range(size.providers).map((index) => `provider-${index}`);
  const clients = range(size.clients).map((index) => `client-${index}`);
  const common = {
    layers: size.layers,
    topology: size.topology,
    placement: size.placement,
  };
  const places = size.placement === 'fixed' ? { places: layers } : {};
  const node = (name: string, role: string, own: object = {}): NodeDraft => ({
    name,
    usualRun: 'mixnet',
    generated: { role, ...common, ...own },
    path: PATH,
  });
  const nodes = [
    node(AUTHORITY, 'authority', places),
    ...providers.map((name) => node(name, 'provider')),
    ...layers.flatMap((names) =>
      names.map((name, place) => ({ ...node(name, 'mix'), ...systemOf(size, place) })),
    ),
    ...clients.map((name, index) => ({ ...node(name, 'client'), ...machineOf(size, index) })),
  ];
  const pairs = [
    ...clients.map((name, index): Pair => [name, providers[index % providers.length] ?? '']),
    ...mixLinks(size, layers),
    ...providerLinks(size, layers, providers),
    ...nodes.slice(1).map(({ name }): Pair => [name, AUTHORITY]),
  ];
  return { ases: [], nodes, links: pairs.map(link) };
}

/** The autonomous system of a mix, by its place in the layer. */
function systemOf({ systems }: Size, place: number): Pick<NodeDraft, 'options'> {
  return systems === undefined ? {} : { options: { asn: `AS${1 + (place % systems)}` } };
}

/** The machine that a client runs on: `clients-1`, `clients-2`, ... in rotation. */
function machineOf({ clientMachines }: Size, index: number): Pick<NodeDraft, 'machine'> {
  return clientMachines === undefined ? {} : { machine: `clients-${1 + (index % clientMachines)}` };
}

/** Between mixes: any two that may be consecutive on a path, each pair once. */
function mixLinks(size: Size, layers: readonly (readonly string[])[]): readonly Pair[] {
  if (size.topology === 'free-route' || size.placement === 'beacon') {
    const mixes = layers.flat();
    return mixes.flatMap((a, index) => mixes.slice(index + 1).map((b): Pair => [a, b]));
  }
  return layers.slice(1).flatMap((layer, index) => {
    const before = layers[index] ?? [];
    if (size.topology === 'cascade') return layer.map((b, at): Pair => [before[at] ?? '', b]);
    return before.flatMap((a) => layer.map((b): Pair => [a, b]));
  });
}

/** Between providers and mixes: the first and the last layer, or all. */
function providerLinks(
  size: Size,
  layers: readonly (readonly string[])[],
  providers: readonly string[],
): readonly Pair[] {
  const isAny = size.topology === 'free-route' || size.placement === 'beacon';
  const ends = isAny ? layers.flat() : [...(layers[0] ?? []), ...(layers.at(-1) ?? [])];
  const distinct = [...new Set(ends)];
  return providers.flatMap((provider) => distinct.map((mix): Pair => [provider, mix]));
}

function link([a, b]: Pair): LinkDraft {
  return { a: { host: a }, b: { host: b }, fallback: GENERATED_LINK, both: {}, path: PATH };
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index + 1);
}
