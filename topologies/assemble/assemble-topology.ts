/**
 * Assembles a checked topology from its parsed file.
 *
 * The steps follow the order in which mistakes make sense: systems, nodes, links, addresses
 * (docs/spec/topology-files.md).
 *
 * @module
 */
import { importedDrafts } from '../import/import.ts';
import type { HostSpec, Topology } from '../model.ts';
import { toDirection } from '../schema/direction.ts';
import type { TopologyInput } from '../schema/topology.ts';
import { assignLoopback, assignPorts, LINK_PORT_FIRST, PORTS_FIRST } from './address-plan.ts';
import { buildClouds } from './clouds.ts';
import type { BuildContext } from './context.ts';
import type { LinkDraft, PlainNode, TopologyDraft } from './draft.ts';
import { draftOfLists } from './from-file.ts';
import { JoinIds } from './join-ids.ts';
import { buildLinks, buildSegments, type LinkDefaults } from './links.ts';
import { areasOf, buildAses, buildNodes } from './nodes.ts';
import { checkOutsidePrograms } from './outside.ts';
import { resolveStack } from './stack.ts';

/**
 * Assembles the topology; mistakes are recorded in the context, and the result is then only useful for
 * finding more of them.
 * @param generated What the `generate` entry made.
 */
export function assembleTopology(
  context: BuildContext,
  input: TopologyInput,
  generated: TopologyDraft | undefined,
): Topology {
  const draft = join([...importedDrafts(context, input.import), generated, draftOfLists(input)]);
  const ases = buildAses(context, draft.ases);
  const plain = buildNodes(context, draft.nodes, ases, input.defaults?.node ?? {});
  const nodes = new Map(plain.map((node) => [node.name, node]));
  const plan = input.addressPlan ?? 'loopback';
  const asOrder = ases.map((as) => as.isdAs);
  const routers = routersOf(draft.links, nodes);
  const addressed = assignLoopback(context, plain, { routers, ases: asOrder });
  const first = input.portBase ?? PORTS_FIRST;
  const hosts =
    plan === 'ports'
      ? assignPorts(context, addressed, { first, linkCounts: linkCounts(draft.links, input) })
      : addressed;
  checkOutsidePrograms(context, plain, hosts, plan);
  const parts = {
    nodes,
    ases: new Map(ases.map((as) => [as.isdAs, as])),
    defaults: linkDefaults(input),
    port: portPlan(hosts),
  };
  const stacked = stack(context, input, { hosts, generated });
  // Nodes are also missing where an import could not be read, which is reported by itself.
  const isReported = input.import !== undefined && context.problems.count > 0;
  if (hosts.length === 0 && !isReported)
    context.refuse('E121', ['nodes'], 'missing, expected at least one node');
  const links = buildLinks(context, draft.links, parts);
  const ids = new JoinIds(context, links);
  return {
    name: input.name,
    file: context.source.file,
    sha256: context.source.sha256,
    addressPlan: plan,
    hosts: stacked,
    links,
    segments: buildSegments(context, input.segments ?? [], { ...parts, ids }),
    clouds: buildClouds(context, input.clouds ?? [], { nodes, ids }),
    areas: areasOf(ases),
    warnings: context.warnings,
  };
}

/** Puts the layers of the generator on the hosts, and those of the file above them. */
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
    link: defaults?.link === undefined ? {} : toDirection(defaults.link),
    internal: defaults?.internal === undefined ? {} : toDirection(defaults.internal),
  };
}

/** Border routers: nodes with a link to another AS. */
function routersOf(
  links: readonly LinkDraft[],
  nodes: ReadonlyMap<string, PlainNode>,
): ReadonlySet<string> {
  const routers = new Set<string>();
  for (const { a, b } of links) {
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
