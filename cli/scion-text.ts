/**
 * Formats answers as the reference's `scion ping`, `traceroute` and `showpaths` print them (scionproto/scion,
 * scion/cmd/scion), in 80 columns.
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import { foldIntoLines } from '../reports/terminal-layout.ts';

const WIDTH = 80;

/** A path in answers to `ping` and `traceroute`. */
interface ProbedPath {
  readonly fingerprint: string;
  readonly hops: readonly { readonly interface: number; readonly isd_as: string }[];
  readonly next_hop: string;
  readonly local_ip: string;
  readonly mtu: number;
}

/** The answer to `ping`. */
export interface PingAnswer {
  readonly remote: string;
  readonly path: ProbedPath;
  readonly payload_size: number;
  readonly scion_packet_size: number;
  readonly replies: readonly {
    readonly scion_packet_size: number;
    readonly source: string;
    readonly scmp_seq: number;
    readonly round_trip_time: number;
    readonly state: string;
  }[];
  readonly errors: readonly string[];
  readonly statistics: {
    readonly sent: number;
    readonly received: number;
    readonly packet_loss: number;
    readonly time: number;
    readonly min_rtt: number;
    readonly avg_rtt: number;
    readonly max_rtt: number;
    readonly mdev_rtt: number;
  };
}

/** The answer to `traceroute`. */
export interface TracerouteAnswer {
  readonly remote: string;
  readonly path: ProbedPath;
  readonly hops: readonly {
    readonly interface_id: number;
    readonly ip: string;
    readonly isd_as: string;
    readonly round_trip_times: readonly (number | null)[];
  }[];
}

/** A path in an answer to `paths`, with what probing it showed. */
export interface ListedPath {
  readonly fingerprint: string;
  /** `ISD-AS#IFID` of each interface: alternately where the path leaves an AS and where it enters the next AS. */
  readonly interfaces: readonly string[];
  readonly mtu: number;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly nextHop: string;
  /**
   * Latency, bandwidth and carbon of the path as its ASes announce them; null or absent if an AS does not announce
   * it.
   */
  readonly latencyUs?: number | null;
  readonly bandwidthKbps?: number | null;
  readonly carbon?: number | null;
  /** `alive`, `timeout` or an error; absent if it was not probed. */
  readonly status?: string;
}

/** A beacon in an answer to `beacons`. */
export interface ListedBeacon {
  readonly origin: string;
  readonly interfaces: readonly string[];
  readonly ingress: number;
  readonly expires: number;
}

/** A TRC in an answer to `trcs`. */
export interface ListedTrc {
  readonly id: {
    readonly isd: number;
    readonly base_number: number;
    readonly serial_number: number;
  };
  readonly validity: ListedPeriod;
  readonly is_valid: boolean;
  /** Grace period, seconds. */
  readonly grace_period: number;
  readonly no_trust_reset: boolean;
  readonly votes: readonly number[];
  readonly voting_quorum: number;
  readonly core_ases: readonly string[];
  readonly authoritative_ases: readonly string[];
  readonly description: string;
  readonly certificates: readonly {
    readonly type: string;
    readonly isd_as: string;
    readonly validity: ListedPeriod;
  }[];
}

/** A period of validity; both ends in seconds since 1970. */
interface ListedPeriod {
  readonly not_before: number;
  readonly not_after: number;
}

