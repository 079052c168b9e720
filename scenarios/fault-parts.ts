/**
 * The parts of the actions of events: selected links, floods, questions, attacks.
 *
 * @module
 */

/** How an event selects the links on which it acts. */
export type LinkSelector =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** An inter-AS link of the path that `from` uses towards `to` when the event begins. */
  | {
      readonly kind: 'active-path';
      readonly from: string;
      readonly to: string;
      readonly hop: 'random' | 'first' | 'last' | number;
    };

/** Forged datagrams: their kind, their target, the forged sender, and their number. */
export interface FloodSpec {
  /** One of the `forgeries` of the target's protocol. */
  readonly forgery: string;
  readonly node: string;
  /** A node with a link to the target, controlled by the attacker. */
  readonly by: string;
  /** The node that the forged datagrams name as their source. */
  readonly as: string;
  /** Rate, datagrams per second. */
  readonly rate: number;
  readonly sizeBytes?: number;
  /** Class of the datagrams, 0..63; 0 if absent. */
  readonly dscp?: number;
  /** Id of the link that the forged datagrams claim something about. */
  readonly about?: string;
}

/** A question to a node. */
export interface AskSpec {
  readonly node: string;
  /** The layer that is asked; the lowest protocol if absent. */
  readonly by?: string;
  /** A kind of request that the protocol knows, or `status`. */
  readonly kind: string;
  /** A node's name, or whatever the kind defines; may be empty. */
  readonly target: string;
  /** Text of the question. */
  readonly body: string;
  /** How long the answer is waited for, ns. */
  readonly withinNs: number;
}

/** Questions at a steady rate, to one node after the other, without waiting for answers. */
export interface PeriodicAskSpec {
  /** One question for each node; they are put in this order, cyclically. */
  readonly asks: readonly AskSpec[];
  /** Questions per second. */
  readonly rate: number;
  readonly startNs: number;
  readonly stopNs: number;
}

/** The attack of an adversary at one node (docs/PRIVACY.md#attacks). `kind` is the name of the attack. */
export type AttackSpec =
  /**
   * Blocks everything that enters the node, then lets one message in at a time, and claims that the
   * next message to leave is this one.
   */
  | {
      readonly kind: 'n_minus_one';
      readonly node: string;
      /** Time before the first target, in which the pool becomes empty, ns. */
      readonly drainNs: number;
      /** Time after which a target that has not left is given up, ns. */
      readonly watchNs: number;
      /** What happens to all other messages: dropped, or held back until the target has left. */
      readonly others: 'drop' | 'hold';
      /** Names of the adversary's own nodes, whose messages pass and are recognised. */
      readonly own: readonly string[];
    }
  /** Flips a bit in a message that the node sends; corrupt last hops look for the damaged message. */
  | {
      readonly kind: 'tagging';
      readonly node: string;
      readonly part: 'header' | 'payload';
      readonly everyNs: number;
      /** Names of the corrupt last hops. */
      readonly last: readonly string[];
      /** Drop reason by which the last hops recognise a damaged message; any reason if absent. */
      readonly sign?: string;
    }
  /** Sends a copy of a message that entered the node, and looks for an output that appears twice. */
  | {
      readonly kind: 'replay';
      readonly node: string;
      readonly everyNs: number;
      /** Time from the original to its copy, ns. */
      readonly afterNs: number;
    };
