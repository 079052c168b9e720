/**
 * A part of a `Host`, for code that is not the node itself: the code names the members that it uses, and gets
 * no others. Only node.ts and *-node.ts of a protocol hold the whole `Host`
 * (ADR 0043, `only-nodes-hold-the-host` of the dependency rules).
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';

/**
 * A `Host` with only the named members.
 * @example readonly host: HostPart<'now' | 'drop'>;
 */
export type HostPart<Member extends keyof Host> = Pick<Host, Member>;
