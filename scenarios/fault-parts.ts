/**
 * What the actions of events are about: links, forged datagrams, adversaries.
 *
 * @module
 */

/** Which links an event acts on. */
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
  /** Time after which nobody waits any more, ns. */
  readonly withinNs: number;
}

/** Questions at a steady rate, to one node after the other, whether they are answered or not. */
export interface PeriodicAskSpec {
  /** One for each node, in the order in which they are put, again and again. */
  readonly asks: readonly AskSpec[];
  /** Questions per second. */
  readonly rate: number;
  readonly startNs: number;
  readonly stopNs: number;
}

/**
 * What an adversary at one node does (docs/PRIVACY.md#attacks). `kind` is the name of the attack.
 */
export type AttackSpec =
  /**
   * Blocks everything that enters, then lets one message in at a time, and assumes that the next
   * message that leaves is the same one.
   */
  | {
      readonly kind: 'n_minus_one';
      readonly node: string;
      /** Time before the first target, ns: the pool runs empty. */
      readonly drainNs: number;
      /** Time after which a target is given up, ns. */
      readonly watchNs: number;
      /** What happens to all other messages: dropped, or held back until the target has left. */
      readonly others: 'drop' | 'hold';
      /** Names of the adversary's nodes: their messages pass, and it recognises them. */
      readonly own: readonly string[];
    }
  /** Flips a bit in what the node sends; corrupt last hops look for the damaged message. */
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
  /** Sends a copy of what entered, and looks for an output that appears twice. */
  | {
      readonly kind: 'replay';
      readonly node: string;
      readonly everyNs: number;
      /** Time from the original to its copy, ns. */
      readonly afterNs: number;
    };
