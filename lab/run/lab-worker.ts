/**
 * The program of a worker: carries out one order after the other.
 *
 * @module
 */
import { carryOut, type LabContext } from './lab-engine.ts';
import { makeSearch } from './make-search.ts';
import type { DelegatedOrder, LabAnswer, LabOrder, LabReply, LabSearchOrder } from './messages.ts';
import { readPageFiles } from './page-data.ts';

/** The data that `page-data.ts` puts before this program. */
declare const LAB: { readonly files: Readonly<Record<string, string>>; readonly commit: string };

const context: LabContext = {
  shipped: readPageFiles(LAB.files),
  commit: LAB.commit,
  environment: {
    node: navigator.userAgent.replace(/^.* (?=(Chrome|Firefox|Version)\/)/, ''),
    os: navigator.platform,
    cpu: `${navigator.hardwareConcurrency} cores`,
  },
};

const answer = (one: LabAnswer): void => self.postMessage(one);
/** Callbacks for the replies to orders that this worker has delegated, by their number. */
const waiting = new Map<number, (answer: LabAnswer) => void>();
let asked = 0;

self.onmessage = ({ data }: MessageEvent<LabOrder | LabSearchOrder | LabReply>): void => {
  switch (data.kind) {
    case 'reply':
      waiting.get(data.id)?.(data.answer);
      waiting.delete(data.id);
      break;
    case 'search':
      makeSearch(context, data, { ask, tell: (step) => answer({ kind: 'step', step }) }).then(
        answer,
        fail,
      );
      break;
    default:
      carryOut(context, data, (progress) => answer({ kind: 'progress', progress })).then(
        answer,
        fail,
      );
  }
};

function ask(order: DelegatedOrder): Promise<LabAnswer> {
  asked += 1;
  answer({ kind: 'ask', id: asked, order });
  return new Promise((resolve) => waiting.set(asked, resolve));
}

/** Ends the worker, which the page notices: an answer could not be sent. */
function fail(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
