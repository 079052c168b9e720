/**
 * A part of the port, for code that is not the node itself: it names what it uses, and nothing else
 * is handed to it. Only node.ts and *-node.ts of a protocol hold the whole `Host`
 * (ADR 0043, `only-nodes-hold-the-host` of the dependency rules).
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';

/**
 * These members of the port.
 * @example readonly host: HostPart<'now' | 'drop'>;
 */
export type HostPart<Member extends keyof Host> = Pick<Host, Member>;