/** Formats TRCs as `scion-pki trc inspect` prints them. */
export function trcsText(at: string, trcs: readonly ListedTrc[]): string {
  const lines = trcs.flatMap((trc) => [
    `TRC ISD${trc.id.isd}-B${trc.id.base_number}-S${trc.id.serial_number}:`,
    `  description: ${oneLine(trc.description)}`,
    `  validity: ${periodText(trc.validity)}${trc.is_valid ? '' : ', not now'}`,
    `  grace_period: ${trc.grace_period}s`,
    `  no_trust_reset: ${trc.no_trust_reset}`,
    `  votes: [${trc.votes.join(', ')}]`,
    `  voting_quorum: ${trc.voting_quorum}`,
    ...listText('core_ases', trc.core_ases),
    ...listText('authoritative_ases', trc.authoritative_ases),
    ...listText(
      'certificates',
      trc.certificates.map(
        (one, place) =>
          `${place}: ${one.type} of ${one.isd_as}, to ${dateText(one.validity.not_after)}`,
      ),
    ),
  ]);
  const count = `${trcs.length} ${trcs.length === 1 ? 'TRC' : 'TRCs'}`;
  return linesText([`${count} at ${at}`, ...lines]);
}

function periodText({ not_before, not_after }: ListedPeriod): string {
  return `${dateText(not_before)} to ${dateText(not_after)}`;
}

/** The time in the format of RFC 3339. @param seconds Time since 1970, s. */
function dateText(seconds: number): string {
  return new Date(1_000 * seconds).toISOString().replace('.000Z', 'Z');
}

function listText(name: string, items: readonly string[]): readonly string[] {
  return [`  ${name}:`, ...items.map((item) => `    - ${item}`)];
}

/** Formats the answer to `ping` as `scion ping` prints it. */
export function pingText({
  remote,
  path,
  payload_size,
  scion_packet_size,
  replies,
  errors,
  statistics,
}: PingAnswer): string {
  const { sent, received, packet_loss, time, min_rtt, avg_rtt, max_rtt, mdev_rtt } = statistics;
  const [min, avg, max, mdev] = [min_rtt, avg_rtt, max_rtt, mdev_rtt].map(fixed);
  return linesText([
    ...usingPath(path),
    `PING ${remote} pld=${payload_size}B scion_pkt=${scion_packet_size}B`,
    ...replies.map((one) => {
      const state = one.state === 'success' ? '' : ` state=${one.state.replaceAll('_', ' ')}`;
      const from = `${one.scion_packet_size} bytes from ${one.source}`;
      return `${from}: scmp_seq=${one.scmp_seq} time=${fixed(one.round_trip_time)}ms${state}`;
    }),
    ...errors.map((error) => `ERROR: ${error}`),
    '',
    `--- ${remote} statistics ---`,
    `${sent} packets transmitted, ${received} received, ${packet_loss}% packet loss, time ${fixed(time)}ms`,
    ...(received === 0 ? [] : [`rtt min/avg/max/mdev = ${min}/${avg}/${max}/${mdev} ms`]),
  ]);
}

/** Formats the answer to `traceroute` as `scion traceroute` prints it. */
export function tracerouteText({ path, hops }: TracerouteAnswer): string {
  return linesText([
    ...usingPath(path),
    ...hops.map(({ interface_id: ifId, ip, isd_as: isdAs, round_trip_times: times }, index) => {
      const from = ip === '' ? '??' : `${isdAs},${ip} IfID=${ifId}`;
      return `${index} ${from} ${times.map((time) => (time === null ? '*' : `${fixed(time)}ms`)).join(' ')}`;
    }),
  ]);
}

/** Formats paths, grouped by number of hops, as `scion showpaths` prints them. @param seconds Now, s since 1970. */
export function pathsText(to: string, paths: readonly ListedPath[], seconds: number): string {
  const digits = String(paths.length - 1).length;
  const lines = paths.flatMap((path, index) => {
    const { interfaces, mtu, nextHop, latencyUs, bandwidthKbps, carbon } = path;
    const before = paths[index - 1]?.interfaces.length;
    const head = before === interfaces.length ? [] : [`${interfaces.length / 2 + 1} Hops:`];
    const facts = [
      `MTU: ${mtu}`,
      `NextHop: ${nextHop}`,
      `Expires: ${expiryText(path.expires, seconds)}`,
      ...known(latencyUs, (us) => `Latency: ${us / 1_000}ms`),
      ...known(bandwidthKbps, (kbps) => `Bandwidth: ${kbps}Kbit/s`),
      ...known(carbon, (grams) => `Carbon: ${grams}g/TB`),
      ...known(path.status, (status) => `Status: ${status}`),
      `Fingerprint: ${path.fingerprint.slice(0, 16)}`,
    ];
    const number = `[${String(index).padStart(digits)}] `;
    const indent = ' '.repeat(number.length);
    const hops = foldedHops(`${number}Hops: `, hopsText(interfaces));
    return [...head, ...hops, ...facts.map((fact) => `${indent}${fact}`)];
  });
  return linesText([`Available paths to ${to}`, ...lines]);
}

