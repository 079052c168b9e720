/**
 * Traffic classes: which IP packets belong to a class, and the policies, in order, by which their
 * paths are chosen.
 *
 * @module
 */
import { z } from 'zod';
import type { PathPolicy } from '../../scion/index.ts';
import { pathPolicySchema } from '../policy-options.ts';
import { TRAFFIC_CLASS_LIMITS } from './geometry.ts';
import { IP_PROTOCOLS, type IpHeader } from './ip-header.ts';
import { containsAddress, type IpAddress, type IpPrefix, parseIpPrefix } from './ip-prefix.ts';

const { classes: CLASSES_MAX, policies: POLICIES_MAX, entries: ENTRIES_MAX } = TRAFFIC_CLASS_LIMITS;
const NAME_LENGTH_MAX = 64;
const DSCP_MAX = 63;
const PROTOCOL_MAX = 255;
const PORT_MAX = 65_535;
const ALL_PREFIXES: readonly string[] = ['0.0.0.0/0', '::/0'];

/** One value or a list of them. */
const listOf = <T extends z.ZodType>(one: T): z.ZodUnion<[T, z.ZodArray<T>]> =>
  z.union([one, z.array(one).min(1).max(ENTRIES_MAX)]);

const prefixText = z.string().superRefine((text, context) => {
  const read = parseIpPrefix(text);
  if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
});
const port = z.int().min(0).max(PORT_MAX);
const portRange = z.string().superRefine((text, context) => {
  const { first, last } = portsOf(text);
  if (first <= last && last <= PORT_MAX) return;
  context.addIssue({ code: 'custom', message: `"${text}" is no range of ports such as 5000-5010` });
});

const match = z.strictObject({
  /** Differentiated services codepoints, 0 to 63. */
  dscp: listOf(z.int().min(0).max(DSCP_MAX)).optional(),
  /** Prefixes of source addresses, such as `10.1.0.0/16`. */
  source: listOf(prefixText).optional(),
  /** Prefixes of destination addresses. */
  destination: listOf(prefixText).optional(),
  /** Protocols: `tcp`, `udp`, `icmp`, `icmpv6`, or numbers. */
  protocol: listOf(
    z.union([z.enum(['tcp', 'udp', 'icmp', 'icmpv6']), z.int().min(0).max(PROTOCOL_MAX)]),
  ).optional(),
  /** Source ports of TCP and UDP, such as `5060` or `5000-5010`. */
  sourcePort: listOf(z.union([port, portRange])).optional(),
  /** Destination ports. A later fragment of an IPv4 packet has no ports. */
  destinationPort: listOf(z.union([port, portRange])).optional(),
});

/** Schema of the option `classes`. */
export const trafficClassesSchema = z
  .array(
    z.strictObject({
      /** Name in messages: a word. */
      name: z
        .string()
        .max(NAME_LENGTH_MAX)
        .refine((name) => /^[\w.-]+$/.test(name), 'must be one word of letters, digits, . _ -'),
      /** What packets of the class have: each key given must fit, by one of its values. Without a key, all IP packets fit. */
      match: match.prefault({}),
      /**
       * Path policies in order: packets take a path that the first one allows and that is alive, else one of the second, and so
       * on, then degraded ones; with none left they are refused. A policy with an `order` takes the first path of that order, another one prefers the
       * path in use.
       */
      paths: z.array(pathPolicySchema).min(1).max(POLICIES_MAX),
    }),
  )
  .max(CLASSES_MAX)
  .superRefine((classes, context) => {
    for (const [index, { name }] of classes.entries()) {
      if (classes.findIndex((one) => one.name === name) === index) continue;
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `"${name}" is there twice`,
      });
    }
  });

/** The checked option `classes`. */
export type TrafficClassOptions = z.output<typeof trafficClassesSchema>;
type Match = TrafficClassOptions[number]['match'];

/** A class in the form in which packets are compared with it. */
export interface TrafficClass {
  readonly name: string;
  readonly policies: readonly PathPolicy[];
  readonly fits: (header: IpHeader) => boolean;
  /** True if packets to an address fit the class, as far as their destination decides this. */
  readonly fitsTo: (destination: IpAddress) => boolean;
  /** The other keys that decide whether a packet fits. */
  readonly otherKeys: readonly string[];
}

/** Converts the options of classes to the form in which packets are compared with them. */
export function makeTrafficClasses(options: TrafficClassOptions): readonly TrafficClass[] {
  return options.map(({ name, match: wanted, paths }) => {
    const { destination, ...others } = wanted;
    const fitsTo = testOfPrefixes(listed(destination ?? ALL_PREFIXES));
    const tests = testsOf(others);
    const fits = (header: IpHeader): boolean =>
      fitsTo(header.destination) && tests.every((test) => test(header));
    return { name, policies: paths, fits, fitsTo, otherKeys: Object.keys(others) };
  });
}

/** Makes one test for each key of the match. */
function testsOf(wanted: Omit<Match, 'destination'>): readonly ((header: IpHeader) => boolean)[] {
  const tests: ((header: IpHeader) => boolean)[] = [];
  const { dscp, protocol, source, sourcePort, destinationPort } = wanted;
  if (dscp !== undefined) tests.push((header) => listed(dscp).includes(header.dscp));
  if (protocol !== undefined) {
    const numbers = listed(protocol).map((one) =>
      typeof one === 'string' ? IP_PROTOCOLS[one] : one,
    );
    tests.push((header) => numbers.includes(header.protocol));
  }
  if (source !== undefined) {
    const isFrom = testOfPrefixes(listed(source));
    tests.push(({ source: from }) => isFrom(from));
  }
  if (sourcePort !== undefined) {
    tests.push(testOfPorts(listed(sourcePort), ({ sourcePort: one }) => one));
  }
  if (destinationPort !== undefined) {
    tests.push(testOfPorts(listed(destinationPort), ({ destinationPort: one }) => one));
  }
  return tests;
}

function listed<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function testOfPrefixes(texts: readonly string[]): (address: IpAddress) => boolean {
  const prefixes = texts.map((text) => parseIpPrefix(text) as IpPrefix);
  return (address) => prefixes.some((prefix) => containsAddress(prefix, address));
}

function testOfPorts(
  values: readonly (number | string)[],
  portOf: (header: IpHeader) => number,
): (header: IpHeader) => boolean {
  const ranges = values.map((one) =>
    typeof one === 'string' ? portsOf(one) : { first: one, last: one },
  );
  return (header) =>
    ranges.some(({ first, last }) => first <= portOf(header) && portOf(header) <= last);
}

/** The first and last port of a range. If the text is not a range, the result contains no port. */
function portsOf(text: string): { readonly first: number; readonly last: number } {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  return { first: Number(first ?? 1), last: Number(last ?? 0) };
}
