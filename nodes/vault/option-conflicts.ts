/**
 * Vault: finds options that are valid alone, but name nodes that are no replicas, or make a vault with too many
 * replicas.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../engine/host/protocol.ts';
import type { VaultOptions } from './config.ts';
import { ACTORS_MAX } from './geometry.ts';

type Node = ConfiguredNode<VaultOptions>;

/** Finds names in `peers` and `consent` that no replica has, and vaults with too many replicas. */
export function findVaultConflicts(nodes: readonly Node[]): readonly OptionConflict[] {
  const names = new Set(nodes.map(({ name }) => name));
  const excess = nodes.slice(ACTORS_MAX, ACTORS_MAX + 1).map(
    ({ name }): OptionConflict => ({
      node: name,
      path: [],
      message: `${nodes.length} replicas, but all know the keys of all, of ${ACTORS_MAX} at most`,
      hint: `run vault on at most ${ACTORS_MAX} hosts`,
    }),
  );
  return [...excess, ...nodes.flatMap((node) => strangers(node, names))];
}

/** Names in the options of a replica that no replica has. */
function strangers({ name, options }: Node, names: ReadonlySet<string>): readonly OptionConflict[] {
  const { peers = [], consent } = options;
  const trusted = consent.trusted === 'all' ? [] : consent.trusted;
  const lists: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['peers'], peers],
    [['consent', 'trusted'], trusted],
    [['consent', 'blocked'], consent.blocked],
  ];
  return lists.flatMap(([path, listed]) =>
    listed
      .map((other, at) => ({ other, at }))
      .filter(({ other }) => !names.has(other))
      .map(({ other, at }) => ({
        node: name,
        path: [...path, `${at}`],
        message: `${other} is no replica: it runs no vault`,
        hint: `one of ${[...names].filter((one) => one !== name).join(', ')}`,
      })),
  );
}
