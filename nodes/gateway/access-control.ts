/**
 * Gateway: `security.access_control` of the published `config.toml`: the addresses from which
 * applications may connect, and the gateways with which the node talks.
 *
 * @module
 */
import { z } from 'zod';
import type { HostView } from '../../engine/host/network-view.ts';
import { isdAsOf, parseIsdAs } from '../scion/index.ts';
import { ADDRESS_BITS } from './routing/geometry.ts';

/** A range of addresses. */
export interface AddressRange {
  readonly address: string;
  /** Number of leading bits that all its addresses share. */
  readonly prefixLength: number;
  readonly family: 'ipv4' | 'ipv6';
}

/**
 * Admits the members of `allowed`, or everybody if `allowed` is empty, except the members of
 * `blocked`.
 */
export interface AccessList<T> {
  readonly allowed: readonly T[];
  readonly blocked: readonly T[];
}

/** The access control of a gateway. */
export interface AccessControl {
  /** Addresses from which applications may connect. */
  readonly ranges: AccessList<AddressRange>;
  /** Names or ASes of the other gateways with which the node talks. */
  readonly peers: AccessList<string>;
}

/** Largest number of entries of a list. */
const ENTRIES_MAX = 1_000;

/** A range such as `10.0.0.0/8` or `2001:db8::/32` (RFC 4632, section 3.1), or one address. */
const addressRange = z.string().transform((text, context): AddressRange => {
  const range = parseAddressRange(text);
  if (range !== undefined) return range;
  const message = `"${text}" is no range of addresses, expected one such as 10.0.0.0/8 or 2001:db8::/32`;
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});

const peerList = z.array(z.string().min(1)).max(ENTRIES_MAX).default([]);
const rangeList = z.array(addressRange).max(ENTRIES_MAX).prefault([]);

/** The keys of the table, with the published defaults. */
export const ACCESS_CONTROL_KEYS = {
  enabled: z.boolean().default(false),
  allowed_peers: peerList,
  blocked_peers: peerList,
  allowed_ip_ranges: rangeList,
  blocked_ip_ranges: rangeList,
} as const;

/** Reads a range of addresses; undefined if the text is not a range. */
function parseAddressRange(text: string): AddressRange | undefined {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = z.ipv4().safeParse(address).success ? 'ipv4' : 'ipv6';
  if (family === 'ipv6' && !z.ipv6().safeParse(address).success) return undefined;
  const most = ADDRESS_BITS[family];
  const prefixLength = length === undefined ? most : Number(length);
  return prefixLength > most ? undefined : { address, prefixLength, family };
}

/**
 * Names of the peers that a gateway talks to; or `unknown`, an entry of the lists that names no
 * gateway.
 */
export type SelectedPeers = { readonly peers: readonly string[] } | { readonly unknown: string };

/**
 * Selects peers by name or AS.
 * @param gateways All gateways of the network.
 */
export function selectPeers(
  { allowed, blocked }: AccessList<string>,
  gateways: readonly Pick<HostView, 'name' | 'area'>[],
): SelectedPeers {
  const isNamed = (gateway: Pick<HostView, 'name' | 'area'>, entry: string): boolean => {
    const parsed = parseIsdAs(entry);
    const isOfAs = parsed.kind === 'isd-as' && parsed.isdAs === isdAsOf(gateway);
    return entry === gateway.name || isOfAs;
  };
  const unknown = [...allowed, ...blocked].find(
    (entry) => !gateways.some((gateway) => isNamed(gateway, entry)),
  );
  if (unknown !== undefined) return { unknown };
  const isAllowed = (gateway: Pick<HostView, 'name' | 'area'>): boolean =>
    allowed.length === 0 || allowed.some((entry) => isNamed(gateway, entry));
  const selected = gateways.filter(
    (gateway) => isAllowed(gateway) && !blocked.some((entry) => isNamed(gateway, entry)),
  );
  return { peers: selected.map(({ name }) => name) };
}
