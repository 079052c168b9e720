/**
 * Assembles a checked topology from its parsed file.
 *
 * Each step checks what later steps rely on: autonomous systems, then nodes, links, addresses
 * (docs/spec/topology-files.md).
 *
 * @module
 */
import { importedDrafts } from '../import/import.ts';
import type { HostSpec, Topology } from '../model.ts';
import { toDirectionDraft } from '../schema/direction.ts';
import type { TopologyInput } from '../schema/topology.ts';
import {
  assignLoopbackAddresses,
  assignPortRanges,
  LINK_PORT_FIRST,
  PORTS_PLAN_FIRST_PORT,
} from './address-plan.ts';
import { checkAnnouncedPairs } from './announcements.ts';
import { buildClouds } from './clouds.ts';
import type { BuildContext } from './context.ts';
import type { LinkDraft, TopologyDraft, UnaddressedNode } from './draft.ts';
import { topologyDraftOfFile } from './from-file.ts';
import { LinkIdRegistry } from './link-id-registry.ts';
import { buildLinks, buildSegments, type LinkDefaults } from './links.ts';
import { buildNodes, makeAreas, uniqueAsDrafts } from './nodes.ts';
import { checkExternalPrograms } from './outside.ts';
import { resolveStack } from './stack.ts';

/**
 * Assembles the topology; mistakes are recorded in the context, and the result is then only useful for
 * finding more of them.
 * @param generated The draft that the `generate` entry gave.
 */
export function assembleTopology(
  context: BuildContext,
  input: TopologyInput,
  generated: TopologyDraft | undefined,
): Topology {
  const draft = join([
    ...importedDrafts(context, input.import),
    generated,
    topologyDraftOfFile(input),
  ]);
  const ases = uniqueAsDrafts(context, draft.ases);
  const plain = buildNodes(context, draft.nodes, ases, input.defaults?.node ?? {});
  const nodes = new Map(plain.map((node) => [node.name, node]));
  const plan = input.addressPlan ?? 'loopback';
  const asOrder = ases.map((as) => as.isdAs);
  const routers = routersOf(draft.links, nodes);
  const addressed = assignLoopbackAddresses(context, plain, { routers, ases: asOrder });
  const first = input.portBase ?? PORTS_PLAN_FIRST_PORT;
  const hosts =
    plan === 'ports'
      ? assignPortRanges(context, addressed, { first, linkCounts: linkCounts(draft.links, input) })
      : addressed;
  checkExternalPrograms(context, plain, hosts, plan);
  const parts = {
    nodes,
    ases: new Map(ases.map((as) => [as.isdAs, as])),
    defaults: linkDefaults(input),
    port: portPlan(hosts),
  };
  const stacked = stack(context, input, { hosts, generated });
  // An import that could not be read also leaves no nodes, but its own mistake is already reported.
  const isReported = input.import !== undefined && context.problems.count > 0;
  if (hosts.length === 0 && !isReported)
    context.refuse('E121', ['nodes'], 'missing, expected at least one node');
  const links = buildLinks(context, draft.links, parts);
  checkAnnouncedPairs(context, ases, links, nodes);
  const ids = new LinkIdRegistry(context, links);
  return {
    name: input.name,
    file: context.source.file,
    sha256: context.source.sha256,
    addressPlan: plan,
    hosts: stacked,
    links,
    segments: buildSegments(context, input.segments ?? [], { ...parts, ids }),
    clouds: buildClouds(context, input.clouds ?? [], { nodes, ids }),
    areas: makeAreas(ases, input.defaults?.announces?.as),
    warnings: context.warnings,
  };
}

/** Puts the layers of the generator on the hosts, and the layers of the file above these. */
function stack(
  context: BuildContext,
  input: TopologyInput,
  parts: { readonly hosts: readonly HostSpec[]; readonly generated: TopologyDraft | undefined },
): readonly HostSpec[] {
  const { source, root, problems, registry } = context;
  const place = { source, root, problems, registry };
  const made = { ...place, origin: ['generate'] };
  const { hosts } = resolveStack(made, parts.generated?.stack ?? [], parts.hosts);
  return resolveStack(place, input.stack ?? [], hosts).hosts;
}

function join(drafts: readonly (TopologyDraft | undefined)[]): TopologyDraft {
  const given = drafts.filter((draft) => draft !== undefined);
  return {
    ases: given.flatMap((draft) => draft.ases),
    nodes: given.flatMap((draft) => draft.nodes),
    links: given.flatMap((draft) => draft.links),
  };
}

function linkDefaults({ defaults }: TopologyInput): LinkDefaults {
  return {
    link: defaults?.link === undefined ? {} : toDirectionDraft(defaults.link),
    internal: defaults?.internal === undefined ? {} : toDirectionDraft(defaults.internal),
    announces: defaults?.announces?.link,
  };
}

/** Border routers: nodes with a link to another AS. */
function routersOf(
  links: readonly LinkDraft[],
  nodes: ReadonlyMap<string, UnaddressedNode>,
): ReadonlySet<string> {
  const routers = new Set<string>();
  for (const { a, b, relation } of links) {
    if (relation === 'internal') continue;
    if (nodes.get(a.host)?.area === nodes.get(b.host)?.area) continue;
    routers.add(a.host).add(b.host);
  }
  return routers;
}

function linkCounts(
  links: readonly LinkDraft[],
  input: TopologyInput,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const members = (input.segments ?? []).flatMap((segment) => segment.members);
  for (const host of [...links.flatMap(({ a, b }) => [a.host, b.host]), ...members]) {
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}

/** Assigns UDP ports to links: 50000 + index of the link at the host. */
function portPlan(hosts: readonly HostSpec[]): (host: string) => number {
  const next = new Map(hosts.map((host) => [host.name, LINK_PORT_FIRST]));
  return (host) => {
    const port = next.get(host) ?? 0;
    next.set(host, port + 1);
    return port;
  };
}
