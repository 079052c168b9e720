/**
 * Who may ask: pages of this server only. A web page elsewhere can reach a loopback port through a
 * name that it points at it (DNS rebinding) and may open a WebSocket anywhere, so the `Host` and
 * `Origin` of every request are held against the address that the server listens on.
 *
 * @module
 */

/** Names of the loopback. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Where the server listens. */
export interface Bound {
  /** As told to it: `127.0.0.1`, `0.0.0.0`, a name. */
  readonly host: string;
  readonly port: number;
}

/** Headers that decide. */
export interface AskedBy {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** True when the request came to our own name, from no page or from one of ours. */
export function isOwn({ host, origin }: AskedBy, bound: Bound): boolean {
  if (host === undefined || !isBoundName(host, bound)) return false;
  return origin === undefined || origin === `http://${host}`;
}

/** True of an address that only programs of this machine reach. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host.includes(':') ? `[${host}]` : host);
}

/** A server that listens everywhere was opened on purpose: every name is its own. */
function isBoundName(host: string, { host: own, port }: Bound): boolean {
  if (own === '0.0.0.0' || own === '::') return true;
  const bracketed = own.includes(':') ? `[${own}]` : own;
  const names = LOOPBACK.includes(bracketed) ? LOOPBACK : [bracketed];
  return names.some((name) => host.toLowerCase() === `${name.toLowerCase()}:${port}`);
}
