/**
 * A process with a fake node, for the tests of signals. The first argument chooses how it drains,
 * the second is its deadline.
 *
 * @module
 */
import {
  createJsonLog,
  installSignalHandlers,
  type ReloadResult,
  startOperatorServer,
} from '../../../../services/operator/index.ts';
import { fakeFace } from './fake-face.ts';

const [how = 'well', deadline = '4500'] = process.argv.slice(2);
const log = createJsonLog({ node: 'gateway-111' });
let reloads = 0;

const face = {
  ...fakeFace(),
  reload: (): ReloadResult => {
    reloads += 1;
    return reloads === 1
      ? { applied: ['log.level: info -> warn'], needsRestart: ['address'] }
      : { applied: [], needsRestart: [], error: 'gateway.yaml:3:9  mtu: 12 is below 576' };
  },
  drain: async (): Promise<void> => {
    const endMs = performance.now() + (how === 'busy' ? 10_000 : 0);
    while (performance.now() < endMs);
    if (how === 'never') await new Promise(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    log.component('gateway').info('window saved');
  },
};

const server = await startOperatorServer({ face, log, port: 0 });
installSignalHandlers({
  face,
  log,
  closing: [{ name: 'endpoint', close: () => server.close() }],
  deadlineMs: Number(deadline),
});
// Keeps the process alive as an open socket would, without blocking the loop.
setInterval(() => log.component('gateway').debug('a packet'), 20);
process.stdout.write(`${server.port}\n`);
