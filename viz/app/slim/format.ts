/**
 * Replaces `d3-format` in the built page (tools/build-viz.ts). `reports/format.ts` formats all
 * numbers of the pages, so no scale needs to format its ticks.
 *
 * @module
 */

function unused(): never {
  throw new Error('numbers of the pages are written by reports/format.ts');
}

export {
  unused as format,
  unused as formatPrefix,
  unused as formatSpecifier,
  unused as precisionFixed,
  unused as precisionPrefix,
  unused as precisionRound,
};
