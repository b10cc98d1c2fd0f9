import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SystemOverview } from '#contracts';
import type { Db } from '#db';
import { createAnswerHistograms } from './answer-histograms.ts';
import { gaugeRows } from './prometheus.gauges.ts';

/** Where the requests of a box lie: most under 10 ms, an upload or a search above. */
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface Exporter {
  contentType: string;
  /** To be told of every finished request. */
  onRequest(finished: { method: string; status: number; durationMs: number }): void;
  /** The box's metrics as Prometheus text: the newest samples, the queue, this process and its requests. Names and numbers only. */
  text(overview: SystemOverview): Promise<string>;
}

export const createExporter = ({ db }: { db: Db }): Exporter => {
  const registry = new Registry();
  const registers = [registry];
  const gauges = gaugeRows.map(({ name, help, label, values }) => ({
    label,
    values,
    gauge: new Gauge({ name, help, labelNames: label ? [label] : [], registers }),
  }));
  const requests = new Histogram({
    name: 'arasul_http_request_duration_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'status'],
    buckets: DURATION_BUCKETS_S,
    registers,
  });
  const answers = createAnswerHistograms({ db, registers });
  addProcessMetrics(registers);

  const fill = (overview: SystemOverview): void => {
    for (const { gauge, label, values } of gauges) {
      gauge.reset();
      if (!label) gauge.remove(); // a reset gauge without labels would say 0
      for (const [text, value] of values(overview)) {
        if (value === null) continue;
        if (label) gauge.set({ [label]: text }, value);
        else gauge.set(value);
      }
    }
  };

  return {
    contentType: registry.contentType,
    onRequest: ({ method, status, durationMs }) => requests.observe({ method, status: String(status) }, durationMs / 1000),
    async text(overview) {
      await answers.refresh();
      fill(overview);
      return registry.metrics();
    },
  };
};

/** prom-client's own set keeps a 10 ms timer for the event loop's lag; these are read only when somebody asks. */
const addProcessMetrics = (registers: Registry[]): void => {
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of this process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of this process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
};
