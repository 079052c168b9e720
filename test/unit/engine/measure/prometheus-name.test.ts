import { describe, expect, it } from 'vitest';
import { prometheusName } from '../../../../engine/measure/prometheus-name.ts';

describe('names in Prometheus text', () => {
  it.each([
    ['gateway.latency', 'ns', 'orrery_gateway_latency_seconds', 1e9],
    ['links.bytes', 'bytes', 'orrery_links_bytes', 1],
    ['gateway.delivery', 'ratio', 'orrery_gateway_delivery_ratio', 1],
    ['mesh.energy', 'uJ', 'orrery_mesh_energy_joules', 1e6],
    ['site.carbon', 'ug', 'orrery_site_carbon_grams', 1e6],
    ['site.intensity', 'ug/kWh', 'orrery_site_intensity_grams_per_kilowatt_hour', 1e6],
    ['a.rate', '1/min', 'orrery_a_rate_per_minute', 1],
    ['a.sent', 'packets', 'orrery_a_sent', 1],
    ['a.other', 'constructor', 'orrery_a_other', 1],
  ])('%s in %s is %s', (metric, unit, name, divisor) => {
    expect(prometheusName(metric, unit)).toEqual({ name, divisor });
  });
});
