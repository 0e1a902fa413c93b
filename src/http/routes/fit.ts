import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readHardwareRequest } from '../../app/read-hardware-request.ts';
import { readWindow } from '../../app/read-request.ts';
import { readSpotRequest } from '../../app/read-spot-request.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { hardwareTables } from '../../reports/hardware-tables.ts';
import { spotTables } from '../../reports/spot-tables.ts';
import { answers, CSV_TYPE } from '../openapi-document.ts';
import { hardwareQuery, hardwareReport } from '../schemas/hardware.ts';
import { spotQuery, spotReport } from '../schemas/spot.ts';
import { jsonOrCsv } from './json-or-csv.ts';
import { validate } from './validate.ts';

const TAGS = ['levers'];
const PAGE_ROWS = 100;

/** What work could run on instead: spot machines, and other kinds of GPU. */
export function fitRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();
  routes.get(
    '/report/spot',
    describeRoute({
      operationId: 'reportSpot',
      tags: TAGS,
      summary: 'Which past work could have run on spot, and why the rest could not',
      responses: answers(spotReport, 'Runs or workloads of the window, a page at a time.', [CSV_TYPE]),
    }),
    validate('query', spotQuery),
    async (context) => {
      const { from, to, limit, offset = 0, deadline, spotPrice, ...words } = context.req.valid('query');
      const request = readSpotRequest(
        {
          ...words,
          limit: pageOf(limit),
          offset,
          deadline: [deadline ?? []].flat(),
          spotPrice: [spotPrice ?? []].flat(),
        },
        readWindow(from, to, clock.nowMs()),
      );
      return jsonOrCsv(context, await tare.reportSpot(request), (report) => spotTables(report)[0]);
    },
  );
  routes.get(
    '/report/hardware',
    describeRoute({
      operationId: 'reportHardware',
      tags: TAGS,
      summary: 'The kinds of GPU that each job and endpoint could run on, side by side',
      responses: answers(hardwareReport, 'Workloads of the window, a page at a time.', [CSV_TYPE]),
    }),
    validate('query', hardwareQuery),
    async (context) => {
      const { from, to, limit, offset = 0, slo, throughput, ...words } = context.req.valid('query');
      const request = readHardwareRequest(
        {
          ...words,
          limit: pageOf(limit),
          offset,
          slo: [slo ?? []].flat(),
          throughput: [throughput ?? []].flat(),
        },
        readWindow(from, to, clock.nowMs()),
      );
      return jsonOrCsv(context, await tare.reportHardware(request), (report) => hardwareTables(report)[0]);
    },
  );
  return routes;
}

function pageOf(limit: number | 'all' | undefined): number | null {
  return limit === 'all' ? null : (limit ?? PAGE_ROWS);
}
