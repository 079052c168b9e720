/**
 * `npm run dashboards` writes the dashboards of Grafana from their table (dashboards/panels.ts);
 * with the address of a Prometheus it draws them from what that server has recorded in the last
 * half hour, into `runs/dashboards`.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { drawDashboard } from './dashboards/draw.ts';
import { grafanaText } from './dashboards/grafana.ts';
import { DASHBOARDS } from './dashboards/panels.ts';

const DRAWN = 'runs/dashboards';

const [source] = process.argv.slice(2);
for (const [path, dashboard] of Object.entries(DASHBOARDS)) {
  const drawn = `${DRAWN}/${basename(path, '.json')}.html`;
  if (source === undefined) writeFileSync(path, grafanaText(dashboard));
  else {
    mkdirSync(DRAWN, { recursive: true });
    writeFileSync(drawn, await drawDashboard(dashboard, source, Date.now() / 1000));
  }
  console.log(source === undefined ? path : drawn);
}
