/**
 * The hold model on simjs 2.0.3: one timer request per event.
 * The package exports nothing outside a browser, so its file is run with a `window` object defined
 * here.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { cpuTimeUs } from '../bench-result.ts';
import { FNV_START, fnvStep, INCREMENT_NS } from '../workloads/hold-model.ts';
import { WorkloadRandom } from '../workloads/xoshiro-below.ts';
import { hexWord, type Peer, type PeerRun } from './peer.ts';

interface SimRequest {
  done(callback: () => void): SimRequest;
}

declare class SimEntity {
  setTimer(delay: number): SimRequest;
  time(): number;
}

interface Sim {
  addEntity<T>(entity: new () => T): T;
  simulate(endTime: number, maxEvents: number): boolean;
  time(): number;
}

interface SimPackage {
  readonly Sim: new () => Sim;
  readonly Entity: typeof SimEntity;
}

function load(): SimPackage {
  const file = createRequire(import.meta.url).resolve('simjs');
  const window: { Sim?: SimPackage } = {};
  compileFunction(readFileSync(file, 'utf8'), ['window'], { filename: file })(window);
  if (window.Sim === undefined) throw new Error('simjs did not fill its window');
  return window.Sim;
}

function hold(pending: number, holds: number): PeerRun {
  const { Sim, Entity } = load();
  const random = new WorkloadRandom();
  let hash = FNV_START;
  class Holder extends Entity {
    start(): void {
      for (let payload = 0; payload < pending; payload += 1) this.plan(payload);
    }
    plan(payload: number): void {
      this.setTimer(random.below(INCREMENT_NS)).done(() => {
        hash = fnvStep(hash, payload);
        this.plan(payload);
      });
    }
  }
  const sim = new Sim();
  sim.addEntity(Holder);
  const cpuUs = cpuTimeUs(() => sim.simulate(Number.MAX_SAFE_INTEGER, holds));
  return { cpuUs, clockNs: sim.time(), fnv1a: hexWord(hash) };
}

/** simjs as a subject of the benchmark. */
export const simjs: Peer = {
  name: 'simjs 2.0.3',
  isFifo: true,
  note: 'one request object and one closure per event',
  hold,
};
