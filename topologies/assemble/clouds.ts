/**
 * Builds the clouds of a topology: which hosts are in which region, the accesses of all hosts, and the directions
 * between all regions (docs/spec/topology-files.md#clouds). Mistakes: E104, E106, E113, E121.
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { NamePattern, type PatternWorkBudget } from '../../engine/pure/name-pattern.ts';
import { regionPairs } from '../cloud-parts.ts';
import type { ValuePath } from '../files/locate.ts';
import { unknownNameHint } from '../files/suggest.ts';
import type { CloudMemberSpec, CloudSpec } from '../model.ts';
import type { CloudInput } from '../schema/cloud.ts';
import { toDirectionDraft } from '../schema/direction.ts';
import type { BuildContext } from './context.ts';
import { buildDirection, type PartialDirection } from './direction.ts';
import type { UnaddressedNode } from './draft.ts';
import type { LinkIdRegistry } from './link-id-registry.ts';

/** Largest number of character comparisons for all name patterns of one cloud together. */
const STEPS_MAX = 100_000_000;
/** Default of an access: no delay, because the core delays packets. */
const ACCESS: PartialDirection = { delayNs: 0 };
/** Default of the core: no limit of its rate, because accesses limit the rate. */
const CORE: PartialDirection = { rateBps: Number.POSITIVE_INFINITY };

/** The parts of the rest of the topology that clouds refer to. */
interface CloudSurroundings {
  readonly nodes: ReadonlyMap<string, UnaddressedNode>;
  readonly ids: LinkIdRegistry;
}

/** Builds all clouds; mistakes are recorded and their clouds omitted. */
export function buildClouds(
  context: BuildContext,
  inputs: readonly CloudInput[],
  { nodes, ids }: CloudSurroundings,
): readonly CloudSpec[] {
  return inputs.flatMap((input, index) => {
    const path = ['clouds', index];
    ids.claim(input.id, path);
    const before = context.problems.count;
    const cloud = buildCloud(context, input, path, nodes);
    return context.problems.count > before || cloud === undefined ? [] : [cloud];
  });
}

function buildCloud(
  context: BuildContext,
  input: CloudInput,
  path: ValuePath,
  nodes: ReadonlyMap<string, UnaddressedNode>,
): CloudSpec | undefined {
  const regions = input.regions.map(({ name }) => name);
  const again = regions.findIndex((name, index) => regions.indexOf(name) !== index);
  if (again >= 0) {
    const message = `"${regions[again]}" is used twice`;
    context.refuse('E113', [...path, 'regions', again, 'name'], message);
    return undefined;
  }
  const pairs = pairsOf(context, input.id, path, regions);
  const members = membersOf(context, input, path, { nodes, pairs });
  const between = betweenOf(context, input, path, regions);
  if (between === undefined) return undefined;
  return { id: input.id, regions, members, between, position: context.position(path) };
}

/** The pairs of regions as `a <-> b`, by the names that events use for them. */
function pairsOf(
  context: BuildContext,
  id: string,
  path: ValuePath,
  regions: readonly string[],
): ReadonlyMap<string, string> {
  const pairs = new Map<string, { readonly words: string; readonly split: number }>();
  for (const { name, from, to } of regionPairs(regions)) {
    const words = `${regions[from]} <-> ${regions[to]}`;
    // If two pairs of regions have the same name, one region of each pair has a name that contains
    // `--`.
    const split = [from, to].find((region) => regions[region]?.includes('--')) ?? to;
    const first = pairs.get(name);
    if (first === undefined) {
      pairs.set(name, { words, split });
      continue;
    }
    const message = `${id}/${name} would be ${first.words} and ${words}`;
    const where = [...path, 'regions', Math.max(first.split, split), 'name'];
    context.refuse('E113', where, message, 'give this region a name without "--"');
  }
  return new Map([...pairs].map(([name, { words }]) => [name, words]));
}

interface Known {
  readonly nodes: ReadonlyMap<string, UnaddressedNode>;
  /** Pairs of regions by the names that events use for them, as {@link pairsOf} makes them. */
  readonly pairs: ReadonlyMap<string, string>;
}

