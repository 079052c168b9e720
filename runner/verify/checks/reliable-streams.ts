/**
 * Check 19: throughput of the modelled reliable stream, through the port, over simulated links
 * (docs/spec/stream-model.md).
 *
 * @module
 */
import type { Stream } from '../../../engine/host/stream.ts';
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { StreamModel } from '../../../engine/net/stream-hook.ts';
import { acceptWithin, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const SECOND = 1_000_000_000;
const WARM_UP_NS = 30 * SECOND;
const MEASURED_SECONDS = 600;
const END_NS = WARM_UP_NS + MEASURED_SECONDS * SECOND;
const PORT = 80;
const CHUNK_BYTES = 65_536;

/** Payload of a segment of the model, bytes. */
const MSS = 1_460;
/** Header of a segment of the model, bytes. */
const HEADER_BYTES = 40;
const RTT_SECONDS = 0.1;

/** A direction with half of a 100 ms round trip as delay, and no limit of rate or queue. */
const HALF_WAY: LinkDirectionSpec = {
  rateBps: Number.POSITIVE_INFINITY,
  delayNs: 50_000_000,
  queue: { kind: 'drop-tail' },
};

/** Receiver window of the first transfer, bytes. */
const WINDOW_BYTES = 65_536;
const LOSS = 0.001;
const LOSS_RUNS = 5;
/**
 * Mathis, Semke, Mahdavi and Ott, CCR 27(3) 1997: constant for random loss, every segment
 * acknowledged.
 */
const MATHIS_C = 1.31;
const WIRE_BPS = 10_000_000;

/** Creates the model of reliable streams; receivers buffer the given amount, or the default. */
export type MakeStreams = (options: { readonly receiveBufferBytes?: number }) => StreamModel;

/** A transfer that does not end before the run does. */
interface Transfer {
  readonly name: string;
  readonly forward: LinkDirectionSpec;
  readonly streams: StreamModel;
}

/** The rate at which data reach the application after the warm-up, Mbit/s. */
function goodput(engine: SeededEngine, transfer: Transfer): number {
  const { name, forward, streams } = transfer;
  const world = engine.world({ streams });
  const client = world.addHost({ name: 'client', address: '127.0.0.1' });
  const server = world.addHost({ name: 'server', address: '127.0.0.2' });
  world.addLink({
    id: `verify/19/${name}`,
    a: { host: 'client', port: 50_000 },
    b: { host: 'server', port: 50_000 },
    forward,
    backward: HALF_WAY,
  });
  let bytes = 0;
  server.listen({ port: PORT }, (stream) => {
    stream.handle({
      onData: (_buffer, _offset, length): void => {
        if (world.scheduler.now > WARM_UP_NS) bytes += length;
      },
    });
  });
  client.connect({ to: client.endpoint(server.address, PORT) }, (stream) => {
    if (stream !== undefined) keepFull(stream);
  });
  world.runUntil(END_NS);
  return (8 * bytes) / MEASURED_SECONDS / 1e6;
}

/** Keeps writing while the stream has room. */
function keepFull(stream: Stream): void {
  const chunk = new Uint8Array(CHUNK_BYTES);
  const fill = (): void => {
    while (stream.write(chunk) === 'sent');
  };
  stream.handle({ onData: () => undefined, onDrain: fill });
  fill();
}

/** Throughput limited by the window: as many whole segments per round trip as fit into the window. */
function windowLimited(engine: SeededEngine, make: MakeStreams): CheckMeasure {
  const theory = (Math.floor(WINDOW_BYTES / MSS) * MSS * 8) / RTT_SECONDS / 1e6;
  const streams = make({ receiveBufferBytes: WINDOW_BYTES });
  const measured = goodput(engine, { name: 'window', forward: HALF_WAY, streams });
  return nearly('window 64 KiB, RTT 100 ms, Mbit/s', theory, measured);
}

/**
 * Throughput limited by loss: (MSS / RTT) C / sqrt(p) by Mathis et al. The model gives 4.90 Mbit/s with
 * a standard error of 0.17.
 */
function lossLimited(engine: SeededEngine, make: MakeStreams): CheckMeasure {
  const theory = ((MSS * 8) / RTT_SECONDS / 1e6) * (MATHIS_C / Math.sqrt(LOSS));
  const forward: LinkDirectionSpec = {
    ...HALF_WAY,
    loss: { kind: 'bernoulli', probability: LOSS },
  };
  let sum = 0;
  for (let run = 0; run < LOSS_RUNS; run += 1) {
    sum += goodput(engine, { name: `loss-${run}`, forward, streams: make({}) });
  }
  const measured = sum / LOSS_RUNS;
  const accept = acceptWithin(4.5, 5.3);
  return { label: 'loss 0.1 %, RTT 100 ms, Mbit/s', theory, measured, accept, digits: 4 };
}

/** Throughput limited by the rate of the link, minus headers. */
function wireLimited(engine: SeededEngine, make: MakeStreams): CheckMeasure {
  const theory = ((WIRE_BPS / 1e6) * MSS) / (MSS + HEADER_BYTES);
  const forward: LinkDirectionSpec = { ...HALF_WAY, rateBps: WIRE_BPS };
  const measured = goodput(engine, { name: 'wire', forward, streams: make({}) });
  return nearly('link of 10 Mbit/s, Mbit/s', theory, measured);
}

/** A measure whose value must be within half a percent of the theory. */
function nearly(label: string, theory: number, measured: number): CheckMeasure {
  return {
    label,
    theory,
    measured,
    accept: acceptWithin(0.995 * theory, 1.005 * theory),
    digits: 4,
  };
}

/** Makes check 19 of docs/VERIFICATION.md: throughput of reliable streams. */
export function reliableStreamCheck(make: MakeStreams): VerificationCheck {
  return {
    id: '19',
    name: 'reliable stream',
    formula: 'window / RTT; Mathis (MSS / RTT) 1.31 / sqrt(p); rate MSS / (MSS + 40)',
    catches: '0.5 %; with loss 8 %',
    run: (engine) => [
      windowLimited(engine, make),
      lossLimited(engine, make),
      wireLimited(engine, make),
    ],
  };
}
