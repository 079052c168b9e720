/**
 * The descriptions of links in the header of a trace, by direction.
 *
 * @module
 */
import type { LinkDirectionView } from '../../net/direction-context.ts';
import type { ActualContactSpec, ContactsSpec } from '../../net/link-spec.ts';
import type { ContactsInfo, LinkDirectionInfo } from './layout.ts';

/** Largest number of contacts that a header lists, about 1 MB; if a network has more, it lists none. */
const CONTACTS_MAX = 20_000;

/** Describes directions for the header. */
export function linkDirectionInfos(
  directions: readonly LinkDirectionView[],
): readonly LinkDirectionInfo[] {
  const contacts = directions.reduce((sum, { plan }) => sum + (plan?.windows.length ?? 0), 0);
  return directions.map((direction) => linkInfo(direction, contacts <= CONTACTS_MAX));
}

function linkInfo(direction: LinkDirectionView, hasContacts: boolean): LinkDirectionInfo {
  const { linkId, name, fromNode, toNode, pace, plan } = direction;
  const { rateBps, delayNs, overheadBytes } = pace;
  return {
    ...{ id: linkId, name, from: fromNode, to: toNode },
    // JSON has no infinity.
    rateBps: Number.isFinite(rateBps) ? rateBps : null,
    ...{ delayNs, overheadBytes },
    ...(plan !== undefined && hasContacts ? { contacts: contactsInfo(plan) } : {}),
  };
}

function contactsInfo({ windows, periodNs, actual = [] }: ContactsSpec): ContactsInfo {
  const plannedEnd = new Map(windows.map(({ startNs, endNs }) => [startNs, endNs]));
  const endOf = (startNs: number): number => {
    const within = periodNs === undefined ? startNs : startNs % periodNs;
    return (plannedEnd.get(within) ?? within) + startNs - within;
  };
  const happened = (one: ActualContactSpec): [number, number, number] => {
    const { plannedStartNs, isMissing, startNs = plannedStartNs } = one;
    const { endNs = endOf(plannedStartNs) } = one;
    return [plannedStartNs, startNs, isMissing === true ? startNs : endNs];
  };
  return {
    windows: windows.map(({ startNs, endNs }) => [startNs, endNs] as const),
    ...(periodNs === undefined ? {} : { periodNs }),
    ...(actual.length === 0 ? {} : { actual: actual.map(happened) }),
  };
}
