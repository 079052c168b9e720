/**
 * What autonomous systems announce about their links and their inside, as attributes that routing protocols read and
 * pass on (docs/spec/topology-files.md, "Announcements"). Nothing is announced unless a file says so.
 *
 * @module
 */
import type { Attributes } from '../../engine/host/network-view.ts';
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { omitUndefined } from '../files/defined.ts';
import type { GeoPosition } from '../model.ts';
import type { AsAnnouncement, LinkAnnouncement } from '../schema/announces.ts';
import type { BuildContext } from './context.ts';
import type { LinkDraft } from './draft.ts';

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
  return omitUndefined({
    isAnnounced: true,
    announcedLatencyNs: announces.latency,
    announcedBandwidthBps: announces.bandwidth,
    announcedHops: announces.hops,
    announcedCarbon: announces.carbon,
    announcedNote: announces.note,
  });
}
