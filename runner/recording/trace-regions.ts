/**
 * The ends of the directions between regions of clouds, for the header of a trace. In the network these
 * directions have no nodes at their ends, because the destination of a packet decides where it
 * continues.
 *
 * @module
 */
import type { LinkDirectionInfo } from '../../engine/measure/trace/layout.ts';
import type { CloudSpec } from '../../topologies/model.ts';

/**
 * Adds the names of regions to the ends of directions between regions of clouds; other directions are
 * unchanged.
 */
export function withRegions(
  links: readonly LinkDirectionInfo[],
  clouds: readonly CloudSpec[],
): readonly LinkDirectionInfo[] {
  if (clouds.length === 0) return links;
  const ends = new Map<string, Pick<LinkDirectionInfo, 'fromRegion' | 'toRegion'>>();
  for (const { id, regions, members } of clouds) {
    const named = (region: string): string => `${id}/${region}`;
    for (const { host, region } of members) {
      const own = named(regions[region] ?? '');
      ends.set(`${id}/${host} ${host}->`, { toRegion: own });
      ends.set(`${id}/${host} ->${host}`, { fromRegion: own });
    }
    for (const [a, from] of regions.entries()) {
      for (const [b, to] of regions.entries()) {
        const link = a <= b ? `${id}/${from}--${to}` : `${id}/${to}--${from}`;
        ends.set(`${link} ${from}->${to}`, { fromRegion: named(from), toRegion: named(to) });
      }
    }
  }
  return links.map((link) => ({ ...link, ...ends.get(`${link.id} ${link.name}`) }));
}
