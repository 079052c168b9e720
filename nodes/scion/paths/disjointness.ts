/**
 * Measures how much two paths have in common, since a failure of a common element affects both.
 *
 * Elements are links, the first and last router, and the ASes between source and target. Two paths
 * through one border router fail together (scionproto/scion issue 1390,
 * github.com/scionproto/scion/issues/1390). The gateway uses this measure for its preferences.
 *
 * @module
 */
import { formatInterface, type Path, type PathInterface } from './path.ts';

/**
 * How different two paths are: shares of elements that they do not have in common, 0 … 1, and a
 * penalty.
 */
export interface Disjointness {
  /** Share of links, and of the first and last router, that are not common. */
  readonly links: number;
  /** Share of ASes, other than source and target, that are not common. */
  readonly ases: number;
  /** Shared-fate penalty, from 0 (nothing in common) to 1. */
  readonly penalty: number;
}

/** Returns the name of the router that has an interface. */
export type RouterNameOf = (item: PathInterface) => string;

/** The fields of a path that are compared. */
type Compared = Pick<Path, 'source' | 'target' | 'interfaces'>;

const LINK_SHARE = 0.7;
const AS_SHARE = 0.3;

/**
 * Treats each interface as a router of its own; used if the routers of interfaces are not known.
 */
export const routerNamePerInterface: RouterNameOf = formatInterface;

/** Compares two paths between the same ASes. */
export function measureDisjointness(
  left: Compared,
  right: Compared,
  routerOf: RouterNameOf,
): Disjointness {
  const links = apart(linksOf(left, routerOf), linksOf(right, routerOf));
  const ases = apart(asesOf(left), asesOf(right));
  return { links, ases, penalty: 1 - (LINK_SHARE * links + AS_SHARE * ases) };
}

/** Returns 1 - |common| / |smaller| for two sets of elements; 1 if either set is empty. */
function apart(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const smaller = Math.min(left.size, right.size);
  if (smaller === 0) return 1;
  let common = 0;
  for (const element of left) if (right.has(element)) common++;
  return 1 - common / smaller;
}

function linksOf(path: Compared, routerOf: RouterNameOf): ReadonlySet<string> {
  const elements = new Set<string>();
  for (let index = 0; index + 1 < path.interfaces.length; index += 2) {
    const ends = path.interfaces.slice(index, index + 2).map(formatInterface);
    elements.add(`link ${ends.sort().join(' ')}`);
  }
  const first = path.interfaces[0];
  const last = path.interfaces.at(-1);
  if (first !== undefined) elements.add(`router ${routerOf(first)}`);
  if (last !== undefined) elements.add(`router ${routerOf(last)}`);
  return elements;
}

function asesOf(path: Compared): ReadonlySet<string> {
  const ases = new Set<string>();
  for (const { isdAs } of path.interfaces) ases.add(isdAs);
  ases.delete(path.source);
  ases.delete(path.target);
  return ases;
}
