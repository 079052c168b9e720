/**
 * Answers of other machines and of earlier runs, which may be anything.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { SeedAnswer } from '../run/job.ts';

/**
 * True if the result can be judged without an error. Results from other machines or from the disk may
 * be anything.
 */
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
 * The answer; refused if its result cannot be judged.
 * @param judgeOne Judges a single result; throws if it is none.
 */
export function checkUntrustedAnswer(
  seed: number,
  answer: SeedAnswer,
  judgeOne: (result: SeedResult) => unknown,
): SeedAnswer {
  if (answer.kind !== 'result' || canBeJudged(answer.result, judgeOne)) return answer;
  return { kind: 'refused', message: `the result of seed ${seed} cannot be judged` };
}
