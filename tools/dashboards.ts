/**
 * `npm run dashboards` writes the dashboards of Grafana from their table (dashboards/panels.ts).
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { grafanaText } from './dashboards/grafana.ts';
import { DASHBOARDS } from './dashboards/panels.ts';

for (const [path, dashboard] of Object.entries(DASHBOARDS)) {
  writeFileSync(path, grafanaText(dashboard));
  console.log(path);
}
