/**
 * What the directory says: one record per node, one document per epoch (project spec mixnet 3.2).
 *
 * Types only: the text form is in `document.ts`, who stands in which layer in `layers.ts`.
 *
 * @module
 */

/** What a listed node does: `mix` stands in a layer, `provider` is entry and exit of its clients. */
export type ListedRole = 'mix' | 'provider';

/** How paths go through the mixes (3.2, table). */
export type MixTopology = 'stratified' | 'cascade' | 'free-route';

/** One node of the network, as the directory lists it. */
export interface Descriptor {
  /** Name of the node in the topology; printable ASCII without quotes. */
  readonly name: string;
  /** 32 bytes; what a Sphinx packet names as its next hop. */
  readonly nodeId: Uint8Array;
  readonly role: ListedRole;
  /** Host part of the address that takes packets. */
  readonly address: string;
  readonly port: number;
  /** Ed25519 public key, 32 bytes: signs the descriptor. */
  readonly identityKey: Uint8Array;
  /** ECVRF public key, 32 bytes; long-lived, not one of the mix keys (3.4). */
  readonly vrfKey: Uint8Array;
  /** First epoch whose document listed this `vrfKey`; it counts two epochs later (3.4). */
  readonly vrfKeySince: number;
  /** Public Sphinx keys by epoch; current, next and the one after (3.2). */
  readonly mixKeys: ReadonlyMap<number, Uint8Array>;
  /** Autonomous system that the node is in. */
  readonly asn: string;
  /** Name of the operator; nodes of one family count as one in a choice of neighbours. */
  readonly family: string;
  /** Share of the load the node asks for, relative to the others; > 0. */
  readonly loadWeight: number;
  /**
   * Of a mix, where neighbours are drawn: proofs by layer (3.4). A mix uploads one for each layer
   * that it may be put into; the document keeps that of the layer where it stands.
   */
  readonly neighbourProofs?: ReadonlyMap<number, Uint8Array>;
}

/** How many mixes of the next layer each mix draws (3.4). */
export interface NeighbourRules {
  readonly count: number;
  /** Neighbours in one autonomous system while there are enough others. */
  readonly maxPerAs: number;
}

/** Rates that all clients and mixes obey, in events per **millisecond** (3.2, 3.3). */
export interface LoopixRates {
  /** Of the delay at each hop: the mean is 1 / mu milliseconds. */
  readonly mu: number;
  /** Payload of a client; a decoy when there is nothing to say. */
  readonly lambdaP: number;
  /** Loops of a client. */
  readonly lambdaL: number;
  /** Drops of a client; 0: folded into `lambdaP`. */
  readonly lambdaD: number;
  /** Loops of a mix; 0: none. */
  readonly lambdaM: number;
  /** Loops of a provider; 0: none. */
  readonly lambdaG: number;
}

/** What every node must know in one epoch. */
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
  /** Mixes without a place in this epoch: chains of a cascade do not always come out even. */
  readonly spares: readonly Descriptor[];
  readonly providers: readonly Descriptor[];
  readonly rates: LoopixRates;
  /** Hash of the Sphinx geometry, 32 bytes: nodes of another geometry stay out. */
  readonly sphinxGeometryHash: Uint8Array;
  /** 32 bytes nobody could choose: seed of layers, and beacon of the neighbours of the next epoch. */
  readonly sharedRandomValue: Uint8Array;
  /** Values of the epochs before, newest first; at most two. */
  readonly priorSharedRandom: readonly Uint8Array[];
  /** SHA-256 of the text of the document before, zeros in the first: layers are kept from it. */
  readonly previousDocument: Uint8Array;
  /** Present where mixes draw their neighbours; absent: every mix of the next layer may follow. */
  readonly neighbours?: NeighbourRules;
}
