/**
 * Hop predicates of path policies: `ISD[-AS[#IF[,IF]]]`, in which 0 matches any number (reference
 * private/path/pathpol/hop_pred.go; doc/dev/design/PathPolicy.rst, "Hop Predicate").
 *
 * @module
 */
import { parseAs, parseIsd } from '../wire/isd-as.ts';

/**
 * A set of interfaces: all of one AS, all of one ISD, or all of all ASes, unless `interfaces` names
 * some.
 */
export interface HopPredicate {
  /** Numbers of the ISD and of the AS; 0 matches any number. */
  readonly isd: number;
  readonly as: number;
  /**
   * One interface, by which packets may enter or leave the AS; or two: the interface by which they
   * enter it, then the interface by which they leave it.
   */
  readonly interfaces: readonly [number] | readonly [number, number];
}

const INTERFACE_MAX = 0xffff;
const NUMBER = /^\d{1,5}$/;

/**
 * Parses a hop predicate such as `1-ff00:0:110#1`.
 * @returns the predicate, or text that says what is wrong, for an error message.
 */
export function parseHopPredicate(text: string): HopPredicate | string {
  const [isdText = '', rest, ...more] = text.split('-');
  const isd = parseIsd(isdText);
  if (isd === undefined) return `ISD "${isdText}" is not a decimal number up to 65535`;
  if (more.length > 0) return `"${text}" is not of the form ISD-AS#IF,IF`;
  if (rest === undefined) return { isd, as: 0, interfaces: [0] };
  const [asText = '', interfacesText, ...others] = rest.split('#');
  const as = parseAs(asText);
  if (as === undefined) return `AS "${asText}" is no AS number, for example ff00:0:110`;
  if (others.length > 0) return `"${text}" is not of the form ISD-AS#IF,IF`;
  const interfaces = parseInterfaces(interfacesText ?? '0');
  if (typeof interfaces === 'string') return interfaces;
  const isAnyInterface = interfaces.every((ifId) => ifId === 0);
  if (as === 0 && !isAnyInterface) return `"${text}" names an interface, but no AS`;
  // If the predicate matches any AS, it matches any interface too.
  return { isd, as, interfaces: as === 0 ? [0] : interfaces };
}

/**
 * Parses one or two interface numbers, `IF` or `IF,IF`.
 * @returns the numbers, or text that says what is wrong.
 */
export function parseInterfaces(text: string): HopPredicate['interfaces'] | string {
  const texts = text.split(',');
  const [first, second, ...more] = texts.map(Number);
  const areNumbers = texts.every((one) => NUMBER.test(one) && Number(one) <= INTERFACE_MAX);
  if (first === undefined || more.length > 0 || !areNumbers) {
    return `"${text}" is not one or two interfaces, for example 3 or 3,4`;
  }
  return second === undefined ? [first] : [first, second];
}

/** True if a predicate matches all interfaces of all ASes. */
export function fitsEverything({ isd, as }: HopPredicate): boolean {
  return isd === 0 && as === 0;
}

/** True if a predicate matches an AS. */
export function fitsAs(
  { isd, as }: Pick<HopPredicate, 'isd' | 'as'>,
  hop: { readonly isd: number; readonly as: number },
): boolean {
  return (isd === 0 || isd === hop.isd) && (as === 0 || as === hop.as);
}

/** An interface of a path, and the direction in which packets pass it. */
export interface PassedInterface {
  readonly isd: number;
  readonly as: number;
  readonly ifId: number;
  /** True if packets enter the AS by this interface, false if they leave the AS by it. */
  readonly isIngress: boolean;
}

/** True if a predicate matches an interface. */
export function fitsInterface(predicate: HopPredicate, passed: PassedInterface): boolean {
  const [first, second = first] = predicate.interfaces;
  const wanted = passed.isIngress ? first : second;
  return (wanted === 0 || wanted === passed.ifId) && fitsAs(predicate, passed);
}
