/**
 * The content of the directory: one record per node, one document per epoch (docs/spec/mixnet.md,
 * Directory; after katzenpost, core/pki/document.go and descriptor.go).
 *
 * Types only: the text form is in `text-form.ts`, the assignment to layers in `layers.ts`.
 *
 * @module
 */

/**
 * The role of a listed node: a `mix` has a place in a layer, a `provider` is entry and exit for its
 * clients.
 */
export type ListedRole = 'mix' | 'provider';

/** How paths cross the mixes (docs/spec/mixnet.md, "Topologies and paths"). */
export type MixTopology = 'stratified' | 'cascade' | 'free-route';

/** One node, as listed in the directory. */
export interface Descriptor {
  /** Name of the node in the topology; printable ASCII without quotes. */
  readonly name: string;
  /** 32 bytes; the identifier that a Sphinx packet uses for its next hop. */
  readonly nodeId: Uint8Array;
  readonly role: ListedRole;
  /** Host part of the address that receives packets. */
  readonly address: string;
  readonly port: number;
  /** Ed25519 public key, 32 bytes: signs the descriptor. */
  readonly identityKey: Uint8Array;
  /** ECVRF public key, 32 bytes; long-lived, not one of the mix keys. */
  readonly vrfKey: Uint8Array;
  /**
   * The first epoch whose document listed this `vrfKey`; the key is valid for draws two epochs
   * later.
   */
  readonly vrfKeySince: number;
  /** Public Sphinx keys by epoch: the present one and the next two. */
  readonly mixKeys: ReadonlyMap<number, Uint8Array>;
  /** The node's autonomous system. */
  readonly asn: string;
  /** Name of the operator; nodes of one family count as one when neighbours are chosen. */
  readonly family: string;
  /** The share of the load that the node requests, relative to the others; > 0. */
  readonly loadWeight: number;
  /**
   * For mixes, where neighbours are drawn: proofs by layer. A mix uploads a proof for each layer to
   * which it may be assigned; the document keeps the one for its actual layer.
   */
  readonly neighbourProofs?: ReadonlyMap<number, Uint8Array>;
}

/** The number of mixes in the next layer that each mix draws, and how many of one AS. */
export interface NeighbourRules {
  readonly count: number;
  /** Largest number of neighbours in one autonomous system, as long as there are enough others. */
  readonly maxPerAs: number;
}

/**
 * Rates that all clients and mixes obey, in events per **millisecond** (docs/spec/mixnet.md,
 * Traffic).
 */
export interface LoopixRates {
  /** For the delay at each hop: the mean is 1 / mu milliseconds. */
  readonly mu: number;
  /** Rate of the payload packets of a client; if its queue is empty, a decoy is sent. */
  readonly lambdaP: number;
  /** Rate of the loops of a client. */
  readonly lambdaL: number;
  /** Rate of the drop packets of a client; 0: the decoys of `lambdaP` are enough. */
  readonly lambdaD: number;
  /** Rate of the loops of a mix; 0: none. */
  readonly lambdaM: number;
  /** Rate of the loops of a provider; 0: none. */
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
  /** Mixes on a path; equals `layers.length` unless the topology is free-route. */
  readonly hops: number;
  /**
   * `stratified`: the mixes of each layer. `cascade`: chain c is the c-th mix of every layer.
   * `free-route`: one layer with all mixes.
   */
  readonly layers: readonly (readonly Descriptor[])[];
  /**
   * Mixes without a place in this epoch: the number of mixes need not be a multiple of a cascade's
   * chain length.
   */
  readonly spares: readonly Descriptor[];
  readonly providers: readonly Descriptor[];
  readonly rates: LoopixRates;
  /** Hash of the Sphinx geometry, 32 bytes: excludes nodes with another geometry. */
  readonly sphinxGeometryHash: Uint8Array;
  /**
   * 32 bytes that nobody could choose: the seed of the layers, and the beacon for the neighbours of
   * the next epoch.
   */
  readonly sharedRandomValue: Uint8Array;
  /** Random values of earlier epochs, newest first; at most two. */
  readonly priorSharedRandom: readonly Uint8Array[];
  /** SHA-256 of the previous document, from which nodes keep their places; zeros in the first. */
  readonly previousDocument: Uint8Array;
  /**
   * Present when mixes draw their neighbours; when absent, every mix of the next layer may follow.
   */
  readonly neighbours?: NeighbourRules;
}
