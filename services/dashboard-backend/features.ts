import { join } from 'node:path';
import { createAccelerator } from '#accelerator';
import { createPlainTelegramSender, createSenders } from '#alerts';
import { lineLimits } from '#answers';
import { adminUrlOf } from '#backup';
import { chooseTarget, findRuntimes, openObjectStore, openVectorIndex, readRuntimeHealth, TELEGRAM_ROOT } from '#clients';
import { restartSignal } from '#contracts';
import { sharedDatabase, sharedNotifier } from '#db';
import { createSecretBox, readOrMakeSecret, systemClock, type Clock, type Host } from '#kit';
import { createJobs, sharedQueues } from '#queue';
import { createReceiptSigner } from '#receipts';
import { abstentionRepository } from '#abstention';
import { sharedRetriever } from '#retrieval';
import type { BackendConfig } from './config.ts';
import { abstentionRoutes, createAbstentionService } from './features/abstention/index.ts';
import { accessRepository, accessRoutes, createAccessService, createGroupsService, groupRoutes, groupsRepository } from './features/access/index.ts';
import { accountRoutes, createAccounts } from './features/accounts/index.ts';
import {
  alertRoutes,
  alertsRepository,
  createAlertsService,
  createBackTestService,
  createIncidentDetails,
  createRulesService,
  historyRepository,
} from './features/alerts/index.ts';
import { apiDocsRoutes } from './features/api-docs/index.ts';
import { auditRepository, auditRoutes, createAuditService } from './features/audit/index.ts';
import { bellRepository, bellRoutes, createBellService } from './features/bell/index.ts';
import { channelRoutes, channelsRepository, createChannelsService } from './features/channels/index.ts';
import { backupRoutes, backupsRepository, createBackupsService } from './features/backups/index.ts';
import { chatRoutes, conversationsRepository, createChatService } from './features/chat/index.ts';
import { createDocumentsService, createUploadsService, mayShareDocument, documentRoutes, documentsRepository } from './features/documents/index.ts';
import { createFeedbackService, feedbackRepository, feedbackRoutes } from './features/feedback/index.ts';
import { createFoldersService, folderRoutes, foldersRepository } from './features/folders/index.ts';
import { createGoldenService, goldenQuestionsRepository, goldenRoutes } from './features/golden/index.ts';
import { createHealingService, healingRepository, healingRoutes } from './features/healing/index.ts';
import { createHealthService, healthRoutes } from './features/health/index.ts';
import { createOnce, idempotencyRepository } from './features/idempotency/index.ts';
import { createFollow, createJobFeed, createJobsService, jobRoutes, jobsRepository, startPresence } from './features/jobs/index.ts';
import { createModelsService, modelRoutes, modelsRepository } from './features/models/index.ts';
import { createCompletionsService, createEmbeddingsService, openaiRoutes } from './features/openai/index.ts';
import { createExtractionService, extractionRepository, extractionRoutes } from './features/extraction/index.ts';
import { createFairnessService, fairnessRepository, fairnessRoutes } from './features/fairness/index.ts';
import { createQueueService, queueRepository, queueRoutes } from './features/queue/index.ts';
import { createRecallsService, recallRoutes, recallsRepository } from './features/recalls/index.ts';
import { createReceiptsService, receiptRoutes, receiptsRepository } from './features/receipts/index.ts';
import { createSearchIndexService, searchIndexRepository, searchIndexRoutes } from './features/search-index/index.ts';
import { createSearchService, searchRoutes } from './features/search/index.ts';
import { createSettingsService, settingsRepository, settingsRoutes } from './features/settings/index.ts';
import { createRestoreService, createSetupService, setupRepository, setupRoutes } from './features/setup/index.ts';
import { createLauncherStateReader, createSystem, prometheusRoutes, systemRoutes, type System } from './features/system/index.ts';
import { createTelegramService, telegramRepository, telegramRoutes } from './features/telegram/index.ts';
import { createUpdates, updateRoutes } from './features/updates/index.ts';
import { createUsersService, userListRepository, userRoutes } from './features/users/index.ts';
import type { Authenticate, Route } from './http/index.ts';

export interface FeatureOptions {
  clock?: Clock;
  /** Lower only in tests. */
  bcryptCost?: number;
}

export interface Features {
  /** Routes by the prefix under which they are served. */
  routes: Record<'/api/v1' | '/v1' | '/', Route[]>;
  authenticate: Authenticate;
  /** Told of every finished request. */
  onRequest: System['exporter']['onRequest'];
  close(): Promise<void>;
}

