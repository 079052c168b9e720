/**
 * Recognises requests of web pages by their headers, which the browser adds, even if the page reached
 * loopback.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from './loopback-address.ts';

/**
 * True if the `Host` header names a loopback address. A web page that reached loopback by DNS
 * rebinding sends its own host name instead.
 */
export function isAddressedToLoopback({ host = 'localhost' }: IncomingHttpHeaders): boolean {
  return isLoopback(host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'));
}

/** True if a browser sends the request for a page (RFC 6454 section 7, W3C Fetch Metadata); programs do not. */
export function isWebPageRequest(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}
