/**
 * The network page in a real browser: failover, losses, bytes of a packet, keys, permalinks
 * (docs/spec/browser-view.md, 5.10). @module
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobTable, cborText } from '../../engine/measure/trace/blob-table.ts';
import { NO_REFERENCE, TABLES, type TraceHeader } from '../../engine/measure/trace/layout.ts';
import { TableBuffer } from '../../engine/measure/trace/table-buffer.ts';
import { requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../../nodes/scion/wire/udp.ts';
import { withHeader } from '../unit/viz/format/hostile-traces.ts';
import { TraceLab } from '../unit/viz/format/trace-lab.ts';
import { BrowserLab, FROM_DISK, networkTitle, seriousFindings } from './support.ts';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

async function visit(hash: string, act: (page: Page) => Promise<void>): Promise<void> {
  const { page, context, errors } = await lab.open(`${FROM_DISK}${hash}`);
  try {
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

/** A trace with one SCION packet whose bytes were stored. */
function scionTrace(): Uint8Array {
  const bytes = encodeUdpPacket(
    {
      ...{ trafficClass: 0, flowId: 1, target: requireIsdAs('2-ff00:0:211'), path: EMPTY_PATH },
      ...{ source: requireIsdAs('1-ff00:0:111'), targetHost: requireHostAddress('10.0.0.2') },
      sourceHost: requireHostAddress('10.0.0.1'),
    },
    { sourcePort: 30_001, targetPort: 30_041, payload: Uint8Array.of(1, 2, 3) },
  );
  const made = new TraceLab(1, 'full');
  const packet = made.send(0, bytes.length);
  made.advance(9e8);
  made.arrive(packet);
  made.recorder.packet(0, bytes, { packet: 0, trail: 0, link: 0, node: 0 });
  return withHeader(made.finish(), (header) => ({
    ...header,
    nodes: header.nodes.map((node) => ({ ...node, protocol: 'scion' })),
  }));
}

/** A trace with a message that two nodes unwrap one after the other, at places on the map. */
function onionTrace(): Uint8Array {
  const made = new TraceLab(3, 'full');
  const at = { trail: 0, packet: 0, link: 0, node: 0 };
  const bytes = (fill: number): Uint8Array => new Uint8Array(40).fill(fill);
  for (const link of [0, 1, 2]) {
    const packet = made.send(link, 40);
    const heldNs = link === 0 ? undefined : 2e8;
    const place = { ...at, packet: link, link, node: link, heldNs };
    made.recorder.packet(made.clock.now, bytes(link + 1), place);
    made.advance(1e8);
    made.arrive(packet);
    made.advance(2e8);
  }
  return withHeader(made.finish(), (header) => ({
    ...header,
    nodes: header.nodes.map((node, n) => ({
      ...{ ...node, protocol: 'mixnet', place: { lat: 10 * n, lon: 20 * n } },
    })),
  }));
}

/** The header of a trace. */
function headerOf(trace: Uint8Array): TraceHeader {
  let header: TraceHeader | undefined;
  withHeader(trace, (found) => {
    header = found;
    return found;
  });
  return header ?? expect.fail('a trace without header');
}

/** A trace in which node n1 says what `json` is. */
function statusTrace(json: string): Uint8Array {
  const made = new TraceLab(1, 'full');
  const packet = made.send(0, 100);
  made.advance(9e8);
  made.arrive(packet);
  made.recorder.state(9e8, 1, 'cell', 'ready');
  const statuses = new TableBuffer(TABLES.status);
  const blobs = new BlobTable();
  for (const [node, text] of [
    [1, json],
    [NO_REFERENCE, ''],
  ] as const) {
    const value = blobs.number(text, () => cborText(text));
    statuses.add(1e8, node, value);
  }
  made.recorder.append(statuses.take(blobs.take()));
  return made.finish();
}

async function drop(page: Page, trace: Uint8Array): Promise<void> {
  const [buffer, mimeType] = [Buffer.from(trace), 'application/octet-stream'];
  await page.locator('input[type=file]').setInputFiles({ name: 'trace.orr', mimeType, buffer });
  await networkTitle(page);
}

const READ = { heading: 'Its status at 100 ms', remark: /^$/ };

