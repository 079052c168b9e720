/**
 * Recognises addresses that only this machine can reach.
 *
 * @module
 */
import { isIPv4 } from 'node:net';

/** True for 127.0.0.0/8, ::1, IPv4-mapped loopback, and the name `localhost`. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase().replace(/^::ffff:/, '');
  return address === 'localhost' || address === '::1' || isLoopbackV4(address);
}

function isLoopbackV4(address: string): boolean {
  return isIPv4(address) && address.startsWith('127.');
}
