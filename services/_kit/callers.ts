/**
 * Who sends a request, as far as its headers tell: a web page that reached loopback is recognised
 * by what its browser adds.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from './loopback-address.ts';

/**
 * True if the request names a loopback address as its host. A web page that reached loopback by DNS
 * rebinding has its own name there.
 */
export function isAddressedToLoopback({ host = 'localhost' }: IncomingHttpHeaders): boolean {
  return isLoopback(host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'));
}

/** True if a browser sends the request for a page (RFC 6454 section 7, W3C Fetch Metadata); programs do not. */
export function isWebPageRequest(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}
