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

/** The topology as nodes see it. */
export interface NetworkView {
  readonly hosts: readonly HostView[];
  readonly links: readonly LinkView[];
  readonly ases: readonly AsView[];
  /**
   * Provisioning: 32 secret bytes that every node which names the same purpose gets alike (an AS
   * forwarding key, a peer's static key pair). Sim: from the seed; live: drawn once per run by the
   * system's generator.
   */
  secret(purpose: string): Uint8Array;
}
