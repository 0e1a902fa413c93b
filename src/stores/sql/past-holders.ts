import type { Lifecycle, WorkloadKind } from '../../domain/facts/facts.ts';
import type { PastHolders } from '../../domain/governance/past/past-holders.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import { parseAttributes } from './cells.ts';
import type { Row, SqlEngine } from './engine.ts';

const NEVER = '9007199254740991';

export async function pastHolders(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<PastHolders> {
  const held = `start_ms < ${toMs} AND coalesce(end_ms, ${NEVER}) > ${fromMs}`;
  const workloads = await engine.read(`
    SELECT w.workload_id AS holder, w.kind AS of_kind, w.name AS called, s.set_key AS attributes
    FROM workload AS w JOIN attribute_set AS s ON s.set_id = w.set_id
    WHERE w.workload_id IN (SELECT workload_id FROM allocation WHERE ${held}) ORDER BY 1`);
  const holds = await engine.read(`
    SELECT workload_id AS holder, device_id AS device, share_parts AS share, start_ms AS from_ms, end_ms AS to_ms
    FROM allocation WHERE ${held} ORDER BY 1, 2, 4`);
  const places = await engine.read(`
    SELECT c.device_id AS device, p.node AS on_node, p.gpu_model AS of_model, p.gpu_parts AS parts, p.lifecycle AS paid_as,
      p.provider AS of_provider, p.region AS in_region, p.instance_type AS of_type, min(c.start_ms) AS from_ms, max(coalesce(c.end_ms, ${NEVER})) AS to_ms
    FROM capacity AS c JOIN place AS p ON p.place_id = c.place_id
    WHERE c.start_ms < ${toMs} AND coalesce(c.end_ms, ${NEVER}) > ${fromMs}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 9, 2, 3, 4, 5, 6, 7, 8`);
  return {
    workloads: workloads.map((row) => ({
      workloadId: String(row['holder']),
      kind: String(row['of_kind']) as WorkloadKind,
      name: String(row['called']),
      attributes: parseAttributes(String(row['attributes'])),
    })),
    holds: holds.map((row) => ({
      workloadId: String(row['holder']),
      deviceId: String(row['device']),
      shareParts: Number(row['share']),
      startMs: Number(row['from_ms']),
      endMs: endOf(row),
    })),
    places: places.map((row) => ({
      deviceId: String(row['device']),
      node: String(row['on_node']),
      gpuModel: String(row['of_model']),
      gpuParts: Number(row['parts']),
      lifecycle: String(row['paid_as']) as Lifecycle,
      provider: known(row['of_provider']),
      region: known(row['in_region']),
      instanceType: known(row['of_type']),
      startMs: Number(row['from_ms']),
      endMs: endOf(row),
    })),
  };
}

function endOf(row: Row): number | null {
  const end = row['to_ms'];
  return end === null || end === undefined || String(end) === NEVER ? null : Number(end);
}

function known(value: unknown): string | null {
  const text = String(value ?? '');
  return text === '' || text === 'none' ? null : text;
}
