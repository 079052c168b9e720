/**
 * The flags that name operator endpoints: `--port` and `--endpoint`.
 *
 * @module
 */
import type { EndpointAddress } from '../services/operator/index.ts';
import { FlagError } from './exit.ts';

const PORT_MAX = 65_535;

/** Adds a port of this machine to the endpoints named so far. @throws FlagError if the text is not a port. */
export function collectPort(
  text: string,
  before: readonly EndpointAddress[],
): readonly EndpointAddress[] {
  return [...before, { host: '127.0.0.1', port: portOf('--port', text, text) }];
}

/** Adds an endpoint, `host:port` or `[::1]:port`, to those named so far. @throws FlagError for any other text. */
export function collectEndpoint(
  text: string,
  before: readonly EndpointAddress[],
): readonly EndpointAddress[] {
  const [, six, four, port = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:/\s[\]]+)):(\d+)$/.exec(text) ?? [];
  const host = six ?? four;
  if (host !== undefined) return [...before, { host, port: portOf('--endpoint', text, port) }];
  throw new FlagError(
    `--endpoint: "${text}" is not HOST:PORT`,
    text,
    'write 127.0.0.1:9100, or [::1]:9100',
  );
}

/**
 * Returns the one operator endpoint that the flags name.
 * @param command Name for messages. @throws FlagError for none or several.
 */
export function requireOneEndpoint(
  command: string,
  {
    port,
    endpoint,
  }: { readonly port: readonly EndpointAddress[]; readonly endpoint: readonly EndpointAddress[] },
): EndpointAddress {
  const [only, second] = [...port, ...endpoint];
  if (only !== undefined && second === undefined) return only;
  throw new FlagError(
    `${command}: which process?`,
    command,
    'add --port 9100 or --endpoint HOST:PORT, once',
  );
}

function portOf(flag: string, found: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= PORT_MAX) return port;
  throw new FlagError(`${flag}: "${found}" has no port from 1 to ${PORT_MAX}`, found, 'try 9100');
}