function membersOf(
  context: BuildContext,
  input: CloudInput,
  path: ValuePath,
  { nodes, pairs }: Known,
): readonly CloudMemberSpec[] {
  const names = [...nodes.keys()];
  const work: PatternWorkBudget = { left: STEPS_MAX };
  const regionOf = new Map<string, string>();
  return input.regions.flatMap((region, index) => {
    const at = [...path, 'regions', index];
    const directions = accessOf(context, input, region, at);
    const texts = typeof region.members === 'string' ? [region.members] : region.members;
    return texts.flatMap((text, place) => {
      const where =
        typeof region.members === 'string' ? [...at, 'members'] : [...at, 'members', place];
      const pattern = new NamePattern(text, work);
      const found = names.filter((name) => pattern.matches(name));
      if (found.length === 0) {
        const hint = (): string => unknownNameHint(text, names, 'nodes');
        context.refuse('E106', where, `no node is "${text}"`, hint);
      }
      return found.flatMap((host): readonly CloudMemberSpec[] => {
        const other = regionOf.get(host);
        if (other !== undefined) {
          const message = `${host} is in ${other} already`;
          context.refuse('E113', where, message, 'a host has one access to a cloud');
        }
        regionOf.set(host, region.name);
        refusePairName(context, where, { cloud: input.id, host, pair: pairs.get(host) });
        if (nodes.get(host)?.outside !== undefined) {
          const message = `${host} is an outside program, which can have no access to a cloud`;
          context.refuse('E104', where, message);
        }
        return directions === undefined ? [] : [{ host, region: index, ...directions }];
      });
    });
  });
}

/** Reports a host whose access would have the name of a pair of regions. */
function refusePairName(
  context: BuildContext,
  where: ValuePath,
  {
    cloud,
    host,
    pair,
  }: { readonly cloud: string; readonly host: string; readonly pair: string | undefined },
): void {
  if (pair === undefined) return;
  const message = `${cloud}/${host} would be the access of ${host} and ${pair}`;
  context.refuse('E113', where, message, `rename ${host} or one of the regions`);
}

type Access = CloudInput['access'];

function accessOf(
  context: BuildContext,
  { access }: CloudInput,
  region: CloudInput['regions'][number],
  path: ValuePath,
): Pick<CloudMemberSpec, 'up' | 'down'> | undefined {
  const own: Access | undefined = region.access;
  const layersOf = (side: 'up' | 'down'): readonly PartialDirection[] =>
    [access, own].flatMap((one): readonly PartialDirection[] => {
      if (one === undefined) return [];
      const changes = one[side];
      return [toDirectionDraft(one), changes === undefined ? {} : toDirectionDraft(changes)];
    });
  const where = own === undefined ? [...path.slice(0, 2), 'access'] : [...path, 'access'];
  const up = buildDirection(context, where, [ACCESS, ...layersOf('up')]);
  const down = buildDirection(context, where, [ACCESS, ...layersOf('down')]);
  return up === undefined || down === undefined ? undefined : { up, down };
}

interface Cell {
  readonly spec: LinkDirectionSpec;
  readonly path: ValuePath;
}

/** The directions from region a to b, at index a * regions + b; undefined after reporting pairs without an entry. */
function betweenOf(
  context: BuildContext,
  { between }: CloudInput,
  path: ValuePath,
  regions: readonly string[],
): readonly LinkDirectionSpec[] | undefined {
  const made = new Map<number, Cell>();
  for (const [index, entry] of between.entries()) {
    const at = [...path, 'between', index];
    const spec = buildDirection(context, at, [CORE, toDirectionDraft(entry)]);
    for (const cell of cellsOf(context, entry.regions, regions, at)) {
      const first = made.get(cell);
      if (first !== undefined) {
        const message = `${entry.regions} is described twice (${context.firstAt(first.path)})`;
        context.refuse('E113', [...at, 'regions'], message);
      }
      if (spec !== undefined) made.set(cell, { spec, path: at });
    }
  }
  const cells = regions.flatMap((from, a) =>
    regions.map((to, b) => ({ words: `${from} -> ${to}`, cell: made.get(a * regions.length + b) })),
  );
  const missing = cells.filter(({ cell }) => cell === undefined);
  const [first] = missing;
  if (first === undefined) return cells.flatMap(({ cell }) => cell?.spec ?? []);
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const hint = `write - { regions: ${first.words}, delay: 10ms }`;
  context.refuse('E121', [...path, 'between'], `nothing is between ${first.words}${more}`, hint);
  return undefined;
}

/** Indices (a * regions + b) of the directions that an entry describes: one for `a -> b`, two for `a <-> b`. */
function cellsOf(
  context: BuildContext,
  text: string,
  regions: readonly string[],
  path: ValuePath,
): ReadonlySet<number> {
  const isBoth = text.includes('<->');
  const [from = '', to = ''] = text.split(isBoth ? '<->' : '->').map((one) => one.trim());
  const a = regionNumber(context, from, regions, path);
  const b = regionNumber(context, to, regions, path);
  if (a === undefined || b === undefined) return new Set();
  const cell = a * regions.length + b;
  return new Set(isBoth ? [cell, b * regions.length + a] : [cell]);
}

function regionNumber(
  context: BuildContext,
  name: string,
  regions: readonly string[],
  path: ValuePath,
): number | undefined {
  const number = regions.indexOf(name);
  if (number >= 0) return number;
  const hint = (): string => unknownNameHint(name, regions, 'regions');
  context.refuse('E106', [...path, 'regions'], `"${name}" is no region of this cloud`, hint);
  return undefined;
}
