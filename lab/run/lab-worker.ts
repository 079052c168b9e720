/**
 * The program of a worker: carries out one order after the other.
 *
 * @module
 */
import { carryOut, type LabPlace } from './lab-engine.ts';
import type { LabAnswer, LabOrder } from './messages.ts';
import { readPageFiles } from './page-data.ts';

/** What `page-data.ts` puts before this program. */
declare const LAB: { readonly files: Readonly<Record<string, string>>; readonly commit: string };

const place: LabPlace = {
  shipped: readPageFiles(LAB.files),
  commit: LAB.commit,
  environment: {
    node: navigator.userAgent.replace(/^.* (?=(Chrome|Firefox|Version)\/)/, ''),
    os: navigator.platform,
    cpu: `${navigator.hardwareConcurrency} cores`,
  },
};

self.onmessage = ({ data }: MessageEvent<LabOrder>): void => {
  const answer = (one: LabAnswer): void => self.postMessage(one);
  carryOut(place, data, (progress) => answer({ kind: 'progress', progress })).then(answer, fail);
};

/** An answer that cannot be sent ends the worker, which the page sees. */
function fail(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
