/**
 * Counts and traces, in every run, what happens to a peer: health of paths, switches, new keys,
 * recovery.
 *
 * @module
 */
import {
  FAULT_SWITCH_MARK,
  NO_PATH,
  PATH_HEALTH_TRACE,
  PATH_IN_USE_TRACE,
} from '../_kit/path-states.ts';
import type { KeyedTraceState } from '../_kit/trace-state.ts';
import type { ControllerEffect, PathHealth, SwitchCause } from './multipath/types.ts';
import type { PeerOutput } from './peer-output.ts';
import { SESSION_TRACE } from './trace-states.ts';

/** A switch of packets to another path. */
export interface PathSwitch {
  /** Instant of the run, ns. */
  readonly atNs: number;
  /** Name of the path that was left; undefined at the first choice. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly cause: SwitchCause;
  readonly isFault: boolean;
}

/** Records what happens to one peer. */
export class PeerEventRecorder {
  /** The latest switch; undefined before the first choice of a path. */
  lastSwitch: PathSwitch | undefined;
  readonly #output: PeerOutput;
  readonly #peer: string;
  /** When the node restarted after a crash, ns, until a frame is accepted; -1 otherwise. */
  #restartedNs = -1;

  constructor(output: PeerOutput, peer: string) {
    this.#output = output;
    this.#peer = peer;
  }

  /** Records that the health of a path changed. */
  health(path: string | undefined, health: PathHealth): void {
    this.#show(PATH_HEALTH_TRACE, { path: path ?? 'unknown', peer: this.#peer }, { health });
    this.#log(`path is ${health}`, path);
    if (health === 'dead') this.#count('gateway.path_deaths');
  }

  /** Records that packets take the path `to` from now on. */
  switched(
    effect: Extract<ControllerEffect, { kind: 'switch' }>,
    at: Pick<PathSwitch, 'atNs' | 'from' | 'to'>,
  ): void {
    const peer = this.#peer;
    const { to: path } = at;
    this.lastSwitch = { ...at, cause: effect.cause, isFault: effect.isFault };
    if (effect.isFault) {
      const metric = 'gateway.fault_switches';
      this.#output.perform({ kind: 'count', metric, label: effect.cause });
      this.#output.perform({ kind: 'mark', name: FAULT_SWITCH_MARK.write({ peer }) });
    } else if (effect.from !== undefined) this.#count('gateway.planned_switches');
    this.#show(PATH_IN_USE_TRACE, { peer }, { path: path ?? NO_PATH });
    this.#log(`takes another path${effect.isFault ? ' after a fault' : ''}`, path);
  }

  /** Called when new keys are in use. */
  established(epoch: number | undefined): void {
    this.#count('gateway.rekeys');
    if (epoch !== undefined) this.#show(SESSION_TRACE, { peer: this.#peer }, { epoch });
  }

  /** Called when the node restarts after a crash. */
  restarted(nowNs: number): void {
    this.#restartedNs = nowNs;
  }

  /** Called when a frame is accepted: the first one since a restart ends the recovery. */
  // hot: once per frame.
  accepted(nowNs: number): void {
    if (this.#restartedNs < 0) return;
    const value = nowNs - this.#restartedNs;
    this.#output.perform({ kind: 'sample', metric: 'antireplay.recovery', value });
    this.#restartedNs = -1;
  }

  #log(message: string, path = NO_PATH): void {
    const fields = { destination: this.#peer, path_id: path };
    this.#output.perform({ kind: 'log', level: 'info', message, fields });
  }

  #count(metric: string): void {
    this.#output.perform({ kind: 'count', metric });
  }

  #show<Key, Value>({ machine, state }: KeyedTraceState<Key, Value>, key: Key, value: Value): void {
    this.#output.perform({ kind: 'state', machine: machine.write(key), state: state.write(value) });
  }
}
