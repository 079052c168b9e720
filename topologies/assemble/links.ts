/**
 * Completes the links of a topology: ends, relations, interface numbers, ports, ids, both
 * directions (docs/spec/topology-files.md, "Links"). Mistakes: E104, E106, E113.
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { unknownNameHint } from '../files/suggest.ts';
import type { LinkSpec, SegmentSpec } from '../model.ts';
import type { LinkAnnouncement } from '../schema/announces.ts';
import { toDirectionDraft } from '../schema/direction.ts';
import type { SegmentInput } from '../schema/topology.ts';
import { announcedEndAttributes, linkAnnouncement } from './announcements.ts';
import type { BuildContext } from './context.ts';
import { buildDirection, type PartialDirection } from './direction.ts';
import type { AsDraft, EndDraft, LinkDraft, RelationDraft, UnaddressedNode } from './draft.ts';
import type { LinkIdRegistry } from './link-id-registry.ts';

/** Values from `defaults`, for links that give none; `internal` is for links inside one AS. */
export interface LinkDefaults {
  readonly link: PartialDirection;
  readonly internal: PartialDirection;
  readonly announces?: LinkAnnouncement | undefined;
}

/** Returns the UDP port for the next link of a host. */
export type NextLinkPortOf = (host: string) => number;

/** The parts of the topology, besides the drafts, that links are built from. */
export interface LinkParts {
  readonly nodes: ReadonlyMap<string, UnaddressedNode>;
  readonly ases: ReadonlyMap<string, AsDraft>;
  readonly defaults: LinkDefaults;
  readonly port: NextLinkPortOf;
}

/** The relation between the ends of a link; in `parent-child`, end a is the parent (after swapping, if needed). */
interface Relation {
  readonly relation: 'core' | 'parent-child' | 'peer' | 'internal';
  /** True when the file names the parent as end b, so that the ends of the built link are swapped. */
  readonly isSwapped: boolean;
}

/** Builds all links; mistakes are recorded and their links omitted. */
export function buildLinks(
  context: BuildContext,
  drafts: readonly LinkDraft[],
  parts: LinkParts,
): readonly LinkSpec[] {
  const sound = drafts.filter((draft) => haveEnds(context, draft, parts));
  const ifIds = new IfIds(context, parts.nodes);
  for (const draft of sound) ifIds.reserve(draft);
  const ids = new LinkIds(context);
  const links: LinkSpec[] = [];
  for (const draft of sound) {
    const link = buildLink({ context, draft, parts, ifIds, ids });
    if (link !== undefined) links.push(link);
  }
  if (links.length < drafts.length) context.problems.miss('links');
  return links;
}

interface LinkWork {
  readonly context: BuildContext;
  readonly draft: LinkDraft;
  readonly parts: LinkParts;
  readonly ifIds: IfIds;
  readonly ids: LinkIds;
}

function buildLink({ context, draft, parts, ifIds, ids }: LinkWork): LinkSpec | undefined {
  const found = relationOf(context, draft, parts);
  if (found === undefined) return undefined;
  const { relation, isSwapped } = found;
  const { defaults } = parts;
  const isInternal = relation === 'internal';
  const common = [draft.fallback, defaults.link, isInternal ? defaults.internal : {}, draft.both];
  const there = buildDirection(context, draft.path, [...common, draft.forward]);
  if (there === undefined) return undefined;
  const back = buildDirection(context, draft.path, [...common, draft.backward]);
  if (back === undefined) return undefined;
  const announces = linkAnnouncement(context, draft, isInternal, defaults.announces);
  const settle = (end: EndDraft, outward: LinkDirectionSpec): LinkSpec['a'] => {
    const place = parts.nodes.get(end.host)?.place;
    const announced = announcedEndAttributes(announces, outward, place);
    return {
      host: end.host,
      port: parts.port(end.host),
      ...(isInternal ? {} : { attributes: { interface: ifIds.of(end), ...announced } }),
    };
  };
  const first = settle(draft.a, there);
  const second = settle(draft.b, back);
  return {
    id: ids.settle(draft),
    a: isSwapped ? second : first,
    b: isSwapped ? first : second,
    ...(isInternal ? {} : { attributes: { relation } }),
    forward: isSwapped ? back : there,
    backward: isSwapped ? there : back,
    position: context.position(draft.path),
  };
}

function haveEnds(context: BuildContext, draft: LinkDraft, { nodes }: LinkParts): boolean {
  const path = [...draft.path, 'ends'];
  const missing = [draft.a, draft.b].filter((end) => !nodes.has(end.host));
  for (const { host } of missing) {
    const hint = (): string => unknownNameHint(host, [...nodes.keys()], 'nodes');
    context.refuse('E106', path, `node "${host}" is not in this topology`, hint);
  }
  if (missing.length > 0) return false;
  if (draft.a.host !== draft.b.host) return true;
  context.refuse('E104', path, `both ends are "${draft.a.host}", expected two nodes`);
  return false;
}

