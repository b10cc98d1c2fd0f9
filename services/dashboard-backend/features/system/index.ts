import type { ModelRuntime } from '#clients';
import type { Settings } from '#contracts';
import type { Database } from '#db';
import type { Clock } from '#kit';
import { createActiveModels } from './active-models.ts';
import { readCounts } from './counts.repository.ts';
import { createLauncherStateReader } from './launcher-state.ts';
import { metricsRepository } from './metrics.repository.ts';
import { createOverviewService, type OverviewService } from './overview.service.ts';
import { createExporter, type Exporter } from './prometheus.ts';
import { createSeriesService, type SeriesService } from './series.service.ts';

export { createLauncherStateReader } from './launcher-state.ts';
export { prometheusRoutes, systemRoutes } from './system.routes.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  settings: { get(): Pick<Settings, 'general' | 'metrics'> };
  /** The launcher's state file; null when the service runs without it. */
  stateFile: string | null;
  runtime: Pick<ModelRuntime, 'models'>;
  clock: Clock;
}

export interface System {
  overview: OverviewService;
  series: SeriesService;
  exporter: Exporter;
}

/** What the box knows about its own machine. */
export const createSystem = ({ database: { db }, settings, stateFile, runtime, clock }: Needs): System => ({
  overview: createOverviewService({
    db,
    repository: metricsRepository,
    readCounts,
    launcherState: createLauncherStateReader(stateFile),
    models: createActiveModels({ runtime, clock }),
    settings,
    clock,
  }),
  series: createSeriesService({ db, repository: metricsRepository, settings, clock }),
  exporter: createExporter({ db }),
});
