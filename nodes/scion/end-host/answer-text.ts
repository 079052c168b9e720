/**
 * Formats results of pings and traceroutes for operators: JSON with the names of the reference
 * (scion/cmd/scion: ping.go, traceroute.go, common.go). Times are in milliseconds, rounded to
 * microseconds.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Path, PathInterface } from '../paths/path.ts';
import type { PingResult } from './ping.ts';
import type { TracerouteResult } from './traceroute.ts';

/** The target, the path and the addresses of the requests of a ping or traceroute. */
export interface ProbeFacts {
  readonly path: Path;
  /** `ISD-AS,ADDRESS` of the host to which requests were sent. */
  readonly remote: string;
  readonly localIp: string;
  /** `ADDRESS:PORT` of the first router. */
  readonly nextHop: string;
}

/**
 * Formats the result of a ping as JSON.
 * @param size Bytes of data in a request.
 */
export function pingJson(facts: ProbeFacts, size: number, result: PingResult): string {
  const { sent, replies, errors, packetBytes, tookNs } = result;
  const received = replies.length;
  return JSON.stringify({
    ...pathFacts(facts),
    payload_size: size,
    scion_packet_size: packetBytes,
    replies: replies.map(({ bytes, isdAs, address, sequence, rttNs, state }) => ({
      scion_packet_size: bytes,
      source: `${isdAs},${address}`,
      scmp_seq: sequence,
      round_trip_time: milliseconds(rttNs),
      state,
    })),
    errors,
    statistics: {
      sent,
      received,
      packet_loss: Math.max(0, 100 - Math.floor((100 * received) / sent)),
      time: milliseconds(tookNs),
      ...roundTrips(replies.map(({ rttNs }) => rttNs)),
    },
  });
}

/**
 * Formats the result of a traceroute as JSON. An interface without an answer has no address and no
 * ISD-AS.
 */
export function tracerouteJson(facts: ProbeFacts, result: TracerouteResult): string {
  const { interfaces, sent, received } = result;
  return JSON.stringify({
    ...pathFacts(facts),
    hops: interfaces.map(({ from, ifId, rttsNs }, index) => ({
      interface_id: from === undefined ? (facts.path.interfaces[index]?.ifId ?? 0) : ifId,
      ip: from?.address ?? '',
      isd_as: from?.isdAs ?? facts.path.interfaces[index]?.isdAs ?? '',
      round_trip_times: rttsNs.map((ns) => (ns === undefined ? null : milliseconds(ns))),
    })),
    sent,
    received,
  });
}

/**
 * Formats a path as a sequence of a path policy (reference private/path/pathpol, GetSequence):
 * `IA#0,out IA#in,out IA#in,0`.
 */
function sequenceText(interfaces: readonly PathInterface[]): string {
  return interfaces
    .flatMap(({ isdAs, ifId }, index) => {
      if (index === 0) return [`${isdAs}#0,${ifId}`];
      if (index % 2 === 0) return [];
      return [`${isdAs}#${ifId},${interfaces[index + 1]?.ifId ?? 0}`];
    })
    .join(' ');
}

function pathFacts({ path, remote, localIp, nextHop }: ProbeFacts): object {
  return {
    remote,
    path: {
      fingerprint: path.fingerprint,
      hops: path.interfaces.map(({ isdAs, ifId }) => ({ interface: ifId, isd_as: isdAs })),
      sequence: sequenceText(path.interfaces),
      local_ip: localIp,
      next_hop: nextHop,
      mtu: path.mtu,
    },
  };
}

/**
 * Statistics of the round-trip times in milliseconds. The deviation is the root of the mean square
 * distance from the mean, as in the reference (scion/cmd/scion/ping.go, calculateStats).
 */
function roundTrips(rttsNs: readonly Nanoseconds[]): Readonly<Record<string, number>> {
  const count = Math.max(1, rttsNs.length);
  const average = rttsNs.reduce((sum, rtt) => sum + rtt, 0) / count;
  const squares = rttsNs.reduce((sum, rtt) => sum + (rtt - average) ** 2, 0);
  return {
    min_rtt: milliseconds(rttsNs.reduce((least, rtt) => Math.min(least, rtt), rttsNs[0] ?? 0)),
    avg_rtt: milliseconds(average),
    max_rtt: milliseconds(rttsNs.reduce((most, rtt) => Math.max(most, rtt), 0)),
    mdev_rtt: milliseconds(Math.sqrt(squares / count)),
  };
}

function milliseconds(ns: Nanoseconds): number {
  return Math.round(ns / 1_000) / 1_000;
}
