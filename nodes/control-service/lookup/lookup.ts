/**
 * Finds the segments of paths to an AS: those of this AS, and those that core ASes have (SCION control plane draft,
 * "Path Lookup"; reference private/segment/segfetcher).
 *
 * The core segments to the target's ISD show whether the target is a core AS, so nobody is asked for that.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  findFirstAs,
  findLastAs,
  type IsdAs,
  makeWildcard,
  readIsd,
  type SegmentsByRole,
} from '../../scion/index.ts';
import {
  ANSWER_AGE_NS_MAX,
  ANSWERS_KEPT_MAX,
  CORES_ASKED_MAX,
  EXPIRY_LEAD_S,
  LOOKUPS_MAX,
  ROUND_INTERVAL_NS,
} from '../geometry.ts';
import type { SegmentDatabase } from './database.ts';
import { isEmpty, NO_SEGMENTS } from './segment-sets.ts';

/** The surroundings of {@link SegmentLookup}. */
export interface SegmentLookupParts {
  readonly database: SegmentDatabase;
  readonly own: IsdAs;
  readonly now: () => Nanoseconds;
  /**
   * Asks the control service of a core AS over one of the paths that the segments make; `done` gets undefined if it
   * does not answer, or if its answer is invalid. `doubted` is called before that if all ways to it are reported dead.
   */
  readonly ask: (
    question: CoreQuestion,
    done: (answer: SegmentsByRole | undefined) => void,
    doubted: () => void,
  ) => void;
}

/** One lookup. */
interface Search {
  readonly target: IsdAs;
  /** Age at which a kept answer is requested again, ns. */
  readonly ageNsMax: Nanoseconds;
  /** True once the lookup has used an answer that is older than a round. */
  hasUsedOld: boolean;
}

/** A question to a core AS: the segments from it to `target`. */
export interface CoreQuestion {
  readonly core: IsdAs;
  /** Segments over which the core AS is reached. */
  readonly known: SegmentsByRole;
  readonly target: IsdAs;
}

interface KeptAnswer {
  readonly segments: SegmentsByRole;
  readonly atNs: Nanoseconds;
}
type Done = (segments: SegmentsByRole) => void;

/** The lookups of one control service. */
export class SegmentLookup {
  readonly #parts: SegmentLookupParts;
  readonly #answers = new Map<string, KeptAnswer>();
  /** The callbacks of questions that are under way, by question. */
  readonly #waiting = new Map<string, Done[]>();
  /** Questions that are under way, and for which nobody waits, since all ways to the core AS are reported dead. */
  readonly #unattended = new Set<string>();
  #open = 0;

  constructor(parts: SegmentLookupParts) {
    this.#parts = parts;
  }

