/**
 * Answers requests from pages of this server only. A web page elsewhere can reach a loopback port through a
 * name that it points there (DNS rebinding) and may open a WebSocket anywhere, so the `Host` and
 * `Origin` of every request are compared with the address on which the server listens.
 *
 * @module
 */

import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Names of the loopback. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Where the server listens. */
export interface Bound {
  /** As configured: `127.0.0.1`, `0.0.0.0`, a name. */
  readonly host: string;
  readonly port: number;
}

/** The headers that decide. */
export interface AskedBy {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** True if the request came to our own name, from no page or from one of ours. */
export function isOwn({ host, origin }: AskedBy, bound: Bound): boolean {
  if (host === undefined || !isBoundName(host, bound)) return false;
  return origin === undefined || origin === `http://${host}`;
}

/** True for an address that only programs of this machine can reach. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host.includes(':') ? `[${host}]` : host);
}

/**
 * True if a browser says that the request comes from a page of another site, or one without an
 * origin (W3C Fetch Metadata, `Sec-Fetch-Site`); programs send no such header.
 */
export function isOfOtherSite(site: string | readonly string[] | undefined): boolean {
  return site === 'cross-site' || site === 'same-site';
}

/**
 * A server that listens everywhere answers to this machine's addresses and its name. Any other name
 * that leads here may have been pointed at us by somebody else; `--host` with that name allows it.
 */
function isBoundName(host: string, { host: own, port }: Bound): boolean {
  if (own === '0.0.0.0' || own === '::') return isOfMachine(host, port);
  const bracketed = own.includes(':') ? `[${own}]` : own;
  const names = LOOPBACK.includes(bracketed) ? LOOPBACK : [bracketed];
  return names.some((name) => host.toLowerCase() === `${name.toLowerCase()}:${port}`);
}

function isOfMachine(host: string, port: number): boolean {
  const ending = `:${port}`;
  if (!host.endsWith(ending)) return false;
  const name = host.slice(0, -ending.length).toLowerCase();
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0 || name === 'localhost') return true;
  const own = hostname().toLowerCase();
  return own !== '' && (name === own || name === `${own}.local`);
}
