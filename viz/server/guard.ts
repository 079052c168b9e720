/**
 * Accepts only requests from pages of this server. A web page of another server can reach a
 * loopback port through a host name that it lets resolve to this machine (DNS rebinding), and any
 * page may open a WebSocket to any server. Therefore the `Host` and `Origin` of every request are
 * compared with the address on which the server listens.
 *
 * @module
 */

import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** The names of this machine that only reach the machine itself. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The address on which the server listens. */
export interface ListenAddress {
  /** The configured host: `127.0.0.1`, `0.0.0.0` or a name. */
  readonly host: string;
  readonly port: number;
}

/** The request headers that decide whether a request is accepted. */
export interface RequestOriginHeaders {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * True if the request names this server as its host, and was made by a page of this server or by a
 * program that is not a page.
 */
export function isSameOriginRequest(
  { host, origin }: RequestOriginHeaders,
  bound: ListenAddress,
): boolean {
  if (host === undefined || !isBoundName(host, bound)) return false;
  return origin === undefined || origin === `http://${host}`;
}

/**
 * True for an address that only programs on this machine can reach; an IPv6 address is given
 * without brackets.
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host.includes(':') ? `[${host}]` : host);
}

/**
 * True if a browser says that the request comes from a page of another origin, be it of the same
 * site or of another (W3C Fetch Metadata, `Sec-Fetch-Site`); pages without an origin count as of
 * another site. Programs other than browsers send no such header.
 */
export function isCrossOriginFetch(site: string | readonly string[] | undefined): boolean {
  return site === 'cross-site' || site === 'same-site';
}

/**
 * True if a browser says that it opens a page or that a page of this server asks (`Sec-Fetch-Dest`, `Sec-Fetch-Site`),
 * or says nothing; false for pictures, scripts and frames of other pages.
 */
export function isOpenedOrOwn(
  destination: string | readonly string[] | undefined,
  site: string | readonly string[] | undefined,
): boolean {
  return destination === undefined || destination === 'document' || site === 'same-origin';
}

/**
 * True if a `Host` header names this server. A server that listens on all interfaces accepts only
 * the addresses and the name of this machine, because an attacker could let any other name resolve
 * to it (the option `--host` accepts one further name).
 */
function isBoundName(host: string, { host: own, port }: ListenAddress): boolean {
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
