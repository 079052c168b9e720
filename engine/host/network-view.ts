/**
 * What a node knows of the network it was placed in: read-only, the same for every node, made from
 * the topology file. A protocol that discovers things by itself ignores it.
 *
 * @module
 */

/** Business relation of a link between autonomous systems, seen from end `a` to end `b`. */
export type LinkRelation = 'core' | 'parent-child' | 'peer' | 'internal';

/** One end of a link. */
export interface LinkEndView {
  readonly host: string;
  readonly address: string;
  /** UDP port that belongs to this link at this host. */
  readonly port: number;
  /** Interface number of the link in its autonomous system, unique there; 0 on internal links. */
  readonly ifId: number;
}

/** A point-to-point link. */
export interface LinkView {
  readonly id: string;
  readonly a: LinkEndView;
  readonly b: LinkEndView;
  readonly relation: LinkRelation;
  /** Largest datagram, bytes. */
  readonly mtu: number;
  /** One-way propagation delay a to b, nanoseconds. */
  readonly delayNs: number;
  /** Bits per second a to b. */
  readonly rateBps: number;
}

/** A host of the topology. */
export interface HostView {
  readonly name: string;
  readonly address: string;
  /** Name of the protocol it runs. */
  readonly protocol: string;
  /** ISD-AS text, when the topology has autonomous systems. */
  readonly isdAs?: string;
}

/** An autonomous system. */
export interface AsView {
  readonly isdAs: string;
  readonly core: boolean;
  readonly mtu: number;
}

/** The topology as nodes see it: the same for every node. */
export interface NetworkMap {
  readonly hosts: readonly HostView[];
  readonly links: readonly LinkView[];
  readonly ases: readonly AsView[];
}

/** The keys of one host, as the node that holds the view may see them. */
export interface Identity {
  /**
   * The public part of the host's secret of that name, the same bytes for everybody.
   * @param name One of those that the protocol of that host lists in `provisioning.publicKeys`.
   */
  publicKey(name: string): Uint8Array;
  /**
   * A secret of the host, 32 bytes, another one for each name; a copy that the caller may wipe.
   * Asserts that the host is the one that the view was made for.
   * @param name Lower-case letters, digits and hyphens; chosen by the protocol.
   */
  secret(name: string): Uint8Array;
}

/**
 * The network as one node sees it, with what a real deployment would provision to that node and to no
 * other: its own secrets, those of the groups it belongs to, and public keys of all (docs/adr/0020).
 * In sim everything comes from the seed, live it is drawn once per run by the system's generator.
 */
export interface NetworkView extends NetworkMap {
  /** The keys of a host. Asserts that there is such a host. */
  identity(host: string): Identity;
  /**
   * A secret that the members of a group share, 32 bytes. Asserts that the node is a member, by
   * `provisioning.sharedSecrets` of its own protocol.
   */
  shared(purpose: string): Uint8Array;
  /**
   * What a protocol has made public before the nodes start, by `protocol/name` (`provisioning.publish`);
   * undefined when there is no such thing.
   */
  published(name: string): string | undefined;
}
