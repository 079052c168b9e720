/**
 * Reads the properties that autonomous systems announce of their links and of their internal
 * networks, as given in a file (docs/spec/topology-files.md, "Announcements"). They may differ from
 * the real properties.
 *
 * @module
 */
import type { AreaView, Attributes, LinkEndView } from '../../engine/host/network-view.ts';
import { LINK_TYPES, type LinkType } from './paths/static-info.ts';

/** The properties announced between two interfaces; absent properties are not announced. */
export interface AnnouncedValues {
  readonly latencyNs?: number;
  readonly bandwidthBps?: number;
  /** Emissions, grams of CO2 per terabyte. */
  readonly carbon?: number;
}

/** The properties of a link that an AS announces. */
export interface AnnouncedLink extends AnnouncedValues {
  readonly type?: LinkType;
  /** Location of the router at this end of the link, degrees. */
  readonly place?: { readonly latitude: number; readonly longitude: number };
}

/** The properties that an AS announces between two of its interfaces. */
export interface AnnouncedCrossing extends AnnouncedValues {
  readonly hops?: number;
}

/** The properties that an AS announces between any two of its interfaces, and its note. */
export interface AnnouncedInside extends AnnouncedCrossing {
  readonly note?: string;
  /** The properties between two certain interfaces, by {@link interfacePairName}. */
  readonly pairs?: ReadonlyMap<string, AnnouncedCrossing>;
}

/** Names two interfaces of an AS, in any order. */
export function interfacePairName(one: number, other: number): string {
  return one < other ? `${one}-${other}` : `${other}-${one}`;
}

/**
 * Reads the properties of a link that the AS at this end announces; undefined if there are none.
 */
export function readAnnouncedLink({ attributes = {} }: LinkEndView): AnnouncedLink | undefined {
  const latitude = numberOf(attributes, 'announcedLatitude');
  const longitude = numberOf(attributes, 'announcedLongitude');
  const type = linkTypeOf(attributes);
  const values = valuesOf(attributes);
  // Every announced link has a latency, so a link without one is not announced.
  if (values.latencyNs === undefined) return undefined;
  return {
    ...values,
    ...(type === undefined ? {} : { type }),
    ...(latitude === undefined || longitude === undefined
      ? {}
      : { place: { latitude, longitude } }),
  };
}

/**
 * Reads the properties that an AS announces of its internal network; undefined if there are none.
 */
export function readAnnouncedInside({ attributes = {} }: AreaView): AnnouncedInside | undefined {
  if (attributes['isAnnounced'] !== true) return undefined;
  const note = textOf(attributes, 'announcedNote');
  const pairs = textOf(attributes, 'announcedPairs')
    ?.split(' ')
    .map((name): [string, AnnouncedCrossing] => [name, crossingOf(attributes, `/${name}`)]);
  return {
    ...crossingOf(attributes, ''),
    ...(note === undefined ? {} : { note }),
    ...(pairs === undefined ? {} : { pairs: new Map(pairs) }),
  };
}

function crossingOf(attributes: Attributes, suffix: string): AnnouncedCrossing {
  const hops = numberOf(attributes, `announcedHops${suffix}`);
  return { ...valuesOf(attributes, suffix), ...(hops === undefined ? {} : { hops }) };
}

/**
 * @param suffix End of the names of the attributes: empty, or the suffix for a pair of interfaces.
 */
function valuesOf(attributes: Attributes, suffix = ''): AnnouncedValues {
  const latencyNs = numberOf(attributes, `announcedLatencyNs${suffix}`);
  const bandwidthBps = numberOf(attributes, `announcedBandwidthBps${suffix}`);
  const carbon = numberOf(attributes, `announcedCarbon${suffix}`);
  return {
    ...(latencyNs === undefined ? {} : { latencyNs }),
    ...(bandwidthBps === undefined ? {} : { bandwidthBps }),
    ...(carbon === undefined ? {} : { carbon }),
  };
}

function numberOf(attributes: Attributes, name: string): number | undefined {
  const value = attributes[name];
  if (value === undefined || typeof value === 'number') return value;
  throw new RangeError(`${name} is ${value}, which is no number`);
}

function linkTypeOf(attributes: Attributes): LinkType | undefined {
  const type = textOf(attributes, 'announcedType');
  if (type === undefined) return undefined;
  const known = LINK_TYPES.find((one) => one === type);
  if (known !== undefined) return known;
  throw new RangeError(`announcedType is ${type}, which is no type of a link`);
}

function textOf(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new RangeError(`${name} is ${value}, which is no text`);
}
