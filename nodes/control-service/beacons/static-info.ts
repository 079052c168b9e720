/**
 * The values that an AS announces in its entry of a beacon (reference control/beaconing/staticinfo_config.go): those of
 * the link over which the beacon leaves, those of the peering links, and those inside the AS between the egress
 * interface and others.
 *
 * @module
 */
import {
  type AnnouncedCrossing,
  type AnnouncedValues,
  type ByInterface,
  interfacePairName,
  LINK_TYPES,
  type LinkType,
  type PropertyValues,
  type StaticInfo,
} from '../../scion/index.ts';
import {
  type ControlInterface,
  type ControlSurroundings,
  insideLinkName,
} from '../surroundings.ts';

const NS_PER_US = 1_000;
const BITS_PER_KBIT = 1_000;
const LATENCY_US_MAX = 0xffff_ffff;

/** The interfaces of an entry; 0 where the segment begins or ends. */
interface EntryInterfaces {
  readonly ingress: number;
  readonly egress: number;
}

/** The values that are announced in an entry; undefined if there are none. */
export function staticInfoFor(
  { interfaces, inside, insideLinks = new Map() }: ControlSurroundings,
  entry: EntryInterfaces,
): StaticInfo | undefined {
  const all = [...interfaces.values()];
  const linked = all.filter(({ ifId, relation }) => ifId === entry.egress || relation === 'peer');
  const egress = interfaces.get(entry.egress);
  const crossed = inside && egress ? all.filter((one) => isCrossed(one, egress, entry)) : [];
  const isSilent = linked.every(({ announced }) => announced === undefined);
  if (isSilent && inside === undefined) return undefined;

  const inter = valuesOf(linked, ({ announced }) => announced);
  const intra = valuesOf(
    crossed,
    (one): AnnouncedCrossing | undefined =>
      egress && {
        ...insideDefaults(one, egress, insideLinks),
        ...inside,
        ...inside?.pairs?.get(interfacePairName(one.ifId, egress.ifId)),
      },
  );
  const values = (of: (values: AnnouncedValues) => number | undefined): PropertyValues => {
    return { intra: defined(intra, of), inter: defined(inter, of) };
  };
  const placed = all.filter((one) => one.ifId === entry.ingress || linked.includes(one));
  return {
    latencyUs: values(({ latencyNs }) => latencyUs(latencyNs)),
    bandwidthKbps: values(({ bandwidthBps }) => bandwidthKbps(bandwidthBps)),
    carbon: values(({ carbon }) => carbon),
    geo: defined(
      valuesOf(placed, ({ announced }) => announced?.place),
      (place) => ({
        ...place,
        address: '',
      }),
    ),
    linkTypes: defined(
      valuesOf(linked, ({ announced }) => announced?.type),
      linkTypeNumber,
    ),
    internalHops: defined(intra, ({ hops }) => hops),
    note: inside?.note ?? '',
  };
}

/**
 * True if a path may cross the AS between this interface and the egress. Between two child interfaces, where a path
 * changes segments, only the entry with the lower egress announces values (reference, includeIntraInfo).
 */
function isCrossed(
  { ifId, relation }: ControlInterface,
  egress: ControlInterface,
  { ingress }: EntryInterfaces,
): boolean {
  if (ifId === ingress) return true;
  if (egress.relation === 'core' || ifId === egress.ifId) return false;
  return relation === 'core' || relation === 'peer' || (relation === 'child' && ifId > egress.ifId);
}

/**
 * Default values between two interfaces: those of the link between their routers; on one router, the slower link's
 * rate.
 */
function insideDefaults(
  one: ControlInterface,
  other: ControlInterface,
  links: NonNullable<ControlSurroundings['insideLinks']>,
): AnnouncedCrossing {
  if (one.router !== other.router) {
    const link = links.get(insideLinkName(one.router, other.router));
    return link === undefined
      ? {}
      : { latencyNs: link.delayNs, bandwidthBps: link.rateBps, hops: 1 };
  }
  const [first, second] = [one.announced?.bandwidthBps, other.announced?.bandwidthBps];
  const here = { latencyNs: 0, hops: 0 };
  if (first === undefined || second === undefined) return here;
  return { ...here, bandwidthBps: Math.min(first, second) };
}

function valuesOf<Value>(
  interfaces: readonly ControlInterface[],
  of: (one: ControlInterface) => Value | undefined,
): ByInterface<Value | undefined> {
  return new Map(interfaces.map((one) => [one.ifId, of(one)]));
}

/** Converts the known values and leaves out the unknown ones. */
function defined<From, To>(
  values: ByInterface<From | undefined>,
  of: (value: From) => To | undefined,
): ByInterface<To> {
  return new Map(
    [...values].flatMap(([ifId, value]): [number, To][] => {
      const found = value === undefined ? undefined : of(value);
      return found === undefined ? [] : [[ifId, found]];
    }),
  );
}

function latencyUs(ns: number | undefined): number | undefined {
  const us = ns === undefined ? undefined : Math.round(ns / NS_PER_US);
  return us === undefined || us > LATENCY_US_MAX ? undefined : us;
}

/** Converts a rate to kbit/s; undefined for a rate without limit, which the format cannot express. */
function bandwidthKbps(bps: number | undefined): number | undefined {
  const kbps = bps === undefined ? undefined : Math.floor(bps / BITS_PER_KBIT);
  return Number.isSafeInteger(kbps) ? kbps : undefined;
}

function linkTypeNumber(type: LinkType): number {
  return LINK_TYPES.indexOf(type);
}
