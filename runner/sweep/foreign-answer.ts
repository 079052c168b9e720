/**
 * Answers that come from elsewhere, and may be anything.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { SeedAnswer } from '../run/job.ts';

/** True of a result that can be judged: one that came from elsewhere may be anything. */
export function isJudgeable(
  result: SeedResult,
  judgeOne: (result: SeedResult) => unknown,
): boolean {
  try {
    judgeOne(result);
    return true;
  } catch {
    return false;
  }
}

/**
 * The answer; refused if its result cannot be judged.
 * @param judgeOne Judges a single result; throws if it is none.
 */
export function foreignAnswer(
  seed: number,
  answer: SeedAnswer,
  judgeOne: (result: SeedResult) => unknown,
): SeedAnswer {
  if (answer.kind !== 'result' || isJudgeable(answer.result, judgeOne)) return answer;
  return { kind: 'refused', message: `the result of seed ${seed} cannot be judged` };
}
