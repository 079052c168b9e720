/**
 * Faults injected through the palette into runs in real time: on one event loop, on several, and
 * emulated. Each takes effect at the instant that the answer names, and an emulated run can be
 * replayed in virtual time.
 */
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { interactiveYaml } from '../../runner/injection/export.ts';
import type { FaultReport, InjectedEvent, InjectionPort } from '../../runner/injection/messages.ts';
import { runEmulated } from '../../runner/run/emulate-run.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import {
  blockOf,
  CABLE,
  cleanUp,
  folder,
  orderOf,
  pings,
  reportOn,
  spread,
  write,
} from './support.ts';

afterAll(cleanUp);

const AFTER_MS = 700;

/** Cuts the link shortly after the start of the run, and also sends orders that are impossible. */
function palette(): { readonly link: InjectionPort; readonly news: FaultReport[] } {
  const { port1, port2: port } = new MessageChannel();
  const news: FaultReport[] = [];
  port1.on('message', (one: FaultReport) => {
    news.push(one);
    if (one.kind !== 'ready') return;
    setTimeout(() => {
      const cut = { link: 'alice--bob', set: { up: false }, for: '300ms' };
      port1.postMessage({ kind: 'inject', number: 1, event: cut });
      port1.postMessage({ kind: 'inject', number: 2, event: { crash: 'carol' } });
    }, AFTER_MS);
  });
  port1.unref();
  return { link: { port, speed: null }, news };
}

interface Cut {
  readonly report: Report;
  readonly fault: InjectedEvent;
  readonly file: string;
}

async function cutOf(
  name: string,
  run: (file: string, link: InjectionPort) => Promise<RunEnd>,
): Promise<Cut> {
  const block = blockOf(80 + name.length);
  write(`${name}.yaml`, CABLE, block);
  const file = write(`${name}-pings.yaml`, pings(`${name}.yaml`));
  const { link, news } = palette();
  const report = reportOn(await run(file, link));
  expect(news.map(({ kind }) => kind).sort()).toEqual(['injected', 'ready', 'refused']);
  const fault = news.flatMap((one) => (one.kind === 'injected' ? [one.fault] : []))[0];
  if (fault === undefined) throw new Error('no fault was injected');
  return { report, fault, file };
}

function expectCut({ report, fault }: Cut): void {
  expect(fault.beginNs).toBeGreaterThan((AFTER_MS - 300) * 1e6);
  const [told] = report.faults;
  expect(told).toMatchObject({ id: 'palette-1#1', text: 'alice--bob down' });
  expect(told?.beginNs).toBe(fault.beginNs);
  const { 'ping.delivery': delivery } = report.metrics;
  // 30 pings were sent while the link was cut.
  expect(delivery?.value).toBeLessThan(0.95);
}

describe.concurrent('a fault from the palette', () => {
  it('acts on a live run of one event loop', async () => {
    const cut = await cutOf('one', async (file, link) =>
      runLive({ ...(await orderOf(file)), recordingsOf: () => ({ injection: link }) }),
    );
    expectCut(cut);
  });

  it('acts on a live run of several event loops', async () => {
    const cut = await cutOf('loops', async (file, link) => {
      const more = { processes: { loops: 2 }, recordingsOf: () => ({ injection: link }) };
      return (await spread(file, more)).end;
    });
    expectCut(cut);
  });

  it('acts on an emulated run, and its file replays it in virtual time', async () => {
    const cut = await cutOf('emulated', async (file, link) =>
      runEmulated({
        ...(await orderOf(file)),
        ...{ speed: 1, onLate: 'warn', lateLimitNs: 1e9, folder },
        recordingsOf: () => ({ injection: link }),
      }),
    );
    expectCut(cut);
    const registry = new ProtocolRegistry();
    const { scenario } = await openScenario(cut.file, {}, registry);
    const yaml = interactiveYaml({ scenario, seed: 1, faults: [cut.fault] });
    const file = write('emulated-again.yaml', yaml);
    const again = await openScenario(join(file), {}, registry);
    const { fingerprint } = runSeed({ scenario: again.scenario, registry, seed: 1 });
    expect(fingerprint).toBe(cut.report.fingerprint);
  });
});
