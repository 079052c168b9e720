/**
 * The problems of a gateway, and what may become a problem, as sentences on which an operator can
 * act.
 *
 * The sentences say only what the node knows: for example, that an answer of the control service is
 * missing, but not why.
 *
 * @module
 */
import { HELD_FRAMES_MAX } from '../geometry.ts';
import { isAnswering } from '../multipath/is-answering.ts';
import type { ExplainedPath } from '../multipath/types.ts';
import type { Peer } from '../peer.ts';
import type { PathSearch } from '../underlay/path-directory.ts';

const NS_PER_S = 1_000_000_000;
const US_PER_S = 1_000_000;

/** The problems of a peer. */
export interface PeerProblems {
  /** Why packets do not reach the peer; empty if they do. */
  readonly reasons: readonly string[];
  /** Problems that have no effect yet. */
  readonly warnings: readonly string[];
}

/** Lists the problems of a peer. @param search Undefined before the gateway has started. */
export function listPeerProblems(
  peer: Peer,
  search: PathSearch | undefined,
  nowNs: number,
): PeerProblems {
  const { name, session } = peer;
  const paths = peer.status(nowNs);
  const answering = paths.filter(isAnswering).length;
  const clock = session.clock.difference;
  const isReached = answering > 0 && session.isOpen;
  const warnings = [peer.windowWatch.warning].flatMap((text) =>
    text === undefined ? [] : [`frames from ${name}: ${text}`],
  );
  const waiting = session.held.length;
  const unwritten = `${waiting} frames from ${name} wait for the disk to write what was accepted`;
  if (waiting >= HELD_FRAMES_MAX) {
    return { reasons: [`${unwritten}; all others are refused`], warnings };
  }
  if (waiting > 0) warnings.push(unwritten);
  if (clock?.isRefusing === true) {
    return { reasons: [`${clockText(name, clock.aheadUs)}: its frames are refused`], warnings };
  }
  if (clock !== undefined) warnings.push(clockText(name, clock.aheadUs));
  if (!isReached) return { reasons: [reasonOf(name, paths, search)], warnings };
  if (search !== undefined && search.unansweredNs >= 0) {
    warnings.push(
      `paths to ${name} are not renewed: ${silenceText(search.unansweredNs)}, they are used until they expire`,
    );
  }
  return { reasons: [], warnings };
}

/** Why no packet reaches a peer. */
function reasonOf(
  name: string,
  paths: readonly ExplainedPath[],
  search: PathSearch | undefined,
): string {
  const why = search && missingPathsText(search);
  if (why !== undefined) return `no path to ${name}: ${why}`;
  if (paths.length === 0) return `no path to ${name}`;
  return `${name} answers on none of ${paths.length} paths`;
}

/** Why there is no path; undefined if there is one that may work. */
function missingPathsText(search: PathSearch): string | undefined {
  const { isAsked, isAnswered, unansweredNs, combined, revoked, excluded, usable } = search;
  if (search.isRevoked) return `all ${usable} are revoked`;
  if (usable === 0 && unansweredNs >= 0) return silenceText(unansweredNs);
  if (isAsked && !isAnswered) return 'the control service has not answered yet';
  if (combined > 0 && revoked === combined) return `all ${combined} are revoked`;
  if (usable > 0) return undefined;
  if (excluded > 0) {
    const others = revoked > 0 ? ` that are not among the ${revoked} revoked ones` : '';
    return `the policy excludes all ${excluded}${others}`;
  }
  return isAsked
    ? 'the control service knows no segments that lead there'
    : 'the topology has none';
}

function silenceText(ns: number): string {
  return `the control service has not answered for ${Math.floor(ns / NS_PER_S)} s`;
}

function clockText(name: string, aheadUs: number): string {
  const seconds = (Math.abs(aheadUs) / US_PER_S).toFixed(1);
  return `the clock of ${name} is ${seconds} s ${aheadUs > 0 ? 'ahead of' : 'behind'} ours`;
}
