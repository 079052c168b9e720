/**
 * The description of a peer for the operator of a gateway: its session, its paths, and why packets
 * take one of them (`status`), and everything that was considered for this choice (`explain`).
 *
 * The result is plain data for JSON; nothing is decided here.
 *
 * @module
 */
import { isdAsOfWords } from '../../scion/index.ts';
import { preferencesOf } from '../multipath/make-controller.ts';
import { pathScore } from '../multipath/selection.ts';
import { planPaths, planShare } from '../multipath/strategy.ts';
import type { ExplainedPath, PathPreferences } from '../multipath/types.ts';
import type { Peer } from '../peer.ts';
import type { PeerContext } from '../peer-context.ts';
import type { PathSwitch } from '../peer-record.ts';
import type { PathSearch, PathSource } from '../underlay/path-directory.ts';
import { listPeerProblems, type PeerProblems } from './health-reasons.ts';
import { explainPathInUse, explainPathNotInUse } from './path-reasons.ts';

/** A path in the status of a peer: its name, its measurements, and where it comes from. */
interface StatusPath extends ExplainedPath, Partial<Omit<PathSource, 'source'>> {
  /** `cache` if the control service has not answered the latest request, so that an earlier answer is used. */
  readonly source?: PathSource['source'] | 'cache';
  /** A name such as `via-110-310-210`. */
  readonly name: string;
}

/** The latest switch of packets to another path. */
interface StatusSwitch extends Omit<PathSwitch, 'atNs'> {
  readonly agoNs: number;
  /**
   * A sentence without its subject. The subject is the path that was left or, at the first choice
   * and if another path was better, the new path.
   */
  readonly why: string;
}

/** A peer in the status of its gateway. */
interface StatusPeer {
  readonly name: string;
  readonly isdAs: string;
  /** Name of the path in use; absent before the first choice. */
  readonly inUse?: string | undefined;
  /** Why this path is in use, as a sentence without its subject. */
  readonly why?: string | undefined;
  readonly lastSwitch?: StatusSwitch | undefined;
  readonly paths: readonly StatusPath[];
  /** `ageNs` is the age of the keys with which frames are sealed; absent without a session. */
  readonly session: Readonly<Record<string, unknown>>;
}

/** A path that was considered. */
interface Candidate extends StatusPath {
  readonly isInUse: boolean;
  /**
   * The score is about 0..1, and 0 for a path that was never measured. The first choice, and the
   * choice after a fault, is the path with the highest score.
   */
  readonly score: number;
  /** Share of packets that the strategy gives to the path, 0..1; the sum is 2 where each packet leaves twice. */
  readonly share: number;
  /**
   * The reasons for the path in use, or against any other path, as a sentence without its subject.
   */
  readonly why: string;
}

/** Explains why packets to a peer take the path that they take. */
interface ExplainedPeer extends Omit<StatusPeer, 'paths'>, PeerProblems {
  readonly strategy: string;
  /** The paths that were found; absent before the gateway has started. */
  readonly search?: PathSearch | undefined;
  /** The path in use comes first, then the others, sorted by their scores. */
  readonly candidates: readonly Candidate[];
}

type Context = Pick<PeerContext, 'directory' | 'options'> | undefined;

/** Describes a gateway: its peers, and its problems. */
export function describeGateway(
  peers: readonly Peer[],
  nowNs: number,
  context: Context,
): PeerProblems & { readonly peers: readonly StatusPeer[] } {
  const problems = peers.map((peer) => problemsOf(peer, nowNs, context));
  return {
    reasons: problems.flatMap(({ reasons }) => reasons),
    warnings: problems.flatMap(({ warnings }) => warnings),
    peers: peers.map((peer) => describePeer(peer, nowNs, context)),
  };
}

function describePeer(peer: Peer, nowNs: number, context: Context): StatusPeer {
  const paths = peer.status(nowNs).map((path) => describePath(peer, path, nowNs, context));
  const used = paths[peer.controller.active];
  const { agreedNs } = peer.session;
  const { lastSwitch } = peer.record;
  return {
    ...{ name: peer.name, isdAs: isdAsOfWords(peer.end.isdAs) },
    ...{ inUse: used?.name, why: used && explainPathInUse(used.reason) },
    lastSwitch: lastSwitch && describeSwitch(lastSwitch, nowNs),
    paths,
    session: {
      ...peer.session.status(),
      ageNs: agreedNs === undefined ? undefined : nowNs - agreedNs,
    },
  };
}

/** Describes the choice of a path to a peer. */
export function explainPeer(peer: Peer, nowNs: number, context: Context): ExplainedPeer {
  const { paths, ...described } = describePeer(peer, nowNs, context);
  const { active } = peer.controller;
  const { strategy = 'failover', preferences = {} } = context?.options.multipath ?? {};
  const status = peer.controller.status(nowNs);
  const plan = active < 0 ? [] : planPaths(strategy, active, status);
  const candidates = paths.map((path, index): Candidate => {
    const isInUse = index === active;
    const why = isInUse ? explainPathInUse(path.reason) : explainPathNotInUse(path.reason);
    const score = scoreOf(peer, path, preferencesOf(preferences));
    return { ...path, isInUse, score, share: planShare(plan, index), why };
  });
  candidates.sort((a, b) => Number(b.isInUse) - Number(a.isInUse) || b.score - a.score);
  const search = context?.directory.searchOf(peer.name, nowNs);
  return { ...described, ...problemsOf(peer, nowNs, context), strategy, search, candidates };
}

/** Lists the problems of a peer. */
export function problemsOf(peer: Peer, nowNs: number, context: Context): PeerProblems {
  return listPeerProblems(peer, context?.directory.searchOf(peer.name, nowNs), nowNs);
}

function describePath(
  peer: Peer,
  path: ExplainedPath,
  nowNs: number,
  context: Context,
): StatusPath {
  const name = peer.underlays.get(path.id)?.path.name ?? path.id;
  if (context === undefined) return { ...path, name };
  const { directory } = context;
  const origin = directory.sourceOf(peer.name, path.id, nowNs);
  const isStale = directory.searchOf(peer.name, nowNs).unansweredNs >= 0;
  return { ...path, name, ...origin, ...(isStale && { source: 'cache' }) };
}

function describeSwitch({ atNs, ...happened }: PathSwitch, nowNs: number): StatusSwitch {
  const { cause, isFault } = happened;
  const why =
    isFault || cause === 'vanished' ? explainPathNotInUse(cause) : explainPathInUse(cause);
  return { agoNs: nowNs - atNs, ...happened, why };
}

/** The score by which the rules compare paths. */
function scoreOf(peer: Peer, path: ExplainedPath, preferences: PathPreferences): number {
  const info = peer.underlays.get(path.id)?.path.info;
  return info === undefined ? 0 : pathScore(info, { ...path, srttNs: path.rttNs }, preferences);
}
