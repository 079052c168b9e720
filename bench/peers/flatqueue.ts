/** The hold model on flatqueue 3.1.0: a bare priority queue. @module */
import FlatQueue from 'flatqueue';
import { cpuTimeUs } from '../bench-result.ts';
import { FNV_START, fnvStep, INCREMENT_NS } from '../workloads/hold-model.ts';
import { WorkloadRandom } from '../workloads/xoshiro-below.ts';
import { hexWord, type Peer, type PeerRun } from './peer.ts';

function hold(pending: number, holds: number): PeerRun {
  const queue = new FlatQueue<number>();
  const random = new WorkloadRandom();
  for (let payload = 0; payload < pending; payload += 1) {
    queue.push(payload, random.below(INCREMENT_NS));
  }
  let [hash, clockNs] = [FNV_START, 0];
  const cpuUs = cpuTimeUs(() => {
    for (let i = 0; i < holds; i += 1) {
      clockNs = queue.peekValue() as number;
      const payload = queue.pop() as number;
      hash = fnvStep(hash, payload);
      queue.push(payload, clockNs + random.below(INCREMENT_NS));
    }
  });
  return { cpuUs, clockNs, fnv1a: hexWord(hash) };
}

/** flatqueue as a subject of the benchmark. */
export const flatqueue: Peer = {
  name: 'flatqueue 3.1.0',
  isFifo: false,
  note: 'bare queue: no FIFO ties, no cancel, no clock',
  hold,
};
