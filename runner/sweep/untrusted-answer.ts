/**
 * Checks answers of other machines and of earlier runs, which are untrusted data.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { SeedAnswer } from '../run/job.ts';

/** True if judging the result throws no error. */
export function canBeJudged(
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
 * Returns the answer; a refusal if its result cannot be judged.
 * @param judgeOne Judges a single result; throws if the data are not a result.
 */
export function checkUntrustedAnswer(
  seed: number,
  answer: SeedAnswer,
  judgeOne: (result: SeedResult) => unknown,
): SeedAnswer {
  if (answer.kind !== 'result' || canBeJudged(answer.result, judgeOne)) return answer;
  return { kind: 'refused', message: `the result of seed ${seed} cannot be judged` };
}
