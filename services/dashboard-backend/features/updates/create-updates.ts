import type { Database } from '#db';
import type { Clock } from '#kit';
import type { Settings } from '#contracts';
import type { AuditService } from '../audit/index.ts';
import { bundlesRepository } from './bundles.repository.ts';
import { createProgressReader } from './progress.ts';
import { createUpdateRequests } from './requests.service.ts';
import { createTrustService } from './trust.service.ts';
import { updatesRepository } from './updates.repository.ts';
import { createUpdatesService } from './updates.service.ts';
import { createUpdateUploads } from './uploads.service.ts';

interface Needs {
  database: Database;
  audit: AuditService;
  policy: () => Settings['updates'];
  dataDir: string;
  productDir: string;
  clock: Clock;
}

/** The parts of the Updates page: what runs and ran, bundles on their way, what is asked for, and whose releases are taken. */
export const createUpdates = ({ database, audit, policy, dataDir, productDir, clock }: Needs) => {
  const repository = bundlesRepository;
  const updates = createUpdatesService({
    database,
    repository: updatesRepository,
    progress: createProgressReader({ database, repository, dataDir, clock }),
    policy,
    dataDir,
    productDir,
  });
  return {
    updates,
    uploads: createUpdateUploads({ database, repository, audit, dataDir, clock }),
    requests: createUpdateRequests({ database, repository, audit, dataDir, runningVersion: async () => (await updates.view()).version }),
    trust: createTrustService({ database, audit, dataDir }),
  };
};