/** Constructs every feature of the backend: from top to bottom, each with no more than it needs. */
export const createFeatures = async (host: Host, config: BackendConfig, { clock = systemClock, bcryptCost }: FeatureOptions = {}): Promise<Features> => {
  const { log } = host;
  const { dataDir } = config;
  const database = sharedDatabase(host, config.databaseUrl);
  const notifier = sharedNotifier(host, config.databaseUrl);
  const secrets = { jwt: await readOrMakeSecret(dataDir, 'jwt-secret'), master: await readOrMakeSecret(dataDir, 'master-key') };

  const audit = createAuditService({ database, repository: auditRepository });
  const settings = await createSettingsService({ database, notifier, repository: settingsRepository, audit, log });
  const accounts = createAccounts({ database, notifier, audit, settings, secrets, clock, log, bcryptCost });
  const setup = createSetupService({
    database,
    ...accounts,
    audit,
    repository: setupRepository,
    boxName: () => settings.get().general.boxName,
    dataDir,
    clock,
  });
  const launcherState = createLauncherStateReader(config.stateFile);
  const users = createUsersService({ database, repository: userListRepository, accounts, audit, clock });

  const jobs = createJobs({ connection: sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl }), log });
  const objects = await openObjectStore({ env: host.env, dataDir, reserveBytes: () => settings.get().documents.minFreeBytes });
  const restore = createRestoreService({
    authorise: setup.authorise.bind(setup),
    isRequired: setup.isRequired,
    needs: async () => ({
      dataDir,
      url: config.databaseUrl,
      adminUrl: host.env.ARASUL_DATABASE_ADMIN_URL ?? (await adminUrlOf({ dataDir, url: config.databaseUrl })),
      migrationsDir: join(config.productDir, 'postgres-init', 'migrations'),
      objects,
    }),
    async restart() {
      const launcher = await launcherState();
      if (launcher) process.kill(launcher.pid, restartSignal);
      return launcher !== null;
    },
    log,
  });
  const folders = createFoldersService({ database, repository: foldersRepository, audit });
  const documents = createDocumentsService({
    database,
    notifier,
    jobs,
    documents: documentsRepository,
    folders,
    audit,
    secrets: createSecretBox(secrets.master),
  });
  const uploads = createUploadsService({
    database,
    notifier,
    jobs,
    objects,
    documents: documentsRepository,
    folders,
    settings: () => settings.get().documents,
  });
  const groups = createGroupsService({ database, repository: groupsRepository, audit });
  const access = createAccessService({
    database,
    repository: accessRepository,
    groups: groupsRepository,
    audit,
    find: {
      async folder(who, id) {
        const row = await folders.find(who, id);
        return {
          kind: 'folder',
          id,
          name: row.name,
          ownerName: row.owner_name,
          inherits: row.inherits,
          parentId: row.parent_id,
          mayShare: folders.mayShare(who, row),
        };
      },
      async document(who, id) {
        const row = await documents.find(who, id);
        return {
          kind: 'document',
          id,
          name: row.filename,
          ownerName: row.owner_name,
          inherits: row.inherits,
          parentId: row.folder_id,
          mayShare: mayShareDocument(who, row),
        };
      },
    },
  });

  const feed = createJobFeed({ notifier });
  const presence = startPresence({ database, feed, log });
  const follow = createFollow({ database, repository: jobsRepository, feed });
  const answers = createJobsService({ database, notifier, repository: jobsRepository, audit });
  const once = createOnce({ database, repository: idempotencyRepository });
  const limits = () => lineLimits(settings.get());
  const chat = createChatService({ database, repository: conversationsRepository, jobs, running: answers, once, limits, clock });
  const queue = createQueueService({ database, notifier, repository: queueRepository, audit, jobs, settings: limits });

  const receipts = createReceiptsService({
    database,
    repository: receiptsRepository,
    signer: createReceiptSigner(await readOrMakeSecret(dataDir, 'receipt-key')),
    boxName: () => settings.get().general.boxName,
    clock,
  });

  const target = () => chooseTarget(settings.get().models, config.runtime);
  const runtime = createAccelerator({ target, database, notifier });
  const retriever = sharedRetriever(host, {
    databaseUrl: config.databaseUrl,
    vectors: openVectorIndex(host.env),
    embedQuery: runtime.embedQuery,
    reranker: runtime.reranking,
  });
  const search = createSearchService({ retriever });
  const extraction = createExtractionService({ database, repository: extractionRepository, retriever });
  const searchIndex = createSearchIndexService({ database, notifier, repository: searchIndexRepository, audit });
  const feedback = createFeedbackService({ database, repository: feedbackRepository });
  const golden = createGoldenService({ database, repository: goldenQuestionsRepository, jobs, audit, feedback });
  const models = createModelsService({
    database,
    notifier,
    repository: modelsRepository,
    audit,
    settings: () => settings.get().models,
    runtimeHealth: () => readRuntimeHealth(target()),
    findRuntimes: () => findRuntimes({ skipPorts: [config.port, Number(new URL(config.runtime.url).port)] }),
    clock,
  });
  const completions = createCompletionsService({ once, limits, jobs, runtime, running: answers, follow });
  const system = createSystem({ database, settings, runtime, stateFile: config.stateFile, clock });
  const healing = createHealingService({
    database,
    notifier,
    repository: healingRepository,
    audit,
    launcherState,
    clock,
  });
  const health = createHealthService({ database, stateFile: config.stateFile });
  const alerts = {
    alerts: createAlertsService({ database, notifier, repository: alertsRepository, audit, clock }),
    incidents: createIncidentDetails({ database, repository: alertsRepository, history: historyRepository, clock }),
    rules: createRulesService({ database, notifier, repository: alertsRepository, audit }),
    backTest: createBackTestService({ database, history: historyRepository, settings, clock }),
  };
  const telegramApi = { secrets: createSecretBox(secrets.master), apiRoot: config.telegramApi ?? TELEGRAM_ROOT };
  const sendTelegram = createPlainTelegramSender({ db: database.db, ...telegramApi });
  const sendOther = createSenders({
    db: database.db,
    secrets: createSecretBox(secrets.master),
    policy: { allowLoopback: config.allowLoopback ?? false },
    now: clock.now,
  });
  const telegram = createTelegramService({ database, notifier, repository: telegramRepository, audit, ...telegramApi, clock });
  const channels = createChannelsService({
    database,
    notifier,
    repository: channelsRepository,
    audit,
    secrets: createSecretBox(secrets.master),
    senderFor: (channel) => (channel.kind === 'telegram' ? Promise.resolve(sendTelegram(channel.address)) : sendOther(channel)),
    origin: () => settings.get().general.address || null,
    clock,
  });
  const backups = createBackupsService({ database, repository: backupsRepository, audit, secrets: createSecretBox(secrets.master), dataDir });
  const updates = createUpdates({ database, audit, policy: () => settings.get().updates, dataDir, productDir: config.productDir, clock });
  const apiDocs = apiDocsRoutes(() => routes);

  const routes: Features['routes'] = {
    '/api/v1': [
      ...setupRoutes(setup, restore),
      ...accountRoutes(accounts),
      ...userRoutes(users),
      ...settingsRoutes(settings),
      ...auditRoutes(audit),
      ...documentRoutes({ documents, uploads, objects, isDirect: () => settings.get().documents.directDownloads === 'on', productDir: config.productDir }),
      ...folderRoutes(folders),
      ...accessRoutes(access),
      ...groupRoutes(groups),
      ...searchRoutes(search),
      ...extractionRoutes(extraction),
      ...searchIndexRoutes(searchIndex),
      ...goldenRoutes(golden),
      ...abstentionRoutes(createAbstentionService({ database, repository: abstentionRepository, jobs })),
      ...feedbackRoutes(feedback),
      ...recallRoutes(createRecallsService({ database, repository: recallsRepository })),
      ...chatRoutes(chat),
      ...receiptRoutes(receipts),
      ...jobRoutes(answers, follow),
      ...queueRoutes(queue),
      ...fairnessRoutes(createFairnessService({ database, notifier, repository: fairnessRepository, audit })),
      ...systemRoutes(system),
      ...healingRoutes(healing),
      ...modelRoutes(models),
      ...alertRoutes(alerts),
      ...channelRoutes(channels),
      ...telegramRoutes(telegram),
      ...bellRoutes(createBellService({ database, notifier, repository: bellRepository })),
      ...updateRoutes(updates),
      ...backupRoutes(backups),
      ...apiDocs.api,
    ],
    '/v1': openaiRoutes({ completions, embeddings: createEmbeddingsService({ database, limits, runtime }), runtime }),
    '/': [...healthRoutes(health), ...prometheusRoutes(system), ...apiDocs.pages],
  };
  return {
    routes,
    authenticate: accounts.authenticate,
    onRequest: system.exporter.onRequest,
    async close() {
      await presence.close();
      feed.close();
      settings.close();
      await accounts.close();
    },
  };
};