function relationOf(
  context: BuildContext,
  draft: LinkDraft,
  { nodes, ases }: LinkParts,
): Relation | undefined {
  const path = [...draft.path, 'relation'];
  const a = nodes.get(draft.a.host)?.area;
  const b = nodes.get(draft.b.host)?.area;
  const isInside = a === b;
  const hasOutsider = a === undefined || b === undefined;
  const relation = draft.relation ?? (isInside ? 'internal' : undefined);
  if (relation === undefined) {
    const message = `missing, expected core, child, parent or peer (${a ?? 'no AS'} to ${b ?? 'no AS'})`;
    const hint = hasOutsider ? '; internal: for protocols other than SCION' : '';
    context.refuse('E121', path, message, `child: b is a customer of a${hint}`);
    return undefined;
  }
  if ((relation === 'internal') !== isInside && !(relation === 'internal' && hasOutsider)) {
    const where = isInside ? 'both ends are in one AS' : `the ends are in ${a} and ${b}`;
    context.refuse('E104', path, `${relation} does not fit, ${where}`);
    return undefined;
  }
  const outsider = [a, b].find((isdAs) => ases.get(isdAs ?? '')?.core !== true);
  if (relation === 'core' && outsider !== undefined) {
    const hint = `give ases an entry { id: ${outsider}, core: true }`;
    context.refuse('E104', path, `a core link joins core ASes, and ${outsider} is not one`, hint);
    return undefined;
  }
  return named(relation);
}

function named(relation: RelationDraft): Relation {
  if (relation === 'parent') return { relation: 'parent-child', isSwapped: true };
  if (relation === 'child') return { relation: 'parent-child', isSwapped: false };
  return { relation, isSwapped: false };
}

/** Assigns interface numbers that are unique in each AS. */
class IfIds {
  readonly #context: BuildContext;
  readonly #nodes: ReadonlyMap<string, UnaddressedNode>;
  readonly #taken = new Map<string, Map<number, LinkDraft>>();
  readonly #next = new Map<string, number>();

  constructor(context: BuildContext, nodes: ReadonlyMap<string, UnaddressedNode>) {
    this.#context = context;
    this.#nodes = nodes;
  }

  /** Reserves the interface numbers that the file gives for a link. */
  reserve(draft: LinkDraft): void {
    for (const end of [draft.a, draft.b]) {
      if (end.ifId === undefined) continue;
      const taken = this.#takenBy(end);
      const first = taken.get(end.ifId);
      if (first !== undefined) {
        const where = this.#context.firstAt(first.path);
        const message = `interface ${end.ifId} of ${this.#as(end)} is used twice (${where})`;
        this.#context.refuse('E113', [...draft.path, 'ends'], message);
      }
      if (end.ifId < 1 || end.ifId > 65_535) {
        const message = `interface ${end.ifId} is outside 1 to 65535`;
        this.#context.refuse('E104', [...draft.path, 'ends'], message);
      }
      taken.set(end.ifId, draft);
    }
  }

  of(end: EndDraft): number {
    if (end.ifId !== undefined) return end.ifId;
    const taken = this.#takenBy(end);
    let next = this.#next.get(this.#as(end)) ?? 1;
    while (taken.has(next)) next += 1;
    this.#next.set(this.#as(end), next + 1);
    return next;
  }

  #as(end: EndDraft): string {
    return this.#nodes.get(end.host)?.area ?? end.host;
  }

  #takenBy(end: EndDraft): Map<number, LinkDraft> {
    const as = this.#as(end);
    const taken = this.#taken.get(as) ?? new Map<number, LinkDraft>();
    this.#taken.set(as, taken);
    return taken;
  }
}

/** Ids of links: as given, or `a--b`, and `a--b.2` for the second link between the same nodes. */
class LinkIds {
  readonly #context: BuildContext;
  readonly #seen = new Map<string, LinkDraft>();
  readonly #counts = new Map<string, number>();

  constructor(context: BuildContext) {
    this.#context = context;
  }

  settle(draft: LinkDraft): string {
    const id = draft.id ?? this.#automatic(draft);
    const first = this.#seen.get(id);
    if (first !== undefined) {
      const message = `"${id}" is used twice (${this.#context.firstAt(first.path)})`;
      this.#context.refuse('E113', [...draft.path, 'id'], message);
    }
    this.#seen.set(id, draft);
    return id;
  }

  #automatic(draft: LinkDraft): string {
    const base = `${draft.a.host}--${draft.b.host}`;
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    return count === 1 ? base : `${base}.${count}`;
  }
}

/** Builds the segments of a file. */
export function buildSegments(
  context: BuildContext,
  inputs: readonly SegmentInput[],
  parts: LinkParts & { readonly ids: LinkIdRegistry },
): readonly SegmentSpec[] {
  const names = [...parts.nodes.keys()];
  return inputs.flatMap((input, index) => {
    const path = ['segments', index];
    parts.ids.claim(input.id, path);
    for (const [at, host] of input.members.entries()) {
      if (parts.nodes.has(host)) continue;
      const hint = (): string => unknownNameHint(host, names, 'nodes');
      const message = `node "${host}" is not in this topology`;
      context.refuse('E106', [...path, 'members', at], message, hint);
    }
    const medium = buildDirection(context, path, [parts.defaults.link, toDirectionDraft(input)]);
    if (medium === undefined) return [];
    const members = input.members.map((host) => ({ host, port: parts.port(host) }));
    return [{ id: input.id, members, medium, position: context.position(path) }];
  });
}
