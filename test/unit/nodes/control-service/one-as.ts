/** The lookups of one AS, whose questions a test answers. */
import { SegmentDatabase } from '../../../../nodes/control-service/lookup/database.ts';
import {
  type CoreQuestion,
  SegmentLookup,
} from '../../../../nodes/control-service/lookup/lookup.ts';
import { NO_SEGMENTS } from '../../../../nodes/control-service/lookup/segment-sets.ts';
import {
  requireIsdAs,
  type SegmentsByRole,
  type SignedSegment,
} from '../../../../nodes/scion/index.ts';
import { knownOf, NOW_S, type SegmentWishes, unsignedOver } from './small-network.ts';

type Answer = Partial<SegmentsByRole> | undefined;

interface Asked extends CoreQuestion {
  readonly done: (answer: SegmentsByRole | undefined) => void;
  readonly doubted: () => void;
}

/** The lookups of one AS, whose questions the test answers. */
export class OneAs {
  nowNs = 0;
  seconds = NOW_S;
  readonly asked: Asked[] = [];
  readonly database: SegmentDatabase;
  readonly lookup: SegmentLookup;
  /** Answers by core AS and target; other questions wait for {@link reply}. */
  readonly answers = new Map<string, Answer>();

  constructor(own: string, isCore = false) {
    const isdAs = requireIsdAs(own);
    this.database = new SegmentDatabase({
      ...{ own: isdAs, isCore },
      halfSeconds: (): number => 2 * this.seconds,
    });
    this.lookup = new SegmentLookup({
      database: this.database,
      own: isdAs,
      now: (): number => this.nowNs,
      ask: (question, done, doubted): void => {
        this.asked.push({ ...question, done, doubted });
        const name = `${question.core} ${question.target}`;
        if (this.answers.has(name)) done(whole(this.answers.get(name)));
      },
    });
  }

  /** A segment that ends in this AS. */
  has(...ases: readonly string[]): this {
    this.database.keep(knownOf(unsignedOver(ases)));
    return this;
  }

  /** A segment that another AS registered here. */
  got(...ases: readonly string[]): this {
    this.database.register(knownOf(unsignedOver(ases)));
    return this;
  }

  answering(core: string, target: string, answer: Answer): this {
    this.answers.set(`${core} ${target}`, answer);
    return this;
  }

  /** What is found at once; undefined if an answer is missing. */
  find(
    target: string,
    suffices?: (segments: SegmentsByRole) => boolean,
  ): SegmentsByRole | undefined {
    let found: SegmentsByRole | undefined;
    const done = (segments: SegmentsByRole): void => {
      found = segments;
    };
    this.lookup.find(requireIsdAs(target), done, suffices);
    return found;
  }

  /** Answers question `index`. */
  reply(index: number, answer: Answer): void {
    this.asked[index]?.done(whole(answer));
  }

  get questions(): string[] {
    return this.asked.map(({ core, target }) => `${core} ${target}`);
  }
}

function whole(answer: Answer): SegmentsByRole | undefined {
  return answer && { ...NO_SEGMENTS, ...answer };
}

export const over = (...ases: readonly string[]): SignedSegment => unsignedOver(ases);
export const lived = (wishes: SegmentWishes, ...ases: readonly string[]): SignedSegment =>
  unsignedOver(ases, wishes);

/** The ASes of what was found, by role. */
export function routes(found: SegmentsByRole | undefined): unknown {
  const of = (all: readonly SignedSegment[]): string[] =>
    all.map(({ segment }) => segment.entries.map(({ isdAs }) => isdAs).join(' '));
  return found && { ups: of(found.ups), cores: of(found.cores), downs: of(found.downs) };
}
