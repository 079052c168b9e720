/**
 * Generates topologies by rule: finds the generator that the `generate` entry of a file asks for,
 * checks its parameters, and converts what it makes (docs/spec/topology-files.md, "Generated
 * topologies"). Mistakes: E101 to E104, E115, E116, E121, E126.
 *
 * Knows no generator of a protocol: these are in `Protocol.generators`.
 *
 * @module
 */
import { z } from 'zod';
import type { OpenSeededDraws, TopologyGenerator } from '../../engine/host/generator.ts';
import { isAbsolutePath } from '../../engine/pure/paths.ts';
import type { BuildContext } from '../assemble/context.ts';
import type { TopologyDraft } from '../assemble/draft.ts';
import { lookUpProtocol } from '../assemble/protocol-name.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import { explainIssues } from '../files/zod-words.ts';
import { protocolNameLeaf } from '../schema/topology.ts';
import { BUILT_IN_GENERATORS } from './built-in-generators.ts';
import { InvalidTopologyError } from './check-made.ts';
import { draftOfGeneratedTopology } from './draft-of-made.ts';
import { seededRandom } from './random.ts';
import { generatedSizeMistake } from './size-mistake.ts';

const PATH = ['generate'] as const;
const NOTHING: TopologyDraft = { ases: [], nodes: [], links: [] };

const MODULE_HINT = 'a generator of your own module needs run: ./my-protocol/index.ts';

/** The draft of a network that a `generate` entry makes, and the module that made it. */
export interface GeneratedDraft {
  readonly draft: TopologyDraft;
  /** The user's module that the entry names; absolute path. */
  readonly module?: string;
}

/** A generator and the protocol it belongs to. */
interface Offer {
  readonly generator: TopologyGenerator;
  /** The name by which the registry knows the protocol; absent for plain generators. */
  readonly protocol?: string;
}

/**
 * Generates what an entry asks for.
 * @returns undefined after noting what is wrong.
 */
export function generateDraft(context: BuildContext, entry: unknown): GeneratedDraft | undefined {
  // A value that is not a map is refused elsewhere, by the schema of the file.
  if (!isMap(entry)) return undefined;
  const { run } = entry;
  const found = typeof run === 'string' ? offersOf(context, run) : allOffers(context.registry);
  if (found === undefined) return undefined;
  if (found === 'not-loaded') return { draft: NOTHING, module: moduleOf(context, run) };
  const offer = chosen(context, found, entry);
  if (offer === undefined) return undefined;
  const draft = made(context, offer, entry);
  if (draft === undefined) return undefined;
  const { protocol } = offer;
  const isModule = protocol !== undefined && isAbsolutePath(protocol);
  return isModule ? { draft, module: protocol } : { draft };
}

/** The plain generators and those of the protocols that the registry lists. */
function allOffers(registry: ProtocolLookup): readonly Offer[] {
  const plain = BUILT_IN_GENERATORS.map((generator): Offer => ({ generator }));
  const own = registry.names.flatMap((protocol) =>
    (registry.protocols(protocol)?.generators ?? []).map(
      (generator): Offer => ({ generator, protocol }),
    ),
  );
  return [...plain, ...own];
}

/** The generator that `kind` names; undefined after noting what is wrong. */
function chosen(
  { problems, source, root }: BuildContext,
  offers: readonly Offer[],
  entry: Readonly<Record<string, unknown>>,
): Offer | undefined {
  const head = z.looseObject({
    kind: z.enum(offers.map(({ generator }) => generator.name)),
    run: protocolNameLeaf.optional(),
  });
  const result = head.safeParse(entry);
  if (result.success) return offers.find(({ generator }) => generator.name === result.data.kind);
  for (const mistake of explainIssues(result.error, head, entry)) {
    const isForeign = mistake.code === 'E104' && entry['run'] === undefined;
    problems.add(source, isForeign ? { hint: MODULE_HINT, ...mistake } : mistake, [
      ...root,
      ...PATH,
    ]);
  }
  return undefined;
}

function moduleOf({ source, registry }: BuildContext, run: unknown): string {
  return lookUpProtocol(String(run), source, registry).name;
}

/** The generators of one protocol; undefined after noting that it has none. */
function offersOf(context: BuildContext, run: string): readonly Offer[] | 'not-loaded' | undefined {
  const { source, registry } = context;
  const path = [...PATH, 'run'];
  const { name, mistake } = lookUpProtocol(run, source, registry);
  if (mistake !== undefined) {
    context.refuse('E116', path, mistake.message, mistake.hint);
    return undefined;
  }
  const protocol = registry.protocols(name);
  // A module that could not be loaded is reported elsewhere, where it is loaded.
  if (protocol === undefined) return 'not-loaded';
  const { generators = [] } = protocol;
  if (generators.length > 0) {
    return generators.map((generator) => ({ generator, protocol: name }));
  }
  const others = registry.names.filter((one) => registry.protocols(one)?.generators !== undefined);
  const hint = `protocols that do: ${others.join(', ')}`;
  context.refuse('E104', path, `${protocol.name} generates no topologies`, hint);
  return undefined;
}

/** Checks the parameters and makes the topology. */
function made(
  context: BuildContext,
  offer: Offer,
  { kind: _kind, run: _run, ...rest }: Readonly<Record<string, unknown>>,
): TopologyDraft | undefined {
  const { generator } = offer;
  const schema = generator.parameters as z.ZodType;
  const result = schema.safeParse(rest);
  if (!result.success) {
    const root = [...context.root, ...PATH];
    for (const mistake of explainIssues(result.error, schema, rest)) {
      context.problems.add(context.source, mistake, root);
    }
    return undefined;
  }
  try {
    return sized(context, offer, result.data);
  } catch (error) {
    const { protocol } = offer;
    if (protocol === undefined || context.registry.isShipped(protocol)) throw error;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const what =
      error instanceof InvalidTopologyError ? `makes ${error.message}` : `threw ${reason}`;
    context.refuse('E126', [...PATH, 'kind'], `the generator "${generator.name}" ${what}`);
    return undefined;
  }
}

function sized(
  context: BuildContext,
  { generator, protocol }: Offer,
  parameters: unknown,
): TopologyDraft | undefined {
  const excess = generatedSizeMistake(generator.size(parameters));
  if (excess !== undefined) {
    context.refuse('E104', PATH, excess, 'lower its numbers');
    return undefined;
  }
  const draws: OpenSeededDraws = (seed) => {
    context.isDrawn = true;
    // Adding the number of the network to the seed means that the third network of a file with seed
    // 1 equals the first network of a file with seed 3.
    return seededRandom(generator.name, seed + context.network - 1);
  };
  return draftOfGeneratedTopology(generator.generate(parameters, draws), PATH, protocol);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
