/**
 * Reads the files that rates and delays of links follow
 * (docs/spec/link-model.md#rates-and-delays-that-follow-a-trace). Mistakes: E104, E116, and E119 in the file.
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { findFileBeside } from '../files/find-file.ts';
import type { ValuePath } from '../files/locate.ts';
import { collectConfigErrors } from '../files/problems.ts';
import { readText } from '../files/source.ts';
import { TEXT_BUDGET_MESSAGE } from '../files/text-budget.ts';
import { type RateOrDelayTrace, readRateOrDelayTrace } from '../import/pace-text.ts';
import type { DirectionDraft, RateOrDelayFile } from '../schema/direction.ts';
import type { BuildContext } from './context.ts';

const LIMIT_BYTES = 64e6;

/** A direction with the rates and delays of its trace files in place of their paths; undefined after a mistake. */
export function readRateAndDelayFiles(
  context: BuildContext,
  path: ValuePath,
  { rateFile, delayFile, ...draft }: DirectionDraft,
): Partial<LinkDirectionSpec> | undefined {
  if (rateFile === undefined && delayFile === undefined) return draft;
  if (draft.contacts !== undefined) {
    const message = 'contacts cannot be combined with a rate or delay that follows a trace';
    context.refuse('E104', [...path, 'contacts'], message, 'windows may have rates and delays');
    return undefined;
  }
  const rate = rateFile && readOnce(context, [...path, 'rate'], rateFile, 'rate');
  const delay = delayFile && readOnce(context, [...path, 'delay'], delayFile, 'time');
  const isWrong = (rateFile && !rate) || (delayFile && !delay);
  if (isWrong) return undefined;
  return {
    ...draft,
    ...(rate && { rateBps: Math.max(1, Math.round(rate.mean)), rateSteps: rate.steps }),
    ...(delay && { delayNs: Math.round(delay.mean), delaySteps: delay.steps }),
  };
}

/** Reads a file once: directions that follow the same file share its content. */
function readOnce(
  context: BuildContext,
  path: ValuePath,
  file: RateOrDelayFile,
  quantity: 'rate' | 'time',
): RateOrDelayTrace | undefined {
  const key = JSON.stringify([quantity, file]);
  if (!context.paces.has(key)) context.paces.set(key, read(context, path, file, quantity));
  return context.paces.get(key);
}

function read(
  context: BuildContext,
  path: ValuePath,
  { file, unit, periodNs }: RateOrDelayFile,
  quantity: 'rate' | 'time',
): RateOrDelayTrace | undefined {
  const { files } = context.registry.machine;
  const found = findFileBeside(file, context.source.path, files);
  if ('message' in found) {
    context.refuse('E116', [...path, 'trace'], found.message, found.hint);
    return undefined;
  }
  const limits = { files, limitBytes: LIMIT_BYTES, tooLargeHint: 'split the file' };
  const source = collectConfigErrors(context.problems, () => readText(found.path, limits));
  if (source === undefined) return undefined;
  if (!context.texts.take(source)) {
    context.refuse(
      'E117',
      [...path, 'trace'],
      TEXT_BUDGET_MESSAGE,
      'let links follow the same file',
    );
    return undefined;
  }
  const pace = readRateOrDelayTrace(source.text, { quantity, unit, periodNs });
  if (pace.kind === 'mistakes') {
    context.problems.addAll(pace.mistakes.map((one) => source.issue({ code: 'E119', ...one })));
    return undefined;
  }
  const extra = unit === undefined ? periodNs && 'period' : 'unit';
  if (pace.form === 'values' || !extra) return pace;
  const message = `a trace of milliseconds has its own ${extra}`;
  context.refuse('E104', [...path, extra], message, `leave out ${extra}`);
  return undefined;
}