/** Formats beacons, grouped by their origin. @param seconds Time now, s since 1970. */
export function beaconsText(at: string, beacons: readonly ListedBeacon[], seconds: number): string {
  const digits = String(beacons.length - 1).length;
  const lines = beacons.flatMap(({ interfaces, ingress, expires, origin }, index) => {
    const head = beacons[index - 1]?.origin === origin ? [] : [`From ${origin}:`];
    const number = `[${String(index).padStart(digits)}] `;
    const hops = foldedHops(`${number}Hops: `, hopsText([...interfaces, `${at}#${ingress}`]));
    return [
      ...head,
      ...hops,
      `${' '.repeat(number.length)}Expires: ${expiryText(expires, seconds)}`,
    ];
  });
  const count = `${beacons.length} ${beacons.length === 1 ? 'beacon' : 'beacons'}`;
  return linesText([`${count} at ${at}`, ...lines]);
}

function usingPath({ hops, mtu, next_hop }: ProbedPath): readonly string[] {
  const interfaces = hops.map((hop) => `${hop.isd_as}#${hop.interface}`);
  if (interfaces.length === 0) return ['Using path:', `  empty, NextHop: ${next_hop}`, ''];
  const facts = foldIntoLines([`MTU: ${mtu}`, `NextHop: ${next_hop}`], layout(2));
  return [
    'Using path:',
    ...foldedHops('  Hops: ', hopsText(interfaces)),
    ...facts.map((one) => `  ${one.trim()}`),
    '',
  ];
}

/** The path `A 1>2 B 3>4 C` in the reference's notation (pkg/snet/path.go), as parts that no line break may split. */
function hopsText(interfaces: readonly string[]): readonly string[] {
  const ends = interfaces.map((text) => text.split('#'));
  const first = ends[0]?.[0] ?? '';
  const links = ends.flatMap(([, ifId = ''], index) => {
    if (index % 2 === 1) return [];
    const [isdAs = '', into = ''] = ends[index + 1] ?? [];
    return [`${ifId}>${into} ${isdAs}`];
  });
  return [`[${first}`, ...links];
}

function foldedHops(label: string, hops: readonly string[]): readonly string[] {
  const [first = '', ...rest] = hops;
  const closed = [`${label}${first}`, ...rest];
  return foldIntoLines(closed.with(-1, `${closed.at(-1)}]`), layout(label.length + 1));
}

function layout(indent: number): Parameters<typeof foldIntoLines>[1] {
  return { width: WIDTH, indent, gap: ' ' };
}

function expiryText(expires: number, seconds: number): string {
  const left = Math.floor(expires - seconds);
  const [hours, minutes] = [Math.floor(left / 3_600), Math.floor((left % 3_600) / 60)];
  const date = new Date(expires * 1_000).toISOString().replace('T', ' ').slice(0, 19);
  return `${date} UTC (${hours}h${minutes}m${left % 60}s)`;
}

function known<Value>(
  value: Value | null | undefined,
  text: (value: Value) => string,
): readonly string[] {
  return value === null || value === undefined ? [] : [text(value)];
}

function fixed(value: number): string {
  return value.toFixed(3);
}

function linesText(lines: readonly string[]): string {
  return `${lines.map(oneLine).join('\n')}\n`;
}
