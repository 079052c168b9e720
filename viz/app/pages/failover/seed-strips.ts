/**
 * The strips of throughput, loss and latency that show all seeds, with their median and band.
 *
 * @module
 */
import { countWithNoun, quantityText, wholeNumberText } from '../../../../reports/format.ts';
import type { ReportFaultWindow } from '../../../../reports/report-schema.ts';
import { quantile, sortedAscending } from '../../../../reports/statistics/quantile.ts';
import type { Bin } from './bins.ts';
import { latencyLimit, THROUGHPUT_UNIT, throughputLimit } from './limits.ts';
import { computeOverlay, type Overlay, type OverlayQuantity, sumBins } from './overlay.ts';
import type { StripsData } from './scene.ts';
import type { Strip } from './strips.ts';

type Curve = Strip & { readonly kind: 'curve' };

/** Makes the strips of throughput, loss and latency with the curves of all seeds. */
export function seedStrips(
  scene: StripsData,
  windows: readonly ReportFaultWindow[],
): readonly Strip[] {
  const { binNs = 1 } = windows[0] ?? {};
  const strips: readonly (Omit<Curve, 'bins' | 'band' | 'overlay' | 'kind' | 'finding'> & {
    readonly quantity: OverlayQuantity;
    readonly find: (overlay: Overlay) => string;
  })[] = [
    {
      ...{
        name: 'throughput',
        unit: THROUGHPUT_UNIT,
        style: 'steps',
        limit: throughputLimit(scene),
      },
      quantity: { of: 'delivered', by: 1e9 / binNs },
      find: throughputFinding,
    },
    {
      ...{ name: 'loss', unit: 'packets', style: 'steps', limit: undefined },
      quantity: { of: 'lost', by: 1 },
      find: lossFinding,
    },
    {
      ...{ name: 'p95 latency', unit: 'ns', style: 'steps', limit: latencyLimit(scene) },
      quantity: { of: 'latencyP95', by: 1 },
      find: latencyFinding,
    },
  ];
  return strips.map(({ quantity: wanted, find, ...rest }) => {
    const overlay = computeOverlay(windows, wanted, stretchOf(scene));
    const own = overlay.seeds.find(({ seed }) => seed === scene.shown.seed);
    return {
      ...rest,
      ...{ kind: 'curve', bins: own?.bins ?? [], band: overlay.band, overlay },
      finding: `${find(overlay)}, bins of ${quantityText(binNs, 'ns')}${extent(windows, scene)}`,
    };
  });
}

function stretchOf({ shown, fromNs, toNs }: StripsData): { fromNs: number; toNs: number } {
  return { fromNs: fromNs - shown.beginNs, toNs: toNs - shown.beginNs };
}

/** Says which interval the bins cover, if they do not cover the whole visible interval. */
function extent(windows: readonly ReportFaultWindow[], scene: StripsData): string {
  const { binNs = 1, firstNs = 0, delivered = [] } = windows[0] ?? {};
  const { fromNs, toNs } = stretchOf(scene);
  const lastNs = firstNs + delivered.length * binNs;
  if (fromNs >= firstNs - binNs && toNs <= lastNs + binNs) return '';
  return `; kept from ${quantityText(firstNs, 'ns')} to +${quantityText(lastNs, 'ns')}`;
}

function throughputFinding({ seeds, median }: Overlay): string {
  const before = middleOf(median.filter(({ toNs }) => toNs <= 0));
  const least = known(median.filter(({ fromNs }) => fromNs >= 0))[0];
  const parts = [
    before === undefined ? [] : `${quantityText(before, THROUGHPUT_UNIT)} before`,
    least === undefined ? [] : `lowest ${quantityText(least, THROUGHPUT_UNIT)} after`,
  ].flat();
  return `median of ${countWithNoun(seeds.length, 'seed')} ${parts.join(', ')}`;
}

/**
 * Makes the finding of the loss strip: the median, the lowest and the highest number of lost
 * packets over the seeds.
 */
function lossFinding({ seeds }: Overlay): string {
  const totals = sortedAscending(seeds.map(({ bins }) => sumBins(bins)));
  const [low = 0, middle = 0, high = 0] = [0, 0.5, 1].map((p) => quantile(totals, p) ?? 0);
  return `median of ${countWithNoun(seeds.length, 'seed')} ${wholeNumberText(middle)} packets, ${wholeNumberText(low)} to ${wholeNumberText(high)}, where they were sent`;
}

function latencyFinding({ seeds, median }: Overlay): string {
  const before = middleOf(median.filter(({ toNs }) => toNs <= 0));
  const most = known(median.filter(({ fromNs }) => fromNs >= 0)).at(-1);
  const parts = [
    before === undefined ? [] : `${quantityText(before, 'ns')} before`,
    most === undefined ? [] : `highest ${quantityText(most, 'ns')} after`,
  ].flat();
  return `median of ${countWithNoun(seeds.length, 'seed')} ${parts.join(', ')}, as measured by the target`;
}

function middleOf(bins: readonly Bin[]): number | undefined {
  return quantile(known(bins), 0.5);
}

/** Returns the values that are not null, in ascending order. */
function known(bins: readonly Bin[]): readonly number[] {
  return sortedAscending(bins.map(({ value }) => value).filter((value) => value !== null));
}
