/**
 * A dashboard as Grafana imports it (its JSON model, schema version 39). The data source is chosen on the page.
 *
 * @module
 */
import type { Dashboard, Panel } from './panels.ts';

const COLUMNS = 2;
const WIDTH = 12;
const HEIGHT = 8;
const SOURCE = { type: 'prometheus', uid: `\${datasource}` };

/** The text of the file of a dashboard. */
export function grafanaText(dashboard: Dashboard): string {
  const { title, panels } = dashboard;
  const model = {
    ...{ title, uid: `orrery-${title.toLowerCase()}`, schemaVersion: 39, editable: true },
    ...{ refresh: '10s', time: { from: 'now-30m', to: 'now' } },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(makePanel),
  };
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

function makePanel({ title, unit, queries, isHeatMap }: Panel, index: number): object {
  return {
    ...{ id: index + 1, title, type: isHeatMap ? 'heatmap' : 'timeseries', datasource: SOURCE },
    gridPos: {
      ...{ w: WIDTH, h: HEIGHT },
      ...{ x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT },
    },
    ...(isHeatMap
      ? { options: { calculate: false, yAxis: { unit } } }
      : { fieldConfig: { defaults: { unit }, overrides: [] } }),
    targets: Object.entries(queries).map(([legendFormat, expr], at) => ({
      ...{
        refId: String.fromCharCode('A'.charCodeAt(0) + at),
        datasource: SOURCE,
        expr,
        legendFormat,
      },
      ...(isHeatMap ? { format: 'heatmap' } : {}),
    })),
  };
}