  /** The kept answers, with their ages. */
  answers(): readonly { readonly of: string; readonly ageNs: Nanoseconds }[] {
    const now = this.#parts.now();
    return [...this.#answers].map(([of, { atNs }]) => ({ of, ageNs: now - atNs }));
  }

  /** Forgets all answers. */
  clear(): void {
    this.#answers.clear();
  }

  /**
   * Finds the segments between this AS and `target`; none if there are too many lookups already. An answer from
   * before the last round may lack an AS or a way round that is known by now: if what was found with such an answer
   * does not suffice, the question is asked again.
   */
  find(target: IsdAs, done: Done, suffices: (segments: SegmentsByRole) => boolean = hasAny): void {
    if (this.#open >= LOOKUPS_MAX) {
      done(NO_SEGMENTS);
      return;
    }
    this.#open += 1;
    const finish = (segments: SegmentsByRole): void => {
      this.#open -= 1;
      done(segments);
    };
    const search = { target, ageNsMax: ANSWER_AGE_NS_MAX, hasUsedOld: false };
    this.#search(search, (segments) => {
      if (search.hasUsedOld && !suffices(segments)) {
        this.#search({ ...search, ageNsMax: ROUND_INTERVAL_NS }, finish);
      } else finish(segments);
    });
  }

  #search(search: Search, done: Done): void {
    this.#cores(search, (ups, cores) => this.#downs(search, { ups, cores, downs: [] }, done));
  }

  /** The up segments, and the core segments between their beginnings and the target's ISD. */
  #cores(
    search: Search,
    then: (ups: SegmentsByRole['ups'], cores: SegmentsByRole['cores']) => void,
  ): void {
    const { database } = this.#parts;
    const isd = readIsd(search.target);
    if (database.isCore) {
      then([], database.coresTo(isd));
      return;
    }
    const ups = database.ups();
    this.#coresOf(search, ups, makeWildcard(isd), (cores) => then(ups, cores));
  }

  /** Requests core segments to a target, which may be a wildcard, from the core ASes at which up segments begin. */
  #coresOf(
    search: Search,
    ups: SegmentsByRole['ups'],
    target: IsdAs,
    then: (cores: SegmentsByRole['cores']) => void,
  ): void {
    const near = nearest(ups).slice(0, CORES_ASKED_MAX);
    const found: SegmentsByRole['cores'][number][] = [];
    const oneDone = afterAll(near.length, () => then(found));
    for (const core of near) {
      this.#fetch(search, { core, known: { ...NO_SEGMENTS, ups }, target }, ({ cores }) => {
        for (const one of cores) if (findLastAs(one.segment) === core) found.push(one);
        oneDone();
      });
    }
    if (near.length === 0) then(found);
  }

  /** The down segments to the target, from the core ASes that can be reached in its ISD. */
  #downs(search: Search, known: SegmentsByRole, done: Done): void {
    const { database, own } = this.#parts;
    const { target } = search;
    const local =
      readIsd(own) === readIsd(target)
        ? [...nearest(known.ups), ...(database.isCore ? [own] : [])]
        : [];
    const far = [...new Set([...local, ...nearest(known.cores)])];
    if (far.includes(target) || far.length === 0) {
      done(far.length === 0 ? NO_SEGMENTS : known);
      return;
    }
    const asked = far.slice(0, CORES_ASKED_MAX);
    const downs: SegmentsByRole['downs'][number][] = [];
    const oneDone = afterAll(asked.length, () => {
      if (downs.length > 0) done({ ...known, downs });
      else this.#beyond(search, known.ups, done);
    });
    for (const core of asked) {
      this.#fetch(search, { core, known, target }, (answer) => {
        for (const one of answer.downs) if (findLastAs(one.segment) === target) downs.push(one);
        oneDone();
      });
    }
  }

  /**
   * Finds core segments to the target itself: it may be a core AS that is missing in the kept answers. The reference
   * asks for such segments at once, since it knows from the TRC which ASes are core.
   */
  #beyond(search: Search, ups: SegmentsByRole['ups'], done: Done): void {
    const { target } = search;
    this.#coresOf(search, ups, target, (all) => {
      const cores = all.filter(({ segment }) => findFirstAs(segment) === target);
      done(cores.length === 0 ? NO_SEGMENTS : { ups, cores, downs: [] });
    });
  }

  /** Gets the answer of a core AS: from this AS's database, from a kept answer, or by asking the core AS. */
  #fetch(search: Search, question: CoreQuestion, done: Done): void {
    const { database, own, ask, now } = this.#parts;
    const { core, target } = question;
    if (core === own) {
      done(database.answerTo({ source: core, target }));
      return;
    }
    const name = `${core} ${target}`;
    const kept = this.#answers.get(name);
    const before = kept?.segments ?? NO_SEGMENTS;
    const valid = database.stillValid(before);
    const ageNs = kept === undefined ? Number.POSITIVE_INFINITY : now() - kept.atNs;
    // The answer is requested again before all of its segments have expired. Otherwise hosts would
    // have no path until the new answer comes, or paths that routers refuse.
    const isLasting = !isEmpty(database.stillValid(before, EXPIRY_LEAD_S));
    const ageNsMax = isLasting ? search.ageNsMax : Math.min(search.ageNsMax, ROUND_INTERVAL_NS);
    if (!isEmpty(valid) && ageNs < ageNsMax) {
      search.hasUsedOld ||= ageNs >= ROUND_INTERVAL_NS;
      done(valid);
      return;
    }
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    if (this.#unattended.has(name)) {
      done(valid);
      return;
    }
    this.#waiting.set(name, [done]);
    const release = (segments: SegmentsByRole): void => {
      const all = this.#waiting.get(name) ?? [];
      this.#waiting.delete(name);
      for (const one of all) one(database.stillValid(segments));
    };
    const take = (answer: SegmentsByRole | undefined): void => {
      this.#unattended.delete(name);
      if (answer !== undefined && !isEmpty(answer)) {
        this.#keep(name, { segments: answer, atNs: now() });
      }
      // A question without an answer falls back to the segments that were known before.
      release(answer ?? before);
    };
    // If all ways to a core AS are reported dead, nobody waits five seconds for its answer, because
    // others may know ways around the fault.
    ask(question, take, () => {
      if (this.#unattended.size >= LOOKUPS_MAX) return;
      this.#unattended.add(name);
      release(before);
    });
  }

  #keep(name: string, answer: KeptAnswer): void {
    this.#answers.delete(name);
    this.#answers.set(name, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > ANSWERS_KEPT_MAX && oldest !== undefined) this.#answers.delete(oldest);
  }
}

/** The ASes where segments begin, in the order of the segments' lengths, the shortest first. */
function nearest(segments: SegmentsByRole['ups']): readonly IsdAs[] {
  const byLength = [...segments].sort(
    (left, right) => left.segment.entries.length - right.segment.entries.length,
  );
  return [...new Set(byLength.map(({ segment }) => findFirstAs(segment)))];
}

function hasAny(segments: SegmentsByRole): boolean {
  return !isEmpty(segments);
}

/** Calls `then` once the returned function has been called `count` times. */
function afterAll(count: number, then: () => void): () => void {
  let left = count;
  return () => {
    left -= 1;
    if (left === 0) then();
  };
}
