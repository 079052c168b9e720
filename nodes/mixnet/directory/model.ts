/**
 * The content of the directory: one record per node, one document per epoch (docs/spec/mixnet.md,
 * Directory; after katzenpost, core/pki/document.go and descriptor.go).
 *
 * Types only: the text form is in `text-form.ts`, the assignment to layers in `layers.ts`.
 *
 * @module
 */

/**
 * The role of a listed node: a `mix` belongs to a layer or is a spare, a `provider` is entry and
 * exit for its clients.
 */
export type ListedRole = 'mix' | 'provider';

/** How paths cross the mixes (docs/spec/mixnet.md, "Topologies and paths"). */
export type MixTopology = 'stratified' | 'cascade' | 'free-route';

/** One node, as listed in the directory. */
export interface Descriptor {
  /** Name of the node in the topology; printable ASCII without quotes. */
  readonly name: string;
  /** 32 bytes; the identifier by which a Sphinx packet names this node as next hop. */
  readonly nodeId: Uint8Array;
  readonly role: ListedRole;
  /** Host part of the address that receives packets. */
  readonly address: string;
  readonly port: number;
  /** Ed25519 public key, 32 bytes, of the key that signs the descriptor. */
  readonly identityKey: Uint8Array;
  /** ECVRF public key, 32 bytes; long-lived, not one of the mix keys. */
  readonly vrfKey: Uint8Array;
  /** The first epoch whose document listed this `vrfKey`; the key counts two epochs later. */
  readonly vrfKeySince: number;
  /** Public Sphinx keys by epoch: for the present epoch and the next two. */
  readonly mixKeys: ReadonlyMap<number, Uint8Array>;
  /** The node's autonomous system. */
  readonly asn: string;
  /** Name of the operator; nodes of one family count as one when neighbours are chosen. */
  readonly family: string;
  /** The load that the node requests, relative to the other nodes; > 0. */
  readonly loadWeight: number;
  /**
   * For mixes that draw neighbours: VRF proofs of the draw, by layer. A mix uploads a proof for
   * each layer to which it may be assigned; the document keeps only the proof for its actual layer.
   */
  readonly neighbourProofs?: ReadonlyMap<number, Uint8Array>;
}

/**
 * How many mixes of the next layer each mix draws as neighbours, and how many of them may be in one
 * autonomous system.
 */
export interface NeighbourRules {
  readonly count: number;
  /**
   * Largest number of neighbours in one autonomous system, as long as there are enough candidates
   * in other systems.
   */
  readonly maxPerAs: number;
}

/** Rates that all nodes obey, in events per **millisecond** (docs/spec/mixnet.md, Traffic). */
export interface LoopixRates {
  /** Rate of the exponential delay at each hop: the mean delay is 1 / mu milliseconds. */
  readonly mu: number;
  /**
   * Rate at which a client sends a packet from its queue or, if the queue is empty, a drop packet.
   */
  readonly lambdaP: number;
  /** Rate at which a client sends loops. */
  readonly lambdaL: number;
  /** Rate at which a client sends additional drop packets; 0: none but those of `lambdaP`. */
  readonly lambdaD: number;
  /** Rate at which a mix sends loops; 0: none. */
  readonly lambdaM: number;
  /** Rate at which a provider sends loops; 0: none. */
  readonly lambdaG: number;
}

/** The facts that every node must know during one epoch. */
export interface DirectoryDocument {
  readonly epoch: number;
  /** Epoch of the network's first document. */
  readonly genesisEpoch: number;
  /** Length of an epoch in milliseconds. */
  readonly epochLengthMs: number;
  readonly topology: MixTopology;
  /** Number of mixes on a path; equals `layers.length` unless the topology is free-route. */
  readonly hops: number;
  /**
   * For `stratified`, the mixes of each layer. For `cascade`, the c-th mixes of all layers form
   * chain c. For `free-route`, one layer with all mixes.
   */
  readonly layers: readonly (readonly Descriptor[])[];
  /**
   * Mixes that are on no path in this epoch, because the number of mixes in a cascade is not a
   * multiple of the chain length.
   */
  readonly spares: readonly Descriptor[];
  readonly providers: readonly Descriptor[];
  readonly rates: LoopixRates;
  /**
   * Hash of the Sphinx geometry, 32 bytes: a node with another packet geometry rejects the
   * document.
   */
  readonly sphinxGeometryHash: Uint8Array;
  /**
   * 32 bytes that nobody could choose: they determine the layers of this epoch, and are the beacon
   * for the draw of neighbours in the next epoch.
   */
  readonly sharedRandomValue: Uint8Array;
  /** Random values of earlier epochs, newest first; at most two. */
  readonly priorSharedRandom: readonly Uint8Array[];
  /** SHA-256 of the previous document, 32 bytes; zeros in a network's first document. */
  readonly previousDocument: Uint8Array;
  /**
   * Present when mixes draw neighbours; when absent, every mix of the next layer may follow a mix.
   */
  readonly neighbours?: NeighbourRules;
}
