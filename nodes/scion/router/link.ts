/**
 * The data that a router has about its links and about the interfaces of its AS.
 *
 * Reference router/dataplane.go: a link is external (to another AS), sibling (to another router of
 * this AS) or internal (to this AS's hosts). Sockets are in node.ts.
 *
 * @module
 */
import type { NeighbourRelation } from '../network.ts';
import type { IsdAsWords } from '../wire/isd-as.ts';

/** Role of the neighbour AS at the other end of a link; `none` on links inside the AS. */
export type NeighbourRole = 'none' | NeighbourRelation;

/** One link of this router. */
export interface RouterLink {
  readonly kind: 'external' | 'sibling' | 'internal';
  /** Index in the router's list of links. */
  readonly index: number;
  /** Display name: the link's id, the sibling's name, or `internal`. */
  readonly id: string;
  /** Interface number of the link; 0 on links inside the AS. */
  readonly ifId: number;
  readonly neighbour: NeighbourRole;
  /** Size of the largest packet on the link, bytes. */
  readonly mtu: number;
  /** True if the link is up according to BFD; always true without BFD. */
  isUp: boolean;
}

/** One interface of the AS, of this router or of a sibling. */
export interface RouterInterface {
  readonly ifId: number;
  /** Role of the AS at the other end. */
  readonly neighbour: NeighbourRelation;
  /** The AS at the other end. */
  readonly isdAs: IsdAsWords;
  /**
   * The link on which packets leave by this interface: the external link itself, or the link to the
   * sibling that owns the interface.
   */
  readonly link: RouterLink;
}
