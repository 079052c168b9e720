/**
 * Gateway: which changed keys of a `config.toml` take effect while a gateway runs, and which only
 * after a restart.
 *
 * @module
 */
import {
  type GatewayFile,
  type GatewayTables,
  gatewayOptionsOf,
  UNUSED_KEYS,
} from './gateway-toml.ts';

/** Keys that take effect at once, by table. */
const RELOADED = {
  multipath: [
    ...['failover_rtt_threshold', 'failover_loss_threshold'],
    ...['min_paths', 'max_paths', 'exploration_probability'],
  ],
  security: ['rate_limiting'],
  orrery: ['log', 'peers', 'policy', 'routing', 'classes'],
} as const satisfies { readonly [T in keyof GatewayTables]?: readonly (keyof GatewayTables[T])[] };

/** The effect of reading a file again. */
export interface GatewayReload {
  /**
   * The file in force from now on: the file of the start, with the new values of the keys that can
   * change.
   */
  readonly file: GatewayFile;
  /** Each key that takes effect now: `multipath.min_paths: 1 -> 2`. */
  readonly applied: readonly string[];
  /** Each key whose value differs from that of the start, but takes effect only after a restart. */
  readonly needsRestart: readonly string[];
}

/** Compares a file that was read again with the file in force and with the file of the start. */
export function reloadGatewayFile(
  started: GatewayFile,
  inForce: GatewayFile,
  next: GatewayFile,
): GatewayReload {
  const tables: GatewayTables = {
    ...started.tables,
    multipath: { ...started.tables.multipath, ...reloadedOf(next, 'multipath') },
    security: { ...started.tables.security, ...reloadedOf(next, 'security') },
    orrery: { ...started.tables.orrery, ...reloadedOf(next, 'orrery') },
  };
  const file = { ...started, tables, options: gatewayOptionsOf(tables), log: next.log };
  return {
    file,
    applied: differencesOf(inForce.tables, tables).map(
      ({ key, before, after }) => `${key}: ${before} -> ${after}`,
    ),
    needsRestart: differencesOf(tables, next.tables).map(({ key }) => key),
  };
}

/**
 * The values of those keys of a table that can change. Keys that the new file leaves out are
 * included, so that they lose their former value.
 */
function reloadedOf<T extends keyof typeof RELOADED>(
  { tables }: GatewayFile,
  table: T,
): Partial<GatewayTables[T]> {
  const values = tables[table] as Readonly<Record<string, unknown>>;
  return Object.fromEntries(RELOADED[table].map((key) => [key, values[key]])) as never;
}

/** The keys whose values differ, without those that have no effect. */
function differencesOf(
  before: GatewayTables,
  after: GatewayTables,
): readonly { readonly key: string; readonly before: string; readonly after: string }[] {
  return (Object.keys(after) as (keyof GatewayTables)[]).flatMap((table) => {
    const [one, other] = [before[table], after[table]] as readonly Readonly<
      Record<string, unknown>
    >[];
    const names = Object.keys({ ...one, ...other }).filter(
      (name) => !UNUSED_KEYS.has(`${table}.${name}`),
    );
    return names.flatMap((name) => {
      const [was, is] = [textOf(one?.[name]), textOf(other?.[name])];
      return was === is ? [] : [{ key: `${table}.${name}`, before: was, after: is }];
    });
  });
}

function textOf(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
