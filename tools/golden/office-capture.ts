/**
 * Makes `scenarios/office.pcapng`, the capture that `gateway-capture.yaml` sends again: twenty
 * seconds of an invented small office. A call of 200 B each 30 ms, a download in bursts of ten
 * segments of 1,500 B each second, and a question to a name server every two seconds; packets are
 * cut behind their headers, as `tcpdump -s 48` does.
 *
 * @module
 */
import {
  encodeInterfaceDescription,
  encodePacketBlock,
  encodeSectionHeader,
} from '../../engine/measure/pcapng/encode.ts';
import { type IpFlow, writeIpHeaders } from '../../engine/pure/ip-headers.ts';

const NS_PER_MS = 1_000_000;
const LENGTH_MS = 20_000;
/** Bytes of each packet that are kept. */
const KEPT_BYTES = 48;
/** Address of a host; both addresses are in the networks for benchmarks (RFC 2544). */
const HOST = [198, 18, 0, 10];
const SERVER = [198, 19, 0, 20];

interface Talk {
  readonly flow: IpFlow;
  readonly bytes: number;
  readonly everyMs: number;
  /** Number of packets at a time, 1 ms apart. */
  readonly burst: number;
}

function talk(protocol: 'udp' | 'tcp', port: number, how: Omit<Talk, 'flow'>): Talk {
  const [from, to] = [
    { address: HOST, port },
    { address: SERVER, port },
  ];
  return { flow: { from, to, protocol }, ...how };
}

const TALKS: readonly Talk[] = [
  talk('udp', 5_004, { bytes: 200, everyMs: 30, burst: 1 }),
  talk('tcp', 443, { bytes: 1_500, everyMs: 1_000, burst: 10 }),
  talk('udp', 53, { bytes: 80, everyMs: 2_000, burst: 1 }),
];

/** The bytes of the capture. */
export function officeCapture(): Uint8Array {
  const packets = TALKS.flatMap((one) =>
    Array.from({ length: Math.ceil(LENGTH_MS / one.everyMs) * one.burst }, (_, number) => {
      const atMs = Math.floor(number / one.burst) * one.everyMs + (number % one.burst);
      return { atMs, ...one };
    }),
  );
  packets.sort((a, b) => a.atMs - b.atMs);
  const blocks = packets.map(({ atMs, bytes, flow }) => {
    const packet = new Uint8Array(bytes);
    writeIpHeaders(packet, flow);
    return encodePacketBlock({
      interfaceId: 0,
      timeNs: atMs * NS_PER_MS,
      bytes: packet.subarray(0, KEPT_BYTES),
      originalLength: bytes,
      direction: 'outbound',
    });
  });
  return Buffer.concat([
    encodeSectionHeader('orrery'),
    encodeInterfaceDescription('office'),
    ...blocks,
  ]);
}
