/**
 * What a node knows of its network: read-only, the same for every node, made from the topology
 * file. A protocol that discovers its network by itself ignores this view.
 *
 * @module
 */

/**
 * Attributes that a file gives to a part of the network and that only some protocols understand: plain values by
 * name. The engine passes them on; the protocol that defines an attribute reads it with types of its own (ADR 0044).
 */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One end of a link: the host, and its address and port for this link. */
export interface LinkEndView {
  readonly host: string;
  readonly address: string;
  /** UDP port of this link at this host. */
  readonly port: number;
  readonly attributes?: Attributes;
}

/** A planned contact: a window in which one direction of a link can send. */
export interface PlannedContact {
  /** Beginning and end of the window, ns by `host.planTime()`. */
  readonly startNs: number;
  readonly endNs: number;
  /** Rate in bits per second, and one-way propagation delay in nanoseconds. */
  readonly rateBps: number;
  readonly delayNs: number;
}

/** The contacts of one direction as they are planned; they may take place differently. */
export interface PlannedContacts {
  /** The windows in ascending order, without overlap. */
  readonly windows: readonly PlannedContact[];
  /** The windows repeat with this period, nanoseconds; absent if they do not repeat. */
  readonly periodNs?: number;
}

/** A point-to-point link, as a node's view of the network shows it. */
export interface LinkView {
  readonly id: string;
  /** The first end of the link. */
  readonly a: LinkEndView;
  /** The second end of the link. */
  readonly b: LinkEndView;
  readonly attributes?: Attributes;
  /** Largest datagram that the link carries, bytes. */
  readonly mtu: number;
  /** One-way propagation delay from a to b, nanoseconds. */
  readonly delayNs: number;
  /** Rate from a to b, bits per second. */
  readonly rateBps: number;
  /** Planned contacts by direction; a direction that is not named is always open. */
  readonly contacts?: { readonly aToB?: PlannedContacts; readonly bToA?: PlannedContacts };
}

/** A host of the topology, as nodes see it. */
export interface HostView {
  readonly name: string;
  readonly address: string;
  /**
   * Name of the protocol that the host runs, or of the lowest one of its stack. A host with several
   * lowest protocols is shown to each of their nodes as running that node's own protocol, and to all
   * other nodes as running the first (ADR 0094).
   */
  readonly protocol: string;
  /** Names of all protocols that it runs, the lowest first (docs/spec/stacking.md). */
  readonly stack: readonly string[];
  /**
   * For layers whose entry of `stack` says what carries them: the carrier's name, or `links` for a
   * further lowest protocol. All other layers are carried by the next protocol below them. Absent
   * if no entry of `stack` says what carries its layer.
   */
  readonly over?: Readonly<Record<string, string>>;
  /** Id of the area to which the host belongs, see {@link NetworkMap}; absent if it is in none. */
  readonly area?: string;
  /** The outside program that takes part as this host in an emulated run; absent if it is a node. */
  readonly program?: OutsideProgramView;
}

/**
 * The address to which an outside program is bound, for protocols that carry addresses in their messages: nodes send to
 * {@link HostView.address}, but the program knows itself by the address here.
 */
export interface OutsideProgramView {
  readonly address: string;
  /** UDP ports on which it listens. */
  readonly ports: readonly number[];
}

/** A part of the network under one operator, as a protocol defines it: an autonomous system. */
export interface AreaView {
  readonly id: string;
  readonly attributes?: Attributes;
}

/** The topology as nodes see it: the same for every node. */
export interface NetworkMap {
  readonly hosts: readonly HostView[];
  readonly links: readonly LinkView[];
  readonly areas: readonly AreaView[];
}

/** The keys of one host, as far as the node that holds this view may see them. */
export interface HostKeys {
  /**
   * The public part of the host's secret with that name; all nodes see the same bytes.
   * @param name One of the names that the protocol of that host lists in `provisioning.publicKeys`.
   */
  publicKey(name: string): Uint8Array;
  /**
   * A 32-byte secret of the host, different for each name; a copy that the caller may wipe. Asserts
   * that the view was made for this host.
   * @param name Lower-case letters, digits and hyphens; chosen by the protocol.
   */
  secret(name: string): Uint8Array;
}

/**
 * The network as one node sees it, with what a real deployment would provision to that node alone:
 * its own secrets, the secrets of its groups, and all public keys (ADR 0020). In sim everything
 * comes from the seed; live it is drawn once per run by the operating system's generator.
 */
export interface NetworkView extends NetworkMap {
  /** The keys of a host. Asserts that the host exists. */
  identity(host: string): HostKeys;
  /**
   * A 32-byte secret that the members of a group share. Asserts that `provisioning.sharedSecrets`
   * of that protocol makes the node a member.
   * @param protocol The protocol to which the secret belongs; it may share the secret with the node's own protocol
   * (`provisioning.sharedWith`). Default: the node's own protocol.
   */
  shared(purpose: string, protocol?: string): Uint8Array;
  /**
   * What a protocol published before the nodes started, by `protocol/name`
   * (`provisioning.publish`); undefined if there is no such text.
   */
  published(name: string): string | undefined;
}
