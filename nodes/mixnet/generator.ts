/**
 * Generates mixnets: an authority, providers, layers of mixes, clients, and the links they need
 * (docs/spec/mixnet.md, "Topologies and paths").
 *
 * Every node has a link to the authority; client i belongs to provider ((i - 1) mod providers) + 1.
 * Names are `authority`, `provider-1`, `mix-1-1` (layer, number in the layer), `client-1`.
 *
 * @module
 */
import { z } from 'zod';
import type {
  GeneratedLink,
  GeneratedNode,
  GeneratedSize,
  GeneratedTopology,
  TopologyGenerator,
} from '../../engine/host/generator.ts';
import { wholeNumberSchema } from '../_kit/whole-number.ts';

const AUTHORITY = 'authority';

const parameters = z.strictObject({
  layers: wholeNumberSchema('layers of mixes such as 3', { min: 1, max: 18 }).default(3),
  width: wholeNumberSchema('mixes of each layer such as 3', { min: 1, max: 200 }).default(3),
  providers: wholeNumberSchema('a number of providers such as 2', { min: 1, max: 1_000 }).default(
    2,
  ),
  clients: wholeNumberSchema('a number of clients such as 100', { min: 1, max: 100_000 }).default(
    10,
  ),
  topology: z.enum(['stratified', 'cascade', 'free-route']).default('stratified'),
  placement: z.enum(['fixed', 'beacon']).default('fixed').meta({
    description: 'fixed: mix-2-1 is in layer 2. beacon: layers are drawn, all mixes are linked.',
  }),
  systems: wholeNumberSchema('autonomous systems such as 4', { min: 1, max: 200 }).optional().meta({
    description: 'Mixes of a layer are in AS1, AS2, ... in rotation. Default: AS0.',
  }),
  clientMachines: wholeNumberSchema('machines of clients such as 1', { min: 1, max: 1_000 })
    .optional()
    .meta({
      description: 'Machines over which clients are distributed. Default: one for each client.',
    }),
});
type Size = z.output<typeof parameters>;

/** Generates the mixnets of `generate: { kind: mixnet }`. */
export const mixnetTopologyGenerator: TopologyGenerator<Size> = {
  name: 'mixnet',
  parameters,
  size: sizeOf,
  generate: mixnet,
};

type Pair = readonly [string, string];

function sizeOf(size: Size): GeneratedSize {
  const { layers, width, providers, clients } = size;
  const mixes = layers * width;
  const nodes = 1 + providers + mixes + clients;
  const isAny = size.topology === 'free-route' || size.placement === 'beacon';
  const perLayer = size.topology === 'cascade' ? width : width * width;
  const between = isAny ? (mixes * (mixes - 1)) / 2 : (layers - 1) * perLayer;
  const ends = isAny ? mixes : Math.min(layers, 2) * width;
  return { nodes, links: clients + between + providers * ends + nodes - 1 };
}

function mixnet(size: Size): GeneratedTopology {
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
  const node = (name: string, role: string, own: object = {}): GeneratedNode => ({
    name,
    fixedOptions: { role, ...common, ...own },
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
  return { nodes, links: pairs.map((ends): GeneratedLink => ({ ends })) };
}

/** Returns the option `asn` of a mix, which depends on the mix's index in its layer. */
function systemOf({ systems }: Size, place: number): Pick<GeneratedNode, 'options'> {
  return systems === undefined ? {} : { options: { asn: `AS${1 + (place % systems)}` } };
}

/** Returns the machine on which a client runs: `clients-1`, `clients-2`, ... in rotation. */
function machineOf({ clientMachines }: Size, index: number): Pick<GeneratedNode, 'machine'> {
  return clientMachines === undefined ? {} : { machine: `clients-${1 + (index % clientMachines)}` };
}

/**
 * Returns the links between mixes: one for each pair of mixes that may be consecutive on a path.
 */
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

/**
 * Returns the links of each provider: to the mixes of the first and last layer, or to all mixes if
 * any mix may be first or last.
 */
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

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index + 1);
}
