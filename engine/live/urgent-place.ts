/**
 * Where a socket on loopback receives what is urgent: at the same port of another address, so that
 * probes never wait behind data in the kernel's queue (ADR 0033). Nothing is agreed on: every
 * process of a run computes the same place. Addresses of real networks have none.
 *
 * @module
 */
import type { UdpAddress } from './udp-wire.ts';

/** Added to the second byte of an address: the other half of 127.0.0.0/8 has the urgent places. */
const OTHER_HALF = 128;
const LOOPBACK = /^127\.(\d{1,3})(\.\d{1,3}\.\d{1,3})$/;

/**
 * The place for urgent datagrams of a socket; undefined if there is none.
 * @example
 * findUrgentAddress({ address: '127.0.0.2', port: 30042 }); // 127.128.0.2:30042
 */
export function findUrgentAddress({ address, port }: UdpAddress): UdpAddress | undefined {
  const [, second, rest] = LOOPBACK.exec(address) ?? [];
  if (second === undefined || rest === undefined) return undefined;
  return { address: `127.${Number(second) ^ OTHER_HALF}${rest}`, port };
}
