/**
 * What autonomous systems announce of their links and of themselves, as attributes for the protocols that tell
 * others (docs/spec/topology-files.md, "Announcements"). Nothing is announced unless a file says so.
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
 * What is announced of a link; undefined if nothing is.
 * @param isInternal True of a link inside one system, of which nobody outside is told: an entry is a mistake.
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

/** Attributes of an end of a link, of what the system there announces of the direction in which it sends. */
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

/** Attributes of an autonomous system that announces something of its inside. */
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