describe('R-241: the network page', () => {
  it('draws each part once: every node and every link of the trace', () =>
    visit('', async (page) => {
      const trace = onionTrace();
      const { nodes, links } = headerOf(trace);
      expect([nodes.length, links.length]).toEqual([4, 3]);
      await drop(page, trace);
      const drawn = (attribute: string): Promise<(string | null)[]> =>
        page
          .locator(`[${attribute}]`)
          .evaluateAll((found, name) => found.map((one) => one.getAttribute(name)), attribute);
      expect((await drawn('data-node')).sort()).toEqual(nodes.map(({ name }) => name).sort());
      expect((await drawn('data-link')).sort()).toEqual(links.map(({ id }) => id).sort());
    }));

  it('peels an explained packet as the cursor passes, by keyboard as well', () =>
    visit('', async (page) => {
      await drop(page, onionTrace());
      await page.getByLabel('explained packets').selectOption({ index: 1 });
      const onion = page.locator('.onion');
      await page.locator('.onion[data-left="3"]').waitFor();
      await page.locator('[data-step="1"]').focus();
      await page.keyboard.press('Enter');
      await page.locator('.onion[data-left="2"]').waitFor();
      await page.waitForFunction(() => location.hash.includes('sel=packet:0'));
      expect(await page.locator('[data-step="1"]').getAttribute('aria-current')).toBe('step');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-step'))).toBe(
        '1',
      );
      expect(await onion.getAttribute('aria-label')).toBe(
        '2 layers of 3 left: n1 off, n2 on, n3 on',
      );
      expect(await page.locator('.hex').textContent()).toContain('02 02 02');
      expect(await page.locator('.research').textContent()).toContain('nobody on the network');
      expect(await seriousFindings(page)).toEqual([]);
    }));

  it('puts nodes on a map where the trace knows their places, and nowhere else', async () => {
    await visit('#layout=map', async (page) => {
      await drop(page, onionTrace());
      const texts = await page.locator('.graticule text').allTextContents();
      expect(texts).toEqual(expect.arrayContaining(['0°', '30° N', '30° E', '60° E']));
      expect(await page.getByLabel('layout').inputValue()).toBe('map');
    });
    await visit('#run=demo&page=network&layout=map', async (page) => {
      await networkTitle(page);
      expect(await page.getByLabel('layout').inputValue()).toBe('layers');
      expect(await page.locator('.graticule').count()).toBe(0);
    });
  });

  it('lets the old way fade at a failover, and stamps the new one', async () => {
    await visit('#run=demo&page=network&t=3.05s', async (page) => {
      await page.locator('.old-way[d^=M]').waitFor({ state: 'attached' });
      const opacity = Number(await page.locator('.old-way').getAttribute('opacity'));
      expect(opacity).toBeGreaterThan(0.35);
      expect(opacity).toBeLessThan(0.9);
      expect(await page.locator('.stamp').textContent()).toBe('');
    });
    await visit('#run=demo&page=network&t=3.2s', async (page) => {
      const stamp = page.locator('.stamp').filter({ hasText: 'switched' });
      await stamp.waitFor();
      expect(await stamp.textContent()).toMatch(
        /^detected \+[\d.]+ ms, switched \+[\d.]+ ms, first packet \+[\d.]+ ms$/,
      );
      expect(await page.locator('.new-way').getAttribute('d')).toMatch(/^M.+L/);
    });
  });

  it('says at a loss why, in the picture that is exported as well', () =>
    visit('#run=demo&page=network&t=3.05s', async (page) => {
      await networkTitle(page);
      await page.keyboard.press('e');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('[data-export=svg]').click(),
      ]);
      const svg = readFileSync((await download.path()) ?? '', 'utf8');
      expect(svg).toMatch(/<circle[^>]*opacity/);
      expect(svg).toContain('>link-down</text>');
    }));

  it.each([
    { name: 'a text', json: '{"role":"mix"}', ...READ, body: 'role: mix' },
    {
      name: 'nested too deep',
      ...READ,
      json: `${'['.repeat(14_500)}${']'.repeat(14_500)}`,
      body: `${'– '.repeat(33)}… deeper than 32 levels`,
    },
    {
      name: 'damaged',
      json: '{"role":',
      ...{ heading: 'Its status', body: 'not known' },
      remark: /^block at byte \d+: status 0 is not JSON$/,
    },
  ])('shows beside the state of a node what it said of itself: $name', (shown) =>
    visit('', async (page) => {
      const { json, heading, body, remark } = shown;
      await drop(page, statusTrace(json));
      await page.evaluate(() => {
        location.hash += '&t=0.95s&sel=node:n1';
      });
      const status = page.locator('.node-status');
      await status.waitFor();
      expect(await status.locator('h3, pre').allTextContents()).toEqual([heading, body]);
      expect((await status.locator('.muted').allTextContents()).join('')).toMatch(remark);
      // Nothing else of the panel is missing.
      expect(await page.locator('aside').textContent()).toMatch(/State at the cursor.*ready/);
      expect(await seriousFindings(page)).toEqual([]);
    }),
  );

  it('marks the bytes of a field under the pointer or the keyboard', () =>
    visit('', async (page) => {
      await drop(page, scionTrace());
      await page.evaluate(() => {
        location.hash += '&sel=packet:0';
      });
      const field = page.locator('[data-field="target ISD-AS"]');
      await field.hover();
      const marked = page.locator('.hex .marked');
      expect(await marked.allTextContents()).toEqual('00 02 ff 00 00 00 02 11'.split(' '));
      await page.locator('[data-field="target host"]').focus();
      expect(await marked.allTextContents()).toEqual(['0a', '00', '00', '02']);
      const layers = await page.locator('.packet-layer h4').allTextContents();
      expect(layers).toEqual(['common header', 'addresses', 'UDP', 'payload']);
    }));

  it('fits a fault by f, and keeps marks by m in the address', () =>
    visit('#run=demo&page=network&t=3.2s', async (page) => {
      await networkTitle(page);
      await page.keyboard.press('f');
      await page.keyboard.press('m');
      await page.waitForFunction(() => location.hash.includes('range=2s..8s&marks=3.2s'));
      expect(await page.locator('.strip .marks path').count()).toBe(1);
      await page.keyboard.press('m');
      await page.waitForFunction(() => !location.hash.includes('marks'));
    }));

  it('selected the labels of the time line when dragged, and could not play a long run through', () =>
    visit('#run=demo&page=network', async (page) => {
      await networkTitle(page);
      const box = await page.locator('.strip').boundingBox();
      const [y, left] = [(box?.y ?? 0) + 38, box?.x ?? 0];
      await page.mouse.move(left + 40, y);
      await page.mouse.down();
      await page.mouse.move(left + 400, y, { steps: 4 });
      await page.mouse.up();
      expect(await page.evaluate(() => String(getSelection()))).toBe('');
      const speed = page.getByLabel('speed');
      const offered = await speed.locator('option').allTextContents();
      expect(offered).toEqual(expect.arrayContaining(['1× real', '10×', '100×', 'run in 20 s']));
      await speed.selectOption({ label: 'run in 20 s' });
      const seconds = Number(await page.locator('.strip').getAttribute('aria-valuemax')) / 1e3;
      await page.waitForFunction(() => location.hash.includes('speed='));
      const chosen = Number(/speed=([\d.]+)/.exec(page.url())?.[1]);
      expect(chosen * 20).toBeCloseTo(seconds, 1);
    }));

  it('comes back to the same state by its address, for 50 states', () =>
    visit('#run=demo&page=network', async (page) => {
      await networkTitle(page);
      const ms = fc.integer({ min: 1, max: 7_999 });
      const states = fc.sample(
        fc.record({
          at: ms,
          range: fc.tuple(ms, ms).filter(([a, b]) => b - a > 10),
          speed: fc.constantFrom('0.01', '0.5', '2', '100'),
          node: fc.constantFrom('gateway-111', 'core-110', 'br-211-3'),
          layout: fc.constantFrom('force', 'map-of-nobody'),
        }),
        { numRuns: 50, seed: 5 },
      );
      for (const { at, range, speed, node, layout } of states) {
        const [from, to] = range.map((value) => `${value / 1_000}s`);
        const hash = `#run=demo&page=network&t=${at / 1_000}s&speed=${speed}&sel=node:${node}&range=${from}..${to}&layout=${layout}`;
        const shown = await page.evaluate(async (wanted) => {
          location.hash = wanted;
          await new Promise((done) => setTimeout(done, 20));
          await new Promise((done) => requestAnimationFrame(done));
          const strip = document.querySelector('.strip');
          return {
            now: document.querySelector<HTMLElement>('.scrubber .now')?.title,
            from: strip?.getAttribute('aria-valuemin'),
            to: strip?.getAttribute('aria-valuemax'),
            speed: document.querySelector<HTMLSelectElement>('.speed')?.value,
            node: document.querySelector('.dot.selected')?.getAttribute('data-node'),
          };
        }, hash);
        expect(shown).toMatchObject({ now: `${at * 1e6} ns`, speed, node });
        expect([shown.from, shown.to]).toEqual(range.map(String));
      }
      // The address that the page writes after a change can be read back: another state, in a new
      // tab.
      await page.keyboard.press('w');
      await page.waitForTimeout(400);
      const link = page.url();
      const title = await networkTitle(page);
      const now = await page.locator('.scrubber .now').getAttribute('title');
      await visit(link.slice(FROM_DISK.length), async (again) => {
        await again.locator('.dot.selected').waitFor();
        expect(await networkTitle(again)).toBe(title);
        expect(await again.locator('.scrubber .now').getAttribute('title')).toBe(now);
        expect(again.url()).toBe(link);
      });
    }));
});
