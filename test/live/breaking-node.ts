/**
 * Nodes that fail: one throws while it runs, one reports at the end that an invariant is broken,
 * and one computes for half a minute when it should stop.
 * They test how a run with several processes names them.
 *
 * @module
 */
import { z } from 'zod';
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';

const config = z.strictObject({
  breaks: z.enum(['throws', 'invariant', 'stop', 'never']).default('never'),
});
type Options = z.output<typeof config>;

const BREAK_NS = 200_000_000;

export const protocol: Protocol<Options> = {
  name: 'breaking',
  summary: 'breaks as it is told',
  config,
  drops: {},
  metrics: [],
  jobs: {},
  moduleUrl: import.meta.url,
  create: (host, { options: { breaks } }): NodeHandle => ({
    start: (): void => {
      host.onRequest(({ respond }) => respond('ok'));
      if (breaks !== 'throws') return;
      host.after(BREAK_NS, () => {
        throw new TypeError('cannot read what is not there');
      });
    },
    invariant: (): string | undefined =>
      breaks === 'invariant' ? 'two tables do not agree' : undefined,
    stop: (): void => {
      if (breaks !== 'stop') return;
      const endMs = performance.now() + 30_000;
      while (performance.now() < endMs);
    },
  }),
};
