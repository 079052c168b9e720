/**
 * What autonomous systems announce about their links and their inside, as attributes that routing protocols read and
 * pass on (docs/spec/topology-files.md, "Announcements"). Nothing is announced unless a file says so.
 *
 * Mistakes in pairs of interfaces: E104, E106, E113.
 *
 * @module
 */
import type { Attributes } from '../../engine/host/network-view.ts';
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { omitUndefined } from '../files/defined.ts';
import { unknownNameHint } from '../files/suggest.ts';
import type { GeoPosition, LinkSpec } from '../model.ts';
import type { AsAnnouncement, LinkAnnouncement } from '../schema/announces.ts';
import type { BuildContext } from './context.ts';
import type { AsDraft, LinkDraft, UnaddressedNode } from './draft.ts';

/**
 * What the file has announced about a link; undefined if nothing.
 * @param isInternal True for a link inside one AS: it is never announced, so an `announces` entry there is a mistake.
 */
export function linkAnnouncement(
  context: BuildContext,
  { announces, path }: LinkDraft,
  isInternal: boolean,
  usual: LinkAnnouncement | undefined,
): LinkAnnouncement | undefined {
  if (!isInternal) return announces === undefined ? usual : { ...usual, ...announces };
  if (announces !== undefined) {
    const message = 'only links between two autonomous systems are announced';
    context.refuse('E104', [...path, 'announces'], message, 'leave it out');
  }
  return undefined;
}

/** Attributes of one end of a link: what the AS at this end announces about the direction in which it sends. */
export function announcedEndAttributes(
  announces: LinkAnnouncement | undefined,
  { delayNs, rateBps }: LinkDirectionSpec,
  place: GeoPosition | undefined,
): Attributes {
  if (announces === undefined) return {};
  return omitUndefined({
    announcedLatencyNs: announces.latency ?? delayNs,
    announcedBandwidthBps: announces.bandwidth ?? rateBps,
    announcedCarbon: announces.carbon,
    announcedType: announces.type,
    announcedLatitude: place?.lat,
    announcedLongitude: place?.lon,
  });
}

/** Attributes of an autonomous system: what it announces about its inside; empty if nothing. */
export function announcedAsAttributes(announces: AsAnnouncement | undefined): Attributes {
  if (announces === undefined) return {};
  const { between = [], note } = announces;
  const names = between.map(({ interfaces }) => pairName(interfaces));
  const found: Attributes = omitUndefined({
    isAnnounced: true,
    ...insideAttributes(announces, ''),
    announcedNote: note,
    announcedPairs: names.length === 0 ? undefined : names.join(' '),
  });
  for (const [index, pair] of between.entries()) {
    Object.assign(found, insideAttributes(pair, `/${names[index]}`));
  }
  return found;
}

/**
 * Checks that each announcement between two interfaces names two interfaces of its AS, and that no pair is announced
 * twice.
 */
export function checkAnnouncedPairs(
  context: BuildContext,
  ases: readonly AsDraft[],
  links: readonly LinkSpec[],
  nodes: ReadonlyMap<string, UnaddressedNode>,
): void {
  const announcing = ases.filter(({ announces }) => announces?.between !== undefined);
  if (announcing.length === 0) return;
  const interfaces = interfacesByAs(links, nodes);
  for (const draft of announcing) {
    checkPairsOf(context, draft, interfaces.get(draft.isdAs) ?? []);
  }
}

function checkPairsOf(
  context: BuildContext,
  { isdAs, announces, path }: AsDraft,
  own: readonly string[],
): void {
  const at = [...path, 'announces', 'between'];
  const seen = new Map<string, number>();
  for (const [index, { interfaces }] of (announces?.between ?? []).entries()) {
    const where = [...at, index, 'interfaces'];
    for (const [end, ifId] of interfaces.entries()) {
      if (own.includes(`${ifId}`)) continue;
      const hint = (): string => unknownNameHint(`${ifId}`, own, 'interfaces');
      context.refuse('E106', [...where, end], `${isdAs} has no interface ${ifId}`, hint);
    }
    if (interfaces[0] === interfaces[1]) {
      const message = `both are interface ${interfaces[0]}, expected two`;
      context.refuse('E104', where, message, 'name the interfaces of two links');
    }
    const name = pairName(interfaces);
    const first = seen.get(name) ?? index;
    seen.set(name, first);
    if (first === index) continue;
    const said = context.firstAt([...at, first, 'interfaces']);
    context.refuse('E113', where, `this pair of ${isdAs} is announced twice (${said})`);
  }
}

/** The interface numbers of each AS, as texts, ascending. */
function interfacesByAs(
  links: readonly LinkSpec[],
  nodes: ReadonlyMap<string, UnaddressedNode>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, number[]>();
  for (const { host, attributes } of links.flatMap(({ a, b }) => [a, b])) {
    const [isdAs, ifId] = [nodes.get(host)?.area, attributes?.['interface']];
    if (isdAs === undefined || typeof ifId !== 'number') continue;
    found.set(isdAs, [...(found.get(isdAs) ?? []), ifId]);
  }
  return new Map(
    [...found].map(([isdAs, all]) => [
      isdAs,
      all.sort((left, right) => left - right).map((ifId) => `${ifId}`),
    ]),
  );
}

/**
 * Attributes of what is announced between interfaces. @param suffix End of the attributes' names; empty for values
 * that hold between any two interfaces.
 */
function insideAttributes(
  { latency, bandwidth, hops, carbon }: Omit<AsAnnouncement, 'between' | 'note'>,
  suffix: string,
): Attributes {
  return omitUndefined({
    [`announcedLatencyNs${suffix}`]: latency,
    [`announcedBandwidthBps${suffix}`]: bandwidth,
    [`announcedHops${suffix}`]: hops,
    [`announcedCarbon${suffix}`]: carbon,
  });
}

/** Two interfaces, the lower number first, as nodes/scion/announcements.ts names them. */
function pairName(interfaces: readonly number[]): string {
  return [...interfaces].sort((left, right) => left - right).join('-');
}
