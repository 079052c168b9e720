/**
 * Answers that come from elsewhere, and may be anything.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { SeedAnswer } from '../runner/job.ts';

/**
 * The answer; refused if its result cannot be judged.
 * @param judgeOne Judges a single result; throws if it is none.
 */
export function foreignAnswer(
  seed: number,
  answer: SeedAnswer,
  judgeOne: (result: SeedResult) => unknown,
): SeedAnswer {
  if (answer.kind !== 'result') return answer;
  try {
    judgeOne(answer.result);
    return answer;
  } catch {
    return { kind: 'refused', message: `the result of seed ${seed} cannot be judged` };
  }
}
