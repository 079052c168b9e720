/** The hold model on js-simulator 1.0.17: one event object per payload, reused. @module */
import jssim from 'js-simulator';
import { cpuTimeUs } from '../bench-result.ts';
import { FNV_START, fnvStep, INCREMENT_NS } from '../workloads/hold-model.ts';
import { WorkloadRandom } from '../workloads/xoshiro-below.ts';
import { hexWord, type Peer, type PeerRun } from './peer.ts';

function hold(pending: number, holds: number): PeerRun {
  const scheduler = new jssim.Scheduler();
  const random = new WorkloadRandom();
  let [hash, clockNs, left] = [FNV_START, 0, holds];
  for (let payload = 0; payload < pending; payload += 1) {
    const event = new jssim.SimEvent(1);
    event.update = (): void => {
      // The last batch of equal times may contain more events than holds are left.
      if (left === 0) return;
      left -= 1;
      hash = fnvStep(hash, payload);
      clockNs = event.time;
      scheduler.scheduleOnceIn(event, random.below(INCREMENT_NS));
    };
    scheduler.scheduleOnceIn(event, random.below(INCREMENT_NS));
  }
  const cpuUs = cpuTimeUs(() => {
    while (left > 0) scheduler.update();
  });
  return { cpuUs, clockNs, fnv1a: hexWord(hash) };
}

/** js-simulator as a subject of the benchmark. */
export const jsSimulator: Peer = {
  name: 'js-simulator 1.0.17',
  isFifo: false,
  note: 'shuffles ties by Math.random, no cancel',
  hold,
};
